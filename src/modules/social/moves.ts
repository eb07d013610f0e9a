import type { Tx } from '../../db/database.ts';
import type { AccountId, FollowId } from '../../lib/ids.ts';
import { type Account, lockCounts } from '../accounts/index.ts';
import { follow, rejectFollow, type SocialDeps, unfollow } from './commands.ts';

/** An account that goes on as another one. */
export interface Move {
  readonly from: Account;
  readonly to: Account;
}

/** A row by which a portion went on, in the order of ids. */
interface Looked<Row> {
  /** Null where there was nothing any more. */
  readonly lastId: string | null;
  readonly rows: readonly Row[];
}

/**
 * Whoever blocks the old account blocks the new one, too (security.md V6): of the blocks after `afterId` at most
 * `limit`. Returns the last of them, or null where there was none.
 */
export async function moveBlocks(
  deps: SocialDeps,
  tx: Tx,
  { from, to }: Move,
  { afterId, limit }: { readonly afterId: string; readonly limit: number },
): Promise<string | null> {
  const found: { id: string; account_id: AccountId }[] = await tx('account_blocks')
    .where({ target_id: from.id })
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .select('id', 'account_id');
  const blockers = found.map(({ account_id }) => account_id).filter((id) => id !== to.id);
  const rows = blockers.map((account_id) => {
    const id = deps.ids.next<'block'>();
    return { id, account_id, target_id: to.id, uri: deps.urls.block(id) };
  });
  if (rows.length > 0) {
    await tx('account_blocks').insert(rows).onConflict(['account_id', 'target_id']).ignore();
  }
  if (blockers.length > 0) await lockCounts(tx, [to.id, ...blockers]);
  for (const blocker of blockers) {
    await unfollow(deps, tx, { followerId: blocker, targetId: to.id });
    await rejectFollow(deps, tx, { followerId: to.id, targetId: blocker });
  }
  return found.at(-1)?.id ?? null;
}

/** The people of this server among the next `limit` who follow an account, in the order of their follows. */
export async function followersAfter(
  tx: Tx,
  targetId: AccountId,
  { afterId, limit }: { readonly afterId: string; readonly limit: number },
): Promise<Looked<AccountId>> {
  // Those of other servers count: the number of rows that are looked at is bounded, too.
  const found: { id: FollowId; follower_id: AccountId; is_here: boolean }[] = await tx('follows')
    .join('accounts', 'accounts.id', 'follows.follower_id')
    .where({ 'follows.target_id': targetId, 'follows.state': 'accepted' })
    .where('follows.id', '>', afterId)
    .orderBy('follows.id')
    .limit(limit)
    .select('follows.id', 'follows.follower_id')
    .select(tx.raw(`accounts.domain = '' and accounts.state = 'active' as is_here`));
  const rows = found.filter(({ is_here }) => is_here).map(({ follower_id }) => follower_id);
  return { lastId: found.at(-1)?.id ?? null, rows };
}

/** Each of `followers`, people of this server, asks to follow the new account instead. */
export async function moveFollowers(
  deps: SocialDeps,
  tx: Tx,
  { from, to }: Move,
  followers: readonly Account[],
): Promise<void> {
  for (const follower of followers) {
    const asked = await follow(deps, tx, follower, to);
    if (asked.ok) await unfollow(deps, tx, { followerId: follower.id, targetId: from.id });
  }
}
