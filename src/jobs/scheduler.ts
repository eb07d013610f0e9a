import type { Db } from '../db/database.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';

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
}

/** Any number, the same for every process: who holds it is the one scheduler. */
const LEADER_LOCK = 7_461_338;
const TICK_MS = 1_000;

/**
 * Runs each upkeep task when it is due, in whichever process holds the leader's lock at that moment.
 * The lock ends with its transaction, so a dead leader is replaced at the next tick of another.
 */
export class Scheduler {
  readonly #deps: SchedulerDeps;
  readonly #lastRun = new Map<string, number>();
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
    if (due.length === 0) return;
    if (!this.#deps.exclusive) return this.#runAll(due);
    await db.transaction(async (tx) => {
      const { rows } = await tx.raw<{ rows: { leads: boolean }[] }>(
        'select pg_try_advisory_xact_lock(?) as leads',
        [LEADER_LOCK],
      );
      if (rows[0]?.leads) await this.#runAll(due);
    });
  }

  async #runAll(due: readonly Upkeep[]): Promise<void> {
    for (const task of due) {
      if (this.#stopping.signal.aborted) return;
      this.#lastRun.set(task.name, this.#deps.clock.now());
      try {
        await task.run(this.#stopping.signal);
      } catch (error) {
        this.#deps.log.error(
          { err: error, task: task.name },
          'an upkeep task failed; it runs again when next due',
        );
      }
    }
  }
}
