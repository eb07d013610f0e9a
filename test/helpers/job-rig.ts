import { Redis } from 'ioredis';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { wakeRelay } from '../../src/db/outbox.ts';
import { createEnqueue, type Enqueue } from '../../src/jobs/enqueue.ts';
import { openQueues, rebuildAfterLoss } from '../../src/jobs/queues.ts';
import { type JobHandlers, type JobName, queueNames } from '../../src/jobs/registry.ts';
import { Relay, type Subscribers } from '../../src/jobs/relay.ts';
import { JobRunner } from '../../src/jobs/runner.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createIds, type IdSource, type VideoId } from '../../src/lib/ids.ts';
import { createLogger } from '../../src/lib/log.ts';
import { openGates } from './chaos.ts';
import { createTestDatabase, dropTestDatabase, testRedis } from './stack.ts';

export const silent = createLogger('silent');

/** A row of the list of jobs. */
export interface JobState {
  readonly id: string;
  readonly name: JobName;
  readonly state: 'pending' | 'dead';
  readonly attempts: number;
  readonly run: number;
  readonly scheduled_run: number | null;
  readonly run_at: Date;
  readonly lease_owner: string | null;
  readonly last_error: string | null;
}

/** Relay and runner of one worker, without the rest of the server. */
export interface RigWorker {
  stop(): Promise<void>;
}

/** The job system on a database and a Redis of its own. */
export interface JobRig {
  readonly db: Db;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly redis: Redis;
  readonly queues: ReturnType<typeof openQueues>;
  readonly prefix: string;
  /** Starts a worker as a process of the server has it. Handlers that are not given must not be called. */
  start(handlers: Partial<JobHandlers>, subscribers?: Subscribers): Promise<RigWorker>;
  /** Adds one job on a video in a transaction of its own; gives the video's id. */
  addJob(name?: 'media.process' | 'media.purge'): Promise<VideoId>;
  jobs(): Promise<JobState[]>;
  /** Makes whatever waits for its next try due now. */
  makeDue(): Promise<void>;
  close(): Promise<void>;
}

const LEASE_MS = 5_000;

export interface JobRigOptions {
  readonly redisUrl?: string;
  readonly leaseMs?: number;
  /** Jobs that a worker runs at once, of each queue. */
  readonly atOnce?: number;
}

export async function createJobRig(options: JobRigOptions = {}): Promise<JobRig> {
  const { redisUrl, leaseMs = LEASE_MS, atOnce = 8 } = options;
  const databaseUrl = await createTestDatabase();
  const { url, prefix } = redisUrl === undefined ? await testRedis() : { url: redisUrl, prefix: 'own' };
  const db = openDatabase(databaseUrl, 20);
  const redis = connect(url);
  const queues = openQueues(redis, prefix);
  const ids = createIds(systemClock, 0);
  const enqueue = createEnqueue(ids);
  const workers: RigWorker[] = [];

  async function start(given: Partial<JobHandlers>, subscribers: Subscribers = {}): Promise<RigWorker> {
    const connection = connect(url);
    const runner = new JobRunner({
      ...{ db, connection, prefix, queues: queueNames, leaseMs, random: Math.random, log: silent },
      handlers: { ...noHandlers, ...given },
      concurrency: {
        ...{ inbox: atOnce, deliver: atOnce, push: atOnce, mail: atOnce, media: atOnce },
        ...{ replicate: atOnce, transcribe: atOnce, classify: atOnce, default: atOnce },
      },
    });
    const relay = new Relay({
      db,
      databaseUrl,
      redis,
      queues,
      subscribers,
      announce: () => undefined,
      log: silent,
    });
    await rebuildAfterLoss(db, redis, prefix, silent);
    runner.start();
    relay.start();
    const worker = {
      async stop() {
        if (!workers.includes(worker)) return;
        workers.splice(workers.indexOf(worker), 1);
        await Promise.all([relay.stop(), runner.stop()]);
        connection.disconnect();
      },
    };
    workers.push(worker);
    return worker;
  }

  return {
    ...{ db, ids, enqueue, redis, queues, prefix, start },
    async addJob(name = 'media.process') {
      const videoId = ids.next<'video'>();
      await db.transaction((tx) => enqueue(tx, { name, payload: { videoId } }));
      return videoId;
    },
    jobs: () => db('jobs').orderBy('id'),
    makeDue: () =>
      db.transaction(async (tx) => {
        await tx('jobs')
          .where({ state: 'pending', lease_owner: null })
          .where('run_at', '>', tx.fn.now())
          .update({ run_at: tx.fn.now(), run: tx.raw('run + 1') });
        await wakeRelay(tx);
      }),
    async close() {
      openGates();
      for (const worker of [...workers]) await worker.stop();
      await Promise.all(Object.values(queues).map((queue) => queue.close()));
      redis.disconnect();
      await db.destroy();
      await dropTestDatabase(databaseUrl);
    },
  };
}

function connect(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  return redis;
}

const unexpected = async () => {
  throw new Error('This job is not part of the test.');
};

const noHandlers: JobHandlers = {
  'media.process': unexpected,
  'media.ladder': unexpected,
  'media.extras': unexpected,
  'media.poster': unexpected,
  'remixes.check': unexpected,
  'remixes.withdraw': unexpected,
  'sounds.check': unexpected,
  'media.resound': unexpected,
  'sounds.carry': unexpected,
  'sounds.settle': unexpected,
  'sounds.tell': unexpected,
  'media.remake': unexpected,
  'media.remote-poster': unexpected,
  'storage.scan': unexpected,
  'media.transcribe': unexpected,
  'media.classify': unexpected,
  'media.replicate': unexpected,
  'domains.purge': unexpected,
  'media.purge': unexpected,
  'reports.evidence': unexpected,
  'legal-holds.copy': unexpected,
  'claims.settle': unexpected,
  'claims.copies': unexpected,
  'media.cool': unexpected,
  'media.warm': unexpected,
  'accounts.pictures': unexpected,
  'accounts.purge': unexpected,
  'accounts.verify': unexpected,
  'accounts.import': unexpected,
  'accounts.archive': unexpected,
  'archives.purge': unexpected,
  'accounts.clear': unexpected,
  'accounts.end-all': unexpected,
  'accounts.move': unexpected,
  'mail.send': unexpected,
  'mail.reset': unexpected,
  'mail.waiting': unexpected,
  'mail.digest': unexpected,
  'mail.staff-digest': unexpected,
  'inbox.drain': unexpected,
  'deliver.host': unexpected,
  'push.send': unexpected,
  'instances.inspect': unexpected,
  'outbox.backfill': unexpected,
  'thread.fetch': unexpected,
  'replies.fetch': unexpected,
  'post.refresh': unexpected,
  'followers.sync': unexpected,
  'exchange.ask': unexpected,
  'exchange.look': unexpected,
  'fasp.sync': unexpected,
  'fasp.tell': unexpected,
  'fasp.trends': unexpected,
  'fasp.callback': unexpected,
  'watching.store': unexpected,
};
