import type { z } from 'zod';
import type { IdSource } from '../lib/ids.ts';
import { traceparent } from '../lib/tracing.ts';
import { noteInTx } from './committed.ts';
import type { Tx } from './database.ts';

/** Event names and the shape of what each carries: plain ids only, never entities. */
export type EventSchemas = Readonly<Record<string, z.ZodType>>;

/** PostgreSQL channel that wakes the relay. */
export const WAKE_CHANNEL = 'vireo_work';

/**
 * A function that records events of one module in the transaction of the command that causes them
 * (the transactional outbox): one, or several of a name. An event is delivered at least once after commit, and never
 * without it.
 */
export type Emit<S extends EventSchemas> = <N extends keyof S & string>(
  tx: Tx,
  name: N,
  payloads: z.output<S[N]> | readonly z.output<S[N]>[],
) => Promise<void>;

/** Builds the `Emit` of a module. The schemas serve for their types here; the relay parses with them. */
export function emitter<S extends EventSchemas>(_schemas: S, ids: IdSource): Emit<S> {
  return async (tx, name, payloads) => {
    const rows = [payloads].flat().map((payload) => ({
      id: ids.next(),
      name,
      payload: JSON.stringify(payload),
      traceparent: traceparent(),
    }));
    if (rows.length === 0) return;
    await tx('events').insert(rows);
    for (const payload of [payloads].flat()) noteInTx(tx, { name, payload });
    await wakeRelay(tx);
  };
}

/** Transactions that have sent the signal already: PostgreSQL would deliver it once, but each costs a round trip. */
const woken = new WeakSet<Tx>();

/** Tells the relay, on commit, that there is work. Losing the signal costs a second, not the work. */
export async function wakeRelay(tx: Tx): Promise<void> {
  if (woken.has(tx)) return;
  await tx.raw('select pg_notify(?, ?)', [WAKE_CHANNEL, '']);
  woken.add(tx);
}
