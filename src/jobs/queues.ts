import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Db } from '../db/database.ts';
import { wakeRelay } from '../db/outbox.ts';
import { deleteInBatches } from '../db/sweep.ts';
import type { Logger } from '../lib/log.ts';
import { insertOrWake } from './enqueue.ts';
import { type JobName, type QueueName, queueNames } from './registry.ts';

/** Opens the BullMQ queues on one connection. Tickets are retried for ever: the rows decide about jobs. */
export function openQueues(connection: Redis, prefix: string): Record<QueueName, Queue> {
  const open = (name: QueueName) => {
    const queue = new Queue(name, {
      connection,
      prefix,
      defaultJobOptions: {
        attempts: 1_000_000,
        backoff: { type: 'fixed', delay: 5_000 },
        removeOnComplete: true,
        removeOnFail: true,
      },
    });
    // Whoever owns the connection logs its errors; BullMQ would print them again for every queue.
    queue.on('error', () => undefined);
    return queue;
  };
  return Object.fromEntries(queueNames.map((name) => [name, open(name)])) as Record<QueueName, Queue>;
}

const ANSWER_MS = 5_000;

/** A client keeps its commands for ever while Redis is away; what asks Redis here gives up after a while. */
export async function answerInTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Redis did not answer in time.')), ANSWER_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** Asks the relay to tell Redis of every pending job again. Harmless at any time: tickets are idempotent. */
export async function rebuildQueues(db: Db): Promise<number> {
  return db('jobs')
    .where({ state: 'pending' })
    .update({ scheduled_run: null, run: db.raw('case when lease_owner is null then run + 1 else run end') });
}

const LATE_MINUTES = 10;
const LATE_BATCH = 5_000;

/**
 * Asks for jobs that are long due to be told again, in case Redis forgot single tickets without having lost
 * its memory, as one that evicts keys does. Harmless where the queue is merely long. Returns how many.
 */
export async function tellLateAgain(db: Db): Promise<number> {
  const late = db('jobs')
    .select('id')
    .where({ state: 'pending', lease_owner: null })
    .where('run_at', '<', db.raw(`now() - ? * interval '1 minute'`, [LATE_MINUTES]))
    .orderBy('run_at')
    .limit(LATE_BATCH);
  return db('jobs').whereIn('id', late).update({ scheduled_run: null });
}

/**
 * Notices that Redis has lost its memory, or a part of it, and rebuilds the queues from PostgreSQL: a mark of
 * ours is gone (it was flushed or replaced), or it names another Redis process than the one that runs (which
 * may have come back with an older copy, or as a replica that lagged behind). Returns true when it did.
 */
export async function rebuildAfterLoss(db: Db, redis: Redis, prefix: string, log: Logger): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  const mark = `${prefix}:alive`;
  const info = await answerInTime(redis.info('server'));
  const running = /^run_id:(\w+)/m.exec(info)?.[1] ?? 'unknown';
  if ((await answerInTime(redis.get(mark))) === running) return false;
  await answerInTime(redis.set(mark, 'rebuilding'));
  const jobs = await rebuildQueues(db);
  // Only where the mark is still there: a second loss in between would go unnoticed.
  await answerInTime(redis.set(mark, running, 'XX'));
  if (jobs > 0) log.warn({ jobs }, 'Redis has lost its memory; all pending jobs were scheduled again');
  return true;
}

/** A dead letter, as an admin sees it. */
export interface DeadLetter {
  readonly id: string;
  readonly name: JobName;
  readonly payload: unknown;
  readonly attempts: number;
  readonly lastError: string;
  readonly diedAt: Date;
}

/** The newest dead letters. */
export async function deadLetters(db: Db, limit: number): Promise<DeadLetter[]> {
  return db('jobs')
    .where({ state: 'dead' })
    .orderBy('died_at', 'desc')
    .limit(limit)
    .select('id', 'name', 'payload', 'attempts', 'last_error as lastError', 'died_at as diedAt');
}

/**
 * Gives a dead letter a full set of tries again. Where a newer job of the same key is pending, that one is
 * pulled forward and does the work of both. False when there is no such dead letter.
 */
export function replayDeadLetter(db: Db, id: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [dead] = await tx('jobs').where({ id, state: 'dead' }).delete().returning('*');
    if (!dead) return false;
    const { name, queue, key, run, created_at, priority } = dead;
    const payload = JSON.stringify(dead.payload);
    const row = { id, name, queue, key, payload, created_at, priority, run: run + 1 };
    // What went wrong is known until it has gone well.
    await insertOrWake(tx, [{ ...row, last_error: dead.last_error }]);
    await wakeRelay(tx);
    return true;
  });
}

/** Forgets jobs that failed for good before a moment. */
export function sweepDeadLetters(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  return deleteInBatches(
    db,
    'jobs',
    { condition: `state = 'dead' and died_at < ?`, bindings: [before] },
    signal,
  );
}

/** What removes objects from storage. */
const REMOVALS: readonly JobName[] = ['media.purge', 'accounts.purge', 'archives.purge'];

/** Removals of objects that failed in their last try: how many, with what one of them said. */
export async function failedRemovals(db: Db): Promise<{ count: number; error: string }> {
  const row = await db('jobs')
    .whereIn('name', [...REMOVALS])
    .whereNotNull('last_error')
    .first<{ count: string; error: string | null }>(db.raw('count(*) as count, max(last_error) as error'));
  return { count: Number(row.count), error: row.error ?? '' };
}

/** Gives removals that failed for good their tries again, `limit` at most. Returns how many. */
export async function retryRemovals(db: Db, limit: number): Promise<number> {
  const dead: string[] = await db('jobs')
    .where({ state: 'dead' })
    .whereIn('name', [...REMOVALS])
    .orderBy('died_at')
    .limit(limit)
    .pluck('id');
  for (const id of dead) await replayDeadLetter(db, id);
  return dead.length;
}

/** Pending, running and dead jobs per queue. */
export async function queueCounts(
  db: Db,
): Promise<{ queue: QueueName; pending: number; running: number; dead: number }[]> {
  const { rows } = await db.raw(
    `select queue,
            count(*) filter (where state = 'pending' and lease_owner is null)::int as pending,
            count(*) filter (where lease_owner is not null)::int as running,
            count(*) filter (where state = 'dead')::int as dead
       from jobs group by queue order by queue`,
  );
  return rows;
}
