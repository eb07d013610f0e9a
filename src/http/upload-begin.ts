import { z } from 'zod';
import { videoLimits } from '../../config/limits.ts';
import type { VideoId } from '../lib/ids.ts';
import type { Viewer } from '../modules/auth/index.ts';
import { type VideoDetails, type Videos, visibilities } from '../modules/videos/index.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError } from './errors.ts';
import { mentionsIn } from './mentions.ts';

const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\u0000'), 'This holds a NUL character.')
    .nullish()
    .transform((value) => (value ?? '').trim());

/** What a client may say about a video when the upload begins (`Upload-Metadata`). */
export const uploadMetadata = z.object({
  filename: text(videoLimits.maxFilenameCharacters),
  caption: text(videoLimits.maxCaptionCharacters),
  visibility: z.enum(visibilities).nullish(),
  sensitive: z.enum(['true', 'false']).nullish(),
  content_warning: text(videoLimits.maxContentWarningCharacters),
  alt_text: text(videoLimits.maxAltTextCharacters),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .nullish(),
});

/** An upload that a client announces. */
interface NewUpload {
  readonly id: string;
  /** Undefined where the client does not say. */
  readonly bytes: number | undefined;
  readonly metadata: object | undefined;
  /** Its author posts it later. */
  readonly awaitsPost?: boolean;
}

/** Checks what is announced, and makes the post; returns its id. */
export async function beginUpload(deps: HttpDeps, viewer: Viewer, upload: NewUpload): Promise<VideoId> {
  const { bytes } = upload;
  if (bytes === undefined)
    throw new ApiError('validation-failed', 'Say how long the file is (Upload-Length).');
  const max = deps.config.video.maxUploadBytes;
  if (bytes > max) {
    throw new ApiError(
      'too-large',
      `${megabytes(bytes)} MB is over this server’s ${megabytes(max)} MB limit.`,
    );
  }
  if (bytes === 0) throw new ApiError('validation-failed', 'The file is empty.');
  const parsed = uploadMetadata.safeParse(upload.metadata ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ApiError('validation-failed', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  if ((await deps.videos.openUploads(viewer.account.id)) >= videoLimits.maxOpenUploads) {
    throw new ApiError('too-many-uploads', 'Finish or cancel one of your uploads first.');
  }
  if (upload.awaitsPost && (await deps.videos.draftCount(viewer.account.id)) >= videoLimits.maxDrafts) {
    throw new ApiError('too-many-uploads', 'Post or delete what you uploaded before first.');
  }
  const { filename, caption } = parsed.data;
  const mentions = await mentionsIn(deps, viewer.account.id, caption);
  const begun = await deps.inTx(async (tx) => {
    await checkRoom(deps, tx, viewer, bytes);
    return deps.videos.beginUpload(tx, {
      account: viewer.account,
      uploadId: upload.id,
      filename,
      bytes,
      details: { ...detailsOf(parsed.data), mentions },
      awaitsPost: upload.awaitsPost ?? false,
    });
  });
  return begun.videoId;
}

/** Whether the account may store this much more. */
async function checkRoom(
  { config, videos }: HttpDeps,
  tx: Parameters<Videos['storedBytes']>[0],
  { account }: Viewer,
  bytes: number,
): Promise<void> {
  const max = config.maxStoredBytesPerAccount;
  if (max === 0) return;
  const stored = await videos.storedBytes(tx, account.id);
  if (stored + bytes <= max) return;
  throw new ApiError(
    'storage-full',
    `${megabytes(stored)} MB of your ${megabytes(max)} MB are in use; another ${megabytes(bytes)} MB do not fit. Delete a video first.`,
  );
}

function detailsOf(data: z.output<typeof uploadMetadata>): Omit<VideoDetails, 'mentions'> {
  return {
    caption: data.caption,
    visibility: data.visibility ?? 'public',
    sensitive: data.sensitive === 'true',
    contentWarning: data.content_warning,
    altText: data.alt_text,
    language: data.language ?? null,
  };
}

/** One decimal, so that "200.4 MB is over 200 MB" makes sense. */
function megabytes(bytes: number): string {
  return (Math.ceil((bytes / 1024 / 1024) * 10) / 10).toString();
}
