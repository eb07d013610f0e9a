import { videoLimits } from '../../../config/limits.ts';
import type { Tx } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import { detailColumns, nameIn, removeVideo, type VideoCommandDeps } from './commands.ts';
import type { MediaEdit } from './media-edits.ts';
import { isAtRest } from './media-order.ts';
import type { Focus, PostedWith, VideoDetails, VideoRow } from './model.ts';
import { screenedColumns, screenVideo } from './screened.ts';

/**
 * Videos that come before their posts, as clients of the Mastodon API send them: uploaded and made like all others,
 * but seen by nobody until their author posts them, and gone where that does not happen.
 */

/** The draft of this author, locked. */
async function lockDraft(tx: Tx, { videoId, accountId }: MediaEdit): Promise<VideoRow | undefined> {
  return tx('videos')
    .where({ id: videoId, account_id: accountId, local: true, awaits_post: true })
    .forUpdate()
    .first();
}

const noMedia = () => fail('not-found', 'There is no such media, or it was posted already.');

/**
 * Posts a video that was uploaded for it. One that cannot be played yet is seen once it can; other servers are told
 * when all of it is made, as of every video.
 */
export async function postDraft(
  deps: VideoCommandDeps,
  tx: Tx,
  input: {
    readonly videoId: VideoId;
    readonly author: Account;
    readonly details: VideoDetails;
    readonly application: PostedWith | null;
  },
): Promise<Result<{ videoId: VideoId }, 'not-found' | 'media-refused' | 'media-in-use' | 'rule'>> {
  const { author, details, application } = input;
  const video = await lockDraft(tx, { videoId: input.videoId, accountId: author.id });
  if (!video) return noMedia();
  if (video.state === 'rejected') return refusedMedia(video.media_detail);
  if (await isHeld(tx, video.id)) return fail('media-in-use', HELD);
  const said = { ...details, altText: details.altText || video.alt_text };
  const screened = await screenVideo(deps, tx, author, { details: said, kind: 'post' });
  if (!screened.ok) return screened;
  const { verdict } = screened;
  const waitsForStaff = verdict.hold || video.hold;
  const isHeldBack = waitsForStaff || video.awaits_consent;
  const isMade = video.state === 'draft' && video.media_state === 'ready';
  const isSeen = video.state === 'draft' && seenFromNowOn(tx, { isHeldBack, isMade });
  const posted = await postedAs(deps, tx, video, author);
  // Whom and what the draft named is named anew, by the id of the post.
  if (posted.id !== video.id) await nameIn(tx, video.id, { caption: '', mentions: new Map() });
  await tx('videos')
    .where({ id: video.id })
    .update({
      ...posted,
      ...detailColumns(deps.urls, said),
      ...screenedColumns(verdict),
      ...{ visibility: details.visibility, awaits_post: false },
      ...{ app_name: application?.name ?? null, app_website: application?.website ?? null },
      ...(isSeen || {}),
    });
  await nameIn(tx, posted.id, details);
  if (posted.uri !== undefined) await stampAnew(tx, video, posted.uri);
  await deps.screening.settle(tx, verdict, { kind: 'video', id: posted.id, accountId: author.id });
  if (isMade && !waitsForStaff) {
    const event = video.awaits_consent ? 'video.awaits-consent' : 'video.published';
    await deps.emit(tx, event, { videoId: posted.id });
  }
  return ok({ videoId: posted.id });
}

/** The stamp of a duet or a stitch is for the address that it has as a post. */
async function stampAnew(
  tx: Tx,
  { remix_of_id: originalId, uri: before }: VideoRow,
  uri: string,
): Promise<void> {
  if (originalId === null) return;
  const stamp = { video_id: originalId, instrument_uri: before };
  await tx('quote_authorizations').where(stamp).update({ instrument_uri: uri });
}

/** A draft becomes a post, or waits for somebody's leave as one. */
function seenFromNowOn(tx: Tx, { isHeldBack, isMade }: { isHeldBack: boolean; isMade: boolean }) {
  if (isHeldBack) return { state: 'held', unannounced: true };
  return { state: 'published', unannounced: !isMade, published_at: tx.fn.now() };
}

/**
 * What a post is known by. Lists are in the order of ids, and clients ask for what is newer than the newest that they
 * have: a post gets an id of the moment it is posted, not of its upload. Where something is still being made of its
 * video, which whoever makes it knows by that id, the two are one moment, and it keeps it.
 */
async function postedAs(
  { ids, urls }: VideoCommandDeps,
  tx: Tx,
  { id: mediaId, state }: VideoRow,
  author: Account,
): Promise<{ readonly id: VideoId } & Partial<Record<'media_id' | 'uri' | 'url', string>>> {
  if (state !== 'draft' || !(await isAtRest(tx, mediaId))) return { id: mediaId };
  const id = ids.next<'video'>();
  return { id, media_id: mediaId, uri: urls.video(id), url: urls.videoPage(author.username, id) };
}

/** Why a draft cannot be held for a post that waits for its time, or null where it can; its row is locked. */
export async function draftRefusal(tx: Tx, edit: MediaEdit) {
  const video = await lockDraft(tx, edit);
  if (!video) return noMedia();
  if (video.state === 'rejected') return refusedMedia(video.media_detail);
  return (await isHeld(tx, edit.videoId)) ? fail('media-in-use', HELD) : null;
}

const HELD = 'Another scheduled post holds this video.';

async function isHeld(tx: Tx, videoId: VideoId): Promise<boolean> {
  return (await tx('scheduled_posts').where({ video_id: videoId }).first('id')) !== undefined;
}

function refusedMedia(detail: string | null) {
  return fail('media-refused', detail ?? 'This file was refused.');
}

/**
 * What its author says of a video as media: the text in its place, and what matters in the picture. A draft can be
 * changed only; with `posted`, one that is posted, too.
 */
export async function describeMedia(
  tx: Tx,
  edit: MediaEdit & {
    readonly description?: string | undefined;
    readonly focus?: Focus | null | undefined;
    readonly posted?: boolean;
  },
): Promise<Result<object, 'not-found'>> {
  const { description, focus } = edit;
  const changes = {
    ...(description === undefined ? {} : { alt_text: description }),
    ...(focus === undefined ? {} : { focus_x: focus?.x ?? null, focus_y: focus?.y ?? null }),
  };
  const video = await tx('videos')
    .where({ id: edit.videoId, account_id: edit.accountId, local: true })
    .where(edit.posted ? {} : { awaits_post: true })
    .forUpdate()
    .first('id');
  if (!video) return noMedia();
  if (Object.keys(changes).length > 0) await tx('videos').where({ id: video.id }).update(changes);
  return ok();
}

/** Makes a draft say what the post will that holds it. */
export async function writeDraft(
  deps: VideoCommandDeps,
  tx: Tx,
  input: MediaEdit & { readonly details: Omit<VideoDetails, 'altText'> },
): Promise<void> {
  const video = await lockDraft(tx, input);
  if (!video) return;
  const { details } = input;
  await tx('videos')
    .where({ id: video.id })
    .update({
      ...detailColumns(deps.urls, { ...details, altText: video.alt_text }),
      visibility: details.visibility,
    });
  await nameIn(tx, video.id, details);
}

/**
 * No post holds a draft any more. One that its author keeps stays; what else was uploaded is dropped where nobody posts
 * it, and the time for that begins anew: much of it may be over.
 */
export async function releaseDraft(tx: Tx, { videoId, accountId }: MediaEdit): Promise<void> {
  await tx('videos')
    .where({ id: videoId, account_id: accountId, awaits_post: true, keeps_draft: false })
    .update({ created_at: tx.fn.now() });
}

/** Takes back what was uploaded for a post, unless a post that waits for its time holds it. */
export async function dropDraft(
  deps: VideoCommandDeps,
  tx: Tx,
  edit: MediaEdit,
): Promise<Result<object, 'not-found' | 'media-in-use'>> {
  if (!(await lockDraft(tx, edit))) return noMedia();
  if (await isHeld(tx, edit.videoId)) return fail('media-in-use', HELD);
  return removeVideo(deps, tx, edit.videoId, edit.accountId);
}

const DROPPED_AT_ONCE = 100;

/** Drops what was uploaded and never posted; returns how much that was. */
export async function dropOldDrafts(deps: VideoCommandDeps, tx: Tx, before: Date): Promise<number> {
  const rows: { id: VideoId; account_id: AccountId }[] = await tx('videos')
    .where({ awaits_post: true, keeps_draft: false })
    // What is still being sent has a sweeper of its own.
    .whereNot({ state: 'uploading' })
    .where('created_at', '<', before)
    .whereNotExists((held) =>
      held.from('scheduled_posts').whereRaw('scheduled_posts.video_id = videos.id').select('id'),
    )
    .orderBy('created_at')
    .limit(DROPPED_AT_ONCE)
    .forUpdate()
    .skipLocked()
    .select('id', 'account_id');
  for (const { id, account_id } of rows) await removeVideo(deps, tx, id, account_id);
  return rows.length;
}

/** How long a draft is kept. */
export const DRAFT_LIFETIME_MS = videoLimits.uploadLifetimeMs;
