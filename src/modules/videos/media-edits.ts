import { createHash } from 'node:crypto';
import { captionLimits } from '../../../config/media-limits.ts';
import { type CaptionReason, type Cue, parseCaptions, writeCaptions } from '../../../media/captions.ts';
import { cuesOfPart, type EditList } from '../../../media/edit-list.ts';
import { mediaKey, posterSourceKey } from '../../../media/keys.ts';
import { sniffImage } from '../../../media/sniff.ts';
import { contentTypeOf, type ObjectStorage } from '../../../media/storage/storage.ts';
import type { Tx } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { languageTag } from '../../lib/language.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { editedNow, type VideoCommandDeps } from './commands.ts';
import { stageJob } from './media-order.ts';
import { leadOf } from './media-remix.ts';
import { editListOf, insertAssets } from './media-rows.ts';
import type { MediaJobDeps } from './media-work.ts';
import type { VideoRow } from './model.ts';
import { enqueuePurge } from './purge.ts';

export type MediaEditDeps = EditDeps & { readonly storage: ObjectStorage };

type EditDeps = Pick<VideoCommandDeps, 'emit' | 'enqueue'> & Pick<MediaJobDeps, 'clock'>;

/** What an author does with the media of one of their videos. */
export interface MediaEdit {
  readonly videoId: VideoId;
  readonly accountId: AccountId;
}

/**
 * The row of a video of this author, locked: what a command stores is named by a row before anybody who holds the lock
 * after it looks for objects that no row names (see `purgeObjects`).
 */
export async function lockOwn(tx: Tx, { videoId, accountId }: MediaEdit): Promise<VideoRow | undefined> {
  return tx('videos')
    .where({ id: videoId, account_id: accountId, local: true })
    .whereNot({ state: 'rejected' })
    .forUpdate()
    .first();
}

/** Others learn of what changed, where they know the video; the later time is what makes them take it. */
export async function tellEdited(
  deps: Pick<EditDeps, 'emit'>,
  tx: Tx,
  video: Pick<VideoRow, 'id' | 'state' | 'unannounced'>,
): Promise<void> {
  await tx('videos')
    .where({ id: video.id })
    .update({ edited_at: editedNow(tx) });
  if (video.state === 'published' && !video.unannounced) {
    await deps.emit(tx, 'video.updated', { videoId: video.id });
  }
}

/** What the times of captions are counted in: the video, or the uploaded file, of which its author may keep a part. */
export const captionTimes = ['video', 'file'] as const;
type CaptionTimes = (typeof captionTimes)[number];

type SetCaptionsReason = CaptionReason | 'not-found' | 'language-invalid' | 'too-many-captions';

/**
 * Gives a video captions in one language, in place of those it has in it. What is stored is written anew from what was
 * understood of the file. The file is stored while the row is locked: it is small, and nothing else waits.
 */
export async function setCaptions(
  deps: MediaEditDeps,
  tx: Tx,
  edit: MediaEdit & {
    readonly language: string;
    readonly label: string | null;
    readonly file: Uint8Array;
    /** Default: the video. */
    readonly times?: CaptionTimes;
  },
): Promise<Result<object, SetCaptionsReason>> {
  const language = languageTag(edit.language);
  if (language === null) return badLanguage();
  const video = await lockOwn(tx, edit);
  if (!video) return fail('not-found', 'There is no such video.');
  const { id: videoId } = video;
  const [part, lead] =
    edit.times === 'file' ? [await editListOf(tx, videoId), await leadOf(tx, videoId)] : [null, 0];
  const read = readCaptions(edit.file, { part, lead }, video.duration_seconds);
  if (!read.ok) return read;
  const others: string[] = await tx('video_assets')
    .where({ video_id: videoId, role: 'captions' })
    .whereNot({ language })
    .pluck('key');
  if (others.length >= captionLimits.maxLanguages) {
    return fail(
      'too-many-captions',
      `A video has captions in at most ${captionLimits.maxLanguages} languages.`,
    );
  }
  await storeCaptions(deps, tx, videoId, { language, label: edit.label, cues: read.cues, automatic: false });
  await tellEdited(deps, tx, video);
  await purgeLater(deps, tx, videoId);
  return ok();
}

/** Captions as they are shown with the video, of which `part` is kept, after `lead` seconds of another one. */
function readCaptions(
  file: Uint8Array,
  { part, lead }: { readonly part: EditList | null; readonly lead: number },
  durationSeconds: number | null,
): ReturnType<typeof parseCaptions> {
  if (part === null && lead === 0) {
    return parseCaptions(file, durationSeconds === null ? {} : { durationSeconds });
  }
  const parsed = parseCaptions(file);
  if (!parsed.ok) return parsed;
  const later = Math.round(lead * 1_000);
  const kept = part === null ? parsed.cues : cuesOfPart(parsed.cues, part);
  const cues = kept.map((cue) => ({ ...cue, start: cue.start + later, end: cue.end + later }));
  return cues.length > 0
    ? ok({ cues })
    : fail('no-cues', 'There is no caption in this file for the part of the video that you keep.');
}

/** Stores captions and names them, in place of those in their language. The row of the video must be locked. */
export async function storeCaptions(
  { storage }: Pick<MediaEditDeps, 'storage'>,
  tx: Tx,
  videoId: VideoId,
  captions: {
    readonly language: string;
    readonly label: string | null;
    readonly cues: readonly Cue[];
    readonly automatic: boolean;
  },
): Promise<void> {
  const { language, label, automatic } = captions;
  const bytes = Buffer.from(writeCaptions(captions.cues));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = mediaKey(videoId, sha256, `captions-${language.toLowerCase()}.vtt`);
  const contentType = contentTypeOf(key);
  await storage.putBytes(key, bytes, { contentType });
  await tx('video_assets').where({ video_id: videoId, role: 'captions', language }).delete();
  const asset = { role: 'captions' as const, key, contentType, size: bytes.length, sha256 };
  await insertAssets(tx, videoId, [{ ...asset, language, automatic, ...(label ? { label } : {}) }]);
}

/** Takes the captions of one language away; there must be some. */
export async function removeCaptions(
  deps: MediaEditDeps,
  tx: Tx,
  edit: MediaEdit & { readonly language: string },
): Promise<Result<object, 'not-found' | 'language-invalid'>> {
  const language = languageTag(edit.language);
  if (language === null) return badLanguage();
  const video = await lockOwn(tx, edit);
  const removed = video
    ? await tx('video_assets').where({ video_id: video.id, role: 'captions', language }).delete()
    : 0;
  if (!video || removed === 0) return fail('not-found', 'There are no such captions.');
  await tellEdited(deps, tx, video);
  await purgeLater(deps, tx, video.id);
  return ok();
}

function badLanguage() {
  return fail('language-invalid', 'Write a language as in BCP 47, such as en or pt-BR.');
}

/** Somebody may be watching with what was replaced. */
export function purgeLater(deps: EditDeps, tx: Tx, videoId: VideoId): Promise<null> {
  return enqueuePurge(deps, tx, videoId, 'later');
}

/** Takes another frame for the poster, the nearest where the video ends before; a job makes it. */
export async function choosePosterFrame(
  deps: MediaEditDeps,
  tx: Tx,
  edit: MediaEdit & { readonly seconds: number },
): Promise<Result<object, 'not-found'>> {
  const video = await lockOwn(tx, edit);
  if (!video) return fail('not-found', 'There is no such video.');
  await choosePoster(deps, tx, video, { poster_seconds: edit.seconds, poster_key: null });
  return ok();
}

/**
 * Takes a picture for the poster. It is kept as it came, where nobody is served from, so that the poster can be made
 * again; a job decodes it. See `setCaptions` on the lock.
 */
export async function setPosterImage(
  deps: MediaEditDeps,
  tx: Tx,
  edit: MediaEdit & { readonly file: Uint8Array },
): Promise<Result<object, 'not-found' | 'not-a-picture'>> {
  if (!sniffImage(edit.file)) return fail('not-a-picture', 'This is not a JPEG, PNG or WebP picture.');
  const video = await lockOwn(tx, edit);
  if (!video) return fail('not-found', 'There is no such video.');
  const sha256 = createHash('sha256').update(edit.file).digest('hex');
  const key = posterSourceKey(video.id, sha256);
  await deps.storage.putBytes(key, edit.file, { contentType: contentTypeOf(key) });
  await choosePoster(deps, tx, video, { poster_seconds: null, poster_key: key });
  return ok();
}

/** A video that is still being made gets its chosen poster with its last size. */
async function choosePoster(
  deps: MediaEditDeps,
  tx: Tx,
  video: VideoRow,
  choice: { readonly poster_seconds: number | null; readonly poster_key: string | null },
): Promise<void> {
  await tx('videos').where({ id: video.id }).update(choice);
  if (['published', 'draft', 'held'].includes(video.state))
    await deps.enqueue(tx, await stageJob(tx, 'media.poster', video.id));
}
