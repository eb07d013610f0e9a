import { portionLimits } from '../../../config/account-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { dropReferences } from '../../db/references.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { AccountId } from '../../lib/ids.ts';
import { type Account, type Accounts, lockCounts } from '../accounts/index.ts';
import type { Comments } from '../comments/index.ts';
import type { Engagement } from '../engagement/index.ts';
import type { Notifications } from '../notifications/index.ts';
import type { Social } from '../social/index.ts';
import type { Videos } from '../videos/index.ts';
import { inPortions } from './portions.ts';

export { createClosing } from './closing.ts';

export interface DepartureDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly accounts: Accounts;
  readonly social: Pick<Social, 'dropSomeOf' | 'moveBlocks' | 'moveFollowers' | 'followersAfter'>;
  readonly videos: Pick<Videos, 'removeSomeOf'>;
  readonly comments: Pick<Comments, 'removeSomeOf'>;
  readonly engagement: Pick<Engagement, 'dropSomeOf'>;
  readonly notifications: Pick<Notifications, 'dropSomeOf'>;
}

/**
 * What becomes of the rows that hang on an account when it is deleted or goes on as another one. That may be very many,
 * so it is done in portions, each in a transaction that also says how far it got: whoever dies between two of them
 * leaves nothing half done, and the next worker goes on from there (ADR 0024).
 */
export function createDepartures(deps: DepartureDeps) {
  return {
    /** An account ended; it is empty and hidden already. */
    onEnded: (tx: Tx, { accountId }: { accountId: AccountId }) =>
      deps.enqueue(tx, { name: 'accounts.clear', payload: { accountId }, key: `clear:${accountId}` }),

    async onMoved(tx: Tx, { accountId, targetId }: { accountId: AccountId; targetId: AccountId }) {
      await tx('account_moves')
        .insert({ account_id: accountId, target_id: targetId })
        .onConflict('account_id')
        .merge({ target_id: targetId, stage: 'blocks', after_id: 0 });
      await deps.enqueue(tx, { name: 'accounts.move', payload: { accountId }, key: `move:${accountId}` });
    },

    jobs: {
      /** Removes what hangs on an account that ended. What is gone is the mark of progress. */
      clear: (accountId: AccountId, run: JobRun) =>
        inPortions(deps.inTx, run, (tx) => clearSome(deps, tx, accountId)),

      /** Takes the followers of an account that moved along. */
      move: (accountId: AccountId, run: JobRun) =>
        inPortions(deps.inTx, run, (tx) => moveSome(deps, tx, accountId)),
    },
  };
}

/** A suspended account of another server whose suspension cannot be taken back any more. */
async function isPurged(tx: Tx, { id, state }: Account): Promise<boolean> {
  if (state !== 'suspended') return false;
  const purged = { target_kind: 'account', target_id: id, measure: 'suspend', lifted_at: null };
  return (await tx('measures').where(purged).whereNotNull('purged_at').first('id')) !== undefined;
}

async function clearSome(deps: DepartureDeps, tx: Tx, accountId: AccountId): Promise<boolean> {
  const { videos, comments, rows } = portionLimits;
  const account = await deps.accounts.byId(accountId);
  if (!account || (account.state !== 'deleted' && !(await isPurged(tx, account)))) return false;
  // Followers first: they hear that the account ended, and not of each of its posts.
  const done =
    (await deps.social.dropSomeOf(tx, accountId, rows)) ||
    (await deps.videos.removeSomeOf(tx, accountId, videos)) ||
    (await deps.comments.removeSomeOf(tx, accountId, comments)) ||
    (await deps.engagement.dropSomeOf(tx, accountId, rows)) ||
    // Of another server, the rest stays: the account may come back, and nothing else of it is seen.
    (account.domain === null
      ? await dropReferences(tx, accountId, rows)
      : await deps.notifications.dropSomeOf(tx, accountId, rows));
  return done > 0;
}

interface MoveRow {
  readonly account_id: AccountId;
  readonly target_id: AccountId;
  readonly stage: 'blocks' | 'follows';
  readonly after_id: string;
}

async function moveSome(deps: DepartureDeps, tx: Tx, accountId: AccountId): Promise<boolean> {
  const mine = tx('account_moves').where({ account_id: accountId });
  // Locked, so that a worker that was only thought dead does nothing twice.
  const row: MoveRow | undefined = await mine.clone().forUpdate().first();
  if (!row) return false;
  const found = await deps.accounts.byIds([accountId, row.target_id]);
  const [from, to] = [found.get(accountId), found.get(row.target_id)];
  if (!from || !to) return false;
  const place = { afterId: row.after_id, limit: portionLimits.follows };
  if (row.stage === 'blocks') {
    // All of them before the first follower: nobody is made to follow whom he blocks.
    const lastId = await deps.social.moveBlocks(tx, { from, to }, place);
    await mine.update(lastId === null ? { stage: 'follows', after_id: 0 } : { after_id: lastId });
    return true;
  }
  const { lastId, rows } = await deps.social.followersAfter(tx, accountId, place);
  if (lastId === null) {
    await mine.delete();
    return false;
  }
  await lockCounts(tx, [from.id, to.id, ...rows]);
  const followers = await deps.accounts.byIds(rows);
  await deps.social.moveFollowers(
    tx,
    { from, to },
    rows.flatMap((id) => followers.get(id) ?? []),
  );
  await mine.update({ after_id: lastId });
  return true;
}
