import { mediaLimits } from '../../config/media-limits.ts';
import { originalKey } from '../../media/keys.ts';
import type { MultipartUploads, UploadedPart } from '../../media/storage/storage.ts';
import { randomHex } from '../lib/crypto.ts';
import type { VideoId } from '../lib/ids.ts';
import type { Viewer } from '../modules/auth/index.ts';
import type { Place } from '../modules/sounds/index.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError } from './errors.ts';
import { beginUpload } from './upload-begin.ts';

/** A part of a file, and where it is to be PUT. */
export interface PartToSend {
  readonly number: number;
  readonly url: string;
  readonly bytes: number;
}

/** The object storage's side of it; refuses where this server takes uploads by tus alone. */
function multipartOf({ config, storage }: HttpDeps): MultipartUploads {
  if (config.uploads !== 'direct' || !storage.multipart) {
    throw new ApiError('not-found', 'This server takes uploads by tus only, at /api/v1/uploads.');
  }
  return storage.multipart;
}

/** Begins an upload whose parts the client sends straight to the object storage. */
export async function beginDirect(
  deps: HttpDeps,
  viewer: Viewer,
  { bytes, place, ...metadata }: { readonly bytes: number; readonly place: Place },
): Promise<{ id: string; videoId: VideoId; partBytes: number; parts: PartToSend[] }> {
  const multipart = multipartOf(deps);
  const id = randomHex(16);
  const videoId = await beginUpload(deps, viewer, { id, bytes, metadata, place });
  const key = originalKey(videoId);
  const multipartId = await multipart.begin(key).catch((error) => {
    deps.log.error({ err: error }, 'the object storage began no upload');
    return null;
  });
  if (multipartId === null) {
    await deps.inTx((tx) => deps.videos.cancelUpload(tx, id));
    throw new ApiError(
      'unavailable',
      'The object storage takes no uploads now. Try again, or upload by tus.',
    );
  }
  await deps.inTx((tx) => deps.videos.noteMultipart(tx, id, multipartId));
  const partBytes = mediaLimits.s3PartBytes;
  const parts = await Promise.all(
    Array.from({ length: Math.ceil(bytes / partBytes) }, async (_, at) => ({
      number: at + 1,
      url: await multipart.presignPart(key, multipartId, at + 1),
      bytes: Math.min(partBytes, bytes - at * partBytes),
    })),
  );
  return { id, videoId, partBytes, parts };
}

/**
 * Makes one file of the parts that were sent, and ends the upload as the last chunk by tus does. Safe to repeat after
 * an answer that never came. A file of another size than was announced ends it, too, and is dropped.
 */
export async function completeDirect(
  deps: HttpDeps,
  viewer: Viewer,
  id: string,
  parts: readonly UploadedPart[],
): Promise<VideoId> {
  const upload = await ownUpload(deps, viewer, id);
  // Object storages differ in what they do when one upload is completed twice at once.
  const running =
    completing.get(id) ?? completeOnce(deps, id, { ...upload, parts }).finally(() => completing.delete(id));
  completing.set(id, running);
  return running;
}

/** Uploads that are being completed by this process, by their random ids. */
const completing = new Map<string, Promise<VideoId>>();

async function completeOnce(
  deps: HttpDeps,
  id: string,
  { videoId, bytes, multipartId, parts }: OwnUpload & { readonly parts: readonly UploadedPart[] },
): Promise<VideoId> {
  const multipart = multipartOf(deps);
  const key = originalKey(videoId);
  const failure = await multipart
    .complete(key, multipartId, parts, bytes)
    .catch((error: unknown) => error ?? true);
  const found = await deps.storage.stat(key);
  if (!found) {
    deps.log.info({ err: failure, uploadId: id }, 'the parts of an upload were not taken');
    throw new ApiError(
      'upload-incomplete',
      'The object storage did not take these parts. Send those that are missing.',
    );
  }
  if (found.size !== bytes) {
    await deps.inTx((tx) => deps.videos.cancelUpload(tx, id));
    await deps.storage.remove([key]);
    throw new ApiError(
      'upload-incomplete',
      `${bytes} bytes were announced, and ${found.size} came. Begin again.`,
    );
  }
  const completed = await deps.inTx((tx) => deps.videos.completeUpload(tx, id, key));
  if (!completed && !(await deps.videos.internal(videoId))) {
    await deps.storage.remove([key]);
    throw new ApiError('not-found', 'There is no such upload.');
  }
  return videoId;
}

/** Takes an upload back, with what was sent of it. */
export async function abortDirect(deps: HttpDeps, viewer: Viewer, id: string): Promise<void> {
  const multipart = multipartOf(deps);
  const { videoId, multipartId } = await ownUpload(deps, viewer, id);
  await deps.inTx((tx) => deps.videos.cancelUpload(tx, id));
  await drop(deps, multipart, originalKey(videoId), multipartId);
}

type OwnUpload = Awaited<ReturnType<typeof ownUpload>>;

async function ownUpload(deps: HttpDeps, viewer: Viewer, id: string) {
  const upload = await deps.videos.upload(id);
  if (upload?.accountId !== viewer.account.id || upload.multipartId === null) {
    throw new ApiError('not-found', 'There is no such upload.');
  }
  return { ...upload, multipartId: upload.multipartId };
}

/**
 * Ends an upload of either kind that has lasted too long. One whose parts were joined, but whose row still waits
 * since the process died in between, is completed instead.
 */
export async function endExpired(
  deps: Pick<HttpDeps, 'videos' | 'storage' | 'inTx' | 'log'>,
  id: string,
): Promise<void> {
  const upload = await deps.videos.upload(id);
  const multipartId = upload?.multipartId ?? null;
  const { multipart } = deps.storage;
  if (!upload || multipartId === null || !multipart) {
    await deps.inTx((tx) => deps.videos.cancelUpload(tx, id));
    return;
  }
  const key = originalKey(upload.videoId);
  if ((await deps.storage.stat(key))?.size === upload.bytes) {
    await deps.inTx((tx) => deps.videos.completeUpload(tx, id, key));
    return;
  }
  await deps.inTx((tx) => deps.videos.cancelUpload(tx, id));
  await drop(deps, multipart, key, multipartId);
}

/** What stays behind here is swept with all that is unfinished in the bucket. */
async function drop(
  deps: Pick<HttpDeps, 'log'>,
  multipart: MultipartUploads,
  key: string,
  multipartId: string,
): Promise<void> {
  await multipart.abort(key, multipartId).catch((error) => {
    deps.log.warn({ err: error, key }, 'the object storage did not drop an upload');
  });
}
