import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Db } from '../db/database.ts';
import type { Logger } from '../lib/log.ts';
import { type JobName, type QueueName, queueNames } from './registry.ts';

/** Opens the BullMQ queues on one connection. Tickets are retried for ever: the rows decide about jobs. */
export function openQueues(connection: Redis, prefix: string): Record<QueueName, Queue> {
  const open = (name: QueueName) =>
    new Queue(name, {
      connection,
      prefix,
      defaultJobOptions: {
        attempts: 1_000_000,
        backoff: { type: 'fixed', delay: 5_000 },
        removeOnComplete: true,
        removeOnFail: true,
      },
    });
  return Object.fromEntries(queueNames.map((name) => [name, open(name)])) as Record<QueueName, Queue>;
}

/** Asks the relay to tell Redis of every pending job again. Harmless at any time: tickets are idempotent. */
export async function rebuildQueues(db: Db): Promise<number> {
  return db('jobs')
    .where({ state: 'pending' })
    .update({ scheduled_run: null, run: db.raw('case when lease_owner is null then run + 1 else run end') });
}

/**
 * Notices that Redis has lost its memory (flushed, replaced, restored from an old copy) by a mark of
 * ours being gone, and rebuilds the queues from PostgreSQL. Returns true when it did.
 */
export async function rebuildAfterLoss(db: Db, redis: Redis, prefix: string, log: Logger): Promise<boolean> {
  const added = await redis.set(`${prefix}:alive`, randomUUID(), 'NX');
  if (added !== 'OK') return false;
  const jobs = await rebuildQueues(db);
  if (jobs > 0) log.warn({ jobs }, 'Redis was empty; all pending jobs were scheduled again');
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

/** Gives a dead letter a full set of tries again. False when there is no such dead letter. */
export async function replayDeadLetter(db: Db, id: string): Promise<boolean> {
  const changed = await db('jobs')
    .where({ id, state: 'dead' })
    .update({ state: 'pending', attempts: 0, died_at: null, run: db.raw('run + 1'), run_at: db.fn.now() });
  return changed === 1;
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
