import { join } from 'node:path';
import type { StoredRung } from '../../../media/assemble.ts';
import type { Asset as StoredAsset } from '../../../media/asset.ts';
import type { ResoundOutcome } from '../../../media/pipeline-jobs.ts';
import type { Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import { regionalWork, settleRegional } from './media-mute-regional.ts';
import { stageJob } from './media-order.ts';
import { insertAssets, lockVideo, putAssets, storedRungs } from './media-rows.ts';
import { inWorkDir, type MediaJobDeps, type MediaRun } from './media-work.ts';
import { enqueuePurge } from './purge.ts';

/**
 * Videos that the staff has muted. All that is played of one is made anew without its sound, which is kept beside it for
 * when the measure is taken back; until that is done, nobody is given its media (`mediaAccess`). Where a sound is muted in some
 * countries alone, what is given there is made beside what is there (media-mute-regional.ts).
 */

interface Muted {
  readonly staff_muted: boolean;
  readonly silent: boolean;
  readonly media_state: string;
  readonly duration_seconds: number | null;
}

const AHEAD_SECONDS = 60;

/** Has the sound of a video taken away, or brought back, where what was decided says so and nothing else is made of it. */
export async function askToResound(
  deps: Pick<MediaJobDeps, 'enqueue'>,
  tx: Tx,
  videoId: VideoId,
): Promise<void> {
  if (await isDue(tx, videoId)) await deps.enqueue(tx, await stageJob(tx, 'media.resound', videoId));
}

async function isDue(tx: Tx, videoId: VideoId): Promise<boolean> {
  const video = await mutedOf(tx, videoId);
  if (video?.media_state !== 'ready') return false;
  return video.staff_muted !== video.silent || (await regionalWork(tx, videoId)) !== null;
}

function mutedOf(conn: Tx | MediaJobDeps['db'], id: VideoId): Promise<Muted | undefined> {
  return conn('videos').where({ id }).first('staff_muted', 'silent', 'media_state', 'duration_seconds');
}

/** Makes a video be heard, or not, as was decided. Repeating it changes nothing. */
export function resoundVideo(deps: MediaJobDeps, videoId: VideoId, run: JobRun): Promise<Finish | undefined> {
  return inWorkDir(deps, { stage: 'resound', videoId }, run, async (work) => {
    const video = await mutedOf(deps.db, videoId);
    if (video?.media_state !== 'ready') return;
    if (video.staff_muted === video.silent) return settleRegional(deps, videoId, work, run);
    const [first, ...rest] = await storedRungs(deps.db, videoId);
    // Evicted: it is decided anew when it is copied again.
    if (!first) return;
    const rungs = [first, ...rest] as const;
    const given = video.staff_muted ? null : await keptSound(deps, videoId, work);
    const kept = video.staff_muted ? await keepSound(deps, { videoId, rungs, video }, work) : null;
    const made = await deps.pipeline.resound({
      ...{ videoId, rungs, sound: given === null ? 'none' : { path: given }, signal: work.signal },
      workDir: join(work.dir, 'work'),
    });
    run.signal.throwIfAborted();
    if (work.isGone()) return (tx) => enqueuePurge(deps, tx, videoId);
    if (!made.ok) throw new Error(`The sound of a video could not be changed: ${made.reason}.`);
    return (tx) => finish(deps, tx, videoId, { made, kept, rungs, muted: video.staff_muted });
  });
}

/** The sound that was kept; null where it never had one. */
async function keptSound(deps: MediaJobDeps, videoId: VideoId, { dir }: MediaRun): Promise<string | null> {
  const asset = await deps.db('video_assets').where({ video_id: videoId, role: 'sound-kept' }).first('key');
  if (!asset) return null;
  const path = join(dir, 'kept.mp4');
  if (!(await deps.storage.download(asset.key, path)))
    throw new Error('The sound that was kept is not there.');
  return path;
}

/** Stores the sound of the smallest size; null where it has none. */
async function keepSound(
  deps: MediaJobDeps,
  { videoId, rungs, video }: { videoId: VideoId; rungs: readonly StoredRung[]; video: Muted },
  { dir, signal }: MediaRun,
): Promise<StoredAsset | null> {
  const heard = rungs.filter(({ index }) => index.codecs.includes(','));
  const [smallest] = heard.toSorted((a, b) => a.size - b.size);
  if (!smallest) return null;
  const mp4Path = join(dir, 'heard.mp4');
  if (!(await deps.storage.download(smallest.index.key, mp4Path)))
    throw new Error('Its smallest size is not there.');
  const outputPath = join(dir, 'kept.m4a');
  const maxSeconds = (video.duration_seconds ?? 0) + AHEAD_SECONDS;
  const extracted = await deps.pipeline.extractSound({ mp4Path, outputPath, maxSeconds, signal });
  signal.throwIfAborted();
  if (!extracted.ok) throw new Error(`Its sound cannot be read: ${extracted.reason}.`);
  return deps.pipeline.keepSound({ videoId, path: outputPath });
}

interface Resounded {
  readonly made: Extract<ResoundOutcome, { ok: true }>;
  readonly kept: StoredAsset | null;
  readonly rungs: readonly StoredRung[];
  readonly muted: boolean;
}

async function finish(
  deps: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  { made, kept, rungs, muted }: Resounded,
): Promise<Date | null> {
  const video = await lockVideo(tx, videoId);
  if (!video) return enqueuePurge(deps, tx, videoId);
  const now: Muted & { state: string } = await tx('videos')
    .where({ id: videoId })
    .first('staff_muted', 'silent', 'media_state', 'duration_seconds', 'state');
  const keys = await tx('video_assets').where({ video_id: videoId, role: 'cmaf' }).pluck('key');
  const isSame = keys.length === rungs.length && rungs.every(({ index }) => keys.includes(index.key));
  // It was decided otherwise, or other sizes were made meanwhile.
  if (!isSame || now.staff_muted !== muted) {
    await enqueuePurge(deps, tx, videoId);
    return now.staff_muted === now.silent ? null : new Date();
  }
  const mine = tx('video_assets').where({ video_id: videoId });
  await mine
    .clone()
    .whereIn('role', ['copy', 'mp4', 'mp4-former', 'cmaf', 'hls-media', 'sound-kept', 'muted'])
    .delete();
  await putAssets(tx, videoId, made.assets);
  if (kept) await insertAssets(tx, videoId, [kept]);
  await tx('videos')
    .where({ id: videoId })
    .update({ silent: muted, chunk_index: JSON.stringify(made.chunkIndex) });
  if (video.local && now.state === 'published') await tell(deps, tx, videoId, video.unannounced);
  await enqueuePurge(deps, tx, videoId);
  return (await isDue(tx, videoId)) ? new Date() : null;
}

/** Other servers fetch what there is now; one that waited to be told of is told of now. */
async function tell(deps: MediaJobDeps, tx: Tx, videoId: VideoId, isNew: boolean): Promise<void> {
  if (!isNew) return deps.emit(tx, 'video.updated', { videoId });
  await tx('videos').where({ id: videoId }).update({ unannounced: false });
  await deps.emit(tx, 'video.published', { videoId });
}
