import { moveLimits } from '../../../config/account-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import type { AccountId } from '../../lib/ids.ts';
import { ok, type Result } from '../../lib/result.ts';
import { markAccountMoved } from './commands.ts';
import type { accountEvents } from './events.ts';
import type { Account } from './model.ts';

interface MovingDeps {
  readonly emit: Emit<typeof accountEvents>;
}

/** Says of an account of this server which others are the same person's: they may send their followers here. */
export async function setAliases(
  { emit }: MovingDeps,
  tx: Tx,
  accountId: AccountId,
  actorUris: readonly string[],
): Promise<void> {
  await tx('accounts')
    .where({ id: accountId, domain: '' })
    .update({ also_known_as: [...new Set(actorUris)] });
  await emit(tx, 'account.updated', { accountId });
}

/**
 * An account of another server goes on as another one; whoever says so has made sure of it just now. Its followers of
 * this server are taken along by those who subscribe.
 */
export async function markRemoteMoved(
  { emit }: MovingDeps,
  tx: Tx,
  accountId: AccountId,
  targetId: AccountId,
): Promise<Result<object, 'moved-before'>> {
  const marked = await markAccountMoved(tx, accountId, targetId, moveLimits.minDaysBetween);
  if (marked.ok) await emit(tx, 'account.moved', { accountId, targetId });
  return marked;
}

/**
 * An account of this server goes on as another one, which must say that it is the same person's: whoever asks has made
 * sure of that just now. Followers are told, and those of this server are taken along, by those who subscribe.
 */
export async function moveAccount(
  { emit }: MovingDeps,
  tx: Tx,
  account: Account,
  to: Account,
): Promise<Result<object, 'moved-before'>> {
  const marked = await markAccountMoved(tx, account.id, to.id, moveLimits.minDaysBetween);
  if (!marked.ok) return marked;
  // In this order: servers look at the profile when they hear of the move.
  await emit(tx, 'account.updated', { accountId: account.id });
  await emit(tx, 'account.moved', { accountId: account.id, targetId: to.id });
  return ok();
}

/** Of two rows that stood for one account of another server, this one stands for nobody any more, and leads to the other. */
export async function markMerged(
  { emit }: MovingDeps,
  tx: Tx,
  accountId: AccountId,
  toId: AccountId,
): Promise<void> {
  await tx('accounts')
    .where({ id: accountId })
    .whereNot({ domain: '' })
    .update({
      ...{ state: 'deleted', moved_to_id: toId, avatar_key: null, header_key: null },
      username_key: tx.raw(
        `case when username_key like '%!%' then username_key else username_key || '!' || id end`,
      ),
    });
  await emit(tx, 'account.gone', { accountId });
}
