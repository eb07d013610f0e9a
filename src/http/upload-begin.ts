import { z } from 'zod';
import { videoLimits } from '../../config/limits.ts';
import { mediaLimits } from '../../config/media-limits.ts';
import type { Tx } from '../db/database.ts';
import type { VideoId } from '../lib/ids.ts';
import type { Viewer } from '../modules/auth/index.ts';
import type { Place } from '../modules/sounds/index.ts';
import { type VideoDetails, type Videos, visibilities } from '../modules/videos/index.ts';
import { flagSchema } from './api/schemas.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError, refused } from './errors.ts';
import { mentionsIn } from './mentions.ts';
import { attachRemix, orderOf, remixInput } from './remix-order.ts';
import { attachSound, soundInput, soundOrderOf } from './sound-order.ts';

const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\u0000'), 'This holds a NUL character.')
    .nullish()
    .transform((value) => (value ?? '').trim());

/** What others may do with a video; what is not given stays as it is, or is as its author prefers it. */
export const permissionsInput = z.object({
  comment: flagSchema.optional(),
  download: flagSchema.optional(),
  duet: flagSchema.optional().describe('A video of one’s own beside it'),
  stitch: flagSchema.optional().describe('Some seconds of it at the beginning of one’s own'),
  sound: flagSchema.optional().describe('Its sound in one’s own'),
  ask: flagSchema.optional().describe('Each duet and stitch that is allowed waits until you say yes to it'),
});

const share = z.number().min(0).max(1);
/** Parts that make up the whole may be a little more than that in sum. */
const ROUNDING = 1e-6;

/** What is kept of the file. How long and large it is, is known once it is here: it is checked again then. */
const editInput = z
  .object({
    in: z.number().min(0).max(86_400).default(0).describe('Seconds of the file'),
    out: z.number().min(0).max(86_400).nullish().describe('Null: to its end'),
    crop: z
      .object({ x: share, y: share, width: share.positive(), height: share.positive() })
      .refine(({ x, width }) => x + width <= 1 + ROUNDING, 'This is wider than the picture.')
      .refine(({ y, height }) => y + height <= 1 + ROUNDING, 'This is higher than the picture.')
      .nullish()
      .describe('What is kept of the picture as it is shown, from its upper left corner, in parts of it'),
    cuts: z
      .array(z.object({ from: z.number().min(0).max(86_400), to: z.number().min(0).max(86_400) }))
      .max(mediaLimits.maxCuts)
      .default([])
      .refine(
        (all) => all.every(({ from, to }, n) => from < to && from >= (all[n - 1]?.to ?? 0)),
        'Cuts stand in order, and apart from each other.',
      )
      .describe('What is left out between both, in seconds of the file'),
  })
  .refine(
    ({ in: from, out }) => out == null || out - from >= mediaLimits.minDurationSeconds,
    `At least ${mediaLimits.minDurationSeconds} seconds have to be left.`,
  )
  .transform(({ in: from, out = null, crop = null, cuts }) =>
    from === 0 && out === null && crop === null && cuts.length === 0 ? null : { in: from, out, crop, cuts },
  );

/** What a client may say about a video when the upload begins (`Upload-Metadata`). */
export const uploadMetadata = z.object({
  filename: text(videoLimits.maxFilenameCharacters),
  caption: text(videoLimits.maxCaptionCharacters),
  visibility: z
    .enum([...visibilities, 'private'])
    .nullish()
    .transform((name) => (name === 'private' ? ('followers' as const) : name))
    .describe(
      'This, `sensitive`, `language` and `permissions` are as the account prefers them where they are not given',
    ),
  sensitive: z.enum(['true', 'false']).nullish(),
  content_warning: text(videoLimits.maxContentWarningCharacters),
  alt_text: text(videoLimits.maxAltTextCharacters),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .nullish(),
  permissions: permissionsInput.nullish(),
  sound_title: text(videoLimits.maxSoundTitleCharacters).describe('What its own sound is called'),
  edit: editInput.nullish().describe('What of the file is kept: nothing else is ever shown'),
  remix: remixInput.nullish().describe('A duet or a stitch: the file is put together with another video'),
  sound: soundInput.nullish().describe('The sound of another video, laid under the file; not with `remix`'),
});

/** An upload that a client announces. */
interface NewUpload {
  readonly id: string;
  /** Undefined where the client does not say. */
  readonly bytes: number | undefined;
  readonly metadata: object | undefined;
  /** From where it comes, where it can name a sound. */
  readonly place?: Place;
  /** Its author posts it later. */
  readonly awaitsPost?: boolean;
  /** It is kept until that, however long it takes. */
  readonly keepsDraft?: boolean;
  /** What is done in the same transaction, with the video that was made; nothing is made where that throws. */
  readonly then?: (tx: Tx, video: { readonly id: VideoId; readonly details: VideoDetails }) => Promise<void>;
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
  const room = await deps.room.check(bytes);
  if (!room.ok) throw refused(room);
  const parsed = uploadMetadata.safeParse(upload.metadata ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ApiError('validation-failed', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  if ((await deps.videos.openUploads(viewer.account.id)) >= videoLimits.maxOpenUploads) {
    throw new ApiError('too-many-uploads', 'Finish or cancel one of your uploads first.');
  }
  const { maxDrafts, maxKeptDrafts } = videoLimits;
  const keepsDraft = upload.keepsDraft ?? false;
  const mostDrafts = keepsDraft ? maxKeptDrafts : maxDrafts;
  if (upload.awaitsPost && (await deps.videos.draftCount(viewer.account.id, keepsDraft)) >= mostDrafts) {
    throw new ApiError('too-many-uploads', 'Post or delete what you uploaded before first.');
  }
  const { filename, caption, remix, sound } = parsed.data;
  if (remix && sound) {
    throw new ApiError(
      'validation-failed',
      'A duet or a stitch has the sound of its original: choose one of both.',
    );
  }
  const [mentions, usual] = await Promise.all([
    mentionsIn(deps, viewer.account.id, caption),
    deps.auth.preferencesOf(viewer.account.id),
  ]);
  const begun = await deps.inTx(async (tx) => {
    await checkRoom(deps, tx, viewer, bytes);
    const details = { ...detailsOf(parsed.data, usual), mentions };
    const made = await deps.videos.beginUpload(tx, {
      account: viewer.account,
      uploadId: upload.id,
      filename,
      bytes,
      details,
      rules: rulesOf(parsed.data, usual),
      edit: parsed.data.edit ?? null,
      remix: remix ? orderOf(remix) : sound ? soundOrderOf(sound) : null,
      awaitsPost: upload.awaitsPost ?? false,
      keepsDraft,
    });
    if (!made.ok) return made;
    if (remix) await attachRemix(deps, tx, viewer, made.videoId, remix);
    if (sound) await attachSound(deps, tx, viewer, { ...sound, videoId: made.videoId, place: upload.place });
    await upload.then?.(tx, { id: made.videoId, details });
    return made;
  });
  if (!begun.ok) throw refused(begun);
  return begun.videoId;
}

/** Whether the account may store this much more. */
async function checkRoom(
  { staff, videos }: HttpDeps,
  tx: Parameters<Videos['storedBytes']>[0],
  { account }: Viewer,
  bytes: number,
): Promise<void> {
  const { maxBytes: max } = await staff.quotas.of(account.id, tx);
  if (max === null) return;
  const stored = await videos.storedBytes(tx, account.id);
  if (stored + bytes <= max) return;
  throw new ApiError(
    'storage-full',
    `${megabytes(stored)} MB of your ${megabytes(max)} MB are in use; another ${megabytes(bytes)} MB do not fit. Delete a video first.`,
  );
}

type Usual = Awaited<ReturnType<HttpDeps['auth']['preferencesOf']>>;

function rulesOf(
  { permissions, sound_title: soundTitle }: z.output<typeof uploadMetadata>,
  { allows }: Usual,
) {
  const { comment, download, duet, stitch, sound, ask } = permissions ?? {};
  return {
    soundTitle,
    commentsOpen: comment,
    allows: {
      download: download ?? allows.download,
      duet: duet ?? allows.duet,
      stitch: stitch ?? allows.stitch,
      sound: sound ?? allows.sound,
      ask: ask ?? allows.ask,
    },
  };
}

function detailsOf(data: z.output<typeof uploadMetadata>, usual: Usual): Omit<VideoDetails, 'mentions'> {
  return {
    caption: data.caption,
    visibility: data.visibility ?? usual.visibility,
    sensitive: data.sensitive ? data.sensitive === 'true' : usual.sensitive,
    contentWarning: data.content_warning,
    altText: data.alt_text,
    language: data.language ?? usual.language,
  };
}

/** One decimal, so that "200.4 MB is over 200 MB" makes sense. */
function megabytes(bytes: number): string {
  return (Math.ceil((bytes / 1024 / 1024) * 10) / 10).toString();
}
