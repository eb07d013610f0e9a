import { retentionLimits } from '../../../config/retention-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import {
  type ClassState,
  type Freed,
  type Keeping,
  type RetentionClass,
  type RunRow,
  retentionClasses,
} from './classes.ts';

export {
  type ClassState,
  type Freed,
  type Keeping,
  type RetentionClass,
  retentionClasses,
} from './classes.ts';

export interface RetentionDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  readonly classes: Readonly<Record<RetentionClass, Keeping>>;
  /** Tells whoever may do something about it, in the transaction that remembers that they were told. */
  readonly alarm: (tx: Tx, about: { readonly class: RetentionClass; readonly since: Date }) => Promise<void>;
}

export type Retention = ReturnType<typeof createRetention>;

/**
 * Keeps what piles up within its bounds, class by class, and knows of each when that was done last, what it freed and
 * what went wrong (ADR 0047). The rows of `retention_runs` say whose turn it is, so that a restart changes nothing.
 */
export function createRetention(deps: RetentionDeps) {
  const { db, clock, classes } = deps;
  const now = () => new Date(clock.now());
  /** The staff may set one to be kept, and back. */
  const swept = () => retentionClasses.filter((name) => classes[name].kind === 'swept');

  async function list(): Promise<ClassState[]> {
    const rows: RunRow[] = await db('retention_runs').select('*');
    const byClass = new Map(rows.map((row) => [row.class, row]));
    return retentionClasses.map((name) => stateOf(name, classes[name], byClass.get(name), clock.now()));
  }

  async function run(
    name: RetentionClass,
    signal?: AbortSignal,
  ): Promise<Result<{ freed: Freed }, 'kept' | 'busy' | 'failed'>> {
    const keeping = classes[name];
    if (keeping.kind === 'kept') return fail('kept', 'Nothing of this kind is ever taken away by itself.');
    const claimed = await claim(deps, name, now());
    if (claimed === null) return fail('busy', 'It is being done at this moment.');
    const ends = AbortSignal.timeout(retentionLimits.runMs);
    try {
      const freed = await keeping.run(signal ? AbortSignal.any([ends, signal]) : ends, claimed);
      await recordSuccess(db, name, { freed, at: now(), isCutOff: ends.aborted || signal?.aborted === true });
      return ok({ freed });
    } catch (error) {
      deps.log.error({ err: error, class: name }, 'what is over could not be taken away');
      const sentence = String(error instanceof Error ? error.message : error);
      const short = sentence.slice(0, retentionLimits.maxErrorCharacters);
      await mine(db, name).update({ running_since: null, failed_at: now(), error: short });
      return fail('failed', short);
    }
  }

  /** Makes the rows of classes that have none: from now on it is known how long they have waited. */
  async function begin(): Promise<void> {
    const rows = swept().map((name) => ({ class: name, counts_from: now() }));
    await db('retention_runs').insert(rows).onConflict('class').ignore();
  }

  return {
    list,
    begin,
    run,

    /** Runs every class whose turn has come, one after the other. For upkeep. */
    async runDue(signal: AbortSignal): Promise<void> {
      await begin();
      for (const { class: name, nextAt, state } of await list()) {
        if (signal.aborted) return;
        if (state === 'kept' || nextAt === null || nextAt.getTime() > clock.now()) continue;
        await run(name, signal);
      }
    },

    /** Has a class run at the next turn of upkeep, whatever its time: for somebody of the staff. */
    async ask(
      tx: Tx,
      by: Actor,
      name: RetentionClass,
    ): Promise<Result<object, 'permission-missing' | 'kept'>> {
      const allowed = permitted(by, 'storage');
      if (!allowed.ok) return allowed;
      if (classes[name].kind === 'kept')
        return fail('kept', 'Nothing of this kind is ever taken away by itself.');
      await tx('retention_runs').insert({ class: name }).onConflict('class').ignore();
      await tx('retention_runs').where({ class: name }).update({ started_at: null });
      await deps.audit.record(tx, by, { action: 'storage.clean', target: { kind: 'storage', id: name } });
      return ok();
    },

    /** Tells the staff, once, of each class that fails or that nobody ran for too long. */
    async alarm(): Promise<RetentionClass[]> {
      const told: RetentionClass[] = [];
      for (const one of await list()) {
        if (one.state !== 'failing' && one.state !== 'overdue') continue;
        const since = one.failure?.at ?? now();
        const isNew = await deps.inTx(async (tx) => {
          const rows = await mine(tx, one.class).whereNull('alarmed_at').update({ alarmed_at: now() });
          if (rows === 1) await deps.alarm(tx, { class: one.class, since });
          return rows === 1;
        });
        if (isNew) told.push(one.class);
      }
      return told;
    },
  };
}

const mine = (from: Db | Tx, name: RetentionClass) => from('retention_runs').where({ class: name });

/** Takes the turn of a class; gives the moment from which age counts, or null where somebody has the turn. */
async function claim({ db }: RetentionDeps, name: RetentionClass, now: Date): Promise<Date | null> {
  await db('retention_runs').insert({ class: name, counts_from: now }).onConflict('class').ignore();
  const [row] = await mine(db, name)
    .where((free) =>
      free
        .whereNull('running_since')
        .orWhere('running_since', '<', new Date(now.getTime() - retentionLimits.staleRunMs)),
    )
    .update({ running_since: now, started_at: now })
    .returning<RunRow[]>('counts_from');
  return row?.counts_from ?? null;
}

/** One that was cut off has its next turn at once. */
async function recordSuccess(
  db: Db,
  name: RetentionClass,
  { freed, at, isCutOff }: { readonly freed: Freed; readonly at: Date; readonly isCutOff: boolean },
): Promise<void> {
  const took = { freed_rows: freed.rows, freed_bytes: freed.bytes, freed_at: at };
  await mine(db, name).update({
    ...{ running_since: null, ok_at: at, failed_at: null, error: null, alarmed_at: null },
    ...(freed.rows > 0 || freed.bytes > 0 ? took : {}),
    ...(isCutOff ? { started_at: null } : {}),
  });
}

function stateOf(name: RetentionClass, keeping: Keeping, row: RunRow | undefined, now: number): ClassState {
  if (keeping.kind === 'kept') {
    const never = { startedAt: null, okAt: null, nextAt: null, freed: null, failure: null };
    return { class: name, days: null, maxBytes: null, state: 'kept', ...never };
  }
  const { days, maxBytes, everyMs } = keeping;
  const hasFailed = row?.failed_at !== null && row?.failed_at !== undefined;
  const pause = hasFailed ? Math.min(everyMs, retentionLimits.retryMs) : everyMs;
  const begunAt = row?.started_at?.getTime();
  return {
    class: name,
    ...{ days, maxBytes },
    state: wordOf(row, now),
    startedAt: row?.started_at ?? null,
    okAt: row?.ok_at ?? null,
    nextAt: new Date(begunAt === undefined ? now : begunAt + pause),
    freed: row?.freed_at
      ? { rows: Number(row.freed_rows), bytes: Number(row.freed_bytes), at: row.freed_at }
      : null,
    failure: row?.failed_at ? { at: row.failed_at, error: row.error ?? '' } : null,
  };
}

function wordOf(row: RunRow | undefined, now: number): ClassState['state'] {
  if (!row) return 'waiting';
  if ((row.ok_at ?? row.counts_from).getTime() < now - retentionLimits.overdueMs) return 'overdue';
  if (row.failed_at) return 'failing';
  const isRunning = row.running_since && row.running_since.getTime() > now - retentionLimits.staleRunMs;
  if (isRunning) return 'running';
  return row.ok_at ? 'ok' : 'waiting';
}
