import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { Logger } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { traced, withinTrace } from '../lib/tracing.ts';
import { newLeaseOwner, released } from './leases.ts';
import {
  type JobHandlers,
  type JobName,
  type JobRun,
  PermanentJobError,
  type QueueName,
  retryDelayMs,
  specOf,
} from './registry.ts';

interface RunnerDeps {
  readonly db: Db;
  /** A connection that waits for Redis for ever, as BullMQ workers need. */
  readonly connection: Redis;
  readonly prefix: string;
  readonly handlers: JobHandlers;
  readonly concurrency: Readonly<Record<QueueName, number>>;
  readonly queues: readonly QueueName[];
  readonly leaseMs: number;
  readonly random: () => number;
  readonly log: Logger;
  /** Told of every try. */
  readonly metrics?: Pick<Metrics, 'job'>;
}

/** What Redis holds of a job: which row, and which run of it. */
const ticketSchema = z.object({ id: z.string().regex(/^[1-9]\d{0,18}$/), run: z.number().int() });

interface JobRow {
  readonly id: string;
  readonly name: JobName;
  readonly queue: string;
  readonly payload: unknown;
  readonly attempts: number;
  /** Rises when the job is wanted again while it runs. */
  readonly run: number;
  /** Names this one try: an older try of the same process must not end a newer one. */
  readonly lease_owner: string;
  readonly traceparent: string | null;
}

/**
 * Runs jobs that Redis announces. PostgreSQL decides: a try starts only by taking the lease of a
 * pending row, so a job announced twice, or taken over from a worker that was thought dead, runs once
 * at a time. Failures are counted and postponed in the row; the last one makes it a dead letter.
 */
export class JobRunner {
  readonly #deps: RunnerDeps;
  readonly #stopping = new AbortController();
  readonly #workers: Worker[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { connection, prefix, concurrency, leaseMs, queues, log } = this.#deps;
    for (const queue of queues) {
      const worker = new Worker(queue, (job) => this.#track(this.#run(ticketSchema.parse(job.data))), {
        connection,
        prefix,
        concurrency: concurrency[queue],
        lockDuration: Math.max(leaseMs, 30_000),
        // Tries are counted in PostgreSQL; Redis may hand a stalled job out as often as it likes.
        maxStalledCount: 1_000_000,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      });
      worker.on('error', (error) => log.warn({ err: error, queue }, 'the queue cannot be reached'));
      this.#workers.push(worker);
    }
  }

  /** Aborts what runs, gives it back to be run again, and waits until all is quiet. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The server is stopping.'));
    // BullMQ would wait for ever for a Redis that is away. What it then leaves there, the rows overrule.
    const away = this.#deps.connection.status !== 'ready';
    if (away) await Promise.allSettled(this.#running);
    await Promise.all(this.#workers.map((worker) => worker.close(away)));
  }

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
    return tracked;
  }

  async #run(ticket: z.output<typeof ticketSchema>): Promise<void> {
    const row = await this.#claim(ticket);
    if (!row) return;
    const log = this.#deps.log.child({ job: row.name, jobId: row.id, attempt: row.attempts });
    const since = performance.now();
    const tell = (outcome: 'done' | 'retry' | 'dead') =>
      this.#deps.metrics?.job(row.queue, outcome, (performance.now() - since) / 1_000);
    const lost = new AbortController();
    const whenLost: (() => Promise<void>)[] = [];
    const heartbeat = setInterval(() => {
      this.#renew(row).then(
        (held) => held || lost.abort(new Error('Another worker took this job over.')),
        (error) => log.warn({ err: error }, 'the lease of a job could not be renewed'),
      );
    }, this.#deps.leaseMs / 3);
    try {
      const signal = AbortSignal.any([lost.signal, this.#stopping.signal]);
      const facts = { 'job.name': row.name, 'job.id': row.id, 'job.attempt': row.attempts };
      await withinTrace(row.traceparent, () =>
        traced(`job ${row.name}`, facts, () => this.#attempt(row, signal, (then) => whenLost.push(then))),
      );
      tell('done');
      log.debug('job done');
    } catch (error) {
      const became = await this.#failed(row, error, log);
      if (became !== 'given-back' && became !== 'lost') tell(became);
      if (became !== 'lost') return;
      log.warn({ err: error }, 'a job was done that is another worker’s, or nobody’s');
      for (const then of whenLost) await then();
    } finally {
      clearInterval(heartbeat);
    }
  }

  async #claim(ticket: { id: string; run: number }): Promise<JobRow | undefined> {
    // A ticket that came in the last moment stays in Redis for the next worker.
    this.#stopping.signal.throwIfAborted();
    const { rows } = await this.#deps.db.raw<{ rows: JobRow[] }>(
      `update jobs set attempts = attempts + 1, lease_owner = ?, lease_until = now() + ? * interval '1 ms'
        where id = ? and run = ? and state = 'pending' and (lease_until is null or lease_until < now())
          and not exists (select from queue_pauses where queue_pauses.queue = jobs.queue)
          and not exists (select from server_lock)
        returning id, name, queue, payload, attempts, run, lease_owner, traceparent`,
      [newLeaseOwner(), this.#deps.leaseMs, ticket.id, ticket.run],
    );
    return rows[0];
  }

  async #renew({ id, lease_owner }: JobRow): Promise<boolean> {
    const held = await this.#deps
      .db('jobs')
      .where({ id, lease_owner })
      .update({ lease_until: this.#deps.db.raw(`now() + ? * interval '1 ms'`, [this.#deps.leaseMs]) });
    return held === 1;
  }

  async #attempt(row: JobRow, signal: AbortSignal, whenLost: JobRun['whenLost']): Promise<void> {
    const spec = specOf(row.name);
    if (!spec) throw new PermanentJobError(`There is no job called ${row.name}.`);
    if (row.attempts > spec.maxAttempts) {
      throw new PermanentJobError('The worker died in every try; the last was the last allowed.');
    }
    const payload = spec.payload.safeParse(row.payload);
    if (!payload.success)
      throw new PermanentJobError(`The job's data is not valid: ${payload.error.message}`);
    const deadline = AbortSignal.timeout(spec.timeoutMs);
    const handler = this.#deps.handlers[row.name] as (
      payload: unknown,
      run: JobRun,
    ) => Promise<((tx: never) => Promise<Date | null>) | undefined>;
    const finish = await handler(payload.data, {
      signal: AbortSignal.any([signal, deadline]),
      attempt: row.attempts,
      lastAttempt: row.attempts >= spec.maxAttempts,
      whenLost,
    });
    await this.#deps.db.transaction(async (tx) => {
      const held = await tx('jobs')
        .where({ id: row.id, lease_owner: row.lease_owner })
        .forUpdate()
        .first('run');
      if (!held) throw new Error('Another worker took this job over.');
      // Without a last step, nobody has looked at what came since.
      const wanted = held.run === row.run ? null : new Date();
      const again = finish ? await finish(tx as never) : wanted;
      if (again === null) await tx('jobs').where({ id: row.id }).delete();
      else {
        await tx('jobs')
          .where({ id: row.id })
          .update({ ...released(tx), attempts: 0, run_at: again, last_error: null });
      }
    });
  }

  /** Records a failed try: again later, a dead letter, or, on shutdown, given back uncounted. Lost where it is not ours. */
  async #failed(row: JobRow, error: unknown, log: Logger): Promise<'retry' | 'dead' | 'given-back' | 'lost'> {
    const { db, random } = this.#deps;
    const mine = db('jobs').where({ id: row.id, lease_owner: row.lease_owner });
    const message = String(error instanceof Error ? error.message : error).slice(0, 2_000);
    if (this.#stopping.signal.aborted) {
      const givenBack = {
        ...released(db),
        attempts: db.raw('greatest(attempts - 1, 0)'),
        run_at: db.fn.now(),
      };
      return (await mine.update(givenBack)) === 1 ? 'given-back' : 'lost';
    }
    const spent = row.attempts >= (specOf(row.name)?.maxAttempts ?? 0);
    const final = spent || error instanceof PermanentJobError;
    if (final && (await this.#bury(row, message))) {
      log.error({ err: error }, 'job failed for good; it is now a dead letter');
      return 'dead';
    }
    const delay = retryDelayMs(row.name, row.attempts, random);
    const again = {
      ...released(db),
      // Wanted again while it failed for good: that is a job of its own.
      ...(final ? { attempts: 0 } : {}),
      run_at: db.raw(`now() + ? * interval '1 ms'`, [delay]),
      last_error: message,
    };
    if ((await mine.update(again)) === 0) return 'lost';
    log.warn({ err: error, retryInMs: delay }, 'job failed; it runs again later');
    return 'retry';
  }

  /** Makes a job of ours a dead letter, unless it was wanted again while it ran. */
  async #bury({ id, lease_owner, run }: JobRow, message: string): Promise<boolean> {
    const { db } = this.#deps;
    const dead = { state: 'dead', died_at: db.fn.now(), lease_owner: null, lease_until: null };
    return (
      (await db('jobs')
        .where({ id, lease_owner, run })
        .update({ ...dead, last_error: message })) === 1
    );
  }
}
