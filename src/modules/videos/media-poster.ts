import { join } from 'node:path';
import type { PosterJobOutcome } from '../../../media/pipeline-jobs.ts';
import type { Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import { purgeLater, tellEdited } from './media-edits.ts';
import { lockVideo, type PosterChoice, posterChoice, putAssets } from './media-rows.ts';
import { inWorkDir, type MediaJobDeps, type MediaRun, type Queries } from './media-work.ts';
import type { Video, VideoRow } from './model.ts';
import { enqueuePurge } from './purge.ts';

/**
 * Makes the poster that the author of a video has chosen: an uploaded picture, or a frame. A picture that turns out
 * to be broken is dropped, and the poster stays as it was.
 */
export function processChosenPoster(
  deps: MediaJobDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  return inWorkDir(deps, { stage: 'poster', videoId }, run, async (work) => {
    const video = await queries.internal(videoId);
    if (!video) return;
    const choice = await posterChoice(deps.db, videoId);
    const outcome = await makeChosen(deps, video, choice, work);
    run.signal.throwIfAborted();
    if (!outcome || work.isGone()) return;
    if (!outcome.ok && outcome.reason === 'interrupted') throw new Error(outcome.detail);
    return (tx) => finishPoster(deps, tx, videoId, choice, outcome);
  });
}

/** Null where there is nothing to take it from: the stage that makes the video then makes its poster, too. */
async function makeChosen(
  deps: MediaJobDeps,
  video: Video,
  choice: PosterChoice,
  { dir, signal }: MediaRun,
): Promise<PosterJobOutcome | null> {
  const mp4 = video.assets.find(({ role }) => role === 'mp4');
  const key = choice.key ?? mp4?.key;
  const sourcePath = join(dir, 'source');
  if (key === undefined || !(await deps.storage.download(key, sourcePath))) return null;
  const job = { videoId: video.id, sourcePath, workDir: join(dir, 'work'), signal };
  if (choice.key !== null) return deps.pipeline.processPoster(job);
  if (choice.seconds === null || !mp4?.width || !mp4.height) return null;
  return deps.pipeline.processFrame({
    ...{ ...job, atSeconds: choice.seconds, durationSeconds: video.durationSeconds ?? 0 },
    ...{ width: mp4.width, height: mp4.height },
  });
}

async function finishPoster(
  deps: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  choice: PosterChoice,
  outcome: PosterJobOutcome,
): Promise<null> {
  if (!(await lockVideo(tx, videoId))) return enqueuePurge(deps, tx, videoId);
  const now = await posterChoice(tx, videoId);
  // Another choice has been made since, and has its own run.
  if (now.key !== choice.key || now.seconds !== choice.seconds) return purgeLater(deps, tx, videoId);
  if (!outcome.ok) {
    deps.log.info({ videoId, reason: outcome.reason }, 'a chosen poster could not be made');
    await tx('videos').where({ id: videoId }).update({ poster_key: null, poster_seconds: null });
    return enqueuePurge(deps, tx, videoId);
  }
  const before: string[] = await tx('video_assets').where({ video_id: videoId, role: 'poster' }).pluck('key');
  await putAssets(tx, videoId, outcome.assets);
  const [video] = await tx('videos').where({ id: videoId }).update(outcome.hashes).returning<VideoRow[]>('*');
  const isNew = !outcome.assets.some(({ key }) => before.includes(key));
  if (video && isNew) await tellEdited(deps, tx, video);
  return purgeLater(deps, tx, videoId);
}
