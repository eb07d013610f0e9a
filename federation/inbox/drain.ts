import { inboxLimits } from '../../config/limits.ts';
import type { Db, InTx, Tx } from '../../src/db/database.ts';
import { type Finish, type JobRun, PermanentJobError } from '../../src/jobs/registry.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Logger } from '../../src/lib/log.ts';
import type { Metrics } from '../../src/lib/metrics.ts';
import { traced } from '../../src/lib/tracing.ts';
import { recordOutcomes } from './index.ts';
import { type Checked, carryOutAll } from './verb.ts';

/** A stored activity that has had no effect yet. */
export interface QueuedActivity {
  readonly id: string;
  readonly actor_uri: string;
  readonly type: string;
  readonly body: string;
  readonly attempts: number;
}

export interface DrainDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Checks an activity, and writes nothing. */
  readonly check: (body: string) => Promise<Checked>;
}

/**
 * Gives the waiting activities of one host their effect, oldest first.
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
    for (const round of roundsOf(due)) await settle(deps, round, run.signal);
  } while (deps.clock.now() < endsAt);
  return (tx: Tx) => nextDue(tx, host);
}

function dueActivities(db: Db, host: string, limit: number): Promise<QueuedActivity[]> {
  return db('inbox_activities')
    .where({ host, state: 'queued' })
    .where('next_at', '<=', db.fn.now())
    .orderBy('id')
    .limit(limit)
    .select('id', 'actor_uri', 'type', 'body', 'attempts');
}

async function countTry(db: Db, rows: readonly QueuedActivity[]): Promise<void> {
  const ids = rows.map(({ id }) => id);
  await db('inbox_activities').whereIn('id', ids).increment('attempts');
}

/**
 * What an actor sent takes effect in its order: of each only one activity at a time, but for new posts that
 * answer nothing. Those do not depend on each other, and come in crowds.
 */
function roundsOf(rows: readonly QueuedActivity[]): QueuedActivity[][] {
  const rounds: QueuedActivity[][] = [];
  const lastOf = new Map<string, { round: number; alone: boolean }>();
  for (const row of rows) {
    const last = lastOf.get(row.actor_uri);
    const alone = standsAlone(row);
    const round = last ? last.round + (alone && last.alone ? 0 : 1) : 0;
    lastOf.set(row.actor_uri, { round, alone });
    rounds[round] = [...(rounds[round] ?? []), row];
  }
  return rounds;
}

/** Who hides an answer from this look lets it come before what it answers, as if the two had come so. */
function standsAlone({ type, body }: QueuedActivity): boolean {
  return type === 'Create' && !/"inReplyTo"\s*:\s*[^n\s]/.test(body);
}

/** All in one transaction, which is much cheaper; where that fails, each in one of its own. */
async function settle(deps: DrainDeps, round: readonly QueuedActivity[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (round.length > 1) {
    const failed = await attempt(deps, round, signal);
    if (failed === null) return;
    deps.log.debug({ err: failed }, 'activities are tried one by one');
  }
  for (const row of round) {
    const error = await attempt(deps, [row], signal);
    if (error !== null) await putOff(deps, row, error);
  }
}

/** Gives activities their effect: that of all, or, with the reason, that of none. */
async function attempt(
  deps: DrainDeps,
  rows: readonly QueuedActivity[],
  signal: AbortSignal,
): Promise<unknown> {
  try {
    if (rows.some(({ attempts }) => attempts >= inboxLimits.maxAttempts)) {
      throw new PermanentJobError('The worker died in every try; the last was the last allowed.');
    }
    const checked = await allOf(rows.map(({ body }) => deps.check(body)));
    signal.throwIfAborted();
    const ids = rows.map(({ id }) => id);
    const outcomes = await traced('inbox apply', { activities: ids.length }, () =>
      deps.inTx(async (tx) => {
        const became = await carryOutAll(checked, tx);
        await recordOutcomes(tx, ids, became);
        return became;
      }),
    );
    for (const outcome of outcomes) {
      deps.metrics.inbox(outcome.state, outcome.state === 'applied' ? null : outcome.reason);
    }
    return null;
  } catch (error) {
    // A try that our own stopping broke off says nothing of the activity.
    if (signal.aborted) throw error;
    return error ?? new Error('Unknown.');
  }
}

/** Like `Promise.all`, but leaves none of them running behind. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
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
