import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { watchOverLimits } from '../../config/watch-limits.ts';
import type { Db, Tx } from '../db/database.ts';
import type { Logger } from '../lib/log.ts';
import { type QueueName, queueNames } from './registry.ts';

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
export async function rebuildQueues(db: Db | Tx): Promise<number> {
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

/** The work of one queue. */
export interface QueueState {
  readonly queue: QueueName;
  readonly pending: number;
  readonly running: number;
  readonly dead: number;
  /** For how long the job has waited that is due for longest; null where none is due. */
  readonly oldestSeconds: number | null;
  /** Since when no more of its jobs are begun; null where they are. */
  readonly pausedAt: Date | null;
  /** Workers that live and serve it. */
  readonly workers: number;
}

/** Every queue there is, and those of an older program that still have jobs. */
export async function queueStates(db: Db): Promise<QueueState[]> {
  const { rows } = await db.raw<{ rows: QueueState[] }>(
    `select queue, coalesce(pending, 0) as pending, coalesce(running, 0) as running, coalesce(dead, 0) as dead,
            oldest as "oldestSeconds", paused_at as "pausedAt",
            (select count(*)::int from workers
              where queue = any(queues) and seen_at > now() - :silent * interval '1 ms') as workers
       from unnest(:names::text[]) as known (queue)
       full join (
         select queue,
                count(*) filter (where state = 'pending' and lease_owner is null)::int as pending,
                count(*) filter (where lease_owner is not null)::int as running,
                count(*) filter (where state = 'dead')::int as dead,
                extract(epoch from now() - min(run_at) filter (
                  where state = 'pending' and lease_owner is null and run_at <= now()))::float as oldest
           from jobs group by queue) as counted using (queue)
       left join queue_pauses using (queue)
      order by queue`,
    { names: [...queueNames], silent: watchOverLimits.silentMs },
  );
  return rows;
}
