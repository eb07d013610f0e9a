import { z } from 'zod';
import type { Db, Tx } from '../../db/database.ts';
import {
  countDead,
  type DeadJobs,
  discardDead,
  type JobsAsked,
  listJobs,
  pauseQueue,
  replayDead,
  resumeQueue,
  type SeenJob,
} from '../../jobs/desk.ts';
import { workersSeen } from '../../jobs/heartbeat.ts';
import { queueStates, rebuildQueues } from '../../jobs/queues.ts';
import { type QueueName, queueNames } from '../../jobs/registry.ts';
import { upkeepRuns } from '../../jobs/upkeep-runs.ts';
import type { AuditId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, type AuditEntry, permitted } from '../staff/index.ts';

export { type DeadJobs, jobStates, type SeenJob } from '../../jobs/desk.ts';
export { type QueueName, queueNames } from '../../jobs/registry.ts';

/** What the staff sees of background work, and does about it. */
export type Work = ReturnType<typeof createWork>;

type Refused = 'permission-missing' | 'not-found';

export function createWork({ db, audit }: { readonly db: Db; readonly audit: Audit }) {
  /** Records what was done to dead letters, where there were any. */
  async function onDead(
    tx: Tx,
    by: Actor,
    which: DeadJobs,
    { action, act }: { action: 'job.retry' | 'job.discard'; act: typeof replayDead },
  ): Promise<Result<{ count: number }, Refused>> {
    const allowed = permitted(by, 'queues');
    if (!allowed.ok) return allowed;
    const count = await act(tx, which);
    if (count === 0) return fail('not-found', 'There is no such dead letter.');
    const id = which.kind === 'one' ? which.id : which.kind === 'queue' ? which.queue : 'all';
    const kind = which.kind === 'one' ? 'job' : 'queue';
    await audit.record(tx, by, { action, target: { kind, id }, detail: { count } });
    return ok({ count });
  }

  async function setPaused(
    tx: Tx,
    by: Actor,
    queue: QueueName,
    paused: boolean,
    undoes?: AuditId,
  ): Promise<Result<object, Refused | 'conflict'>> {
    const allowed = permitted(by, 'queues');
    if (!allowed.ok) return allowed;
    const changed = await (paused ? pauseQueue : resumeQueue)(tx, queue);
    if (!changed)
      return fail('conflict', `The queue ${queue} ${paused ? 'is paused already' : 'runs already'}.`);
    const action = paused ? 'queue.pause' : 'queue.resume';
    const target = { kind: 'queue', id: queue } as const;
    await audit.record(tx, by, { action, target, ...(undoes && { undoes }) });
    return ok();
  }

  return {
    queues: () => queueStates(db),
    workers: () => workersSeen(db),
    /** How the upkeep of the server last went. */
    upkeep: () => upkeepRuns(db),
    jobs: (asked: JobsAsked): Promise<SeenJob[]> => listJobs(db, asked),
    /** How many dead letters a command would act on. */
    countDead: (which: DeadJobs) => countDead(db, which),
    /** Gives dead letters a full set of tries again. */
    retry: (tx: Tx, by: Actor, which: DeadJobs) =>
      onDead(tx, by, which, { action: 'job.retry', act: replayDead }),
    /** Forgets dead letters for good. */
    discard: (tx: Tx, by: Actor, which: DeadJobs) =>
      onDead(tx, by, which, { action: 'job.discard', act: discardDead }),
    /** Begins no more jobs of a queue; those that run go on. */
    pause: (tx: Tx, by: Actor, queue: QueueName) => setPaused(tx, by, queue, true),
    resume: (tx: Tx, by: Actor, queue: QueueName) => setPaused(tx, by, queue, false),
    /** Has a queue run again that a deed of the log paused, or the other way round. */
    undo: (tx: Tx, by: Actor, { id, action, target }: AuditEntry) =>
      setPaused(tx, by, z.enum(queueNames).parse(target.id), action === 'queue.resume', id),
    /** Tells Redis of all pending work again: harmless at any time. Returns how much that is. */
    async rebuild(tx: Tx, by: Actor): Promise<Result<{ count: number }, 'permission-missing'>> {
      const allowed = permitted(by, 'queues');
      if (!allowed.ok) return allowed;
      const count = await rebuildQueues(tx);
      const target = { kind: 'queue', id: 'all' } as const;
      await audit.record(tx, by, { action: 'queue.rebuild', target, detail: { jobs: count } });
      return ok({ count });
    },
  };
}
