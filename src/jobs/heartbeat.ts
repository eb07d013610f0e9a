import { hostname } from 'node:os';
import { watchOverLimits } from '../../config/watch-limits.ts';
import type { Db } from '../db/database.ts';
import type { Logger } from '../lib/log.ts';
import { processName } from './leases.ts';
import type { QueueName } from './registry.ts';

interface HeartbeatDeps {
  readonly db: Db;
  readonly queues: readonly QueueName[];
  readonly version: string;
  readonly log: Logger;
}

/** Says again and again that this worker lives, so that somebody notices when none does. */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  /** Resolves after the first beat: rejects where the database is away. */
  async start(): Promise<void> {
    await beat(this.#deps);
    this.#timer = setInterval(() => {
      this.#beating = beat(this.#deps).catch((error) => {
        this.#deps.log.warn({ err: error }, 'the heartbeat of this worker could not be written');
      });
    }, watchOverLimits.heartbeatMs);
  }

  /** A worker that stops is not missed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    await this.#deps.db('workers').where({ id: processName }).delete();
  }
}

async function beat({ db, queues, version }: HeartbeatDeps): Promise<void> {
  const now = db.fn.now();
  await db('workers')
    .insert({ id: processName, host: hostname(), queues, version, seen_at: now })
    .onConflict('id')
    .merge({ queues, version, seen_at: now });
}

/** A worker, as its last heartbeat tells. */
export interface WorkerSeen {
  readonly id: string;
  readonly host: string;
  readonly queues: readonly string[];
  readonly version: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** False when it has been silent for too long. */
  readonly isAlive: boolean;
}

/** Workers that were heard of in the last day, the newest first. */
export async function workersSeen(db: Db): Promise<WorkerSeen[]> {
  const { rows } = await db.raw<{ rows: WorkerSeen[] }>(
    `select id, host, queues, version, started_at as "startedAt", seen_at as "seenAt",
            seen_at > now() - ? * interval '1 ms' as "isAlive"
       from workers order by started_at desc`,
    [watchOverLimits.silentMs],
  );
  return rows;
}

/** Forgets workers that were killed long ago. */
export async function sweepWorkers(db: Db): Promise<void> {
  await db('workers')
    .where('seen_at', '<', db.raw(`now() - ? * interval '1 ms'`, [watchOverLimits.workersKeptMs]))
    .delete();
}
