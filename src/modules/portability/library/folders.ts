import type { Tx } from '../../../db/database.ts';
import type { CommentId, FolderId, VideoId } from '../../../lib/ids.ts';
import { fail, ok } from '../../../lib/result.ts';
import { addressesOf } from '../addresses.ts';
import { halvesOf, type LibraryPart, pairOf } from './part.ts';

/** What was saved and into which folder. A folder that holds nothing is named by no line; what is in none stands in the file of all that was saved. */
export const foldersPart: LibraryPart = {
  async rows(deps, accountId) {
    const saved: {
      video_id: VideoId | null;
      comment_id: CommentId | null;
      list: string;
      isDefault: boolean;
    }[] = await deps
      .db('bookmarks')
      .join('save_folders', 'save_folders.id', 'bookmarks.folder_id')
      .where('bookmarks.account_id', accountId)
      .orderBy(['save_folders.id', 'bookmarks.id'])
      .select('video_id', 'comment_id', 'save_folders.title as list', 'is_default as isDefault');
    const posts = saved.flatMap(({ video_id: videoId, comment_id: commentId, ...folder }) => {
      if (videoId !== null) return { ...folder, videoId };
      return commentId === null ? [] : { ...folder, commentId };
    });
    const addressOf = await addressesOf(deps, posts, accountId);
    return posts.flatMap((post) => {
      const name = addressOf(post);
      return name === undefined ? [] : { name, list: post.list, isDefault: post.isDefault };
    });
  },

  there: (_deps, tx, accountId) =>
    tx('bookmarks')
      .join('save_folders', 'save_folders.id', 'bookmarks.folder_id')
      .leftJoin('videos', 'videos.id', 'bookmarks.video_id')
      .leftJoin('comments', 'comments.id', 'bookmarks.comment_id')
      .where('bookmarks.account_id', accountId)
      .select(tx.raw(`save_folders.id || ':' || coalesce(bookmarks.video_id, bookmarks.comment_id) as names`))
      .select(tx.raw(`save_folders.title || e'\\n' || coalesce(videos.uri, comments.uri) as name`)),

  async add({ folders, engagement }, tx, { id: ownerId }, named, { list: title = '', isDefault = false }) {
    if (!('post' in named)) return fail('not-found');
    const known: { id: FolderId } | undefined = await tx('save_folders')
      .where({ account_id: ownerId, title })
      .orderBy('id')
      .first('id');
    const made = known ? ok({ folder: known }) : await folders.create(tx, ownerId, { title, isDefault });
    if (!made.ok) return made;
    await engagement.bookmark(tx, ownerId, named.post);
    await folders.move(tx, ownerId, named.post, made.folder.id);
    return ok({ names: pairOf(made.folder.id, idOf(named.post)) });
  },

  /** It stays saved, in no folder. */
  async take({ folders }, tx, { id }, names) {
    const [folderId, postId] = halvesOf<FolderId, VideoId & CommentId>(names);
    for (const post of [{ videoId: postId }, { commentId: postId }]) {
      if (await isIn(tx, folderId, post)) await folders.move(tx, id, post, null);
    }
  },
};

type Post = { readonly videoId: VideoId } | { readonly commentId: CommentId };

const idOf = (post: Post): string => ('videoId' in post ? post.videoId : post.commentId);

async function isIn(tx: Tx, folderId: FolderId, post: Post): Promise<boolean> {
  const column = 'videoId' in post ? 'video_id' : 'comment_id';
  return (
    (await tx('bookmarks')
      .where({ folder_id: folderId, [column]: idOf(post) })
      .first('id')) !== undefined
  );
}
