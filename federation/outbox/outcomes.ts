import { deliveryLimits } from '../../config/limits.ts';
import type { Db } from '../../src/db/database.ts';
import { isFaultOfRow } from '../../src/db/faults.ts';
import { createBatches } from '../../src/lib/batches.ts';
import type { DueDelivery } from './lanes.ts';
import type { Verdict } from './retry.ts';

const MAX_ERROR_CHARACTERS = 1_000;

/** What became of one attempt. */
interface Tried {
  readonly row: DueDelivery;
  readonly verdict: Verdict;
  readonly at: Date;
}

/**
 * Writes down what became of an attempt, as soon as it is known: a crash repeats only what was under way. Those that
 * end while others are being written, at whatever host, are written together (ADR 0007).
 */
export function createOutcomes(db: Db): (tried: Tried) => Promise<void> {
  const record = createBatches<Tried, null>({
    run: async (batch) => {
      await recordAll(db, batch);
      return batch.map(() => null);
    },
    limits: deliveryLimits.outcomes,
    isFaultOfItem: isFaultOfRow,
  });
  return async (tried) => {
    await (record(tried) ?? recordAll(db, [tried]));
  };
}

async function recordAll(db: Db, tried: readonly Tried[]): Promise<void> {
  const batch = tried.toSorted((a, b) => Number(BigInt(a.row.id) - BigInt(b.row.id)));
  const errors = batch.map(({ verdict }) => (verdict.kind === 'delivered' ? null : verdict.error));
  await db.raw(
    `update deliveries
        set attempts = tried.attempts, last_status = tried.status, last_error = tried.error,
            state = coalesce(tried.state, deliveries.state),
            finished_at = case when tried.state is null then deliveries.finished_at else tried.at end
       from unnest(:ids::bigint[], :attempts::int[], :statuses::int[], :errors::text[], :states::text[],
                   :times::timestamptz[]) as tried (id, attempts, status, error, state, at)
      where deliveries.id = tried.id and deliveries.state = 'queued'`,
    {
      ids: batch.map(({ row }) => row.id),
      attempts: batch.map(({ row }) => row.attempts + 1),
      statuses: batch.map(({ verdict }) => verdict.status),
      errors: errors.map((error) => error?.slice(0, MAX_ERROR_CHARACTERS) ?? null),
      states: batch.map(({ verdict }) => (verdict.kind === 'retry' ? null : verdict.kind)),
      times: batch.map(({ at }) => at),
    },
  );
}

/** Which of what waits for a host is given up. */
interface GivenUp {
  readonly host: string;
  /** Only what was queued by then. Absent: everything. */
  readonly queuedBy?: Date;
}

/** Makes what waits for a host dead letters, without trying it. Returns how many. */
export async function giveUp(
  db: Db,
  { host, queuedBy }: GivenUp,
  reason: string,
  now: Date,
  signal: AbortSignal,
): Promise<number> {
  let total = 0;
  for (;;) {
    signal.throwIfAborted();
    const waiting = db('deliveries')
      .where({ host, state: 'queued' })
      .select('id')
      .limit(deliveryLimits.rowsAtOnce);
    if (queuedBy) waiting.where('queued_at', '<=', queuedBy);
    const count = await db('deliveries')
      .whereIn('id', waiting)
      .where({ state: 'queued' })
      .update({
        ...{ state: 'dead', finished_at: now },
        last_error: db.raw('coalesce(last_error || ?, ?)', [` ${reason}`, reason]),
      });
    total += count;
    if (count < deliveryLimits.rowsAtOnce) return total;
  }
}
