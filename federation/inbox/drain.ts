import { inboxLimits } from '../../config/limits.ts';
import type { Db, InTx, Tx } from '../../src/db/database.ts';
import { type Finish, type JobRun, PermanentJobError } from '../../src/jobs/registry.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Logger } from '../../src/lib/log.ts';

/** A stored activity that has had no effect yet. */
export interface QueuedActivity {
  readonly id: string;
  readonly actor_uri: string;
  readonly body: string;
  readonly attempts: number;
}

export interface DrainDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Checks an activity and gives the step that carries it out and records what became of it. */
  readonly process: (row: Pick<QueuedActivity, 'id' | 'body'>) => Promise<(tx: Tx) => Promise<void>>;
}

/**
 * Gives the waiting activities of one host their effect, oldest first, those of one actor one after the other.
 * The job is keyed by host, so a flood of one host takes one place of a worker, and after a while leaves it to
 * the next host (security.md R9). An activity that fails is tried again later and holds up nobody.
 *
 * A try whose worker died leaves no word about which activity killed it. So where the job was tried before,
 * activities are taken one by one, and each try is counted before it begins: one that kills its worker every
 * time is given up after as many tries as any other.
 */
export async function drainHost(deps: DrainDeps, host: string, run: JobRun): Promise<Finish> {
  const careful = run.attempt > 1;
  const limit = careful ? 1 : inboxLimits.drain.batch;
  const endsAt = deps.clock.now() + inboxLimits.drain.turnMs;
  do {
    run.signal.throwIfAborted();
    const due = await dueActivities(deps.db, host, limit);
    if (due.length === 0) break;
    if (careful) await countTry(deps.db, due);
    await inTurnOfActor(due, (row) => settle(deps, row, run.signal));
  } while (deps.clock.now() < endsAt);
  return (tx: Tx) => nextDue(tx, host);
}

function dueActivities(db: Db, host: string, limit: number): Promise<QueuedActivity[]> {
  return db('inbox_activities')
    .where({ host, state: 'queued' })
    .where('next_at', '<=', db.fn.now())
    .orderBy('id')
    .limit(limit)
    .select('id', 'actor_uri', 'body', 'attempts');
}

async function countTry(db: Db, rows: readonly QueuedActivity[]): Promise<void> {
  const ids = rows.map(({ id }) => id);
  await db('inbox_activities').whereIn('id', ids).increment('attempts');
}

/** A few actors at a time; what one of them sent stays in order. */
async function inTurnOfActor(
  rows: readonly QueuedActivity[],
  work: (row: QueuedActivity) => Promise<void>,
): Promise<void> {
  const actors = Map.groupBy(rows, (row) => row.actor_uri).values();
  const worker = async () => {
    for (const ofActor of actors) for (const row of ofActor) await work(row);
  };
  await Promise.all(Array.from({ length: inboxLimits.drain.actorsAtOnce }, worker));
}

async function settle(deps: DrainDeps, row: QueuedActivity, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    if (row.attempts >= inboxLimits.maxAttempts) {
      throw new PermanentJobError('The worker died in every try; the last was the last allowed.');
    }
    const apply = await deps.process(row);
    signal.throwIfAborted();
    await deps.inTx(apply);
  } catch (error) {
    // A try that our own stopping broke off says nothing of the activity.
    if (signal.aborted) throw error;
    await putOff(deps, row, error);
  }
}

async function putOff({ db, random, log }: DrainDeps, row: QueuedActivity, error: unknown): Promise<void> {
  const attempts = row.attempts + 1;
  const isFinal = attempts >= inboxLimits.maxAttempts || error instanceof PermanentJobError;
  const delay = retryDelayMs(attempts, random);
  const lastError = String(error instanceof Error ? error.message : error);
  const change = isFinal
    ? { state: 'failed', processed_at: db.fn.now() }
    : { next_at: db.raw(`now() + ? * interval '1 ms'`, [delay]) };
  await db('inbox_activities')
    .where({ id: row.id, state: 'queued' })
    .update({ ...change, attempts, last_error: lastError.replaceAll('\u0000', '').slice(0, 1_000) });
  const facts = { err: error, inboxId: row.id, attempts };
  if (isFinal) log.error(facts, 'an activity failed for good');
  else log.warn({ ...facts, retryInMs: delay }, 'an activity failed; it is tried again later');
}

/** Doubling, at most an hour, spread by a fifth either way. */
function retryDelayMs(attempts: number, random: () => number): number {
  const base = Math.min(inboxLimits.firstRetryMs * 2 ** (attempts - 1), inboxLimits.longestRetryMs);
  return Math.round(base * (0.8 + random() * 0.4));
}

async function nextDue(tx: Tx, host: string): Promise<Date | null> {
  const row = await tx('inbox_activities').where({ host, state: 'queued' }).min('next_at as at').first();
  return row?.at ?? null;
}
