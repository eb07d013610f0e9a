import { deliveryLimits } from '../../config/limits.ts';
import type { Db } from '../../src/db/database.ts';
import type { DueDelivery } from './lanes.ts';
import type { Verdict } from './retry.ts';

const MAX_ERROR_CHARACTERS = 1_000;

/** Writes down what became of an attempt, as soon as it is known: a crash repeats only what was under way. */
export async function recordOutcome(
  db: Db,
  { id, attempts }: DueDelivery,
  verdict: Verdict,
  now: Date,
): Promise<void> {
  const error = verdict.kind === 'delivered' ? null : verdict.error.slice(0, MAX_ERROR_CHARACTERS);
  const tried = { attempts: attempts + 1, last_status: verdict.status, last_error: error };
  const done = verdict.kind === 'retry' ? {} : { state: verdict.kind, finished_at: now };
  await db('deliveries')
    .where({ id, state: 'queued' })
    .update({ ...tried, ...done });
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
