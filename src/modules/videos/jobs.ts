import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mediaLimits, remoteVideoLimits } from '../../../config/limits.ts';
import type { Asset as StoredAsset } from '../../../media/assemble.ts';
import { prefixesOf } from '../../../media/keys.ts';
import type { MediaPipeline, Progress, VideoOutcome } from '../../../media/pipeline.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import { ofDomain } from '../../db/visibility.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import { type Finish, type JobRun, PermanentJobError } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { DownloadFailure, SafeFetch } from '../../lib/net/safe-fetch.ts';
import type { Failure } from '../../lib/result.ts';
import type { MediaRefusal } from '../instances/index.ts';
import type { videoEvents } from './events.ts';
import type { Video, VideoState } from './model.ts';
import type { videoQueries } from './queries.ts';

export interface MediaJobDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly emit: Emit<typeof videoEvents>;
  readonly enqueue: Enqueue;
  readonly storage: ObjectStorage;
  readonly pipeline: MediaPipeline;
  readonly download: SafeFetch['download'];
  /** Folder for unfinished work, on a disk of this machine. */
  readonly workDir: string;
  readonly maxDurationSeconds: number;
  readonly maxUploadBytes: number;
  readonly remote: { readonly mode: 'replicate' | 'off'; readonly maxBytes: number };
  /** Why no file may be fetched that one of these hosts posted or holds, or null where all may. */
  readonly mediaRefusal: (hosts: readonly string[]) => Promise<MediaRefusal | null>;
  readonly log: Logger;
}

type Queries = ReturnType<typeof videoQueries>;

/** Share of the progress bar that fetching a remote file takes. */
const DOWNLOAD_SHARE = 0.4;

/**
 * Turns the uploaded file into what is played. May be cut off and repeated at any point: it starts over
 * in an empty work folder, and only the last step, which ends the job, makes its result count.
 */
export function processUpload(
  deps: MediaJobDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  return inWorkDir(deps, videoId, async (dir) => {
    const video = await queries.internal(videoId);
    if (video?.state !== 'received' || video.originalKey === null) return;
    const sourcePath = join(dir, 'source');
    const progress = progressWriter(deps, videoId);
    progress('reading', 0);
    if (!(await deps.storage.download(video.originalKey, sourcePath))) {
      throw new PermanentJobError('The uploaded file is not in the object store.');
    }
    const processed = await deps.pipeline.processVideo({
      videoId,
      sourcePath,
      workDir: join(dir, 'work'),
      limits: { maxDurationSeconds: deps.maxDurationSeconds, maxBytes: deps.maxUploadBytes },
      signal: run.signal,
      onProgress: ({ stage, percent }) => progress(stage, percent),
    });
    await progress.settled();
    run.signal.throwIfAborted();
    retryIfInterrupted(processed);
    return (tx) => finishUpload(deps, tx, videoId, processed);
  });
}

async function finishUpload(
  deps: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  processed: VideoOutcome,
): Promise<null> {
  await deps.enqueue(tx, { name: 'media.purge', payload: { videoId } });
  const video = await lockVideo(tx, videoId);
  // Deleted meanwhile: what was stored goes with the purge.
  if (video?.state !== 'received') return null;
  const mine = tx('videos').where({ id: videoId });
  if (processed.ok) {
    await recordMedia(tx, videoId, processed);
    await mine.update({ state: 'published', published_at: tx.fn.now() });
    await deps.emit(tx, 'video.published', { videoId });
  } else {
    deps.log.info({ videoId, reason: processed.reason }, 'an uploaded file was refused');
    await mine.update({ state: 'rejected', ...failedColumns(processed) });
  }
  return null;
}

/**
 * Copies a remote video into our own storage: poster first, then the file, under byte caps, through the
 * same pipeline as an upload. Its server being away is tried again; a file that is no video is not.
 */
export function replicate(
  deps: MediaJobDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  return inWorkDir(deps, videoId, async (dir) => {
    const video = await queries.internal(videoId);
    if (!video || video.local || video.sourceUrl === null) return;
    if (video.media.state === 'ready' || video.media.state === 'none') return;
    if (deps.remote.mode === 'off') return (tx) => finishReplica(deps, tx, videoId, null);
    const refusal = await deps.mediaRefusal(hostsOf(video));
    if (refusal !== null) return (tx) => finishReplica(deps, tx, videoId, { ok: false, reason: refusal });
    await copyPoster(deps, video, dir, run.signal);
    const progress = progressWriter(deps, videoId);
    progress('downloading', 0);
    const sourcePath = join(dir, 'source');
    const fetched = await deps.download({
      url: video.sourceUrl,
      toPath: sourcePath,
      maxBytes: deps.remote.maxBytes,
      deadlineMs: remoteVideoLimits.downloadDeadlineMs,
      idleMs: remoteVideoLimits.idleMs,
      signal: run.signal,
      onProgress: (bytes, total) =>
        progress('downloading', total ? (bytes / total) * 100 * DOWNLOAD_SHARE : 0),
    });
    run.signal.throwIfAborted();
    if (!fetched.ok) {
      await progress.settled();
      if (isNoLongerThere(fetched)) await askWhetherItExists(deps, videoId);
      retryIfPassing(fetched, run);
      return (tx) => finishReplica(deps, tx, videoId, fetched);
    }
    const processed = await deps.pipeline.processVideo({
      videoId,
      sourcePath,
      workDir: join(dir, 'work'),
      limits: { maxDurationSeconds: remoteVideoLimits.maxDurationSeconds, maxBytes: deps.remote.maxBytes },
      signal: run.signal,
      onProgress: ({ stage, percent }) =>
        progress(stage, 100 * DOWNLOAD_SHARE + percent * (1 - DOWNLOAD_SHARE)),
    });
    await progress.settled();
    run.signal.throwIfAborted();
    retryIfInterrupted(processed);
    return (tx) => finishReplica(deps, tx, videoId, processed);
  });
}

/** Who posted a remote video, and who holds its files. */
function hostsOf({ uri, sourceUrl, sourcePosterUrl }: Video): string[] {
  return [uri, sourceUrl, sourcePosterUrl].flatMap((url) => (url === null ? [] : [new URL(url).host]));
}

/** What the staff decided is no failure of the file, and may be taken back. */
const REFUSED_HERE: Readonly<Record<string, string>> = {
  'domain-suspended': 'This server does not talk to the one that holds the video.',
  'domain-media-rejected': 'This server does not copy videos of that server.',
} satisfies Record<MediaRefusal, string>;

/** Copies what a decision of the staff has kept from being copied, now that it was taken back. */
export async function replicateRefused(deps: MediaJobDeps, tx: Tx, domain: string): Promise<void> {
  const ofThatDomain = tx('accounts').modify(ofDomain(domain)).select('id');
  const again = tx('videos')
    .whereIn('account_id', ofThatDomain)
    .where({ media_state: 'none' })
    .whereIn('media_reason', Object.keys(REFUSED_HERE))
    .orderBy('id', 'desc')
    .limit(remoteVideoLimits.copiedAfterLift)
    .select('id');
  const rows: { id: VideoId }[] = await tx('videos')
    .whereIn('id', again)
    .update({ media_state: 'waiting', media_reason: null, media_detail: null })
    .returning('id');
  await deps.enqueue(
    tx,
    rows.map(({ id }) => ({ name: 'media.replicate' as const, payload: { videoId: id } })),
  );
}

/** `outcome` is null where no copy is wanted. */
async function finishReplica(
  deps: MediaJobDeps,
  tx: Tx,
  videoId: VideoId,
  outcome: VideoOutcome | Failure | null,
): Promise<null> {
  await deps.enqueue(tx, { name: 'media.purge', payload: { videoId } });
  if (!(await lockVideo(tx, videoId))) return null;
  const mine = tx('videos').where({ id: videoId });
  if (outcome === null) await mine.update({ media_state: 'none', media_stage: null });
  else if (!outcome.ok && Object.hasOwn(REFUSED_HERE, outcome.reason)) {
    const why = { media_reason: outcome.reason, media_detail: REFUSED_HERE[outcome.reason] };
    await mine.update({ media_state: 'none', media_stage: null, ...why });
  } else if (outcome.ok) await recordMedia(tx, videoId, outcome);
  else {
    deps.log.info({ videoId, reason: outcome.reason }, 'a remote file could not be copied');
    await mine.update(failedColumns(outcome));
  }
  return null;
}

/** An encoder that something outside ended says nothing about the file. */
function retryIfInterrupted(processed: VideoOutcome): void {
  if (!processed.ok && (processed.reason === 'interrupted' || processed.reason === 'aborted')) {
    throw new Error(processed.detail ?? processed.reason);
  }
}

/** Its server knows no such file: then the post itself may be gone. */
function isNoLongerThere({ status }: DownloadFailure): boolean {
  return status === 404 || status === 410;
}

async function askWhetherItExists({ inTx, enqueue }: MediaJobDeps, videoId: VideoId): Promise<void> {
  const job = { name: 'post.refresh', payload: { videoId }, key: `refresh:${videoId}` } as const;
  await inTx((tx) => enqueue(tx, job));
}

/** Failures of the network that another try will not mend. */
const FINAL_FETCH_FAILURES = new Set(['blocked-address', 'blocked-url', 'too-large', 'not-found']);

function retryIfPassing({ reason, detail }: Failure, run: JobRun): void {
  if (!run.lastAttempt && !FINAL_FETCH_FAILURES.has(reason)) throw new Error(`${reason}: ${detail ?? ''}`);
}

/** A remote poster is fetched and re-encoded, so that nobody's browser asks the origin. Its lack is no failure. */
async function copyPoster(deps: MediaJobDeps, video: Video, dir: string, signal: AbortSignal): Promise<void> {
  if (video.sourcePosterUrl === null || video.assets.some((asset) => asset.role === 'poster')) return;
  const path = join(dir, 'poster');
  const fetched = await deps.download({
    url: video.sourcePosterUrl,
    toPath: path,
    maxBytes: remoteVideoLimits.maxPosterBytes,
    deadlineMs: remoteVideoLimits.posterDeadlineMs,
    idleMs: remoteVideoLimits.idleMs,
    signal,
  });
  signal.throwIfAborted();
  if (!fetched.ok) return;
  const poster = await deps.pipeline.processPoster({
    videoId: video.id,
    sourcePath: path,
    workDir: join(dir, 'poster-work'),
    signal,
  });
  if (!poster.ok) return;
  await deps.inTx(async (tx) => {
    if (!(await lockVideo(tx, video.id))) return;
    await insertAssets(tx, video.id, [poster.asset]);
    if (video.blurhash === null)
      await tx('videos').where({ id: video.id }).update({ blurhash: poster.blurhash });
  });
}

/** Removes the objects of a video that no row names: all of them once the video is gone. */
export async function purgeObjects(deps: MediaJobDeps, videoId: VideoId, run: JobRun): Promise<undefined> {
  const row = await deps.db('videos').where({ id: videoId }).first('original_key');
  const keep = new Set<string>(await deps.db('video_assets').where({ video_id: videoId }).pluck('key'));
  if (row?.original_key) keep.add(row.original_key);
  const stale: string[] = [];
  for (const prefix of prefixesOf(videoId)) {
    for await (const object of deps.storage.list(prefix)) {
      run.signal.throwIfAborted();
      if (!keep.has(object.key)) stale.push(object.key);
    }
  }
  await deps.storage.remove(stale);
}

/**
 * Runs `work` in an empty folder of its own, and removes that folder afterwards. Before, it removes those of
 * earlier tries that died or were overtaken, and whatever nobody came back for.
 */
async function inWorkDir<T>(
  deps: MediaJobDeps,
  videoId: VideoId,
  work: (dir: string) => Promise<T>,
): Promise<T> {
  await mkdir(deps.workDir, { recursive: true });
  const left = await readdir(deps.workDir);
  const dir = await mkdtemp(join(deps.workDir, `${videoId}-`));
  try {
    const staleBefore = (await stat(dir)).mtimeMs - mediaLimits.staleTemporaryFileMs;
    for (const name of left) {
      const path = join(deps.workDir, name);
      const changed = await stat(path).catch(() => null);
      const isStale = changed !== null && changed.mtimeMs < staleBefore;
      if (isStale || name.startsWith(`${videoId}-`)) await rm(path, { recursive: true, force: true });
    }
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function failedColumns({ reason, detail }: Failure) {
  return { media_state: 'failed', media_stage: null, media_reason: reason, media_detail: detail ?? null };
}

/** Undefined when the video was deleted meanwhile. The lock keeps a deletion from slipping in between. */
async function lockVideo(tx: Tx, videoId: VideoId): Promise<{ state: VideoState } | undefined> {
  return tx('videos').where({ id: videoId }).forUpdate().first('state');
}

async function insertAssets(tx: Tx, videoId: VideoId, assets: readonly StoredAsset[]): Promise<void> {
  await tx('video_assets').insert(
    assets.map((asset) => ({
      key: asset.key,
      video_id: videoId,
      role: asset.role,
      rung: asset.rung ?? null,
      content_type: asset.contentType,
      bytes: asset.size,
      sha256: asset.sha256,
      width: asset.width ?? null,
      height: asset.height ?? null,
      bandwidth: asset.bandwidth ?? null,
      codecs: asset.codecs ?? null,
      frame_rate: asset.frameRate ?? null,
    })),
  );
}

/** Replaces what the video is played from. Its row must be locked. */
async function recordMedia(
  tx: Tx,
  videoId: VideoId,
  processed: Extract<VideoOutcome, { ok: true }>,
): Promise<void> {
  await tx('video_assets').where({ video_id: videoId }).delete();
  await insertAssets(tx, videoId, processed.assets);
  const { facts } = processed;
  await tx('videos')
    .where({ id: videoId })
    .update({
      chunk_index: JSON.stringify(processed.chunkIndex),
      media_state: 'ready',
      media_stage: null,
      media_percent: 100,
      media_reason: null,
      media_detail: null,
      duration_seconds: facts.durationSeconds,
      width: facts.width,
      height: facts.height,
      blurhash: processed.blurhash,
    });
}

const PROGRESS_EVERY_MS = 500;

/** Writes progress at most twice a second, one write at a time; a lost write costs nothing. */
function progressWriter(deps: MediaJobDeps, videoId: VideoId) {
  let last = 0;
  let stageShown: string | null = null;
  let pending: Promise<unknown> = Promise.resolve();
  let busy = false;
  const write = (stage: Progress['stage'] | 'reading' | 'downloading', percent: number): void => {
    const now = performance.now();
    if (busy || (stage === stageShown && now - last < PROGRESS_EVERY_MS)) return;
    last = now;
    stageShown = stage;
    busy = true;
    pending = deps
      .db('videos')
      .where({ id: videoId })
      .whereIn('media_state', ['waiting', 'working', 'failed'])
      .update({
        media_state: 'working',
        media_stage: stage,
        media_percent: Math.min(99, Math.floor(percent)),
      })
      .catch((error) => deps.log.warn({ err: error, videoId }, 'progress could not be written'))
      .finally(() => {
        busy = false;
      });
  };
  return Object.assign(write, { settled: () => pending });
}
