import { mediaLimits } from '../../../config/media-limits.ts';
import { retentionLimits } from '../../../config/retention-limits.ts';
import type { InTx, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VideoId } from '../../lib/ids.ts';
import { enqueuePurge, storingJobs } from './purge.ts';

interface OriginalDeps {
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  /** Whether sizes above 720 are left until somebody asks for one: they are made of the uploaded file. */
  readonly lazyRungs: boolean;
}

/**
 * Gives up the uploaded files of videos of this server that were published before a moment and are made in all their
 * sizes: from then on they cannot be made anew or cut otherwise. In short transactions; tells how many files went,
 * and their bytes.
 */
export async function dropOriginals(
  deps: OriginalDeps,
  before: Date,
  signal: AbortSignal,
): Promise<{ rows: number; bytes: number }> {
  const gone = { rows: 0, bytes: 0 };
  for (let count: number = retentionLimits.filesAtOnce; count === retentionLimits.filesAtOnce; ) {
    if (signal.aborted) break;
    const batch = await deps.inTx((tx) => dropSome(deps, tx, before));
    for (const bytes of batch) gone.bytes += bytes;
    gone.rows += batch.length;
    count = batch.length;
  }
  return gone;
}

async function dropSome(deps: OriginalDeps, tx: Tx, before: Date): Promise<number[]> {
  const due = tx('videos')
    .where({ local: true, state: 'published', media_state: 'ready', media_stage: null })
    .whereNotNull('original_key')
    .where('published_at', '<', before)
    .whereNotExists((job) =>
      job
        .from('jobs')
        .where({ state: 'pending' })
        .whereRaw(`key = any(select name || ':' || videos.id from unnest(?::text[]) as name)`, [storingJobs])
        .select('id'),
    )
    .orderBy('published_at')
    .limit(retentionLimits.filesAtOnce)
    .forUpdate()
    .skipLocked()
    .select<{ id: VideoId; original_bytes: string | null }[]>('id', 'original_bytes');
  if (deps.lazyRungs) {
    due.whereRaw('(all_rungs_wanted or coalesce(planned_rungs[1], 0) <= ?)', [
      mediaLimits.lazyAboveShortSidePixels,
    ]);
  }
  const rows = await due;
  const ids = rows.map(({ id }) => id);
  await tx('videos').whereIn('id', ids).update({ original_key: null, original_bytes: null });
  for (const id of ids) await enqueuePurge(deps, tx, id);
  return rows.map(({ original_bytes }) => Number(original_bytes ?? 0));
}
