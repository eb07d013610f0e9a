import type { Tx } from '../db/database.ts';
import { wakeRelay } from '../db/outbox.ts';
import type { IdSource, JobId } from '../lib/ids.ts';
import { traceparent } from '../lib/tracing.ts';
import { type JobName, type JobPayload, jobSpecs } from './registry.ts';

/** One job to be added. */
export interface NewJob<N extends JobName> {
  readonly name: N;
  readonly payload: JobPayload<N>;
  /** At most one pending job per key. */
  readonly key?: string;
  readonly runAt?: Date;
  /** Among those due in its queue: 0 goes first, then 1, 2 and so on. */
  readonly priority?: number;
}

/** For work that nobody waits for: after everything else in its queue. The largest that BullMQ knows is 2^21. */
export const LAST_PRIORITY = 1_000_000;

/** Adds jobs to the durable list. */
export type Enqueue = <N extends JobName>(tx: Tx, jobs: NewJob<N> | readonly NewJob<N>[]) => Promise<void>;

const ROWS_PER_INSERT = 500;

/**
 * The jobs exist once the transaction commits, and run at least once after `runAt` (default: now). Where a
 * pending job of the same key exists, it is pulled forward instead: the call then also locks its row, so
 * that a job about to finish sees what this transaction wrote (see `Finish`), or runs again where it does
 * not look.
 */
export function createEnqueue(ids: IdSource): Enqueue {
  return async (tx, jobs) => {
    const rows = oncePerKey([jobs].flat()).map((job) => ({
      id: ids.next<'job'>() satisfies JobId,
      name: job.name,
      queue: jobSpecs[job.name].queue,
      payload: JSON.stringify(job.payload),
      key: job.key ?? null,
      run_at: job.runAt ?? tx.fn.now(),
      priority: job.priority ?? 0,
      traceparent: traceparent(),
    }));
    for (let done = 0; done < rows.length; done += ROWS_PER_INSERT) {
      await insertOrWake(tx, rows.slice(done, done + ROWS_PER_INSERT));
    }
    if (rows.length > 0) await wakeRelay(tx);
  };
}

/** Inserts rows of the list of jobs; those whose key is pending already pull that job forward. */
export async function insertOrWake(
  tx: Tx,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  await tx('jobs')
    .insert(rows)
    .onConflict(tx.raw(`(key) where state = 'pending' and key is not null`))
    .merge({
      run: tx.raw('jobs.run + 1'),
      run_at: tx.raw('least(jobs.run_at, excluded.run_at)'),
      priority: tx.raw('least(jobs.priority, excluded.priority)'),
    });
}

/**
 * Gives the pending job of a key an earlier turn among those that are due. One that runs, or waits for its next
 * try, is left as it is: so asking often does not make it run more often.
 */
export async function bringForward(tx: Tx, key: string, priority: number): Promise<void> {
  const moved = await tx('jobs')
    .where({ key, state: 'pending', lease_owner: null })
    .where('run_at', '<=', tx.fn.now())
    .where('priority', '>', priority)
    .update({ priority, run: tx.raw('run + 1') });
  if (moved > 0) await wakeRelay(tx);
}

/** PostgreSQL refuses a statement that inserts one key twice; the earliest of them stands for all. */
function oncePerKey<N extends JobName>(jobs: readonly NewJob<N>[]): NewJob<N>[] {
  const kept = new Map<string | symbol, NewJob<N>>();
  for (const job of jobs) {
    const key = job.key ?? Symbol('no key');
    const known = kept.get(key);
    if (!known || dueAt(job) < dueAt(known)) kept.set(key, job);
  }
  return [...kept.values()];
}

function dueAt(job: NewJob<JobName>): number {
  return job.runAt?.getTime() ?? 0;
}
