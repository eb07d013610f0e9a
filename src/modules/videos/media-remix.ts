import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { remoteVideoLimits } from '../../../config/media-limits.ts';
import { composedKey } from '../../../media/keys.ts';
import type { Composition, RemixOrder } from '../../../media/remix-plan.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { AccountId, SoundId, VideoId } from '../../lib/ids.ts';
import { type Failure, fail, type Ok, ok, type Result } from '../../lib/result.ts';
import { editListOf, lockVideo } from './media-rows.ts';
import { type MediaJobDeps, type MediaRun, type Queries, retryIfInterrupted } from './media-work.ts';
import type { Asset, Video } from './model.ts';
import {
  isFinalSourceFailure,
  type RemoteSource,
  type RemoteSourceJob,
  type SourceFailure,
} from './remote-source.ts';

/** What the authors of others allow. */
export interface RemixGate {
  /** The original of a remix that this account makes, or why it may not make it, in words for its author. */
  mayRemix(
    accountId: AccountId,
    originalId: VideoId,
    kind: RemixOrder['kind'],
  ): Promise<Ok<{ readonly original: Video; readonly asks: boolean }> | Failure>;
}

export interface RemixDeps extends MediaJobDeps {
  readonly remixGate: RemixGate;
  /** Fetches the file of a remote video; see `fetchRemoteSource`. */
  readonly fetchSource: (job: RemoteSourceJob) => Promise<Ok<RemoteSource> | SourceFailure>;
  /** Whether files of the servers at these hosts are taken; see the instances module. */
  readonly mediaModesOf: (hosts: readonly string[]) => Promise<readonly string[]>;
}

/** And what looks originals up. */
export type ComposeDeps = RemixDeps & { readonly queries: Queries };

/** What the row of an upload says of the remix that it is to become. */
export interface OrderedRemix {
  /** Null where it is none. */
  readonly order: Composition | null;
  readonly isComposed: boolean;
  /** Null where that was deleted. */
  readonly originalId: VideoId | null;
  /** Of a video that is made with a sound. */
  readonly soundId: SoundId | null;
  readonly uploadSha256: string | null;
}

export async function orderedRemix(db: Db | Tx, videoId: VideoId): Promise<OrderedRemix> {
  const row = await db('videos')
    .where({ id: videoId })
    .first('remix_order', 'composed_at', 'remix_of_id', 'sound_id', 'original_sha256');
  return {
    order: row?.remix_order ?? null,
    isComposed: row?.composed_at != null,
    originalId: row?.remix_of_id ?? null,
    soundId: row?.sound_id ?? null,
    uploadSha256: row?.original_sha256 ?? null,
  };
}

/** How many seconds of another video stand before what was uploaded. */
export async function leadOf(tx: Tx, videoId: VideoId): Promise<number> {
  const { order } = await orderedRemix(tx, videoId);
  return order?.kind === 'stitch' ? order.clip.end - order.clip.start : 0;
}

/** How much of the work on a remix is done once the original is here, and once both are put together; in percent. */
const FETCHED = 10;
export const COMPOSED = 40;

const GONE = fail('remix-gone', 'The video that yours answers to was deleted before yours was made.');
const SOUND_GONE = fail('sound-gone', 'The video that this sound is from is not here any more.');
const UNAVAILABLE = fail(
  'original-unavailable',
  'The video that yours is made with could not be fetched from its server. Try again later.',
);

/**
 * Puts what was uploaded and its original together, in the place of what was uploaded: all later steps make of that
 * file what they make of any. Whether its author allows it is asked again, for that may have changed since the upload
 * began. A try that is cut off leaves an object that no row names, or a row that says it is done.
 */
export async function composeUpload(
  deps: ComposeDeps,
  video: Video,
  uploaded: { readonly path: string; readonly sha256: string },
  work: MediaRun,
  run: JobRun,
): Promise<Result<{ readonly path: string }> | Failure> {
  const { order, ...ordered } = await orderedRemix(deps.db, video.id);
  if (order === null) throw new Error('This upload is put together with no other.');
  const allowed = await allowedOriginal(deps, video, order.kind, ordered);
  if (!allowed.ok) return allowed;
  const original = await fetchOriginal(deps, allowed.original, work, run);
  if (!original.ok) return original;
  // A folder of its own: the encoder may write there, and nowhere else.
  const outputDirectory = join(work.dir, 'composed');
  await rm(outputDirectory, { recursive: true, force: true });
  await mkdir(outputDirectory);
  const path = join(outputDirectory, 'composed.mp4');
  work.progress('composing', FETCHED);
  const composed = await deps.pipeline.composeRemix({
    ...{ ownPath: uploaded.path, originalPath: original.path, order, outputPath: path },
    // What is played of it may not be made without its sound yet, and what its server has is as it was.
    isOriginalMuted: allowed.original.soundMuted,
    edit: await editListOf(deps.db, video.id),
    maxDurationSeconds: deps.upload.maxDurationSeconds,
    maxOriginalSeconds: Math.max(deps.upload.maxDurationSeconds, remoteVideoLimits.maxDurationSeconds),
    signal: work.signal,
    onProgress: (fraction) => work.progress('composing', FETCHED + (COMPOSED - FETCHED) * fraction),
  });
  await work.progress.settled();
  run.signal.throwIfAborted();
  if (work.isGone()) return GONE;
  retryIfInterrupted(composed);
  if (!composed.ok) return composed;
  const { carriesSound } = composed;
  const carries = order.kind === 'sound' ? null : carriesSound;
  await keepComposed(deps, { videoId: video.id, path, asks: allowed.asks, carries }, uploaded.sha256, work);
  await rm(original.path, { force: true });
  return ok({ path });
}

/** The video that this one is put together with, where the author of that still allows it. */
async function allowedOriginal(
  deps: ComposeDeps,
  { accountId }: Video,
  kind: Composition['kind'],
  { originalId, soundId }: Pick<OrderedRemix, 'originalId' | 'soundId'>,
): Promise<Ok<{ readonly original: Video; readonly asks: boolean }> | Failure> {
  if (kind === 'sound') return soundId === null ? SOUND_GONE : soundSource(deps, accountId, soundId);
  return originalId === null ? GONE : deps.remixGate.mayRemix(accountId, originalId, kind);
}

/** The video that a sound is taken from. */
async function soundSource(
  { db, sounds, queries }: ComposeDeps,
  accountId: AccountId,
  soundId: SoundId,
): Promise<Ok<{ readonly original: Video; readonly asks: boolean }> | Failure> {
  const allowed = await sounds.mayUse(db, accountId, soundId);
  if (!allowed.ok) return allowed;
  const original = await queries.internal(allowed.originalId);
  return original ? ok({ original, asks: false }) : SOUND_GONE;
}

interface ComposedFile {
  readonly videoId: VideoId;
  readonly path: string;
  readonly asks: boolean;
  /** Whether the sound of its original is in it; null where it has none. */
  readonly carries: boolean | null;
}

/**
 * From now on this is what was uploaded; the file that was is removed with what else no row names. An author who wants to
 * be asked since the upload began is asked. Whether the original was heard may have changed since then, too.
 */
async function keepComposed(
  deps: RemixDeps,
  { videoId, path, asks, carries }: ComposedFile,
  uploadSha256: string,
  { signal }: MediaRun,
): Promise<void> {
  const key = composedKey(videoId, await deps.hashes.sha256Of(path, signal));
  const { size } = await stat(path);
  await deps.storage.putFile(key, path, { contentType: 'application/octet-stream' });
  await deps.inTx(async (tx) => {
    if (!(await lockVideo(tx, videoId))) return;
    await tx('videos')
      .where({ id: videoId })
      .update({
        ...{ original_key: key, original_bytes: size, original_sha256: uploadSha256 },
        composed_at: tx.fn.now(),
        ...(asks && { awaits_consent: tx.raw(`awaits_consent or remix_consent = 'asked'`) }),
        ...(carries !== null && { carries_sound: carries }),
      });
    if (carries === false) await tx('carried_sounds').where({ video_id: videoId }).delete();
  });
}

/**
 * The file of the original on the local disk: one that was made of it here, or what its server has, fetched once and
 * looked at like an upload. Throws where another try may work.
 */
async function fetchOriginal(
  deps: RemixDeps,
  original: Video,
  work: MediaRun,
  run: JobRun,
): Promise<Result<{ readonly path: string }> | Failure> {
  const path = join(work.dir, 'original');
  const made = bestRendition(original.assets);
  if (made && (await deps.storage.download(made.key, path))) return ok({ path });
  const { sourceUrl } = original;
  if (original.local || sourceUrl === null) return laterOr(run, UNAVAILABLE);
  const hosts = [...new Set([original.uri, sourceUrl].map((url) => new URL(url).host))];
  const [mode] = await deps.mediaModesOf([new URL(original.uri).host]);
  if (mode === 'off' || (await deps.mediaRefusal(hosts)) !== null) {
    return fail('original-refused', 'This server takes no videos of the one that the original comes from.');
  }
  const toDir = join(work.dir, 'fetched');
  await rm(toDir, { recursive: true, force: true });
  await mkdir(toDir);
  work.progress('downloading', 0);
  const said = await deps.db('videos').where({ id: original.id }).first('source_digest');
  const fetched = await deps.fetchSource({
    ...{ url: sourceUrl, toDir, maxBytes: deps.remote.maxBytes, signal: work.signal },
    maxDurationSeconds: remoteVideoLimits.maxDurationSeconds,
    digest: said?.source_digest ?? null,
    onProgress: (bytes, total) => work.progress('downloading', total ? (bytes / total) * FETCHED : 0),
  });
  await work.progress.settled();
  run.signal.throwIfAborted();
  if (!fetched.ok) {
    deps.log.info({ videoId: original.id, reason: fetched.reason }, 'an original could not be fetched');
    const isLost = fetched.status === 404 || fetched.status === 410;
    return isLost || isFinalSourceFailure(fetched) ? UNAVAILABLE : laterOr(run, UNAVAILABLE);
  }
  if (await deps.hashes.byFile(fetched.sha256)) return UNAVAILABLE;
  return ok({ path: fetched.path });
}

/** Another try, while there are any left. */
function laterOr(run: JobRun, failure: Failure): Failure {
  if (run.lastAttempt) return failure;
  throw new Error(failure.detail ?? failure.reason);
}

/** The plain MP4, which is there first and has everything; of one whose MP4 is gone, the largest size it has. */
function bestRendition(assets: readonly Asset[]): Asset | undefined {
  const sizes = assets
    .filter(({ role }) => role === 'cmaf')
    .toSorted((a, b) => (b.rung ?? 0) - (a.rung ?? 0));
  return (
    assets.find(({ role }) => role === 'mp4') ?? sizes.find(({ rung }) => (rung ?? 0) <= 720) ?? sizes[0]
  );
}
