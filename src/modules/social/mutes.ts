import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

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
      return ok();
    },

    /** False when it was not muted. */
    async unmute(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<boolean> {
      return (await tx('account_mutes').where({ account_id: accountId, target_id: targetId }).delete()) === 1;
    },

    /** Removes mutes that have ended; they count for nothing already. */
    async sweepMutes(): Promise<number> {
      return deps.db('account_mutes').where('expires_at', '<', deps.db.fn.now()).delete();
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
