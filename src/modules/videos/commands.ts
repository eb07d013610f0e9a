import { readingLimits, videoLimits } from '../../../config/limits.ts';
import type { EditList } from '../../../media/edit-list.ts';
import type { Composition } from '../../../media/remix-plan.ts';
import type { Tx } from '../../db/database.ts';
import { replaceMentions } from '../../db/mentions.ts';
import type { Emit } from '../../db/outbox.ts';
import { replaceTags, tagsOfText } from '../../db/tags.ts';
import { rememberDeleted } from '../../db/tombstones.ts';
import { keepVersion } from '../../db/versions.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import { htmlFromText } from '../../lib/html/from-text.ts';
import type { AccountId, IdSource, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import type { Urls } from '../instances/index.ts';
import type { Screening } from '../rules/index.ts';
import type { videoEvents } from './events.ts';
import type { VideoDetails, VideoRow } from './model.ts';
import { ruleColumns, type VideoRules } from './rules.ts';
import { screenedColumns, screenVideo } from './screened.ts';
import { purgesOf } from './shared-copies.ts';

export interface VideoCommandDeps {
  readonly ids: IdSource;
  readonly urls: Urls;
  readonly enqueue: Enqueue;
  readonly emit: Emit<typeof videoEvents>;
  readonly screening: Screening;
}

/** Makes the post of an upload that begins. It is seen by nobody but its author until it can be played. */
export async function beginUpload(
  deps: VideoCommandDeps,
  tx: Tx,
  input: {
    readonly account: Account;
    readonly uploadId: string;
    readonly filename: string;
    readonly bytes: number;
    readonly details: VideoDetails;
    /** Its author posts it later; see drafts.ts. */
    readonly awaitsPost?: boolean;
    /** Such a one is kept until that. */
    readonly keepsDraft?: boolean;
    /** Where they are not as usual: everything is allowed, but by what its author prefers. */
    readonly rules?: Omit<VideoRules, 'visibility'>;
    /** What is kept of the file; all of it where this is not given. */
    readonly edit?: EditList | null;
    /** How it is put together with another video, which is named by the caller in the same transaction. */
    readonly remix?: Composition | null;
  },
): Promise<Result<{ videoId: VideoId }, 'rule'>> {
  const { account, details, uploadId } = input;
  // What waits for its post is looked at when that is written.
  const screened = await screenVideo(deps, tx, account, input.awaitsPost ? null : { details, kind: 'post' });
  if (!screened.ok) return screened;
  const { verdict } = screened;
  const id = deps.ids.next<'video'>();
  await tx('videos').insert({
    id,
    account_id: account.id,
    local: true,
    uri: deps.urls.video(id),
    url: deps.urls.videoPage(account.username, id),
    state: 'uploading',
    visibility: details.visibility,
    ...detailColumns(deps.urls, details),
    ...screenedColumns(verdict),
    ...ruleColumns(input.rules ?? {}),
    awaits_post: input.awaitsPost ?? false,
    keeps_draft: input.keepsDraft ?? false,
    edit_list: input.edit ? JSON.stringify(input.edit) : null,
    remix_order: input.remix ? JSON.stringify(input.remix) : null,
    media_state: 'waiting',
  });
  await nameIn(tx, id, details);
  await tx('uploads').insert({
    id: uploadId,
    video_id: id,
    account_id: account.id,
    filename: input.filename,
    bytes: input.bytes,
  });
  await deps.screening.settle(tx, verdict, { kind: 'video', id, accountId: account.id });
  return ok({ videoId: id });
}

/** What an author may say again later. */
export function detailColumns(urls: Urls, details: Omit<VideoDetails, 'visibility'>) {
  return {
    caption: details.caption,
    caption_html: htmlFromText(details.caption, {
      tagUrl: urls.tagPage,
      mentionOf: (handle) => details.mentions.get(handle) ?? null,
    }),
    content_warning: details.contentWarning,
    sensitive: details.sensitive || details.contentWarning !== '',
    alt_text: details.altText,
    language: details.language,
  };
}

/** The time of an edit of a locked video: later than all that other servers were told before, to the millisecond. */
export const editedNow = (tx: Tx) =>
  tx.raw(`greatest(clock_timestamp(), coalesce(edited_at, published_at) + interval '1 ms')`);

/** Notes whom a caption names, and the hashtags that the video is found by. */
export async function nameIn(
  tx: Tx,
  videoId: VideoId,
  { caption, mentions }: Pick<VideoDetails, 'caption' | 'mentions'>,
): Promise<void> {
  await replaceMentions(
    tx,
    { videoId },
    [...mentions.values()].map(({ id }) => id),
  );
  await replaceTags(tx, [{ videoId, tags: tagsOfText(caption) }]);
}

/**
 * Changes what an author says of a video of this server. What it said before is kept where somebody may have seen it.
 * Who may see it is not said here, see `changeVideo`.
 */
export async function editVideo(
  deps: VideoCommandDeps,
  tx: Tx,
  videoId: VideoId,
  accountId: AccountId,
  details: Omit<VideoDetails, 'visibility'>,
): Promise<Result<object, 'not-found' | 'rule'>> {
  const mine = { id: videoId, account_id: accountId, local: true };
  const before = await tx('videos').where(mine).forUpdate().first('state');
  const screened = await screenVideo(deps, tx, { id: accountId, domain: null }, { details, kind: 'edit' });
  if (!screened.ok) return screened;
  // What nobody has seen yet is not edited, but written.
  const isSeen = before?.state === 'published';
  if (isSeen) await keepVersion(tx, deps.ids, { videoId });
  const [row] = await tx('videos')
    .where(mine)
    .update({
      ...detailColumns(deps.urls, details),
      ...screenedColumns(screened.verdict),
      ...(isSeen ? { edited_at: editedNow(tx) } : {}),
    })
    .returning<VideoRow[]>('*');
  if (!row) return fail('not-found', 'There is no such video.');
  await nameIn(tx, videoId, details);
  await deps.screening.settle(tx, screened.verdict, { kind: 'video', id: videoId, accountId });
  if (row.state === 'published' && !row.unannounced) await deps.emit(tx, 'video.updated', { videoId });
  return ok();
}

/**
 * Records that the uploaded file lies in the object store. Only the first call has an effect (security.md
 * M6); it returns false when the upload is unknown or was completed before.
 */
export async function completeUpload(
  deps: VideoCommandDeps,
  tx: Tx,
  uploadId: string,
  originalKey: string,
): Promise<boolean> {
  const [upload] = await tx('uploads')
    .where({ id: uploadId })
    .delete()
    .returning<{ video_id: VideoId; bytes: string }[]>(['video_id', 'bytes']);
  if (!upload) return false;
  const videoId = upload.video_id;
  await tx('videos')
    .where({ id: videoId, state: 'uploading' })
    .update({
      ...{ state: 'received', received_at: tx.fn.now() },
      original_key: originalKey,
      original_bytes: upload.bytes,
    });
  await deps.emit(tx, 'video.received', { videoId });
  return true;
}

/** Records what the object storage calls an upload that goes straight to it. */
export async function noteMultipart(tx: Tx, uploadId: string, multipartId: string): Promise<void> {
  await tx('uploads').where({ id: uploadId }).update({ multipart_id: multipartId });
}

/** Ends an upload that its author took back or abandoned; its post goes with it. */
export async function cancelUpload(tx: Tx, uploadId: string): Promise<boolean> {
  const upload = await tx('uploads').where({ id: uploadId }).first('video_id');
  if (!upload) return false;
  return (await tx('videos').where({ id: upload.video_id, state: 'uploading' }).delete()) === 1;
}

/**
 * The bytes that an account has stored: objects of its videos, files as they were uploaded, and what its uploads under
 * way will bring; not what a decision of the staff had made beside them (ADR 85). Until the transaction ends nobody else can
 * ask this of the same account, so that two uploads that begin at once do not both take the last place.
 */
export async function storedBytes(tx: Tx, accountId: AccountId): Promise<number> {
  await tx.raw(`select pg_advisory_xact_lock(hashtext('stored-bytes'), hashint8(?))`, [accountId]);
  const { rows } = await tx.raw<{ rows: { bytes: string }[] }>(
    `select (select coalesce(sum(video_assets.bytes), 0) from video_assets
               join videos on videos.id = video_assets.video_id
              where videos.account_id = :accountId and video_assets.role <> 'muted')
          + (select coalesce(sum(original_bytes), 0) from videos
              where account_id = :accountId and original_key is not null)
          + (select coalesce(sum(bytes), 0) from uploads where account_id = :accountId) as bytes`,
    { accountId },
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** Removes a video of `accountId`, leaving a tombstone. Its files follow. */
export async function removeVideo(
  deps: VideoCommandDeps,
  tx: Tx,
  videoId: VideoId,
  accountId: AccountId,
): Promise<Result<object, 'not-found'>> {
  const purges = await purgesOf(tx, videoId);
  const [row] = await tx('videos')
    .where({ id: videoId, account_id: accountId })
    .delete()
    .returning<VideoRow[]>('*');
  if (!row) return fail('not-found', 'There is no such video.');
  await deps.enqueue(tx, purges);
  // Strangers never learnt that a local video for followers existed; 410 would tell them now (security.md P2).
  const wasKnown = !row.local || row.visibility !== 'followers';
  const open = row.visibility === 'public' || row.visibility === 'unlisted';
  const wasPublished = row.state === 'published' || row.state_before_removal === 'published';
  if (wasPublished && wasKnown) {
    const author = await tx('accounts').where({ id: accountId }).first('actor_uri');
    await rememberDeleted(tx, row.uri, author.actor_uri);
    if (row.local && open) await rememberDeleted(tx, deps.urls.videoAlias(row.uri), author.actor_uri);
  }
  await deps.emit(tx, 'video.deleted', {
    videoId,
    accountId,
    uri: row.uri,
    local: row.local && row.state === 'published' && !row.unannounced,
    open,
    visibility: row.state === 'published' ? row.visibility : null,
  });
  return ok();
}

/** Puts a video on top of its author's profile, or takes it down; `changed` is false where it was so before. */
export async function pinVideo(
  deps: VideoCommandDeps,
  tx: Tx,
  input: { readonly videoId: VideoId; readonly accountId: AccountId; readonly pinned: boolean },
): Promise<Result<{ changed: boolean }, 'not-found' | 'too-many-pins' | 'not-public'>> {
  const { videoId, accountId, pinned } = input;
  const video: VideoRow | undefined = await tx('videos')
    .where({ id: videoId, account_id: accountId, state: 'published' })
    .forUpdate()
    .first();
  if (!video) return fail('not-found', 'There is no such video.');
  if (pinned && video.visibility !== 'public' && video.visibility !== 'unlisted') {
    return fail('not-public', 'Only videos that everybody may see can be pinned.');
  }
  const pair = { account_id: accountId, video_id: videoId };
  const others = await tx('pins')
    .where({ account_id: accountId })
    .whereNot({ video_id: videoId })
    .count('* as count')
    .first();
  if (pinned && Number(others?.count) >= videoLimits.maxPins) {
    return fail('too-many-pins', `At most ${videoLimits.maxPins} videos can be pinned.`);
  }
  const rows = pinned
    ? await tx('pins').insert(pair).onConflict(['account_id', 'video_id']).ignore().returning('video_id')
    : await tx('pins').where(pair).delete().returning('video_id');
  const changed = rows.length === 1;
  if (changed && video.local) await deps.emit(tx, 'video.pinned', { videoId, pinned });
  return ok({ changed });
}

/**
 * Somebody looks at what was written under a video of another server: its server is asked for that, in the
 * background, unless it was asked a short while ago. Returns whether it will be.
 */
export async function askForReplies(deps: VideoCommandDeps, tx: Tx, videoId: VideoId): Promise<boolean> {
  const pause = tx.raw(`now() - ? * interval '1 ms'`, [readingLimits.repliesPauseMs]);
  const asked = await tx('videos')
    .where({ id: videoId, local: false, state: 'published' })
    .whereIn('visibility', ['public', 'unlisted'])
    .where((due) => due.whereNull('replies_asked_at').orWhere('replies_asked_at', '<', pause))
    .update({ replies_asked_at: tx.fn.now() });
  if (asked === 0) return false;
  await deps.enqueue(tx, { name: 'replies.fetch', payload: { videoId }, key: `replies:${videoId}` });
  return true;
}

/** Removes at most `limit` videos of an account that is gone; returns how many. */
export async function removeVideosOf(
  deps: VideoCommandDeps,
  tx: Tx,
  accountId: AccountId,
  limit: number,
): Promise<number> {
  const ids: VideoId[] = await tx('videos')
    .where({ account_id: accountId })
    .orderBy('id')
    .limit(limit)
    .pluck('id');
  for (const id of ids) await removeVideo(deps, tx, id, accountId);
  return ids.length;
}
