import { reportLimits } from '../../../config/limits.ts';
import { mediaLimits } from '../../../config/media-limits.ts';
import { prefixesOf } from '../../../media/keys.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { waitToBeHeld } from '../../db/held-back.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VideoId } from '../../lib/ids.ts';

export interface PurgeDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly storage: ObjectStorage;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
}

/** Jobs that store objects of a video before they name them. */
export const storingJobs = [
  'media.process',
  'media.ladder',
  'media.resound',
  'media.extras',
  'media.classify',
  'media.poster',
  'media.remake',
  'media.replicate',
  'media.remote-poster',
];

/**
 * Removes the objects stored for a video that no row names: all of them once it is gone, save those that another
 * video shares. While a job that stores objects of the video is pending, it comes back later; a command that stores
 * some holds the lock of the row until it has named them, and is waited for. So does whoever files a report: see `keepTexts`.
 */
export async function purgeObjects(
  deps: Omit<PurgeDeps, 'enqueue'>,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  const busy = await deps
    .db('jobs')
    .where({ state: 'pending' })
    .whereIn(
      'key',
      storingJobs.map((name) => `${name}:${videoId}`),
    )
    .first('id');
  const isMade = busy && (await deps.db('videos').where({ id: videoId }).first('id'));
  if (isMade || (await waitsForEvidence(deps, videoId)) || (await waitToBeHeld(deps.db, prefixesOf(videoId))))
    return async () => new Date(deps.clock.now() + mediaLimits.purgePauseMs);
  const found: string[] = [];
  for (const prefix of prefixesOf(videoId)) {
    for await (const object of deps.storage.list(prefix)) {
      run.signal.throwIfAborted();
      found.push(object.key);
    }
  }
  if (found.length === 0) return;
  await deps.inTx(async (tx) => {
    const row = await tx('videos')
      .where({ id: videoId })
      .orWhere({ media_id: videoId })
      .forShare()
      .first('original_key', 'poster_key');
    const named = new Set<string>(await tx('video_assets').whereRaw('key = any(?)', [found]).pluck('key'));
    for (const key of [row?.original_key, row?.poster_key]) if (key) named.add(key);
    await deps.storage.remove(found.filter((key) => !named.has(key)));
  });
}

/** Whether somebody reported the video and its frames are not copied yet: whoever deletes it at once deletes no evidence. */
async function waitsForEvidence(
  { db, clock }: Pick<PurgeDeps, 'db' | 'clock'>,
  videoId: VideoId,
): Promise<boolean> {
  const waiting = await db('report_evidence')
    .where({ post_kind: 'video', post_id: videoId, frames_state: 'waiting' })
    .where('captured_at', '>', new Date(clock.now() - reportLimits.evidenceWaitMs))
    .first('id');
  return waiting !== undefined;
}

/** Has what no row of a video names removed: now, or `later`, where somebody may be watching what was replaced. */
export async function enqueuePurge(
  deps: Pick<PurgeDeps, 'enqueue' | 'clock'>,
  tx: Tx,
  videoId: VideoId,
  when: 'now' | 'later' = 'now',
): Promise<null> {
  const runAt = { runAt: new Date(deps.clock.now() + mediaLimits.replacedKeptMs) };
  await deps.enqueue(tx, { name: 'media.purge', payload: { videoId }, ...(when === 'later' ? runAt : {}) });
  return null;
}
