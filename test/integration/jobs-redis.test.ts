import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Tx } from '../../src/db/database.ts';
import { sweepLeases } from '../../src/jobs/leases.ts';
import { rebuildAfterLoss, rebuildQueues, tellLateAgain } from '../../src/jobs/queues.ts';
import type { JobHandlers } from '../../src/jobs/registry.ts';
import { createGate, eventually, type OwnRedis, startOwnRedis } from '../helpers/chaos.ts';
import { createJobRig, type JobRig, silent } from '../helpers/job-rig.ts';
import { startTestServer } from '../helpers/server.ts';

let redis: OwnRedis;
let rig: JobRig;

beforeEach(async () => {
  redis = await startOwnRedis();
  rig = await createJobRig({ redisUrl: redis.url });
  await rig.db.schema.createTable('effects', (t) => void t.text('video'));
});

afterEach(async () => {
  await rig.close();
  await redis.close();
});

const allDone = () => eventually('no job is left', async () => (await rig.jobs()).length === 0);

/** A handler whose effect is kept together with the end of its job. */
const handler =
  async ({ videoId }: { videoId: string }) =>
  async (tx: Tx) => {
    await tx('effects').insert({ video: videoId });
    return null;
  };

const effects = async (): Promise<string[]> => (await rig.db('effects').pluck('video')).toSorted();

const addJobs = (count: number) => Promise.all(Array.from({ length: count }, () => rig.addJob()));

/** Redis knows of all jobs; of one that was quick, nothing is left. */
const allTold = () =>
  eventually('Redis was told', async () =>
    (await rig.jobs()).every(({ run, scheduled_run }) => scheduled_run === run),
  );

const lossNoticed = () =>
  eventually('the loss is noticed', () => rebuildAfterLoss(rig.db, rig.redis, rig.prefix, silent));

describe('OP7 when Redis loses its memory', () => {
  test('under load, every job still has its effect once', async () => {
    const late = createGate();
    const handlers: Partial<JobHandlers> = {
      'media.process': handler,
      'media.purge': async (payload) => {
        await late.pass();
        return handler(payload);
      },
    };
    await Promise.all([rig.start(handlers), rig.start(handlers)]);
    const held = await rig.addJob('media.purge');
    await late.reached;
    const before = addJobs(120);
    await eventually('some jobs are done', async () => (await effects()).length > 5);
    await rig.redis.flushall();
    const after = addJobs(80);
    await lossNoticed();
    await rig.redis.flushall();
    await lossNoticed();
    late.open();
    const videos = [...(await before), ...(await after), held];
    await allDone();
    expect(await effects()).toEqual(videos.toSorted());
  });

  test('jobs that wait for their time are not forgotten', async () => {
    await rig.start({ 'media.process': handler });
    const videoId = rig.ids.next<'video'>();
    const runAt = new Date(Date.now() + 1_500);
    await rig.db.transaction((tx) => rig.enqueue(tx, { name: 'media.process', payload: { videoId }, runAt }));
    await allTold();
    await rig.redis.flushall();
    await lossNoticed();
    await allDone();
    expect(await effects()).toEqual([videoId]);
  });

  test('is told once of a loss, and of nothing when there was none', async () => {
    expect(await rebuildAfterLoss(rig.db, rig.redis, rig.prefix, silent)).toBe(true);
    expect(await rebuildAfterLoss(rig.db, rig.redis, rig.prefix, silent)).toBe(false);
    await rig.redis.flushall();
    expect(await rebuildAfterLoss(rig.db, rig.redis, rig.prefix, silent)).toBe(true);
    expect(await rebuildAfterLoss(rig.db, rig.redis, rig.prefix, silent)).toBe(false);
  });

  test('and comes back with an old copy, what it was told since is told again', async () => {
    await rig.start({ 'media.process': handler });
    await rig.addJob();
    await allDone();
    await rig.redis.save();
    const videoId = rig.ids.next<'video'>();
    const runAt = new Date(Date.now() + 3_000);
    await rig.db.transaction((tx) => rig.enqueue(tx, { name: 'media.process', payload: { videoId }, runAt }));
    await allTold();
    await redis.kill();
    await redis.start();
    expect(await rig.redis.exists(`${rig.prefix}:alive`), 'the old copy holds the mark').toBe(1);
    expect(await rig.queues.media.getDelayedCount()).toBe(0);
    await lossNoticed();
    await allDone();
    expect(await effects()).toContain(videoId);
  });
});

describe('while Redis is away', () => {
  test('commands commit, and their jobs run once when it is back', async () => {
    await rig.start({ 'media.process': handler });
    await rig.addJob();
    await allDone();
    await redis.kill();
    const videos = await addJobs(20);
    expect(await rig.jobs()).toHaveLength(20);
    await redis.start();
    await lossNoticed();
    await allDone();
    expect(await effects()).toHaveLength(21);
    expect(await effects()).toEqual(expect.arrayContaining(videos));
  });

  test('the list of jobs is not locked: a wake-up of a known key gets through', async () => {
    const pump = { name: 'deliver.host', payload: { host: 'a.example' }, key: 'deliver:a.example' } as const;
    await rig.start({ 'deliver.host': async () => undefined });
    await redis.kill();
    await rig.addJob();
    const wake = () => rig.db.transaction((tx) => rig.enqueue(tx, pump));
    await wake();
    for (let round = 0; round < 20; round += 1) await wake();
    await redis.start();
  });

  test('a worker can be stopped', async () => {
    const worker = await rig.start({ 'media.process': handler });
    await redis.kill();
    await addJobs(3);
    await worker.stop();
    await redis.start();
    await rig.start({ 'media.process': handler });
    await allDone();
    expect(await effects()).toHaveLength(3);
  });
});

test('a server stops, and tells of its health, while Redis is away', async () => {
  const server = await startTestServer({ role: 'all', variables: { REDIS_URL: redis.url } });
  await redis.kill();
  await eventually('it waits for its next try', () => server.context.redis.status === 'reconnecting');
  const waiting = expect(server.context.redis.get('nothing')).rejects.toThrow('closed');
  const health = await fetch(`${server.origin}/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ ok: true, parts: { database: 'ok', redis: 'failing' } });
  await eventually('it waits for its next try', () => server.context.redis.status === 'reconnecting');
  await server.close();
  await waiting;
});

describe('a ticket that Redis forgot on its own', () => {
  const forgottenJob = async () => {
    const videoId = await rig.addJob();
    await eventually('Redis was told', async () => (await rig.jobs())[0]?.scheduled_run === 0);
    await rig.queues.media.obliterate({ force: true });
    return videoId;
  };

  test('is made again once its job is long overdue', async () => {
    const worker = await rig.start({ 'media.process': handler });
    await rig.queues.media.pause();
    const videoId = await forgottenJob();
    await rig.queues.media.resume();
    expect(await tellLateAgain(rig.db)).toBe(0);
    await rig.db('jobs').update({ run_at: rig.db.raw(`now() - interval '11 minutes'`) });
    expect(await tellLateAgain(rig.db)).toBe(1);
    await allDone();
    expect(await effects()).toEqual([videoId]);
    await worker.stop();
  });

  test('of a job that somebody has in hand is not', async () => {
    const gate = createGate();
    await rig.start({
      'media.process': async (payload) => {
        await gate.pass();
        return handler(payload);
      },
    });
    await rig.addJob();
    await gate.reached;
    await rig.db('jobs').update({ run_at: rig.db.raw(`now() - interval '11 minutes'`) });
    expect(await tellLateAgain(rig.db)).toBe(0);
    gate.open();
    await allDone();
  });
});

test('when PostgreSQL drops its connections under load, every job has its effect once', async () => {
  await Promise.all([rig.start({ 'media.process': handler }), rig.start({ 'media.process': handler })]);
  const videos = await addJobs(100);
  for (const round of [1, 2, 3]) {
    await eventually('some jobs are done', async () => (await effects()).length > round * 10);
    // Also by a connection that was just cut off, and that nobody has noticed yet.
    await eventually('connections are dropped', () =>
      rig.db.raw(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()
            and backend_type = 'client backend'`,
      ),
    );
  }
  await eventually('what was cut off goes on when its lease has run out', async () => {
    await sweepLeases(rig.db, silent);
    await rig.makeDue();
    return (await rig.jobs()).length === 0;
  });
  expect(await effects()).toEqual(videos.toSorted());
});

test('a rebuild is harmless at any time', async () => {
  const gate = createGate();
  await rig.start({
    'media.process': async (payload) => {
      await gate.pass();
      return handler(payload);
    },
  });
  const videos = await addJobs(30);
  await gate.reached;
  for (let round = 0; round < 5; round += 1) await rebuildQueues(rig.db);
  gate.open();
  await allDone();
  expect(await effects()).toEqual(videos.toSorted());
});
