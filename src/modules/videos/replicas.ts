import { join } from 'node:path';
import { remoteVideoLimits } from '../../../config/media-limits.ts';
import type { VideoOutcome } from '../../../media/pipeline-jobs.ts';
import type { Tx } from '../../db/database.ts';
import { ofDomain } from '../../db/visibility.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import { type Failure, type Ok, ok } from '../../lib/result.ts';
import type { MediaRefusal } from '../instances/index.ts';
import { keepFromAll, listedPicture } from './listed.ts';
import { askClassifier } from './media-classify.ts';
import { askToResound } from './media-mute.ts';
import { replicateJobs, stageJob } from './media-order.ts';
import { failedColumns, insertAssets, lockVideo, recordMade } from './media-rows.ts';
import { inWorkDir, type MediaJobDeps, type Queries, retryIfInterrupted } from './media-work.ts';
import type { Video } from './model.ts';
import { enqueuePurge } from './purge.ts';
import { type CacheDeps, makeRoom } from './remote-cache.ts';
import { copyPlan, isForProxy, leaveUncopied, type RemoteModeDeps } from './remote-modes.ts';
import { isProxiable } from './remote-proxy.ts';
import {
  isFinalSourceFailure,
  type RemoteSource,
  type RemoteSourceJob,
  type SourceFailure,
} from './remote-source.ts';
import { shareCopy } from './shared-copies.ts';
import { refuseForSound, ruleOfSound } from './sound-gate.ts';

export interface ReplicaDeps extends MediaJobDeps, RemoteModeDeps, Pick<CacheDeps, 'cache'> {
  /** Whether the disk has room for copies. */
  readonly takesCopies: () => Promise<boolean>;
  /** Fetches the file of a remote video, or its parts; see `fetchRemoteSource`. */
  readonly fetchSource: (job: RemoteSourceJob) => Promise<Ok<RemoteSource> | SourceFailure>;
  readonly readRange: SafeFetch['readRange'];
}

/** Share of the progress bar that fetching a remote file takes. */
const DOWNLOAD_SHARE = 0.4;

/**
 * Copies a remote video into our own storage: poster first, then the file, under byte caps, through the
 * same pipeline as an upload. Its server being away is tried again; a file that is no video is not. In the mode
 * `proxy` the file is only looked at, whether its bytes can be passed on.
 */
export function replicate(
  deps: ReplicaDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  return inWorkDir(deps, { stage: 'copy', videoId }, run, async ({ dir, signal, isGone, progress }) => {
    const video = await queries.internal(videoId);
    if (!video || video.local || video.sourceUrl === null) return;
    if (video.media.state === 'ready' || video.media.state === 'none') return;
    const refusal = await deps.mediaRefusal(hostsOf(video));
    if (refusal !== null) return (tx) => finishReplica(deps, tx, videoId, { ok: false, reason: refusal });
    if (await deps.takesCopies()) await copyPoster(deps, video, dir, run.signal);
    const failed = async (failure: SourceFailure) => {
      if (isNoLongerThere(failure)) await askWhetherItExists(deps, videoId);
      retryIfPassing(failure, run);
      return (tx: Tx) => finishReplica(deps, tx, videoId, failure);
    };
    const looked = await lookAt(deps, video, video.sourceUrl, run.signal);
    run.signal.throwIfAborted();
    if (!looked.ok) return failed(looked);
    const { proxiable } = looked;
    if ((await copyPlan(deps, deps.db, video, proxiable ?? false)) !== 'copy') {
      return (tx) => endUncopied(deps, tx, video, proxiable);
    }
    if (!(await deps.takesCopies())) {
      return async (tx) => {
        await enqueuePurge(deps, tx, videoId);
        return leaveWithoutRoom(tx, videoId);
      };
    }
    progress('downloading', 0);
    const said = await deps.db('videos').where({ id: videoId }).first('source_digest');
    const fetched = await deps.fetchSource({
      url: video.sourceUrl,
      toDir: dir,
      maxBytes: deps.remote.maxBytes,
      maxDurationSeconds: remoteVideoLimits.maxDurationSeconds,
      digest: said?.source_digest ?? null,
      signal,
      onProgress: (bytes, total) =>
        progress('downloading', total ? (bytes / total) * 100 * DOWNLOAD_SHARE : 0),
    });
    run.signal.throwIfAborted();
    if (isGone()) return (tx) => finishReplica(deps, tx, videoId, null);
    await progress.settled();
    if (!fetched.ok) return failed(fetched);
    const listed = await deps.hashes.byFile(fetched.sha256);
    if (listed) return keepFromAll(deps, video, listed, fetched.path);
    if (await shareInstead(deps, videoId, fetched.sha256)) return (tx) => enqueuePurge(deps, tx, videoId);
    const processed = await deps.pipeline.processVideo({
      videoId,
      sourcePath: fetched.path,
      workDir: join(dir, 'work'),
      limits: { maxDurationSeconds: remoteVideoLimits.maxDurationSeconds, maxBytes: deps.remote.maxBytes },
      isRemote: true,
      signal,
      onProgress: ({ stage, percent }) =>
        progress(stage, 100 * DOWNLOAD_SHARE + percent * (1 - DOWNLOAD_SHARE)),
    });
    await progress.settled();
    run.signal.throwIfAborted();
    if (isGone()) return (tx) => finishReplica(deps, tx, videoId, null);
    retryIfInterrupted(processed);
    const shown = processed.ok
      ? await listedPicture(deps, processed.assets, fetched.sha256, { dir, signal })
      : null;
    if (shown) return keepFromAll(deps, video, shown, fetched.path);
    const ruling = processed.ok ? await ruleOfSound(deps, videoId, processed.assets, { dir, signal }) : null;
    if (ruling?.action === 'refuse') return refuseForSound(deps, video, ruling);
    return (tx) => finishReplica(deps, tx, videoId, processed, fetched.sha256);
  });
}

/** Whether the bytes of a video can be passed on; null where nobody wants that, and so nobody looked. */
async function lookAt(deps: ReplicaDeps, video: Video, url: string, signal: AbortSignal) {
  if (!(await isForProxy(deps, video))) return ok({ proxiable: null });
  const { readRange, remote } = deps;
  return isProxiable({ readRange, maxBytes: remote.maxBytes }, url, signal);
}

/** Nobody asked for it, or its file stays where it is: poster and description are all that is here. */
async function endUncopied(
  deps: ReplicaDeps,
  tx: Tx,
  video: Video,
  proxiable: boolean | null,
): Promise<Date | null> {
  await enqueuePurge(deps, tx, video.id);
  // What is wanted has changed meanwhile.
  if (proxiable === null && (await isForProxy(deps, video))) return new Date();
  // Somebody asked meanwhile.
  return (await leaveUncopied(deps, tx, video, proxiable ?? false)) === 'copy' ? new Date() : null;
}

/** Whether another video was made of the same file, whose objects this one has now. */
function shareInstead(deps: ReplicaDeps, videoId: VideoId, sha256: string): Promise<boolean> {
  return deps.inTx(async (tx) => {
    if (!(await lockVideo(tx, videoId))) return false;
    if ((await shareCopy(tx, videoId, sha256)) === null) return false;
    await askAboutCopy(deps, tx, videoId);
    await askToResound(deps, tx, videoId);
    await deps.emit(tx, 'video.heard', { videoId });
    return true;
  });
}

/**
 * The first copy of a video is there: it is kept from all until the classifier has answered, where a rule depends on
 * that. Lists have shown its caption and poster before; nobody has watched it here. One that comes back after it was
 * evicted has its answer.
 */
async function askAboutCopy(deps: ReplicaDeps, tx: Tx, videoId: VideoId): Promise<void> {
  const { domain } = await tx('videos')
    .join('accounts', 'accounts.id', 'videos.account_id')
    .where('videos.id', videoId)
    .first('accounts.domain');
  const isNew = !(await tx('classifier_verdicts').where({ video_id: videoId }).first('id'));
  if (isNew && (await deps.classifier.holdsBack(tx, domain))) {
    await tx('videos').where({ id: videoId, state: 'published' }).update({ hold: true, state: 'held' });
  }
  await askClassifier(deps, tx, videoId);
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
  const jobs = await replicateJobs(
    tx,
    rows.map(({ id }) => ({ id, asker: 'list' })),
  );
  await deps.enqueue(tx, jobs);
}

/** `outcome` is null where no copy is wanted. */
async function finishReplica(
  deps: ReplicaDeps,
  tx: Tx,
  videoId: VideoId,
  outcome: VideoOutcome | Failure | null,
  sourceSha256: string | null = null,
): Promise<null> {
  await enqueuePurge(deps, tx, videoId);
  if (!(await lockVideo(tx, videoId))) return null;
  const mine = tx('videos').where({ id: videoId });
  if (outcome === null) await mine.update({ media_state: 'none', media_stage: null });
  else if (!outcome.ok && Object.hasOwn(REFUSED_HERE, outcome.reason)) {
    const why = { media_reason: outcome.reason, media_detail: REFUSED_HERE[outcome.reason] };
    await mine.update({ media_state: 'none', media_stage: null, ...why });
  } else if (outcome.ok) {
    const bytes = outcome.assets.reduce((sum, { size }) => sum + size, 0);
    const room = await makeRoom(deps, tx, bytes, videoId);
    if (!room.ok) {
      deps.log.warn({ videoId, bytes }, 'no room for a copy: all that are here are being watched');
      return leaveWithoutRoom(tx, videoId);
    }
    await mine.clone().update({ source_sha256: sourceSha256 });
    await recordMade(tx, videoId, outcome, { replaces: true });
    await mine.update({ media_state: 'ready', media_stage: null, media_percent: 100 });
    await askToResound(deps, tx, videoId);
    await deps.enqueue(tx, await stageJob(tx, 'media.extras', videoId));
    await askAboutCopy(deps, tx, videoId);
  } else {
    deps.log.info({ videoId, reason: outcome.reason }, 'a remote file could not be copied');
    await mine.update(failedColumns(outcome));
  }
  return null;
}

/** As after an eviction: it is copied once somebody opens it and there is room. */
async function leaveWithoutRoom(tx: Tx, videoId: VideoId): Promise<null> {
  await tx('videos')
    .where({ id: videoId })
    .whereNot({ media_state: 'ready' })
    .update({ media_state: 'waiting', media_stage: null, media_percent: 0, media_reason: 'evicted' });
  return null;
}

/** Its server knows no such file: then the post itself may be gone. */
function isNoLongerThere({ status }: SourceFailure): boolean {
  return status === 404 || status === 410;
}

async function askWhetherItExists({ inTx, enqueue }: MediaJobDeps, videoId: VideoId): Promise<void> {
  const job = { name: 'post.refresh', payload: { videoId }, key: `refresh:${videoId}` } as const;
  await inTx((tx) => enqueue(tx, job));
}

function retryIfPassing(failure: SourceFailure, run: JobRun): void {
  if (run.lastAttempt || isFinalSourceFailure(failure)) return;
  throw new Error(`${failure.reason}: ${failure.detail ?? ''}`);
}

/** A remote poster is fetched and re-encoded, so that nobody's browser asks the origin. Its lack is no failure. */
export async function copyPoster(
  deps: MediaJobDeps,
  video: Video,
  dir: string,
  signal: AbortSignal,
): Promise<void> {
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
    await insertAssets(tx, video.id, poster.assets);
    const { blurhash, thumbhash } = poster.hashes;
    const said = video.blurhash === null ? { blurhash } : {};
    await tx('videos')
      .where({ id: video.id })
      .update({ thumbhash, poster_at: tx.fn.now(), ...said });
  });
}
