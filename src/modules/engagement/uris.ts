import type { Db } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';

/** An account and the post it did something with, a video or a comment. */
export interface ReactionPair {
  readonly accountId: AccountId;
  readonly postId: string;
}

/** The ids of the Likes or Announces of these pairs, by `accountId postId`; one question for all. */
export async function reactionUris(
  db: Db,
  table: 'likes' | 'shares',
  pairs: readonly ReactionPair[],
): Promise<Map<string, string>> {
  if (pairs.length === 0) return new Map();
  const orComment = table === 'likes' ? 'or done.comment_id = asked.post' : '';
  const { rows } = await db.raw<{ rows: { account: AccountId; post: string; uri: string }[] }>(
    `select asked.account, asked.post, done.uri
       from unnest(?::bigint[], ?::bigint[]) as asked (account, post)
       join ${table} as done
         on done.account_id = asked.account and (done.video_id = asked.post ${orComment})`,
    [pairs.map(({ accountId }) => accountId), pairs.map(({ postId }) => postId)],
  );
  return new Map(rows.map(({ account, post, uri }) => [`${account} ${post}`, uri]));
}
