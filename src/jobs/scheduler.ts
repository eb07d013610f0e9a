import { watchOverLimits } from '../../config/watch-limits.ts';
import type { Db, Tx } from '../db/database.ts';
import { isLocked } from '../db/server-lock.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { noteUpkeep } from './upkeep-runs.ts';

/** Upkeep that runs again and again, in one process at a time. */
export interface Upkeep {
  readonly name: string;
  readonly everyMs: number;
  run(signal: AbortSignal): Promise<unknown>;
}

export interface SchedulerDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tasks: readonly Upkeep[];
  /** False for upkeep of this process's own machine, which every process does. */
  readonly exclusive: boolean;
  /** Whether it goes on while the server is locked: what changes nothing of people. */
  readonly whileLocked?: boolean;
}

/** Any number, the same for every process: who holds it is the one scheduler. */
const LEADER_LOCK = 7_461_338;
const TICK_MS = 1_000;

/**
 * Runs each upkeep task when it is due, in whichever process holds the leader's lock at that moment.
 * The lock ends with its transaction, so a dead leader is replaced at the next tick of another. Whatever runs once a
 * minute or less often is written down for all of them, so that many processes do not do it many times.
 */
export class Scheduler {
  readonly #deps: SchedulerDeps;
  readonly #lastRun = new Map<string, number>();
  /** When the run of a task was last written down, and whether it went well. */
  readonly #noted = new Map<string, { at: number; ok: boolean }>();
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #current: Promise<void> = Promise.resolve();

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  start(): void {
    const tick = () => {
      this.#current = this.#tick().catch((error) => {
        this.#deps.log.error({ err: error }, 'upkeep could not run; it tries again');
      });
      this.#current.finally(() => {
        if (!this.#stopping.signal.aborted) this.#timer = setTimeout(tick, TICK_MS);
      });
    };
    tick();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The server is stopping.'));
    clearTimeout(this.#timer);
    await this.#current;
  }

  async #tick(): Promise<void> {
    const { db, clock, tasks } = this.#deps;
    const due = tasks.filter((task) => clock.now() - (this.#lastRun.get(task.name) ?? 0) >= task.everyMs);
    if (due.length === 0 || (!this.#deps.whileLocked && (await isLocked(db)))) return;
    if (!this.#deps.exclusive) return this.#runAll(due);
    await db.transaction(async (tx) => {
      const { rows } = await tx.raw<{ rows: { leads: boolean }[] }>(
        'select pg_try_advisory_xact_lock(?) as leads',
        [LEADER_LOCK],
      );
      if (rows[0]?.leads) await this.#runAll(await this.#stillDue(tx, due));
    });
  }

  /** Leaves out what another process did not long ago: each has been leader now and then. */
  async #stillDue(tx: Tx, due: readonly Upkeep[]): Promise<Upkeep[]> {
    const noted = due.filter(({ everyMs }) => everyMs >= watchOverLimits.upkeepNotedMs);
    if (noted.length === 0) return [...due];
    const runs: { task: string; started_at: Date }[] = await tx('upkeep_runs')
      .select('task', 'started_at')
      .whereIn(
        'task',
        noted.map(({ name }) => name),
      );
    const startedAt = new Map(runs.map((run) => [run.task, run.started_at.getTime()]));
    return due.filter(({ name, everyMs }) => {
      const last = startedAt.get(name) ?? 0;
      const isDue = everyMs < watchOverLimits.upkeepNotedMs || this.#deps.clock.now() - last >= everyMs;
      if (!isDue) this.#lastRun.set(name, last);
      return isDue;
    });
  }

  async #runAll(due: readonly Upkeep[]): Promise<void> {
    for (const task of due) {
      if (this.#stopping.signal.aborted) return;
      const startedAt = this.#deps.clock.now();
      this.#lastRun.set(task.name, startedAt);
      let failure: unknown = null;
      try {
        await task.run(this.#stopping.signal);
      } catch (error) {
        failure = error ?? new Error('Unknown.');
        this.#deps.log.error(
          { err: error, task: task.name },
          'an upkeep task failed; it runs again when next due',
        );
      }
      if (this.#deps.exclusive) await this.#note(task.name, startedAt, failure);
    }
  }

  /** Tasks that run every few seconds are written down once a minute, and whenever it is news how they went. */
  async #note(task: string, startedAt: number, error: unknown): Promise<void> {
    const last = this.#noted.get(task);
    const ok = error === null;
    if (last?.ok === ok && startedAt - last.at < watchOverLimits.upkeepNotedMs) return;
    this.#noted.set(task, { at: startedAt, ok });
    await noteUpkeep(this.#deps.db, task, { startedAt: new Date(startedAt), error }).catch((cause) => {
      this.#deps.log.warn({ err: cause, task }, 'that an upkeep task ran could not be written down');
    });
  }
}
