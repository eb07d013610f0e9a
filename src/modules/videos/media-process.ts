import { join } from 'node:path';
import { mediaLimits } from '../../../config/media-limits.ts';
import type { Loudness } from '../../../media/loudness.ts';
import type { Copied, VideoOutcome } from '../../../media/pipeline-jobs.ts';
import type { Tx } from '../../db/database.ts';
import { type Finish, type JobPayload, type JobRun, PermanentJobError } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import { type Failure, fail, type Ok, ok, type Result } from '../../lib/result.ts';
import { keepFromAll, listedPicture } from './listed.ts';
import { askClassifier } from './media-classify.ts';
import { askToResound } from './media-mute.ts';
import { stageJob } from './media-order.ts';
import { COMPOSED, type ComposeDeps, composeUpload, orderedRemix, type RemixDeps } from './media-remix.ts';
import {
  dropCopy,
  editListOf,
  factColumns,
  failedColumns,
  insertAssets,
  lockVideo,
  posterChoice,
  recordMade,
  storedRungs,
} from './media-rows.ts';
import {
  inWorkDir,
  type MediaJobDeps,
  type MediaRun,
  type Queries,
  retryIfInterrupted,
} from './media-work.ts';
import type { Video } from './model.ts';
import { enqueuePurge } from './purge.ts';
import { refuseForSound, ruleOfSound } from './sound-gate.ts';

/** What ended it says nothing about the file, and no more tries are left. */
export const GIVEN_UP = fail('given-up', 'This video could not be processed. Ask the admin of this server.');

/**
 * Makes what can be played of an uploaded file first: a copy at once, where every browser plays that, and one
 * size. May be cut off and repeated at any point: it starts over in an empty work folder, and only what a
 * transaction recorded counts.
 */
export function processUpload(
  deps: RemixDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  return inWorkDir(deps, { stage: 'first', videoId }, run, async (work) => {
    const video = await queries.internal(videoId);
    if (!video || !waitsForFirst(video)) return;
    const source = await sourceOf({ ...deps, queries }, video, work, run);
    if ('finish' in source) return source.finish;
    if (work.isGone()) return (tx) => enqueuePurge(deps, tx, videoId);
    if (!source.ok) return (tx) => finishFirst(deps, tx, videoId, source);
    const { path: sourcePath, sha256, done } = source;
    // What has to be looked at first is not watched before.
    const isSeen =
      !(await deps.hashes.looksAtPictures()) &&
      !(await deps.sounds.hasRules(deps.db)) &&
      !(await deps.classifier.holdsBack(deps.db, null));
    const outcome = await orGiveUp(run, work, async () =>
      deps.pipeline.processFirst({
        ...(await jobOf(deps, videoId, sourcePath, work, done)),
        onCopied: (copied) => publishCopy(deps, videoId, copied, isSeen),
      }),
    );
    if (work.isGone()) return (tx) => enqueuePurge(deps, tx, videoId);
    const shown = outcome.ok ? await listedPicture(deps, outcome.assets, sha256, work) : null;
    if (shown) return keepFromAll(deps, video, shown, sourcePath);
    const ruling = outcome.ok ? await ruleOfSound(deps, videoId, outcome.assets, work) : null;
    if (ruling?.action === 'refuse') return refuseForSound(deps, video, ruling);
    await deps.inTx((tx) => tx('videos').where({ id: videoId }).update({ original_sha256: sha256 }));
    return (tx) => finishFirst(deps, tx, videoId, outcome);
  });
}

interface Source {
  readonly path: string;
  readonly sha256: string;
  /** How much of the work is done once it is there, in percent. */
  readonly done: number;
}

/**
 * The file that the video is made of, with the digest of the one that was uploaded; what ends it instead, where that is
 * on a list. Of a remix it is the file that both were put together in.
 */
async function sourceOf(
  deps: ComposeDeps,
  video: Video,
  work: MediaRun,
  run: JobRun,
): Promise<Result<Source> | Failure | { readonly finish: Finish }> {
  const path = await readSource(deps, video, work);
  const { order, isComposed, uploadSha256 } = await orderedRemix(deps.db, video.id);
  if (isComposed && uploadSha256 !== null) return ok({ path, sha256: uploadSha256, done: COMPOSED });
  const sha256 = await deps.hashes.sha256Of(path, work.signal);
  const listed = await deps.hashes.byFile(sha256);
  if (listed) return { finish: await keepFromAll(deps, video, listed, path) };
  if (order === null) return ok({ path, sha256, done: 0 });
  const composed = await orGiveUp(run, work, () => composeUpload(deps, video, { path, sha256 }, work, run));
  return composed.ok ? ok({ path: composed.path, sha256, done: COMPOSED }) : composed;
}

function waitsForFirst({ local, state, originalKey, media, assets }: Video): boolean {
  if (!local || originalKey === null || assets.some(({ role }) => role === 'cmaf')) return false;
  return ['received', 'published', 'draft', 'held'].includes(state) || media.reason === GIVEN_UP.reason;
}

/** The copy is watched here from now on; other servers are told once there is an MP4 that stays. */
async function publishCopy(
  deps: MediaJobDeps,
  videoId: VideoId,
  copied: Copied,
  isSeen: boolean,
): Promise<void> {
  await deps.inTx(async (tx) => {
    const video = await lockVideo(tx, videoId);
    if (video?.state !== 'received') return;
    await insertAssets(tx, videoId, copied.assets);
    await tx('videos')
      .where({ id: videoId })
      .update({ ...factColumns(copied.facts, copied.hashes), ...(isSeen ? playable(tx) : {}) });
    if (isSeen) await tellPlayable(deps, tx, videoId);
  });
}

async function tellPlayable({ onPlayable, clock }: MediaJobDeps, tx: Tx, videoId: VideoId): Promise<void> {
  const row = await tx('videos').where({ id: videoId }).first('received_at');
  if (row?.received_at) onPlayable?.(Math.max(0, (clock.now() - row.received_at.getTime()) / 1_000));
}

/** What waits for a moderator, or for the author of what it was made from. */
const UNSEEN = '(hold or awaits_consent)';

/** It is seen from now on; what waits for its post, or for somebody's leave, is kept for that. */
function playable(tx: Tx) {
  return {
    state: tx.raw(`case when awaits_post then 'draft' when ${UNSEEN} then 'held' else 'published' end`),
    published_at: tx.raw(
      `case when awaits_post or ${UNSEEN} then null else coalesce(published_at, now()) end`,
    ),
    unannounced: true,
  };
}

async function finishFirst(
  deps: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  outcome: VideoOutcome | Failure,
): Promise<null> {
  const video = await lockVideo(tx, videoId);
  // Deleted meanwhile: what was stored goes too.
  if (!video) return enqueuePurge(deps, tx, videoId);
  if (video.media_state === 'ready') return null;
  const mine = tx('videos').where({ id: videoId });
  if (!outcome.ok) {
    deps.log.info({ videoId, reason: outcome.reason }, 'an uploaded file was refused');
    await mine.update({ state: 'rejected', unannounced: false, ...failedColumns(outcome) });
    await deps.emit(tx, 'video.rejected', { videoId });
    await tx('video_assets').where({ video_id: videoId }).delete();
    return enqueuePurge(deps, tx, videoId);
  }
  await recordMade(tx, videoId, outcome as Extract<VideoOutcome, { ok: true }>);
  await holdForClassifier(deps, tx, videoId, video.state !== 'published');
  await mine.clone().update({ ...playable(tx), media_stage: null, media_percent: 0 });
  // Where a copy could be watched already, that was told of.
  if (video.state === 'received') await tellPlayable(deps, tx, videoId);
  await askClassifier(deps, tx, videoId);
  await deps.enqueue(tx, await stageJob(tx, 'media.ladder', videoId));
  return null;
}

/** What others see already cannot be held back. */
async function holdForClassifier(
  { classifier }: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  isUnseen: boolean,
): Promise<void> {
  if (!isUnseen || !(await classifier.holdsBack(tx, null))) return;
  await tx('videos').where({ id: videoId }).update({ hold: true });
}

/**
 * Makes the other sizes of a video that can be played already, from one decode, and then tells other servers of
 * it. Runs again for a size that somebody asks for. With `settle`, it makes do with the sizes there are.
 */
export function processLadder(
  deps: MediaJobDeps,
  queries: Queries,
  { videoId, settle }: JobPayload<'media.ladder'>,
  run: JobRun,
): Promise<Finish | undefined> {
  return inWorkDir(deps, { stage: 'ladder', videoId }, run, async (work) => {
    const video = await queries.internal(videoId);
    if (!video || !['published', 'draft', 'held'].includes(video.state)) return;
    if (settle) return (tx) => finishLadder(deps, tx, videoId, null);
    const before = await storedRungs(deps.db, videoId);
    const upTo = await wantedUpTo(deps, videoId);
    const made = new Set(before.map(({ index }) => index.rung));
    const planned = await queries.plannedRungs(videoId);
    if (!planned.some((rung) => !made.has(rung) && rung <= upTo)) {
      return (tx) => finishLadder(deps, tx, videoId, null);
    }
    const sourcePath = await readSource(deps, video, work);
    const poster = video.assets.find(({ role }) => role === 'poster');
    const loudness = await loudnessOf(deps, video);
    const outcome = await orGiveUp(run, work, async () =>
      deps.pipeline.processRest({
        ...(await jobOf(deps, videoId, sourcePath, work)),
        ...{ before, upTo, loudness, posterShortSide: Math.min(poster?.width ?? 0, poster?.height ?? 0) },
      }),
    );
    if (work.isGone()) return (tx) => enqueuePurge(deps, tx, videoId);
    return (tx) => finishLadder(deps, tx, videoId, outcome);
  });
}

/** As the first stage measured it. */
async function loudnessOf(deps: MediaJobDeps, video: Video): Promise<Loudness | null> {
  const row = await deps.db('videos').where({ id: video.id }).first('loudness_lufs', 'true_peak_db');
  if (row?.loudness_lufs == null) return null;
  const durationSeconds = video.durationSeconds ?? 0;
  return { integratedLufs: row.loudness_lufs, truePeakDb: row.true_peak_db, durationSeconds };
}

async function wantedUpTo(deps: MediaJobDeps, videoId: VideoId): Promise<number> {
  if (!deps.lazyRungs) return Number.POSITIVE_INFINITY;
  const row = await deps.db('videos').where({ id: videoId }).first('all_rungs_wanted');
  return row?.all_rungs_wanted ? Number.POSITIVE_INFINITY : mediaLimits.lazyAboveShortSidePixels;
}

/** `outcome` is null where nothing was missing. Where the other sizes fail, the video goes out with what it has. */
async function finishLadder(
  deps: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  outcome: VideoOutcome | Failure | null,
): Promise<null> {
  const video = await lockVideo(tx, videoId);
  if (!video) return enqueuePurge(deps, tx, videoId);
  if (outcome?.ok) await recordMade(tx, videoId, outcome as Extract<VideoOutcome, { ok: true }>);
  else if (outcome) deps.log.warn({ videoId, reason: outcome.reason }, 'a video has to do with fewer sizes');
  await dropCopy(tx, videoId);
  // What waits for its post, or for somebody's leave, is told of when that is there.
  const isDraft = video.state === 'draft' || video.state === 'held';
  // What is to be played without its sound is told of once that is made.
  const waits = isDraft || (video.unannounced && video.staff_muted && !video.silent);
  const ready = { media_state: 'ready', media_stage: null, media_percent: 100, unannounced: waits };
  await tx('videos').where({ id: videoId }).update(ready);
  await askToResound(deps, tx, videoId);
  if (video.unannounced && !waits) await deps.emit(tx, 'video.published', { videoId });
  if (video.state === 'held' && !video.hold && video.awaits_consent) {
    await deps.emit(tx, 'video.awaits-consent', { videoId });
  }
  await deps.enqueue(tx, await stageJob(tx, 'media.extras', videoId));
  await makeChosenPoster(deps, tx, videoId);
  // Somebody may be watching what was replaced.
  await enqueuePurge(deps, tx, videoId, 'later');
  return null;
}

/** Makes everything of a video anew from what was uploaded, and puts it in the place of what there is. */
export function remake(
  deps: MediaJobDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  return inWorkDir(deps, { stage: 'remake', videoId }, run, async (work) => {
    const video = await queries.internal(videoId);
    if (video?.state !== 'published' || video.media.state !== 'ready') return;
    const sourcePath = await readSource(deps, video, work);
    const outcome = await deps.pipeline.processVideo(await jobOf(deps, videoId, sourcePath, work));
    if (work.isGone()) return (tx) => enqueuePurge(deps, tx, videoId);
    retryIfInterrupted(outcome);
    if (!outcome.ok) throw new PermanentJobError(`${outcome.reason}: ${outcome.detail}`);
    return async (tx) => {
      if (!(await lockVideo(tx, videoId))) return enqueuePurge(deps, tx, videoId);
      await recordMade(tx, videoId, outcome, { replaces: true, isKnown: video.local });
      await askToResound(deps, tx, videoId);
      if (video.local) await deps.emit(tx, 'video.updated', { videoId });
      await deps.enqueue(tx, await stageJob(tx, 'media.extras', videoId));
      await makeChosenPoster(deps, tx, videoId);
      return enqueuePurge(deps, tx, videoId, 'later');
    };
  });
}

/** Brings what was uploaded to the local disk. */
async function readSource(deps: MediaJobDeps, video: Video, { dir, progress }: MediaRun): Promise<string> {
  const sourcePath = join(dir, 'source');
  progress('reading', 0);
  if (video.originalKey === null || !(await deps.storage.download(video.originalKey, sourcePath))) {
    throw new PermanentJobError('The uploaded file is not in the object store.');
  }
  return sourcePath;
}

/** `done`: how much of the work was done before, in percent. */
async function jobOf(deps: MediaJobDeps, videoId: VideoId, sourcePath: string, work: MediaRun, done = 0) {
  const [{ seconds }, edit, { isComposed }] = await Promise.all([
    posterChoice(deps.db, videoId),
    editListOf(deps.db, videoId),
    orderedRemix(deps.db, videoId),
  ]);
  return {
    // What both were put together in has of the upload only what its author keeps.
    edit: isComposed ? null : edit,
    ...(seconds === null ? {} : { posterSeconds: seconds }),
    videoId,
    sourcePath,
    workDir: join(work.dir, 'work'),
    limits: { maxDurationSeconds: deps.upload.maxDurationSeconds, maxBytes: deps.upload.maxUploadBytes },
    signal: work.signal,
    onProgress: ({ stage, percent }: { stage: Parameters<MediaRun['progress']>[0]; percent: number }) =>
      work.progress(stage, done + percent * (1 - done / 100)),
  };
}

/** Throws, for another try, where the work was cut off; on the last try its video has to do without. */
async function orGiveUp<T extends Ok>(
  run: JobRun,
  work: MediaRun,
  make: () => Promise<T | Failure>,
): Promise<T | Failure> {
  try {
    const outcome = await make();
    await work.progress.settled();
    run.signal.throwIfAborted();
    if (!work.isGone()) retryIfInterrupted(outcome);
    return outcome;
  } catch (error) {
    if (run.lastAttempt && !run.signal.aborted) return GIVEN_UP;
    if (work.isGone()) return GIVEN_UP;
    throw error;
  }
}

/** What was chosen while the video was made came too late for the stage that makes the poster. */
async function makeChosenPoster(deps: MediaJobDeps, tx: Tx, videoId: VideoId): Promise<void> {
  const { seconds, key } = await posterChoice(tx, videoId);
  if (seconds === null && key === null) return;
  await deps.enqueue(tx, await stageJob(tx, 'media.poster', videoId));
}
