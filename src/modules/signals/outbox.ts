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

/** A row in place of others that were dropped; followers are told of a gap when its turn comes. */
const LOST = { kind: 'lost' } as const;
const isLost = (told: unknown): boolean =>
  typeof told === 'object' && told !== null && 'kind' in told && told.kind === LOST.kind;

interface MoverDeps {
  readonly db: Db;
  readonly signals: Pick<SignalLog, 'publish'>;
  readonly log: Logger;
  readonly limits?: Readonly<Record<'toldAtOnce' | 'maxWaiting', number>>;
}

/**
 * Puts into the log what was noted, in its order, and returns how many rows that were. One process at a time, or what is taken
 * back could be told before what was done. Redis is asked before the commit: who dies in between tells the same again. Rejects where Redis
 * is away; nothing is lost then, up to the most that may wait.
 */
export function createSignalMover(deps: MoverDeps): () => Promise<number> {
  const limits = deps.limits ?? signalLimits;
  return async () => {
    try {
      return await move(deps, limits.toldAtOnce);
    } catch (error) {
      const dropped = await dropOldest(deps.db, limits.maxWaiting);
      if (dropped > 0) {
        const told =
          'signals could not be told for too long; the oldest are dropped, and ranking and trends will load anew';
        deps.log.warn({ dropped, maxWaiting: limits.maxWaiting }, told);
      }
      throw error;
    }
  };
}

function move({ db, signals, log }: MoverDeps, most: number): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.raw<{ rows: { signal: unknown }[] }>(
      `with turn as materialized (select pg_try_advisory_xact_lock(?) as mine),
       taken as (
         delete from signals_waiting where id in (
           select id from signals_waiting where (select mine from turn) order by id limit ? for update)
         returning id, signal)
       select signal from taken order by id`,
      [MOVE_LOCK, most],
    );
    if (rows.length === 0) return 0;
    const told: unknown[] = rows.flatMap(({ signal }) => signal);
    const read = told.flatMap((one) => {
      if (isLost(one)) return [];
      const parsed = signalSchema.safeParse(one);
      if (!parsed.success) log.warn({ err: parsed.error }, 'a signal cannot be read; it is passed over');
      return parsed.success ? [parsed.data] : [];
    });
    const answer = signals.publish(read, { isGap: told.some(isLost) });
    await beforeDeadline(answer, ANSWER_MS, 'Redis did not answer in time.');
    return rows.length;
  });
}

/**
 * Where more wait than may, drops the older half, and leaves a row behind that tells of it: all of that is in PostgreSQL anyway, and whoever
 * hears of the gap begins there. How many wait is taken from their ids, which costs nothing. Returns how many were dropped.
 */
function dropOldest(db: Db, most: number): Promise<number> {
  return db.transaction(async (tx) => {
    const turn = await tx.raw<{ rows: { mine: boolean }[] }>('select pg_try_advisory_xact_lock(?) as mine', [
      MOVE_LOCK,
    ]);
    if (!turn.rows[0]?.mine) return 0;
    const { rows } = await tx.raw<{ rows: { newest: string }[] }>(
      'select max(id) as newest from signals_waiting having max(id) - min(id) >= ?',
      [most],
    );
    const [row] = rows;
    if (!row) return 0;
    const dropped = await tx('signals_waiting')
      .whereRaw('id <= ?::bigint - ?::bigint', [row.newest, Math.ceil(most / 2)])
      .delete();
    await tx('signals_waiting').insert({ signal: JSON.stringify(LOST) });
    return dropped;
  });
}
