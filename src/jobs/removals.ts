import type { Db, InTx } from '../db/database.ts';
import { deleteInBatches } from '../db/sweep.ts';
import type { JobId } from '../lib/ids.ts';
import { replayDead } from './desk.ts';
import type { JobName } from './registry.ts';

/** What removes objects from storage. */
const REMOVALS: readonly JobName[] = ['media.purge', 'accounts.purge', 'archives.purge'];

/** Removals of objects that failed in their last try: how many, with what one of them said. */
export async function failedRemovals(db: Db): Promise<{ count: number; error: string }> {
  const row = await db('jobs')
    .whereIn('name', [...REMOVALS])
    .whereNotNull('last_error')
    .first<{ count: string; error: string | null }>(db.raw('count(*) as count, max(last_error) as error'));
  return { count: Number(row.count), error: row.error ?? '' };
}

/** Gives removals that failed for good their tries again, `limit` at most. Returns how many. */
export async function retryRemovals(db: Db, inTx: InTx, limit: number): Promise<number> {
  const dead: JobId[] = await db('jobs')
    .where({ state: 'dead' })
    .whereIn('name', [...REMOVALS])
    .orderBy('died_at')
    .limit(limit)
    .pluck('id');
  for (const id of dead) await inTx((tx) => replayDead(tx, { kind: 'one', id }));
  return dead.length;
}

/** Forgets jobs that failed for good before a moment. */
export function sweepDeadLetters(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  const old = { condition: `state = 'dead' and died_at < ?`, bindings: [before] };
  return deleteInBatches(db, 'jobs', old, signal);
}
