import type { AccountId } from '../lib/ids.ts';
import type { Db, Tx } from './database.ts';

/** Hours for which the same request gives what the first one made. */
const KEPT_HOURS = 24;

/**
 * Does `make` once for a key that a client chose, however often it sends the request, and gives what that made:
 * its result is kept with it, in the same transaction. Requests that come at once wait for the first; where that
 * one fails, which it does by throwing, the next makes it.
 */
export async function once(
  tx: Tx,
  { accountId, key }: { readonly accountId: AccountId; readonly key: string },
  make: () => Promise<string>,
): Promise<{ result: string; repeated: boolean }> {
  const own = { account_id: accountId, key };
  const rows = await tx('idempotency_keys')
    .insert(own)
    .onConflict(['account_id', 'key'])
    .merge({ result: null, created_at: tx.fn.now() })
    .where('idempotency_keys.created_at', '<', tx.raw(`now() - ? * interval '1 hour'`, [KEPT_HOURS]))
    .returning('key');
  if (rows.length === 0) {
    const first = await tx('idempotency_keys').where(own).first('result');
    if (first?.result != null) return { result: first.result, repeated: true };
    throw new Error('What a key made was swept away while it was asked for.');
  }
  const result = await make();
  await tx('idempotency_keys').where(own).update({ result });
  return { result, repeated: false };
}

/** Forgets keys that nobody asks with any more. */
export async function sweepOnce(db: Db): Promise<void> {
  await db('idempotency_keys')
    .where('created_at', '<', db.raw(`now() - ? * interval '1 hour'`, [KEPT_HOURS + 1]))
    .delete();
}
