import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { tellSignals } from '../signals/index.ts';

/** `durationSeconds` 0: until it is lifted. */
export interface Muting {
  readonly accountId: AccountId;
  readonly targetId: AccountId;
  readonly notifications: boolean;
  readonly durationSeconds: number;
}

/** What one account does not want to be shown of another, though it does not block it. The other never learns. */
export function mutes(deps: { readonly db: Db; readonly ids: IdSource }) {
  return {
    /** Muting again changes how. */
    async mute(tx: Tx, muting: Muting): Promise<Result<object, 'yourself'>> {
      const { accountId, targetId, notifications, durationSeconds } = muting;
      if (accountId === targetId) return fail('yourself', 'You cannot mute yourself.');
      const until = tx.raw('now() + make_interval(secs => ?)', [durationSeconds]);
      const facts = { notifications, expires_at: durationSeconds === 0 ? null : until };
      await tx('account_mutes')
        .insert({ id: deps.ids.next(), account_id: accountId, target_id: targetId, ...facts })
        .onConflict(['account_id', 'target_id'])
        .merge(facts);
      await tellSignals(tx, [{ kind: 'mute', actorId: accountId, targetId, on: true }]);
      return ok();
    },

    /** False when it was not muted. */
    async unmute(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<boolean> {
      const removed = await tx('account_mutes')
        .where({ account_id: accountId, target_id: targetId })
        .delete();
      if (removed > 0) await tellSignals(tx, [{ kind: 'mute', actorId: accountId, targetId, on: false }]);
      return removed > 0;
    },

    /** Removes mutes that have ended; they count for nothing already. */
    async sweepMutes(): Promise<number> {
      return deps.db.transaction(async (tx) => {
        const ended: { account_id: AccountId; target_id: AccountId }[] = await tx('account_mutes')
          .where('expires_at', '<', tx.fn.now())
          .delete()
          .returning(['account_id', 'target_id']);
        await tellSignals(
          tx,
          ended.map((row) => ({
            ...{ kind: 'mute', actorId: row.account_id, targetId: row.target_id, on: false },
          })),
        );
        return ended.length;
      });
    },

    /** What an account notes for itself about another; an empty note removes it. */
    async setNote(tx: Tx, accountId: AccountId, targetId: AccountId, note: string): Promise<void> {
      const pair = { account_id: accountId, target_id: targetId };
      if (note === '') await tx('account_notes').where(pair).delete();
      else
        await tx('account_notes')
          .insert({ ...pair, note })
          .onConflict(['account_id', 'target_id'])
          .merge(['note']);
    },
  };
}
