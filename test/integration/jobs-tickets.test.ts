import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Db } from '../../src/db/database.ts';
import { rebuildAfterLoss } from '../../src/jobs/queues.ts';
import { PermanentJobError } from '../../src/jobs/registry.ts';
import { createGate, eventually } from '../helpers/chaos.ts';
import { createJobRig, type JobRig, silent } from '../helpers/job-rig.ts';

const HOUR_MS = 3_600_000;
const pump = { name: 'deliver.host', payload: { host: 'a.example' }, key: 'deliver:a.example' } as const;

let rig: JobRig;

beforeEach(async () => {
  rig = await createJobRig();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rig.close();
});

const allDone = () => eventually('no job is left', async () => (await rig.jobs()).length === 0);

const wakeIn = (ms: number) =>
  rig.db.transaction((tx) => rig.enqueue(tx, { ...pump, runAt: new Date(Date.now() + ms) }));

/** Waits until all tickets that are due were looked at. */
const looked = () =>
  eventually('the tickets were looked at', async () => {
    const { wait, active } = await rig.queues.media.getJobCounts('wait', 'active');
    return wait === 0 && active === 0;
  });

describe('a ticket', () => {
  test('of an earlier run does not start a job that waits for its time', async () => {
    const ran: string[] = [];
    await rig.start({
      'media.process': async ({ videoId }) => {
        ran.push(videoId);
        throw new Error('fails');
      },
      'media.purge': async () => void ran.push('other'),
    });
    await rig.addJob();
    const [job] = await eventually('the job waits for its next try', async () => {
      const jobs = await rig.jobs();
      return jobs[0]?.attempts === 1 && jobs[0].lease_owner === null ? jobs : null;
    });
    for (const run of [0, 1, 7].filter((run) => run !== job?.run)) {
      await rig.queues.media.add('media', { id: job?.id, run });
    }
    await looked();
    await rig.addJob('media.purge');
    await eventually('the other job ran', () => ran.includes('other'));
    expect(ran).toHaveLength(2);
  });

  test('that Redis hands out again does not start a dead letter', async () => {
    const ran: string[] = [];
    await rig.start({
      'media.process': async ({ videoId }) => {
        ran.push(videoId);
        throw new PermanentJobError('no other try can help');
      },
    });
    await rig.addJob();
    const [dead] = await eventually('the job is dead', async () => {
      const jobs = await rig.jobs();
      return jobs[0]?.state === 'dead' ? jobs : null;
    });
    await rig.queues.media.add('media', { id: dead?.id, run: dead?.run });
    await looked();
    await rig.addJob();
    await eventually('the other job is dead too', async () =>
      (await rig.jobs()).every(({ state }) => state === 'dead'),
    );
    expect(new Set(ran).size).toBe(ran.length);
  });

  test.for([
    ['no id', { run: 0 }],
    ['an id that is SQL', { id: '1 or true', run: 0 }],
    ['a run that is none', { id: '1', run: '0' }],
    ['nothing at all', null],
  ] as const)('with %s does no harm (W11)', async ([, data]) => {
    const ran = vi.fn(async () => undefined);
    await rig.start({ 'media.process': ran });
    await rig.queues.media.add('media', data);
    await rig.addJob();
    await allDone();
    expect(ran).toHaveBeenCalledTimes(1);
  });
});

describe('the relay', () => {
  test('tells Redis of a job once', async () => {
    const told = vi.spyOn(rig.queues.deliver, 'addBulk');
    await rig.start({ 'deliver.host': async () => undefined, 'media.purge': async () => undefined });
    await wakeIn(HOUR_MS);
    await eventually('Redis was told', async () => (await rig.jobs())[0]?.scheduled_run === 0);
    for (let round = 0; round < 3; round += 1) {
      await rig.addJob('media.purge');
      await eventually('the relay has come by', async () => (await rig.jobs()).length === 1);
    }
    expect(told).toHaveBeenCalledTimes(1);
  });

  test('loses no wake-up that comes while Redis is told of the job', async () => {
    const gate = createGate();
    const { deliver } = rig.queues;
    const addBulk = deliver.addBulk.bind(deliver);
    vi.spyOn(deliver, 'addBulk').mockImplementationOnce(async (tickets) => {
      await gate.pass();
      return addBulk(tickets);
    });
    const ran = vi.fn(async () => undefined);
    await rig.start({ 'deliver.host': ran });
    await wakeIn(HOUR_MS);
    await gate.reached;
    await wakeIn(0);
    gate.open();
    await allDone();
    expect(ran).toHaveBeenCalledTimes(1);
  });
});

describe('a loss of Redis', () => {
  beforeEach(() => rig.redis.ping());

  const notice = (db: Db = rig.db) => rebuildAfterLoss(db, rig.redis, rig.prefix, silent);

  test('is noticed again when the process that noticed it died over it', async () => {
    const broken = () => {
      throw new Error('died');
    };
    await expect(notice(broken as unknown as Db)).rejects.toThrow('died');
    expect(await notice()).toBe(true);
    expect(await notice()).toBe(false);
  });

  test('is noticed that comes while the last one is being made good', async () => {
    const set = rig.redis.set.bind(rig.redis);
    vi.spyOn(rig.redis, 'set').mockImplementationOnce(async (key, value) => {
      await set(key, value);
      await rig.redis.flushdb();
      return 'OK';
    });
    expect(await notice()).toBe(true);
    expect(await notice()).toBe(true);
    expect(await notice()).toBe(false);
  });
});
