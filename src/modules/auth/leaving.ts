import { leavingLimits } from '../../../config/account-limits.ts';
import type { InTx, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Accounts } from '../accounts/index.ts';
import { giveBackUsesOf } from './invites.ts';

/** Leaving the server: an account is hidden at once, and deleted for good unless its owner signs in within 30 days. */
export function leaving({ accounts, clock }: { readonly accounts: Accounts; readonly clock: Clock }) {
  return {
    /**
     * Hides the account, ends its sessions, and says when it is deleted: at once, where nobody ever saw it. A server is
     * never left without its owner.
     */
    async leave(tx: Tx, accountId: AccountId): Promise<Result<{ deleteAt: Date }, 'owner-stays'>> {
      const mine = tx('users').where({ account_id: accountId });
      const row = await mine.clone().forUpdate().first('role');
      if (row?.role === 'owner') {
        return fail(
          'owner-stays',
          'The owner of a server cannot leave it. Make somebody else its owner first.',
        );
      }
      if ((await removeUnseen(tx, [accountId])) === 1) return ok({ deleteAt: new Date(clock.now()) });
      const [left] = await mine
        .update({ delete_at: tx.raw(`now() + ? * interval '1 ms'`, [leavingLimits.graceMs]) })
        .returning<{ delete_at: Date }[]>('delete_at');
      if (!left) throw new Error('Somebody without an account wants to leave.');
      await tx('oauth_codes').where({ account_id: accountId }).delete();
      await tx('sessions').where({ account_id: accountId }).delete();
      await accounts.setLeaving(tx, accountId, true);
      return ok({ deleteAt: left.delete_at });
    },

    /**
     * Deletes some of all who have an account here, the owner too: for a server that closes. Nothing is left of those
     * whom nobody has seen yet. Returns how many.
     */
    async deleteSome(tx: Tx, limit: number): Promise<number> {
      const ids: AccountId[] = await tx('users')
        .orderBy('account_id')
        .limit(limit)
        .forUpdate()
        .pluck('account_id');
      await removeUnseen(tx, ids);
      const seen: AccountId[] = await tx('users').whereIn('account_id', ids).pluck('account_id');
      for (const id of seen) await accounts.markDeleted(tx, id);
      for (const table of ['sessions', 'oauth_codes', 'users'])
        await tx(table).whereIn('account_id', seen).delete();
      return ids.length;
    },

    /** Deletes what is due. Returns how many accounts that were. */
    async deleteDue(inTx: InTx): Promise<number> {
      for (let deleted = 0; ; deleted += 1) {
        const more = deleted < leavingLimits.atOnce && (await inTx((tx) => deleteOne(accounts, tx)));
        if (!more) return deleted;
      }
    },
  };
}

/**
 * Removes those of these accounts that nobody has seen yet, with their names and what they used of invites: nothing of
 * them is left. The rows of their users must be locked. Returns how many.
 */
export async function removeUnseen(tx: Tx, ids: readonly AccountId[]): Promise<number> {
  const unseen: AccountId[] = await tx('accounts')
    .whereIn('id', ids)
    .where({ state: 'pending' })
    .forUpdate()
    .pluck('id');
  if (unseen.length === 0) return 0;
  await giveBackUsesOf(tx, unseen);
  return tx('accounts').whereIn('id', unseen).delete();
}

async function deleteOne(accounts: Accounts, tx: Tx): Promise<boolean> {
  // Locked, so that nobody who signs in at this moment keeps half an account.
  const row = await tx('users')
    .where('delete_at', '<=', tx.fn.now())
    .orderBy('delete_at')
    .forUpdate()
    .skipLocked()
    .first('account_id');
  if (!row) return false;
  await accounts.markDeleted(tx, row.account_id);
  await tx('sessions').where({ account_id: row.account_id }).delete();
  await tx('users').where({ account_id: row.account_id }).delete();
  return true;
}

/** Whoever signs in stays. */
export async function stay(accounts: Accounts, tx: Tx, accountId: AccountId): Promise<void> {
  const kept = await tx('users')
    .where({ account_id: accountId })
    .whereNotNull('delete_at')
    .update({ delete_at: null });
  if (kept === 1) await accounts.setLeaving(tx, accountId, false);
}
