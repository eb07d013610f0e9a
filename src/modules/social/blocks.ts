import type { Tx } from '../../db/database.ts';
import { isUndone, rememberUndone } from '../../db/undone.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import { rejectFollow, type SocialDeps, unfollow } from './commands.ts';

/** `undone`: taken back before it came. */
type BlockRefusal = 'yourself' | 'known' | 'undone' | 'not-blockable';

/**
 * `account` blocks `target`: neither follows the other any more, and neither sees the other’s posts. `uri` is
 * the id of a Block from elsewhere. Blocking twice is one block.
 */
export async function block(
  deps: SocialDeps,
  tx: Tx,
  account: Account,
  target: Account,
  uri?: string,
): Promise<Result<object, BlockRefusal>> {
  if (account.id === target.id) return fail('yourself', 'You cannot block yourself.');
  if (target.actorType === 'Application' && target.domain === null) {
    return fail('not-blockable', 'This account stands for the server and cannot be blocked.');
  }
  if (uri !== undefined && (await isUndone(tx, account.actorUri, uri))) {
    return fail('undone', 'It was taken back before it came.');
  }
  const id = deps.ids.next<'block'>();
  const row = { id, account_id: account.id, target_id: target.id, uri: uri ?? deps.urls.block(id) };
  const rows = await tx('account_blocks')
    .insert(row)
    .onConflict(['account_id', 'target_id'])
    .ignore()
    .returning('id');
  if (rows.length === 0) return fail('known', 'You block this account already.');
  await unfollow(deps, tx, { followerId: account.id, targetId: target.id });
  await rejectFollow(deps, tx, { followerId: target.id, targetId: account.id });
  const channel = await tx('accounts').where({ owner_id: account.id }).first('id');
  if (channel) await rejectFollow(deps, tx, { followerId: target.id, targetId: channel.id });
  await deps.emit(tx, 'block.added', { accountId: account.id, targetId: target.id, uri: row.uri });
  return ok();
}

/** Lifts a block. False when there was none; then the Block `uri`, if given, does nothing should it still come. */
export async function unblock(
  deps: SocialDeps,
  tx: Tx,
  account: Account,
  target: Account,
  uri?: string,
): Promise<boolean> {
  const [row] = await tx('account_blocks')
    .where({ account_id: account.id, target_id: target.id })
    .delete()
    .returning<{ uri: string }[]>('uri');
  if (row) {
    await deps.emit(tx, 'block.removed', { accountId: account.id, targetId: target.id, uri: row.uri });
  } else if (uri !== undefined) await rememberUndone(tx, account.actorUri, uri);
  return row !== undefined;
}
