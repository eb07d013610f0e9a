import { signalLimits } from '../../../config/stream-limits.ts';
import { noteInTx } from '../../db/committed.ts';
import type { Db, Tx } from '../../db/database.ts';
import { wakeRelay } from '../../db/outbox.ts';
import { beforeDeadline } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/log.ts';
import { type Signal, type SignalOf, signalSchema } from './events.ts';
import type { SignalLog } from './log.ts';

/** A signal before it is told when it happened. */
export type NewSignal = Signal extends infer One ? (One extends Signal ? Omit<One, 'at'> : never) : never;

const ANSWER_MS = 5_000;
/** Any number, the same for every process. */
const MOVE_LOCK = 7_461_345;

/**
 * Notes, in the transaction of what happened, that the followers of the log are to hear of it: at least once after the commit, and never
 * without it. It happened now.
 */
export async function tellSignals(tx: Tx, signals: readonly NewSignal[]): Promise<void> {
  if (signals.length === 0) return;
  await tx.raw(
    `insert into signals_waiting (signal)
     select told || jsonb_build_object('at', floor(extract(epoch from now()) * 1000)::bigint)
       from jsonb_array_elements(?::jsonb) with ordinality as list (told, place) order by place`,
    [JSON.stringify(signals)],
  );
  noteInTx(tx, { name: 'signals', payload: signals });
  await wakeRelay(tx);
}

/** The same of what was watched, with its own times and many to a row: there is far more of it than of all the rest. */
export async function tellWatches(tx: Tx, signals: readonly SignalOf<'watch'>[]): Promise<void> {
  if (signals.length === 0) return;
  const { perRow } = signalLimits;
  const rows = Array.from({ length: Math.ceil(signals.length / perRow) }, (_, n) =>
    signals.slice(n * perRow, (n + 1) * perRow),
  );
  await tx.raw(
    `insert into signals_waiting (signal)
     select told from jsonb_array_elements(?::jsonb) with ordinality as list (told, place) order by place`,
    [JSON.stringify(rows)],
  );
  await wakeRelay(tx);
}

/**
 * Puts into the log what was noted, in its order, and returns how many rows that were. One process at a time, or what is taken
 * back could be told before what was done. Redis is asked before the commit: who dies in between tells the same again. Rejects where Redis
 * is away; nothing is lost.
 */
export function createSignalMover(deps: {
  readonly db: Db;
  readonly signals: Pick<SignalLog, 'publish'>;
  readonly log: Logger;
}): () => Promise<number> {
  return () =>
    deps.db.transaction(async (tx) => {
      const { rows } = await tx.raw<{ rows: { signal: unknown }[] }>(
        `with turn as materialized (select pg_try_advisory_xact_lock(?) as mine),
         taken as (
           delete from signals_waiting where id in (
             select id from signals_waiting where (select mine from turn) order by id limit ? for update)
           returning id, signal)
         select signal from taken order by id`,
        [MOVE_LOCK, signalLimits.toldAtOnce],
      );
      if (rows.length === 0) return 0;
      const told: unknown[] = rows.flatMap(({ signal }) => signal);
      const signals = told.flatMap((one) => {
        const read = signalSchema.safeParse(one);
        if (!read.success) deps.log.warn({ err: read.error }, 'a signal cannot be read; it is passed over');
        return read.success ? [read.data] : [];
      });
      await beforeDeadline(deps.signals.publish(signals), ANSWER_MS, 'Redis did not answer in time.');
      return rows.length;
    });
}
