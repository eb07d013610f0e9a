import type { Tx } from '../../db/database.ts';
import type { AccountId, CommentId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { addToStats } from '../engagement/index.ts';
import { type CommentCommandDeps, forget } from './commands.ts';
import type { CommentRow } from './model.ts';

/** Comments that wait for a moderator: hidden by themselves, and told to nobody. */

const notHeld = () => fail('not-found', 'This comment does not wait for a moderator.');

/** Lets a comment be seen, and tells of it for the first time; below one that was hidden meanwhile, it is hidden too. */
export async function releaseComment(
  { emit }: CommentCommandDeps,
  tx: Tx,
  commentId: CommentId,
): Promise<Result<object, 'not-found'>> {
  const comment = await lockHeld(tx, commentId);
  if (!comment) return notHeld();
  const parent =
    comment.parent_id === null
      ? null
      : await tx('comments').where({ id: comment.parent_id }).forShare().first('hidden_root_id');
  const root: CommentId | null = parent?.hidden_root_id ?? null;
  await tx('comments').where({ id: commentId }).update({ held_at: null, hidden_root_id: root });
  if (root !== null) return ok();
  await addToStats(tx, comment.video_id, { comments: 1 });
  await emit(tx, 'comment.published', { commentId, local: comment.local });
  return ok();
}

/** What a moderator released is hidden again: of another server alone, which nobody had to be told of. */
export async function holdCommentAgain(
  { emit }: CommentCommandDeps,
  tx: Tx,
  commentId: CommentId,
): Promise<Result<{ accountId: AccountId }, 'not-undoable'>> {
  const comment: CommentRow | undefined = await tx('comments')
    .where({ id: commentId, held_at: null })
    .forUpdate()
    .first();
  if (!comment) return fail('not-undoable', 'This comment is gone, or waits for a moderator already.');
  if (comment.local) {
    return fail(
      'not-undoable',
      'Other servers were told of this comment. Remove it instead: that can be taken back.',
    );
  }
  const below = await tx('comments').where({ parent_id: commentId }).first('id');
  if (below || comment.hidden_root_id !== null) {
    return fail(
      'not-undoable',
      'It was answered or hidden meanwhile. Remove it instead: that can be taken back.',
    );
  }
  await tx('comments').where({ id: commentId }).update({ held_at: tx.fn.now(), hidden_root_id: commentId });
  await addToStats(tx, comment.video_id, { comments: -1 });
  await emit(tx, 'comment.hidden', { commentId, videoId: comment.video_id });
  return ok({ accountId: comment.account_id });
}

/** Refuses a comment that is held: it is gone, and one of another server is not taken again. */
export async function refuseComment(
  deps: CommentCommandDeps,
  tx: Tx,
  commentId: CommentId,
): Promise<Result<object, 'not-found'>> {
  const comment = await lockHeld(tx, commentId);
  if (!comment) return notHeld();
  await tx('comments').where({ id: commentId }).delete();
  await forget(deps, tx, comment);
  return ok();
}

function lockHeld(tx: Tx, id: CommentId): Promise<CommentRow | undefined> {
  return tx('comments').where({ id }).whereNotNull('held_at').forUpdate().first();
}
