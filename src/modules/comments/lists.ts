import { commentLimits } from '../../../config/limits.ts';
import type { Db } from '../../db/database.ts';
import { commentVisibleTo, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, CommentId, VideoId } from '../../lib/ids.ts';
import { type Comment, type CommentRow, commentFromRow } from './model.ts';

/** In which order comments are listed. `top`: those with the most likes first. */
export const commentSorts = ['top', 'newest', 'oldest'] as const;
export type CommentSort = (typeof commentSorts)[number];

/** The last comment of a page, by which the next one is found. */
export interface CommentCursor {
  readonly id: CommentId;
  readonly likes: number;
}

export interface CommentList {
  readonly videoId: VideoId;
  /** Null: those that answer the video itself. */
  readonly parentId: CommentId | null;
  readonly sort: CommentSort;
  /** `pinned`: the page before had nothing but the comment that is pinned. */
  readonly after: CommentCursor | 'pinned' | null;
  readonly limit: number;
}

interface CommentPage {
  readonly comments: readonly Comment[];
  /** Where the next page begins; null where there is none. */
  readonly next: CommentList['after'];
}

/** Reads of what is said below one video, page by page. */
export function commentLists(db: Db, unlisted: UnlistedDomains) {
  const visible = (viewerId: AccountId | null) =>
    db('comments')
      .select('comments.*')
      .join('videos', 'videos.id', 'comments.video_id')
      .modify(commentVisibleTo(viewerId, unlisted));

  /**
   * The next of one level in their order, by an index and no further than `limit`; who may see them is not looked at
   * here: PostgreSQL takes so few to be visible that it would read and sort all of them.
   */
  function next({ videoId, parentId, sort }: CommentList, after: CommentCursor | null, limit: number) {
    const level = parentId === null ? { video_id: videoId, parent_id: null } : { parent_id: parentId };
    const query = db('comments').where(level).limit(limit);
    if (sort === 'top') {
      query.orderBy([
        { column: 'likes', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]);
      if (after) query.whereRaw('(likes, id) < (?, ?)', [after.likes, after.id]);
    } else {
      query.orderBy('id', sort === 'newest' ? 'desc' : 'asc');
      if (after) query.where('id', sort === 'newest' ? '<' : '>', after.id);
    }
    return query.select<CommentCursor[]>('id', 'likes');
  }

  return {
    /**
     * Comments of one level. The one that is pinned is the first of all, in whatever order. Where very many in a row are out of sight, the
     * page ends early, and the next goes on exactly there.
     */
    async list(asked: CommentList, viewerId: AccountId | null): Promise<CommentPage> {
      const { videoId, parentId, limit } = asked;
      const pin = await db('videos').where({ id: videoId }).first('pinned_comment_id');
      const pinnedId: CommentId | null = parentId === null ? (pin?.pinned_comment_id ?? null) : null;
      const found: CommentRow[] = [];
      let after = asked.after === 'pinned' ? null : asked.after;
      let isEnd = false;
      // Twice as many as wanted: one look, but where many are out of sight.
      let size = 2 * limit;
      for (let look = 0; found.length < limit && !isEnd && look < commentLimits.looks; look += 1) {
        const batch = await next(asked, after, size);
        const ids = batch.map(({ id }) => id).filter((id) => id !== pinnedId);
        const wanted = look === 0 && asked.after === null && pinnedId !== null ? [pinnedId, ...ids] : ids;
        const rows: CommentRow[] = await visible(viewerId).whereRaw('comments.id = any (?::bigint[])', [
          wanted,
        ]);
        const byId = new Map(rows.map((row) => [row.id, row]));
        found.push(...wanted.flatMap((id) => byId.get(id) ?? []));
        isEnd = batch.length < size;
        after = batch.at(-1) ?? after;
        size = commentLimits.lookedAtOnce;
      }
      const comments = found.slice(0, limit).map(commentFromRow);
      const last = comments.length === limit ? comments.at(-1) : undefined;
      if (last)
        return { comments, next: last.id === pinnedId ? 'pinned' : { id: last.id, likes: last.likes } };
      return { comments, next: isEnd ? null : after };
    },

    /** What the author of the video did with each of these comments. */
    async byAuthorOf(
      ids: readonly CommentId[],
    ): Promise<Map<CommentId, { readonly pinned: boolean; readonly liked: boolean; readonly own: boolean }>> {
      const rows = await db('comments')
        .join('videos', 'videos.id', 'comments.video_id')
        .whereIn('comments.id', [...ids])
        .select('comments.id')
        .select(
          db.raw('videos.pinned_comment_id is not distinct from comments.id as pinned'),
          db.raw('videos.account_id = comments.account_id as own'),
          db.raw(
            `exists (select from likes where likes.comment_id = comments.id
                        and likes.account_id = videos.account_id) as liked`,
          ),
        );
      return new Map(rows.map(({ id, pinned, liked, own }) => [id, { pinned, liked, own }]));
    },
  };
}
