import type { AccountId } from '../lib/ids.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Db, Tx } from './database.ts';
import { deleteInBatches } from './sweep.ts';

/** Hours for which the same request gives what the first one made. */
const KEPT_HOURS = 24;

/**
 * Does `make` once for a key that a client chose, however often it sends the request, and gives what that made: its
 * result is kept with it, in the same transaction. Requests that come at once wait for the first; where that one is
 * refused or dies, the next makes it.
 */
export async function once<T extends object, R extends string>(
  tx: Tx,
  { accountId, key }: { readonly accountId: AccountId; readonly key: string },
  make: () => Promise<Result<{ result: T }, R>>,
): Promise<Result<{ result: T }, R>> {
  const own = { account_id: accountId, key };
  const rows = await tx('idempotency_keys')
    .insert(own)
    .onConflict(['account_id', 'key'])
    .merge({ result: null, created_at: tx.fn.now() })
    .where('idempotency_keys.created_at', '<', tx.raw(`now() - ? * interval '1 hour'`, [KEPT_HOURS]))
    .returning('key');
  if (rows.length === 0) {
    const first = await tx('idempotency_keys').where(own).first('result');
    if (!first?.result) throw new Error('A key was swept away while what it made was asked for.');
    return ok({ result: first.result as T });
  }
  const made = await make();
  if (made.ok)
    await tx('idempotency_keys')
      .where(own)
      .update({ result: JSON.stringify(made.result) });
  else await tx('idempotency_keys').where(own).delete();
  return made;
}

/** Forgets keys that nobody asks with any more. */
export function sweepOnce(db: Db, signal: AbortSignal): Promise<number> {
  const condition = `created_at < now() - ? * interval '1 hour'`;
  return deleteInBatches(db, 'idempotency_keys', { condition, bindings: [KEPT_HOURS + 1] }, signal);
}
