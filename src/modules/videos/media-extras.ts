import { join } from 'node:path';
import type { ExtrasOutcome } from '../../../media/pipeline-jobs.ts';
import type { Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import { askToResound } from './media-mute.ts';
import { lockVideo, putAssets } from './media-rows.ts';
import { transcribeFinished } from './media-transcribe.ts';
import { inWorkDir, type MediaJobDeps, type Queries } from './media-work.ts';
import { enqueuePurge } from './purge.ts';
import { purgesOf, shareAlike } from './shared-copies.ts';

/**
 * Makes what lies beside a finished video: preview, storyboard, fingerprints. Their lack is no failure of the video:
 * after the last try it goes without.
 */
export function processExtras(
  deps: MediaJobDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  return inWorkDir(deps, { stage: 'extras', videoId }, run, async ({ dir, signal, isGone }) => {
    const video = await queries.internal(videoId);
    const sizes = video?.assets.filter(({ role }) => role === 'cmaf') ?? [];
    const smallest = sizes.toSorted((a, b) => (a.rung ?? 0) - (b.rung ?? 0))[0];
    if (!video || !smallest) return;
    const sourcePath = join(dir, 'source');
    if (!(await deps.storage.download(smallest.key, sourcePath))) return;
    const chosen = await deps.db('videos').where({ id: videoId }).first('poster_seconds');
    const hasAudio = smallest.codecs?.includes('mp4a') ?? false;
    const outcome = await deps.pipeline.processExtras({
      ...{ videoId, sourcePath, workDir: join(dir, 'work'), isRemote: !video.local, signal },
      durationSeconds: video.durationSeconds ?? 0,
      ...{ width: smallest.width ?? 0, height: smallest.height ?? 0 },
      hasAudio,
      ...(chosen?.poster_seconds == null ? {} : { posterSeconds: chosen.poster_seconds }),
    });
    run.signal.throwIfAborted();
    if (isGone()) return;
    if (!outcome.ok && outcome.reason === 'interrupted') throw new Error(outcome.detail);
    return (tx) => finishExtras(deps, tx, videoId, outcome, hasAudio);
  });
}

async function finishExtras(
  deps: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  outcome: ExtrasOutcome,
  hasAudio: boolean,
): Promise<null> {
  const video = await lockVideo(tx, videoId);
  if (!video) return enqueuePurge(deps, tx, videoId);
  if (video.local && hasAudio) await transcribeFinished(deps, tx, videoId);
  await tx('videos').where({ id: videoId }).update({ sound_heard: true });
  if (!outcome.ok) {
    deps.log.warn({ videoId, reason: outcome.reason }, 'a video goes without preview and storyboard');
    return null;
  }
  await putAssets(tx, videoId, outcome.assets);
  const { chromaprint, phash, phashMirrored, soundPrint } = outcome.fingerprints;
  await tx('video_fingerprints')
    .insert({ video_id: videoId, chromaprint, phash, phash_mirrored: phashMirrored })
    .onConflict('video_id')
    .merge();
  const purges = await purgesOf(tx, videoId);
  if (await shareAlike(tx, videoId, outcome.fingerprints)) {
    await deps.enqueue(tx, purges);
    await askToResound(deps, tx, videoId);
  }
  if (!hasAudio) return null;
  await deps.sounds.attach(tx, videoId, { print: soundPrint });
  await deps.emit(tx, 'video.heard', { videoId });
  return null;
}
