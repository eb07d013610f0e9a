import type { Tx } from '../../db/database.ts';
import { replaceMentions } from '../../db/mentions.ts';
import type { Emit } from '../../db/outbox.ts';
import { isDeleted, rememberDeleted } from '../../db/tombstones.ts';
import { keepVersion } from '../../db/versions.ts';
import { htmlFromText } from '../../lib/html/from-text.ts';
import type { AccountId, CommentId, IdSource, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import { addToStats } from '../engagement/index.ts';
import type { Urls } from '../instances/index.ts';
import type { Screening, Verdict } from '../rules/index.ts';
import { narrower, type PostedWith, type Video, type Visibility } from '../videos/index.ts';
import type { commentEvents } from './events.ts';
import type { Comment, CommentDetails, CommentRow, RemoteComment } from './model.ts';
import { screenComment, screenedColumns, screenRemoteComment } from './screened.ts';

export interface CommentCommandDeps {
  readonly ids: IdSource;
  readonly urls: Urls;
  readonly emit: Emit<typeof commentEvents>;
  readonly screening: Screening;
}

type CommentRefusal = 'comments-closed' | 'blocked' | 'rule';

/**
 * Publishes what a person of this server writes under a video, or in answer to `parent`. Callers have made
 * sure that the person may see both. It is never seen by more than see what it answers (security.md P3).
 */
export async function publishComment(
  deps: CommentCommandDeps,
  tx: Tx,
  input: {
    readonly author: Account;
    readonly video: Video;
    readonly parent: Comment | null;
    readonly visibility: Visibility;
    readonly details: CommentDetails;
    readonly application?: PostedWith | null;
  },
): Promise<Result<{ commentId: CommentId }, CommentRefusal>> {
  const { author, video, parent, details } = input;
  const refusal = await refusalOf(tx, author.id, { videoId: video.id, parentId: parent?.id ?? null });
  if (refusal) return refusal;
  const screened = await screenComment(deps, tx, author, details, 'post');
  if (!screened.ok) return screened;
  const { verdict } = screened;
  const id = deps.ids.next<'comment'>();
  const answered = parent ? narrower(parent.visibility, video.visibility) : video.visibility;
  await tx('comments').insert({
    id,
    account_id: author.id,
    video_id: video.id,
    parent_id: parent?.id ?? null,
    local: true,
    uri: deps.urls.comment(id),
    url: deps.urls.commentPage(author.username, id),
    visibility: narrower(input.visibility, answered),
    ...detailColumns(deps.urls, details),
    ...screenedColumns(id, verdict),
    app_name: input.application?.name ?? null,
    app_website: input.application?.website ?? null,
    published_at: tx.fn.now(),
  });
  await replaceMentions(tx, { commentId: id }, await namedBy(tx, id, details));
  await settle(deps, tx, verdict, { id, accountId: author.id, videoId: video.id, local: true });
  return ok({ commentId: id });
}

/** Counts it and tells of it, unless a moderator has to decide first. */
async function settle(
  deps: CommentCommandDeps,
  tx: Tx,
  verdict: Verdict,
  comment: Pick<Comment, 'id' | 'accountId' | 'videoId' | 'local'>,
): Promise<void> {
  const { id, accountId, videoId, local } = comment;
  if (!verdict.hold) {
    await addToStats(tx, videoId, { comments: 1 });
    await deps.emit(tx, 'comment.published', { commentId: id, local });
  }
  await deps.screening.settle(tx, verdict, { kind: 'comment', id, accountId });
}

function detailColumns(urls: Urls, details: CommentDetails) {
  return {
    text: details.text,
    content_html: htmlFromText(details.text, {
      tagUrl: urls.tagPage,
      mentionOf: (handle) => details.mentions.get(handle) ?? null,
    }),
    content_warning: details.contentWarning,
    sensitive: details.sensitive || details.contentWarning !== '',
    language: details.language,
  };
}

/**
 * Whom a comment of this server is addressed to by name: those whom its text mentions, and whoever it answers,
 * who could not read it otherwise where it is not for everybody.
 */
async function namedBy(tx: Tx, id: CommentId, { mentions }: CommentDetails): Promise<AccountId[]> {
  const answered = await tx('comments')
    .join('videos', 'videos.id', 'comments.video_id')
    .leftJoin('comments as parents', 'parents.id', 'comments.parent_id')
    .where('comments.id', id)
    .first(tx.raw('coalesce(parents.account_id, videos.account_id) as id'), 'comments.account_id as author');
  const others = answered && answered.id !== answered.author ? [answered.id] : [];
  return [...[...mentions.values()].map((account) => account.id), ...others];
}

/**
 * Why the account may not comment there, if it may not: the author of the video closed the comments to
 * everybody else, or hid the one that is answered, or whoever is answered, there or by the parent, blocks it.
 */
async function refusalOf(
  tx: Tx,
  accountId: AccountId,
  { videoId, parentId }: { readonly videoId: VideoId; readonly parentId: CommentId | null },
) {
  const video = await tx('videos')
    .where({ id: videoId })
    .first('comments_open', 'staff_comments_off', 'account_id');
  const isOpen = video !== undefined && !video.staff_comments_off;
  if (!isOpen || (!video.comments_open && video.account_id !== accountId)) {
    return fail('comments-closed', 'Comments are turned off for this video.');
  }
  const parent =
    parentId === null
      ? null
      : await tx('comments').where({ id: parentId }).forShare().first('hidden_root_id', 'removed_at');
  if (parent && (parent.hidden_root_id !== null || parent.removed_at !== null)) {
    return fail('comments-closed', 'This comment is hidden: it cannot be answered.');
  }
  const block = await tx('account_blocks')
    .where({ target_id: accountId })
    .where((answered) =>
      answered
        .where({ account_id: video.account_id })
        .orWhereIn('account_id', (parent) =>
          parent.select('account_id').from('comments').where({ id: parentId }),
        ),
    )
    .first('id');
  return block ? fail('blocked', 'You cannot comment here.') : undefined;
}

/**
 * Stores what another server's comment says. Known ones stay as they are, and one that was deleted before it
 * arrived stays deleted.
 */
export async function receiveRemoteComment(
  deps: CommentCommandDeps,
  tx: Tx,
  author: Account,
  comment: RemoteComment,
): Promise<Result<{ commentId: CommentId }, CommentRefusal | 'known' | 'deleted'>> {
  const { uri, editedAt } = comment;
  if (await isDeleted(tx, { uri, actorUris: [author.actorUri], editedAt })) {
    return fail('deleted', 'Its server deleted this comment before it arrived.');
  }
  const refusal = await refusalOf(tx, author.id, comment);
  if (refusal) return refusal;
  const screened = await screenRemoteComment(deps, tx, author, comment, 'post');
  if (!screened.ok) return screened;
  const { verdict } = screened;
  const id = deps.ids.next<'comment'>();
  const inserted = await tx('comments')
    .insert({
      id,
      account_id: author.id,
      video_id: comment.videoId,
      parent_id: comment.parentId,
      local: false,
      uri: comment.uri,
      url: comment.url,
      ...remoteColumns(comment),
      ...screenedColumns(id, verdict),
      published_at: comment.publishedAt,
    })
    .onConflict('uri')
    .ignore()
    .returning('id');
  if (inserted.length === 0) return fail('known', 'This comment is known already.');
  await replaceMentions(tx, { commentId: id }, comment.mentions);
  await settle(deps, tx, verdict, { id, accountId: author.id, videoId: comment.videoId, local: false });
  return ok({ commentId: id });
}

function remoteColumns(comment: RemoteComment) {
  return {
    visibility: comment.visibility,
    content_html: comment.contentHtml,
    content_warning: comment.contentWarning,
    sensitive: comment.sensitive,
    language: comment.language,
    edited_at: comment.editedAt,
  };
}

/** Changes the text of a comment of this server. */
export async function editComment(
  deps: CommentCommandDeps,
  tx: Tx,
  commentId: CommentId,
  accountId: AccountId,
  details: CommentDetails,
): Promise<Result<object, 'not-found' | 'rule'>> {
  const mine = { id: commentId, account_id: accountId, local: true };
  const before = await tx('comments').where(mine).forUpdate().first('held_at');
  if (!before) return fail('not-found', 'There is no such comment.');
  const screened = await screenComment(deps, tx, { id: accountId, domain: null }, details, 'edit');
  if (!screened.ok) return screened;
  await keepVersion(tx, deps.ids, { commentId });
  const { sensitive } = screened.verdict;
  await tx('comments')
    .where(mine)
    .update({
      ...detailColumns(deps.urls, details),
      ...(sensitive ? { sensitive } : {}),
      edited_at: tx.fn.now(),
    });
  await replaceMentions(tx, { commentId }, await namedBy(tx, commentId, details));
  await deps.screening.settle(tx, screened.verdict, { kind: 'comment', id: commentId, accountId });
  if (before.held_at === null) await deps.emit(tx, 'comment.updated', { commentId, local: true });
  return ok();
}

/** Applies an edit by another server, when it is newer than what is kept. */
export async function updateRemoteComment(
  deps: CommentCommandDeps,
  tx: Tx,
  commentId: CommentId,
  comment: RemoteComment,
): Promise<Result<object, 'not-newer' | 'rule'>> {
  const known = await tx('comments')
    .where({ id: commentId, local: false })
    .whereRaw('coalesce(edited_at, published_at) < ?', [comment.editedAt])
    .forUpdate()
    .first('account_id', 'held_at');
  if (!known) return fail('not-newer', 'What is known is as new, or newer.');
  const author: { id: AccountId; domain: string } = await tx('accounts')
    .where({ id: known.account_id })
    .first('id', 'domain');
  const screened = await screenRemoteComment(deps, tx, author, comment, 'edit');
  if (!screened.ok) return screened;
  const { verdict } = screened;
  await keepVersion(tx, deps.ids, { commentId });
  const columns = { ...remoteColumns(comment), ...(verdict.sensitive ? { sensitive: true } : {}) };
  await tx('comments').where({ id: commentId }).update(columns);
  await replaceMentions(tx, { commentId }, comment.mentions);
  await deps.screening.settle(tx, verdict, { kind: 'comment', id: commentId, accountId: author.id });
  if (known.held_at === null) await deps.emit(tx, 'comment.updated', { commentId, local: false });
  return ok();
}

/**
 * Removes a comment, on the word of its author or of the author of the video it stands under. Its address
 * stays known as deleted; answers to it stay.
 */
export async function removeComment(
  deps: CommentCommandDeps,
  tx: Tx,
  commentId: CommentId,
  accountId: AccountId,
): Promise<Result<object, 'not-found'>> {
  const [row] = await tx('comments')
    .where({ id: commentId })
    .where((allowed) =>
      allowed
        .where({ account_id: accountId })
        .orWhereIn('video_id', (own) => own.select('id').from('videos').where({ account_id: accountId })),
    )
    .delete()
    .returning<CommentRow[]>('*');
  if (!row) return fail('not-found', 'There is no such comment.');
  await forget(deps, tx, row);
  return ok();
}

/** What is left to do once a row is gone. */
export async function forget(deps: CommentCommandDeps, tx: Tx, row: CommentRow): Promise<void> {
  const author = await tx('accounts').where({ id: row.account_id }).first('actor_uri');
  await rememberDeleted(tx, row.uri, author.actor_uri);
  // What is hidden or removed was taken off the count when it was.
  if (row.hidden_root_id === null && row.removed_at === null)
    await addToStats(tx, row.video_id, { comments: -1 });
  await deps.emit(tx, 'comment.deleted', {
    commentId: row.id,
    videoId: row.video_id,
    accountId: row.account_id,
    uri: row.uri,
    // What was held, nobody else was told of.
    local: row.local && row.held_at === null,
    visibility: row.visibility,
  });
}

/** Removes at most `limit` comments of an account that is gone; returns how many. */
export async function removeCommentsOf(
  deps: CommentCommandDeps,
  tx: Tx,
  accountId: AccountId,
  limit: number,
): Promise<number> {
  const some = tx('comments').where({ account_id: accountId }).orderBy('id').limit(limit).select('id');
  const rows = await tx('comments').whereIn('id', some).delete().returning<CommentRow[]>('*');
  for (const row of rows) await forget(deps, tx, row);
  return rows.length;
}
