import type { Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import type { AccountId, CommentId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { addToStats } from '../engagement/index.ts';
import type { commentEvents } from './events.ts';

/**
 * What the author of a video decides about what is said below it. Other servers are told nothing of it: what they have
 * is theirs, and what is hidden is served to none of them from now on.
 */
export interface CommentDecision {
  readonly videoId: VideoId;
  readonly commentId: CommentId;
  /** Who decides. */
  readonly accountId: AccountId;
}

interface Deps {
  readonly emit: Emit<typeof commentEvents>;
}

interface Found {
  readonly id: CommentId;
  readonly parent_id: CommentId | null;
  readonly hidden_root_id: CommentId | null;
}

/** Those that are in the count while they are not hidden: what the staff removed is not. */
function counted(rows: readonly { readonly removed_at: Date | null }[]): number {
  return rows.filter(({ removed_at }) => removed_at === null).length;
}

const noComment = () => fail('not-found', 'There is no such comment below a video of yours.');

/** The comment, locked, where it stands below a video of whoever decides. */
async function lockComment(
  tx: Tx,
  { videoId, commentId, accountId }: CommentDecision,
): Promise<Found | undefined> {
  return (
    tx('comments')
      .join('videos', 'videos.id', 'comments.video_id')
      .where({ 'comments.id': commentId, 'videos.id': videoId, 'videos.account_id': accountId })
      // Of one that waits for a moderator, the author of the video knows nothing.
      .whereNull('comments.held_at')
      .forUpdate('comments')
      .first('comments.id', 'comments.parent_id', 'comments.hidden_root_id')
  );
}

/**
 * Takes a comment with all that answers it out of everybody’s sight, save that each is seen by whoever wrote it and by
 * the author of the video. Nobody can answer it from then on. One that was pinned is no more.
 */
export async function hideComment(
  { emit }: Deps,
  tx: Tx,
  decision: CommentDecision,
): Promise<Result<object, 'not-found'>> {
  const comment = await lockComment(tx, decision);
  if (!comment) return noComment();
  if (comment.hidden_root_id !== null) return ok();
  const { commentId, videoId } = decision;
  let hidden = 0;
  // An answer that was being written while its comment was not locked yet is found the next time: none comes after.
  for (let found = 1; found > 0; ) {
    const { rows } = await tx.raw<{ rows: { removed_at: Date | null }[] }>(
      `with recursive below as (
         select id from comments where id = :commentId
         union all
         select comments.id from comments join below on comments.parent_id = below.id)
       update comments set hidden_root_id = :commentId
        where id in (select id from below) and hidden_root_id is null
       returning removed_at`,
      { commentId },
    );
    found = rows.length;
    hidden += counted(rows);
  }
  await addToStats(tx, videoId, { comments: -hidden });
  await tx('videos')
    .where({ id: videoId })
    .whereIn('pinned_comment_id', (gone) =>
      gone.select('id').from('comments').where({ hidden_root_id: commentId }),
    )
    .update({ pinned_comment_id: null });
  await emit(tx, 'comment.hidden', { commentId, videoId });
  return ok();
}

/** Shows a comment again, with what was hidden along with it; not below one that is hidden itself. */
export async function unhideComment(
  { emit }: Deps,
  tx: Tx,
  decision: CommentDecision,
): Promise<Result<object, 'not-found' | 'answers-hidden'>> {
  const comment = await lockComment(tx, decision);
  if (!comment) return noComment();
  const root = comment.hidden_root_id;
  if (root === null) return ok();
  const parent =
    comment.parent_id === null
      ? null
      : await tx('comments').where({ id: comment.parent_id }).forShare().first('hidden_root_id');
  if (parent && parent.hidden_root_id !== null) {
    return fail('answers-hidden', 'What it answers is hidden. Show that first.');
  }
  const { rows } = await tx.raw<{ rows: { removed_at: Date | null }[] }>(
    `with recursive below as (
       select id from comments where id = :commentId
       union all
       select comments.id from comments join below on comments.parent_id = below.id
        where comments.hidden_root_id = :root)
     update comments set hidden_root_id = null where id in (select id from below) returning removed_at`,
    { commentId: comment.id, root },
  );
  const { commentId, videoId } = decision;
  await addToStats(tx, videoId, { comments: counted(rows) });
  await emit(tx, 'comment.shown', { commentId, videoId });
  return ok();
}

/** Puts one comment above all others below a video, in place of the one that was there. */
export async function pinComment(
  tx: Tx,
  decision: CommentDecision,
): Promise<Result<object, 'not-found' | 'not-pinnable'>> {
  const comment = await lockComment(tx, decision);
  if (!comment) return noComment();
  if (comment.parent_id !== null || comment.hidden_root_id !== null) {
    return fail(
      'not-pinnable',
      'Only a comment that answers the video itself, and is not hidden, can be pinned.',
    );
  }
  await tx('videos').where({ id: decision.videoId }).update({ pinned_comment_id: comment.id });
  return ok();
}

export async function unpinComment(tx: Tx, decision: CommentDecision): Promise<Result<object, 'not-found'>> {
  if (!(await lockComment(tx, decision))) return noComment();
  await tx('videos')
    .where({ id: decision.videoId, pinned_comment_id: decision.commentId })
    .update({ pinned_comment_id: null });
  return ok();
}
