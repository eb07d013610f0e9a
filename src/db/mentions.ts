import type { AccountId, CommentId, VideoId } from '../lib/ids.ts';
import type { Db, Tx } from './database.ts';

/** The post whose text names people. */
export type MentioningPost = { readonly videoId: VideoId } | { readonly commentId: CommentId };

function columnsOf(post: MentioningPost): Record<string, string> {
  return 'videoId' in post ? { video_id: post.videoId } : { comment_id: post.commentId };
}

/** Makes `accountIds` the people that a post names, whoever it named before. */
export async function replaceMentions(
  tx: Tx,
  post: MentioningPost,
  accountIds: readonly AccountId[],
): Promise<void> {
  await tx('mentions').where(columnsOf(post)).delete();
  await addMentions(tx, [{ post, accountIds }]);
}

/** Notes whom new posts name. */
export async function addMentions(
  tx: Tx,
  named: readonly { readonly post: MentioningPost; readonly accountIds: readonly AccountId[] }[],
): Promise<void> {
  const rows = named.flatMap(({ post, accountIds }) =>
    [...new Set(accountIds)].map((account_id) => ({ account_id, ...columnsOf(post) })),
  );
  if (rows.length > 0) await tx('mentions').insert(rows);
}

/** The people that each of these posts of one kind names; those that name nobody are left out. */
export async function mentionedAmong<I extends VideoId | CommentId>(
  db: Db,
  kind: 'video' | 'comment',
  ids: readonly I[],
): Promise<Map<I, AccountId[]>> {
  const column = `${kind}_id`;
  const rows: { id: I; account_id: AccountId }[] = await db('mentions')
    .whereRaw('?? = any(?)', [column, [...ids]])
    .orderBy('account_id')
    .select(`${column} as id`, 'account_id');
  const byPost = Map.groupBy(rows, (row) => row.id);
  return new Map([...byPost].map(([id, named]) => [id, named.map((row) => row.account_id)]));
}
