import type { Queue } from 'bullmq';
import pg from 'pg';
import type { z } from 'zod';
import type { Db, Tx } from '../db/database.ts';
import { WAKE_CHANNEL } from '../db/outbox.ts';
import type { Logger } from '../lib/log.ts';
import type { QueueName } from './registry.ts';

/** What happens for each event, in one transaction with its removal from the outbox: rows, never network. */
export type Subscribers = Readonly<
  Record<string, { schema: z.ZodType; handlers: readonly ((tx: Tx, payload: never) => Promise<void>)[] }>
>;

interface RelayDeps {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly queues: Readonly<Record<QueueName, Queue>>;
  readonly subscribers: Subscribers;
  readonly log: Logger;
}

const EVENT_BATCH = 50;
const JOB_BATCH = 500;
/** Longest wait where the wake-up signal is lost or cannot pass (a pooler in transaction mode). */
const POLL_MS = 1_000;
const MAX_EVENT_DELAY_SECONDS = 300;

/**
 * Moves committed work on: events to their subscribers, pending jobs into Redis. Any number of
 * processes may run it at once; rows are taken with `skip locked`. A crash at any point repeats a
 * step that has no second effect.
 */
export class Relay {
  readonly #deps: RelayDeps;
  #listener: pg.Client | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(deps: RelayDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#loop();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
    await this.#listener?.end().catch(() => undefined);
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const woken = this.#wakeUp();
      try {
        await this.#listen();
        const events = await relayEvents(this.#deps);
        const jobs = await scheduleJobs(this.#deps);
        if (events === EVENT_BATCH || jobs === JOB_BATCH) continue;
      } catch (error) {
        this.#deps.log.error({ err: error }, 'the relay could not move work on; it tries again');
      }
      await woken;
    }
  }

  /** Resolves at the next signal, or after the poll interval. */
  #wakeUp(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped) this.#wake();
    });
  }

  async #listen(): Promise<void> {
    if (this.#listener) return;
    const client = new pg.Client({
      connectionString: this.#deps.databaseUrl,
      application_name: 'vireo-relay',
    });
    client.on('error', () => {
      this.#listener = null;
    });
    client.on('notification', () => this.#wake());
    await client.connect();
    await client.query(`listen ${WAKE_CHANNEL}`);
    this.#listener = client;
  }
}

interface EventRow {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly attempts: number;
}

/** Hands a batch of events to their subscribers and returns how many there were. */
export async function relayEvents(deps: Pick<RelayDeps, 'db' | 'subscribers' | 'log'>): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const rows: EventRow[] = await tx('events')
      .where('not_before', '<=', tx.fn.now())
      .orderBy('id')
      .limit(EVENT_BATCH)
      .forUpdate()
      .skipLocked();
    for (const row of rows) {
      try {
        // A savepoint: one broken subscriber must not hold back the events behind it.
        await tx.transaction(async (savepoint) => {
          await dispatch(savepoint, deps.subscribers, row);
          await savepoint('events').where({ id: row.id }).delete();
        });
      } catch (error) {
        deps.log.error(
          { err: error, event: row.name, id: row.id },
          'an event could not be handled; it is kept',
        );
        await postpone(tx, row, error);
      }
    }
    return rows.length;
  });
}

async function dispatch(tx: Tx, subscribers: Subscribers, row: EventRow): Promise<void> {
  const entry = subscribers[row.name];
  if (!entry) throw new Error(`No subscriber list for event ${row.name}.`);
  const payload = entry.schema.parse(row.payload) as never;
  for (const handler of entry.handlers) await handler(tx, payload);
}

async function postpone(tx: Tx, row: EventRow, error: unknown): Promise<void> {
  const seconds = Math.min(2 ** row.attempts, MAX_EVENT_DELAY_SECONDS);
  await tx('events')
    .where({ id: row.id })
    .update({
      attempts: row.attempts + 1,
      not_before: tx.raw(`now() + make_interval(secs => ?)`, [seconds]),
      last_error: String(error).slice(0, 1_000),
    });
}

/** Tells Redis of jobs it has not been told of, and returns how many there were. */
async function scheduleJobs(deps: Pick<RelayDeps, 'db' | 'queues'>): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const rows: { id: string; run: number; queue: QueueName; run_at: Date }[] = await tx('jobs')
      .select('id', 'run', 'queue', 'run_at')
      .where({ state: 'pending' })
      .whereRaw('scheduled_run is distinct from run')
      .orderBy('id')
      .limit(JOB_BATCH)
      .forUpdate()
      .skipLocked();
    if (rows.length === 0) return 0;
    const byQueue = Map.groupBy(rows, (row) => row.queue);
    for (const [queue, jobs] of byQueue) {
      await deps.queues[queue].addBulk(
        jobs.map((job) => ({
          name: queue,
          data: { id: job.id, run: job.run },
          // The same run added twice is one job; a new run is a new job.
          opts: { jobId: `${job.id}-${job.run}`, delay: Math.max(0, job.run_at.getTime() - Date.now()) },
        })),
      );
    }
    await tx.raw('update jobs set scheduled_run = run where id = any(?)', [rows.map((row) => row.id)]);
    return rows.length;
  });
}
