import type { CommentId, IdSource, VideoId } from '../lib/ids.ts';
import type { Db, Tx } from './database.ts';

type Post = { readonly videoId: VideoId } | { readonly commentId: CommentId };

/** What a post said before it was edited. */
export interface Version {
  readonly contentHtml: string;
  readonly contentWarning: string;
  readonly sensitive: boolean;
  /** When it began to say this. */
  readonly writtenAt: Date;
}

/** Versions of one post that are kept; the oldest make room, but for the first. */
const MOST_VERSIONS = 100;

/** Keeps what a post says now, for it is about to say something else. One that nobody saw yet has no past. */
export async function keepVersion(tx: Tx, ids: IdSource, post: Post): Promise<void> {
  const isVideo = 'videoId' in post;
  const id = isVideo ? post.videoId : post.commentId;
  const kind = isVideo
    ? { table: 'videos', column: 'video_id', html: 'caption_html' }
    : { table: 'comments', column: 'comment_id', html: 'content_html' };
  await tx.raw(
    `insert into post_versions (id, ??, content_html, content_warning, sensitive, written_at)
     select ?, id, ??, content_warning, sensitive, coalesce(edited_at, published_at)
       from ?? where id = ? and published_at is not null for update`,
    [kind.column, ids.next(), kind.html, kind.table, id],
  );
  const own = tx('post_versions').where({ [kind.column]: id });
  await tx('post_versions')
    .whereIn('id', own.clone().select('id').orderBy('id', 'desc').offset(MOST_VERSIONS).limit(1_000))
    .whereNotIn('id', own.clone().select('id').orderBy('id').limit(1))
    .delete();
}

/** What a post said before, oldest first. */
export async function versionsOf(db: Db, post: Post): Promise<Version[]> {
  const rows = await db('post_versions')
    .where('videoId' in post ? { video_id: post.videoId } : { comment_id: post.commentId })
    .orderBy('id')
    .limit(MOST_VERSIONS + 1);
  return rows.map((row) => ({
    contentHtml: row.content_html,
    contentWarning: row.content_warning,
    sensitive: row.sensitive,
    writtenAt: row.written_at,
  }));
}
