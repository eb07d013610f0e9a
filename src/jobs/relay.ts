import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import pg from 'pg';
import type { z } from 'zod';
import { signalLimits } from '../../config/stream-limits.ts';
import type { Db, Tx } from '../db/database.ts';
import { WAKE_CHANNEL } from '../db/outbox.ts';
import { isLocked } from '../db/server-lock.ts';
import type { Logger } from '../lib/log.ts';
import { withinTrace } from '../lib/tracing.ts';
import { answerInTime } from './queues.ts';
import type { QueueName } from './registry.ts';

/** Takes one event, or `all` that come one after the other. */
type EventHandler =
  | ((tx: Tx, payload: never) => Promise<void>)
  | { readonly all: (tx: Tx, payloads: never) => Promise<void> };

/**
 * What happens for each event, in one transaction with its removal from the outbox: rows, never network.
 * While one handler fails, the places of the others are remembered in the row: add new ones at the end.
 */
export type Subscribers = Readonly<Record<string, { schema: z.ZodType; handlers: readonly EventHandler[] }>>;

interface RelayDeps {
  readonly db: Db;
  readonly databaseUrl: string;
  /** The connection that the queues use. */
  readonly redis: Redis;
  readonly queues: Readonly<Record<QueueName, Queue>>;
  readonly subscribers: Subscribers;
  readonly announce: Announce;
  /** Tells followers of the signals that handlers noted, and says how many there were. */
  readonly moveSignals?: () => Promise<number>;
  readonly log: Logger;
}

/** An event after its transaction: what it tells of can be read by everybody. */
export interface CommittedEvent {
  readonly name: string;
  readonly payload: unknown;
}

/** Tells whoever listens now of events that are committed; what nobody heard is lost. Must not throw. */
export type Announce = (events: readonly CommittedEvent[]) => void;

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
        if (await isLocked(this.#deps.db)) {
          await woken;
          continue;
        }
        const events = await relayEvents(this.#deps);
        // What somebody did shall show in the next feed: followers hear before jobs are told.
        const signals = (await this.#deps.moveSignals?.()) ?? 0;
        const jobs = await scheduleJobs(this.#deps);
        if (events === EVENT_BATCH || jobs === JOB_BATCH || signals === signalLimits.toldAtOnce) continue;
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
  readonly traceparent: string | null;
  /** Places of the handlers that are done with it. */
  readonly handled: readonly number[];
}

/** Hands a batch of events to their subscribers and returns how many there were. */
export async function relayEvents(
  deps: Pick<RelayDeps, 'db' | 'subscribers' | 'log'> & { readonly announce?: Announce },
): Promise<number> {
  const { taken, done } = await takeTurn(deps);
  if (done.length > 0) deps.announce?.(done.map(({ name, payload }) => ({ name, payload })));
  return taken;
}

/** How many events were taken, and those that are done with. */
interface Turn {
  readonly taken: number;
  readonly done: readonly EventRow[];
}

async function takeTurn(deps: Pick<RelayDeps, 'db' | 'subscribers' | 'log'>): Promise<Turn> {
  try {
    return await deps.db.transaction((tx) => relayTogether(tx, deps.subscribers));
  } catch (error) {
    if (!(error instanceof OneByOne)) deps.log.debug({ err: error }, 'events are handled one by one');
    return deps.db.transaction((tx) => relayOneByOne(tx, deps));
  }
}

/** Why a batch of events is not handled together. */
class OneByOne extends Error {}

/** The usual case, with no more statements than needed. Throws, and so undoes all, where one event fails. */
async function relayTogether(tx: Tx, subscribers: Subscribers): Promise<Turn> {
  const rows = await takeEvents(tx);
  if (rows.some((row) => row.attempts > 0)) throw new OneByOne('One of the events has failed before.');
  for (const run of runsOf(rows)) await relayRun(tx, subscribers, run);
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await tx('events').whereRaw('id = any(?)', [ids]).delete();
  return { taken: rows.length, done: rows };
}

/** Events of one name, and of one cause where that is known, that come one after the other: the order of all stays. */
function runsOf(rows: readonly EventRow[]): EventRow[][] {
  const runs: EventRow[][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last?.[0]?.name === row.name && last[0].traceparent === row.traceparent) last.push(row);
    else runs.push([row]);
  }
  return runs;
}

async function relayRun(tx: Tx, subscribers: Subscribers, run: readonly EventRow[]): Promise<void> {
  const entry = subscribers[run[0]?.name ?? ''];
  const payloads = run.map((row) => entry?.schema.safeParse(row.payload));
  const read = payloads.flatMap((payload) => (payload?.success ? [payload.data] : []));
  if (!entry || read.length < run.length) throw new OneByOne('One of the events cannot be read.');
  await withinTrace(run[0]?.traceparent ?? null, async () => {
    for (const handler of entry.handlers) await handle(tx, handler, read);
  });
}

async function handle(tx: Tx, handler: EventHandler, payloads: readonly unknown[]): Promise<void> {
  if ('all' in handler) return handler.all(tx, payloads as never);
  for (const payload of payloads) await handler(tx, payload as never);
}

function takeEvents(tx: Tx): Promise<EventRow[]> {
  return tx('events')
    .where('not_before', '<=', tx.fn.now())
    .orderBy('id')
    .limit(EVENT_BATCH)
    .forUpdate()
    .skipLocked();
}

async function relayOneByOne(tx: Tx, deps: Pick<RelayDeps, 'subscribers' | 'log'>): Promise<Turn> {
  const rows = await takeEvents(tx);
  const done: EventRow[] = [];
  for (const row of rows) {
    const { handled, errors } = await dispatch(tx, deps.subscribers, row);
    for (const error of errors) {
      deps.log.error(
        { err: error, event: row.name, id: row.id },
        'an event could not be handled; it is kept',
      );
    }
    if (errors.length > 0) {
      await postpone(tx, row, handled, errors[0]);
      continue;
    }
    await tx('events').where({ id: row.id }).delete();
    done.push(row);
  }
  return { taken: rows.length, done };
}

/** Each handler gets a savepoint: a broken one holds back neither the others nor the events behind it. */
async function dispatch(
  tx: Tx,
  subscribers: Subscribers,
  row: EventRow,
): Promise<{ handled: number[]; errors: unknown[] }> {
  const handled = [...row.handled];
  const entry = subscribers[row.name];
  const payload = entry?.schema.safeParse(row.payload);
  if (!entry || !payload?.success) {
    const error = payload?.error ?? new Error(`No subscriber list for event ${row.name}.`);
    return { handled, errors: [error] };
  }
  const errors: unknown[] = [];
  for (const [place, handler] of entry.handlers.entries()) {
    if (handled.includes(place)) continue;
    try {
      await withinTrace(row.traceparent, () =>
        tx.transaction((savepoint) => handle(savepoint, handler, [payload.data])),
      );
      handled.push(place);
    } catch (error) {
      errors.push(error);
    }
  }
  return { handled, errors };
}

async function postpone(tx: Tx, row: EventRow, handled: number[], error: unknown): Promise<void> {
  const seconds = Math.min(2 ** row.attempts, MAX_EVENT_DELAY_SECONDS);
  await tx('events')
    .where({ id: row.id })
    .update({
      handled,
      attempts: row.attempts + 1,
      not_before: tx.raw(`now() + make_interval(secs => ?)`, [seconds]),
      last_error: String(error).slice(0, 1_000),
    });
}

/**
 * Tells Redis of jobs it has not been told of, and returns how many there were. No row is locked while Redis
 * is asked, which may take for ever: relays that tell the same, or tell too often, do no harm.
 */
async function scheduleJobs({
  db,
  redis,
  queues,
}: Pick<RelayDeps, 'db' | 'redis' | 'queues'>): Promise<number> {
  if (redis.status !== 'ready') return 0;
  const rows: { id: string; run: number; queue: QueueName; run_at: Date; priority: number }[] = await db(
    'jobs',
  )
    .select('id', 'run', 'queue', 'run_at', 'priority')
    .where({ state: 'pending' })
    .whereRaw('scheduled_run is distinct from run')
    .whereRaw('not exists (select from queue_pauses where queue_pauses.queue = jobs.queue)')
    .orderBy('id')
    .limit(JOB_BATCH);
  if (rows.length === 0) return 0;
  const byQueue = Map.groupBy(rows, (row) => row.queue);
  for (const [queue, jobs] of byQueue) {
    const tickets = jobs.map((job) => ({
      name: queue,
      data: { id: job.id, run: job.run },
      // The same run added twice is one job; a new run is a new job.
      opts: {
        jobId: `${job.id}-${job.run}`,
        delay: Math.max(0, job.run_at.getTime() - Date.now()),
        priority: job.priority,
      },
    }));
    await answerInTime(queues[queue].addBulk(tickets));
  }
  return markTold(db, rows);
}

/** A job whose run rose meanwhile, or whose row is in use, is told once more. */
async function markTold(db: Db, told: readonly { id: string; run: number }[]): Promise<number> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update jobs set scheduled_run = run where id in (
       select jobs.id from jobs
         join unnest(?::bigint[], ?::int[]) as told (id, run) using (id, run)
        order by jobs.id for no key update of jobs skip locked)`,
    [told.map((job) => job.id), told.map((job) => job.run)],
  );
  return rowCount;
}
