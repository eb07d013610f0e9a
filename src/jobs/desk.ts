import type { Knex } from 'knex';
import type { Db, Tx } from '../db/database.ts';
import { wakeRelay } from '../db/outbox.ts';
import { within } from '../db/paging.ts';
import type { JobId } from '../lib/ids.ts';
import { merged, type Page } from '../lib/paging.ts';
import { insertOrWake } from './enqueue.ts';
import type { QueueName } from './registry.ts';

/** Which dead letters. */
export type DeadJobs =
  | { readonly kind: 'one'; readonly id: JobId }
  | { readonly kind: 'queue'; readonly queue: QueueName }
  | { readonly kind: 'all' };

export const jobStates = ['waiting', 'running', 'dead'] as const;
export type JobState = (typeof jobStates)[number];

/** A job, as an admin sees it. */
export interface SeenJob {
  readonly id: JobId;
  readonly name: string;
  readonly queue: string;
  readonly state: JobState;
  /** Ids and addresses of other servers; letters to people are sealed or only named. */
  readonly payload: unknown;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  /** When it is due, or was. */
  readonly runAt: Date;
  /** Who runs it now. */
  readonly worker: string | null;
  readonly diedAt: Date | null;
}

const ROWS_PER_INSERT = 500;

function jobs(db: Db | Tx) {
  return db('jobs')
    .select('id', 'name', 'queue', 'payload', 'attempts', 'created_at as createdAt')
    .select({
      state: db.raw(
        `case when state = 'dead' then 'dead' when lease_owner is null then 'waiting' else 'running' end`,
      ),
      lastError: 'last_error',
      runAt: 'run_at',
      worker: 'lease_owner',
      diedAt: 'died_at',
    });
}

export interface JobsAsked {
  readonly state: JobState;
  readonly queue?: QueueName | undefined;
  readonly page: Page;
}

/** Jobs in one state, newest first. */
export async function listJobs(db: Db, { state, queue, page }: JobsAsked): Promise<SeenJob[]> {
  const query = jobs(db).modify(inState(state)).modify(within(page, 'id'));
  const found: SeenJob[] = await (queue === undefined ? query : query.where({ queue }));
  return merged(page, [found]);
}

function inState(state: JobState) {
  return (query: Knex.QueryBuilder) => {
    query.where({ state: state === 'dead' ? 'dead' : 'pending' });
    if (state === 'waiting') query.whereNull('lease_owner');
    if (state === 'running') query.whereNotNull('lease_owner');
  };
}

function dead(conn: Db | Tx, which: DeadJobs) {
  const query = conn('jobs').where({ state: 'dead' });
  if (which.kind === 'one') query.where({ id: which.id });
  if (which.kind === 'queue') query.where({ queue: which.queue });
  return query;
}

export async function countDead(db: Db, which: DeadJobs): Promise<number> {
  const row = await dead(db, which).count<{ count: string }[]>({ count: '*' });
  return Number(row[0]?.count ?? 0);
}

/**
 * Gives dead letters a full set of tries again. Where a newer job of the same key is pending, that one is pulled
 * forward and does the work of both. Returns how many there were.
 */
export async function replayDead(tx: Tx, which: DeadJobs): Promise<number> {
  const found = await dead(tx, which).delete().returning('*');
  if (found.length === 0) return 0;
  const byKey = new Map(found.map((row) => [row.key ?? row.id, row]));
  const rows = [...byKey.values()].map(({ id, name, queue, key, run, payload, ...as }) => ({
    ...{ id, name, queue, key, run: run + 1, payload: JSON.stringify(payload) },
    // What went wrong is known until it has gone well.
    ...{ created_at: as.created_at, priority: as.priority, last_error: as.last_error },
  }));
  for (let done = 0; done < rows.length; done += ROWS_PER_INSERT) {
    await insertOrWake(tx, rows.slice(done, done + ROWS_PER_INSERT));
  }
  await wakeRelay(tx);
  return found.length;
}

/** Forgets dead letters for good. Returns how many there were. */
export function discardDead(tx: Tx, which: DeadJobs): Promise<number> {
  return dead(tx, which).delete();
}

/** From now on no job of this queue is begun; those that run go on. False where that is so already. */
export async function pauseQueue(tx: Tx, queue: QueueName): Promise<boolean> {
  const added = await tx('queue_pauses').insert({ queue }).onConflict('queue').ignore().returning('queue');
  return added.length === 1;
}

/** Its jobs are begun again. False where it was not paused. */
export async function resumeQueue(tx: Tx, queue: QueueName): Promise<boolean> {
  if ((await tx('queue_pauses').where({ queue }).delete()) === 0) return false;
  // What was announced meanwhile found nobody who took it.
  await announceWaiting(tx, { queue });
  return true;
}

/** Has Redis told again of jobs that wait, those of one queue or all. */
export async function announceWaiting(tx: Tx, which: { readonly queue?: QueueName } = {}): Promise<void> {
  await tx('jobs')
    .where({ ...which, state: 'pending', lease_owner: null })
    .update({ scheduled_run: null });
  await wakeRelay(tx);
}
