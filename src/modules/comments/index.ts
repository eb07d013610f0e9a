import type { Db, Tx } from '../../db/database.ts';
import { mentionedAmong } from '../../db/mentions.ts';
import { emitter } from '../../db/outbox.ts';
import { within } from '../../db/paging.ts';
import { tombstoneOf } from '../../db/tombstones.ts';
import { versionsOf } from '../../db/versions.ts';
import { commentVisibleTo, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, CommentId, IdSource, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import type { Account } from '../accounts/index.ts';
import type { Urls } from '../instances/index.ts';
import type { Screening } from '../rules/index.ts';
import {
  editComment,
  publishComment,
  receiveRemoteComment,
  removeComment,
  removeCommentsOf,
  updateRemoteComment,
} from './commands.ts';
import { commentEvents } from './events.ts';
import { holdCommentAgain, refuseComment, releaseComment } from './held.ts';
import { commentLists } from './lists.ts';
import {
  type Comment,
  type CommentDetails,
  type CommentRow,
  commentFromRow,
  type RemoteComment,
} from './model.ts';
import { type CommentDecision, hideComment, pinComment, unhideComment, unpinComment } from './moderation.ts';

export { commentEvents } from './events.ts';
export { type CommentCursor, commentSorts } from './lists.ts';
export { type Comment, type CommentDetails, fitsComment, type RemoteComment } from './model.ts';
export type { CommentDecision } from './moderation.ts';

export type Comments = ReturnType<typeof createComments>;

/** Texts under videos, in threads. */
export function createComments(base: {
  db: Db;
  ids: IdSource;
  urls: Urls;
  unlistedDomains: UnlistedDomains;
  screening: Screening;
}) {
  const { db } = base;
  const deps = { ...base, emit: emitter(commentEvents, base.ids) };
  const one = async (where: Record<string, string>): Promise<Comment | null> => {
    const row: CommentRow | undefined = await db('comments').where(where).first();
    return row ? commentFromRow(row) : null;
  };
  const visible = (viewerId: AccountId | null) =>
    db('comments')
      .select('comments.*')
      .join('videos', 'videos.id', 'comments.video_id')
      .modify(commentVisibleTo(viewerId, base.unlistedDomains));
  return {
    publish: (tx: Tx, input: Parameters<typeof publishComment>[2]) => publishComment(deps, tx, input),
    receiveRemote: (tx: Tx, author: Account, comment: RemoteComment) =>
      receiveRemoteComment(deps, tx, author, comment),
    edit: (tx: Tx, id: CommentId, accountId: AccountId, details: CommentDetails) =>
      editComment(deps, tx, id, accountId, details),
    updateRemote: (tx: Tx, id: CommentId, comment: RemoteComment) =>
      updateRemoteComment(deps, tx, id, comment),
    remove: (tx: Tx, id: CommentId, accountId: AccountId) => removeComment(deps, tx, id, accountId),
    removeSomeOf: (tx: Tx, accountId: AccountId, limit: number) =>
      removeCommentsOf(deps, tx, accountId, limit),
    ...commentLists(db, base.unlistedDomains),
    hide: (tx: Tx, decision: CommentDecision) => hideComment(deps, tx, decision),
    unhide: (tx: Tx, decision: CommentDecision) => unhideComment(deps, tx, decision),
    pin: pinComment,
    unpin: unpinComment,
    /** What a moderator decides about a comment that is held; see held.ts. */
    release: (tx: Tx, id: CommentId) => releaseComment(deps, tx, id),
    holdAgain: (tx: Tx, id: CommentId) => holdCommentAgain(deps, tx, id),
    refuse: (tx: Tx, id: CommentId) => refuseComment(deps, tx, id),

    /** Any comment, past the visibility predicate: for workers and for delivery only. */
    internal: (id: CommentId) => one({ id }),
    /** Those of these comments that are there, past the visibility predicate: for workers and for delivery only. */
    async internalAmong(ids: readonly CommentId[]): Promise<Map<CommentId, Comment>> {
      const rows: CommentRow[] = await db('comments').whereRaw('id = any(?)', [[...ids]]);
      return new Map(rows.map((row) => [row.id, commentFromRow(row)]));
    },
    /** A comment and what answers it, at any depth, past the visibility predicate; oldest first. */
    async branchOf(id: CommentId, limit: number): Promise<Comment[]> {
      const below = db('comments').select('id').where({ id });
      const answers = db('comments').join('branch', 'branch.id', 'comments.parent_id').select('comments.id');
      const rows: CommentRow[] = await db
        .withRecursive('branch', below.union(answers))
        .from('comments')
        .whereIn('id', (those) => those.from('branch').select('id'))
        .orderBy('id')
        .limit(limit)
        .select('comments.*');
      return rows.map(commentFromRow);
    },
    /** Any comment by its ActivityPub id, past the visibility predicate: for incoming activities only. */
    internalByUri: (uri: string) => one({ uri }),
    /** When the comment at this address was deleted, or null. */
    tombstone: (uri: string) => tombstoneOf(db, uri),
    /** What a comment said before, oldest first. */
    versionsOf: (commentId: CommentId) => versionsOf(db, { commentId }),
    /** The people whom these comments name. */
    mentionedAmong: (ids: readonly CommentId[]) => mentionedAmong(db, 'comment', ids),

    /** Whom each of these comments answers: the author of its parent, or of the video; and how many answer it. */
    async answersOf(
      ids: readonly CommentId[],
    ): Promise<Map<CommentId, { readonly answeredId: AccountId; readonly replies: number }>> {
      const rows = await db('comments')
        .join('videos', 'videos.id', 'comments.video_id')
        .leftJoin('comments as parents', 'parents.id', 'comments.parent_id')
        .whereRaw('comments.id = any(?)', [[...ids]])
        .select(
          'comments.id',
          db.raw('coalesce(parents.account_id, videos.account_id) as answered_id'),
          db.raw(
            `(select count(*)::int from comments as answering
               where answering.parent_id = comments.id and answering.hidden_root_id is null) as replies`,
          ),
        );
      return new Map(rows.map((row) => [row.id, { answeredId: row.answered_id, replies: row.replies }]));
    },

    /** One comment as the viewer may see it, or null. */
    async forViewer(id: CommentId, viewerId: AccountId | null): Promise<Comment | null> {
      const row: CommentRow | undefined = await visible(viewerId).where('comments.id', id).first();
      return row ? commentFromRow(row) : null;
    },

    /** Those of these comments that the viewer may see. */
    async forViewerAmong(
      ids: readonly CommentId[],
      viewerId: AccountId | null,
    ): Promise<Map<CommentId, Comment>> {
      if (ids.length === 0) return new Map();
      const rows: CommentRow[] = await visible(viewerId).whereRaw('comments.id = any(?)', [[...ids]]);
      return new Map(rows.map((row) => [row.id, commentFromRow(row)]));
    },

    /** What an account wrote under videos, newest first, as the viewer may see it. */
    async ofAccount(accountId: AccountId, viewerId: AccountId | null, page: Page): Promise<Comment[]> {
      const query = visible(viewerId)
        .where('comments.account_id', accountId)
        .modify(within(page, 'comments.id'));
      return ((await query) as CommentRow[]).map(commentFromRow);
    },

    /** What was written under a video, oldest first, after `afterId` where that is given. */
    async thread(
      videoId: VideoId,
      viewerId: AccountId | null,
      page: { readonly afterId: CommentId | null; readonly limit: number },
    ): Promise<Comment[]> {
      const query = visible(viewerId)
        .where('comments.video_id', videoId)
        .orderBy('comments.id')
        .limit(page.limit);
      if (page.afterId !== null) query.where('comments.id', '>', page.afterId);
      return ((await query) as CommentRow[]).map(commentFromRow);
    },

    /** What answers one comment, oldest first, after `afterId` where that is given. */
    async repliesTo(
      commentId: CommentId,
      viewerId: AccountId | null,
      page: { readonly afterId: CommentId | null; readonly limit: number },
    ): Promise<Comment[]> {
      const query = visible(viewerId)
        .where('comments.parent_id', commentId)
        .orderBy('comments.id')
        .limit(page.limit);
      if (page.afterId !== null) query.where('comments.id', '>', page.afterId);
      return ((await query) as CommentRow[]).map(commentFromRow);
    },

    /** Comments that people of this server wrote, for NodeInfo. */
    async localCount(): Promise<number> {
      const row = await db('comments').where({ local: true }).count('* as count').first();
      return Number(row?.count ?? 0);
    },
  };
}
