import { leavingLimits } from '../../../config/account-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { accountEvents } from './events.ts';
import type { SealedKeys } from './model.ts';

/** The keys of a local actor, as they are stored. */
export interface StoredKeys extends SealedKeys {
  readonly keyUri: string;
  /** When this pair was made: tells it from the one before, which had the same id. */
  readonly madeAt: Date;
  /** What the actor signed with before. `until` is the last activity that is to be signed with it, null while that is not known. */
  readonly previous: { readonly privateKeySealed: string; readonly until: bigint | null } | null;
}

/** The keys that a local actor has now; null where it has none. */
export async function keysOf(db: Db, accountId: AccountId): Promise<StoredKeys | null> {
  const row = await db('actor_keys').where({ account_id: accountId }).orderBy('created_at', 'desc').first();
  if (!row) return null;
  return {
    keyUri: row.key_uri,
    publicKeyPem: row.public_key_pem,
    privateKeySealed: row.private_key_sealed,
    madeAt: row.created_at,
    previous: row.previous_sealed && {
      privateKeySealed: row.previous_sealed,
      until: row.previous_until === null ? null : BigInt(row.previous_until),
    },
  };
}

/**
 * Gives a local actor another pair of keys, under the same id, as every server of the fediverse does. The one before goes on to
 * sign what was on its way, and the news of the change. False where the actor has no keys.
 */
export async function replaceKeys(
  { emit }: { readonly emit: Emit<typeof accountEvents> },
  tx: Tx,
  accountId: AccountId,
  keys: SealedKeys,
): Promise<boolean> {
  const changed = await tx('actor_keys')
    .where({ account_id: accountId })
    .update({
      public_key_pem: keys.publicKeyPem,
      private_key_sealed: keys.privateKeySealed,
      previous_sealed: tx.ref('private_key_sealed'),
      previous_until: null,
      created_at: tx.fn.now(),
    });
  if (changed > 0) await emit(tx, 'account.rekeyed', { accountId });
  return changed > 0;
}

/** Others are told of the new key by the activity at this place: from there on, it signs. */
export async function newKeySignsAfter(tx: Tx, accountId: AccountId, position: string): Promise<void> {
  await tx('actor_keys').where({ account_id: accountId }).update({ previous_until: position });
}

/** Forgets keys that were replaced so long ago that nothing signed with them is on its way. */
export function forgetPreviousKeys(tx: Tx): Promise<number> {
  return tx('actor_keys')
    .whereNotNull('previous_sealed')
    .where('created_at', '<', tx.raw(`now() - ? * interval '1 ms'`, [leavingLimits.keysKeptMs]))
    .update({ previous_sealed: null, previous_until: null });
}

const signing = (db: Db) =>
  db('actor_keys')
    .join('accounts', 'accounts.id', 'actor_keys.account_id')
    .whereNot('accounts.state', 'deleted');

/** Local actors that sign with a pair made before, oldest first: people, bots, channels and the server itself. */
export function accountsWithKeysBefore(db: Db, before: Date, limit: number): Promise<AccountId[]> {
  return signing(db)
    .where('actor_keys.created_at', '<', before)
    .orderBy('accounts.id')
    .limit(limit)
    .pluck('accounts.id');
}

/** How many local actors sign. */
export async function countWithKeys(db: Db): Promise<number> {
  const row = await signing(db).count('* as count').first();
  return Number(row?.count ?? 0);
}
