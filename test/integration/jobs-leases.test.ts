import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { newLeaseOwner, sweepLeases } from '../../src/jobs/leases.ts';
import { jobSpecs } from '../../src/jobs/registry.ts';
import { createGate, eventually } from '../helpers/chaos.ts';
import { createJobRig, type JobRig, silent } from '../helpers/job-rig.ts';

let rig: JobRig;

beforeEach(async () => {
  rig = await createJobRig();
});

afterEach(() => rig.close());

const allDone = () => eventually('no job is left', async () => (await rig.jobs()).length === 0);

async function onlyJob() {
  const [job] = await rig.jobs();
  if (!job) throw new Error('There is no job.');
  return job;
}

/** A process of this machine that does nothing. */
function idleProcess(): ChildProcess {
  const child = spawn('sleep', ['3600'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function deadPid(): Promise<number | undefined> {
  const child = idleProcess();
  child.kill('SIGKILL');
  await once(child, 'exit');
  return child.pid;
}

/** What another process of this machine would call itself. */
function ownerWithPid(pid: number | undefined): string {
  return newLeaseOwner().replace(`/${process.pid}/`, `/${pid}/`);
}

/** A job in the hands of `owner`, whose lease has run out or has not. */
async function addLeasedJob(owner: string, { expired = false, attempts = 1 } = {}): Promise<void> {
  await rig.addJob();
  await rig.db('jobs').update({
    lease_owner: owner,
    lease_until: rig.db.raw(`now() + ? * interval '1 second'`, [expired ? -1 : 3_600]),
    attempts,
  });
}

describe('the lease of a worker', () => {
  test('that died on this machine is freed at once', async () => {
    await addLeasedJob(ownerWithPid(await deadPid()));
    expect(await sweepLeases(rig.db, silent)).toBe(1);
    expect(await onlyJob()).toMatchObject({ state: 'pending', lease_owner: null, attempts: 1 });
    await rig.start({ 'media.process': async () => undefined });
    await allDone();
  });

  test('that runs on this machine is left alone until it has run out', async () => {
    const owner = ownerWithPid(idleProcess().pid);
    await addLeasedJob(owner);
    expect(await sweepLeases(rig.db, silent)).toBe(0);
    expect(await onlyJob()).toMatchObject({ lease_owner: owner });
    await rig.db('jobs').update({ lease_until: rig.db.raw(`now() - interval '1 ms'`) });
    expect(await sweepLeases(rig.db, silent)).toBe(1);
  });

  test('of this process itself is left alone', async () => {
    await addLeasedJob(newLeaseOwner());
    expect(await sweepLeases(rig.db, silent)).toBe(0);
  });

  test.for([
    ['on another machine', 0, 'another-machine'],
    // Containers on the network of their host share its name, and in each the server may be process 1.
    ['in another container of this machine', 1, '1'],
  ] as const)('%s is freed only when it has run out', async ([, part, other]) => {
    const owner = newLeaseOwner().split('/').with(part, other).with(-2, '1').join('/');
    await addLeasedJob(owner);
    expect(await sweepLeases(rig.db, silent)).toBe(0);
    await rig.db('jobs').update({ lease_until: rig.db.raw(`now() - interval '1 ms'`) });
    expect(await sweepLeases(rig.db, silent)).toBe(1);
    await rig.start({ 'media.process': async () => undefined });
    await allDone();
  });

  test('that died in the last try allowed leaves a dead letter', async () => {
    await addLeasedJob(ownerWithPid(await deadPid()), { attempts: jobSpecs['media.process'].maxAttempts });
    expect(await sweepLeases(rig.db, silent)).toBe(1);
    expect(await onlyJob()).toMatchObject({ state: 'dead', lease_owner: null });
  });

  test('keeps others from the job although Redis announces it', async () => {
    await addLeasedJob(ownerWithPid(idleProcess().pid));
    const ran: string[] = [];
    await rig.start({
      'media.process': async () => void ran.push('leased'),
      'media.purge': async () => void ran.push('other'),
    });
    await eventually('Redis was told', async () => (await onlyJob()).scheduled_run !== null);
    await eventually(
      'a worker has looked at it',
      async () => (await rig.queues.media.getJobCountByTypes('wait', 'active', 'delayed')) === 0,
    );
    await rig.addJob('media.purge');
    await eventually('the other job ran', () => ran.length > 0);
    expect(ran).toEqual(['other']);
    expect((await onlyJob()).attempts).toBe(1);
  });
});

test('a lease lasts as long as its worker is at work', async () => {
  // Long enough for a machine that is busy: where a lease is not renewed for as long, its worker rightly loses the job.
  const short = await createJobRig({ leaseMs: 2_000 });
  onTestFinished(() => short.close());
  const gate = createGate();
  const ran: number[] = [];
  await short.start({
    'media.process': async (_, { attempt }) => {
      ran.push(attempt);
      await gate.pass();
      return undefined;
    },
  });
  await short.addJob();
  await gate.reached;
  const lease = async (): Promise<Date> => (await short.db('jobs').first('lease_until')).lease_until;
  const first = await lease();
  await eventually('the first lease has run out', async () => {
    expect(await sweepLeases(short.db, silent)).toBe(0);
    const { rows } = await short.db.raw(`select now() > ?::timestamptz as past`, [first]);
    return rows[0].past;
  });
  expect((await lease()).getTime()).toBeGreaterThan(first.getTime());
  gate.open();
  await eventually('the job is done', async () => (await short.jobs()).length === 0);
  expect(ran).toEqual([1]);
});

describe('a worker that lost its lease', () => {
  test('is told so, and can neither end the job nor count a failure', async () => {
    const gate = createGate();
    const aborted = Promise.withResolvers<unknown>();
    const cleaned = Promise.withResolvers<number>();
    await rig.db.schema.createTable('effects', (t) => void t.text('by'));
    await rig.start({
      'media.process': async (_, { signal, attempt, whenLost }) => {
        whenLost(async () => cleaned.resolve(attempt));
        signal.addEventListener('abort', () => aborted.resolve(signal.reason));
        await gate.pass();
        return async (tx) => {
          await tx('effects').insert({ by: 'the first' });
          return null;
        };
      },
    });
    await rig.addJob();
    await gate.reached;
    const other = ownerWithPid(idleProcess().pid);
    await rig.db('jobs').update({ lease_owner: other });
    expect(await aborted.promise).toMatchObject({ message: 'Another worker took this job over.' });
    gate.open();
    expect(await cleaned.promise).toBe(1);
    await eventually('the first try is over', async () => (await rig.queues.media.getActiveCount()) === 0);
    expect(await onlyJob()).toMatchObject({ lease_owner: other, attempts: 1, last_error: null });
    expect(await rig.db('effects')).toEqual([]);
  });
});

describe('a worker that is stopped', () => {
  test('gives a running job back, and the try does not count', async () => {
    const gate = createGate();
    const cleaned = vi.fn(async () => undefined);
    const worker = await rig.start({
      'media.process': async (_, { signal, whenLost }) => {
        whenLost(cleaned);
        const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
        void gate.pass();
        await aborted;
        throw signal.reason;
      },
    });
    await rig.addJob();
    await gate.reached;
    await worker.stop();
    expect(cleaned).not.toHaveBeenCalled();
    const job = await onlyJob();
    expect(job).toMatchObject({ state: 'pending', lease_owner: null, attempts: 0, last_error: null });
    const attempts: number[] = [];
    await rig.start({ 'media.process': async (_, { attempt }) => void attempts.push(attempt) });
    await allDone();
    expect(attempts).toEqual([1]);
  });

  test('lets a job end that does not mind', async () => {
    const gate = createGate();
    const worker = await rig.start({
      'media.process': async () => {
        await gate.pass();
        return undefined;
      },
    });
    await rig.addJob();
    await gate.reached;
    const stopped = worker.stop();
    gate.open();
    await stopped;
    expect(await rig.jobs()).toEqual([]);
  });
});

describe('workers that are stopped and started under load', () => {
  // A ticket that comes in the last moment waits five seconds in Redis.
  test('leave no job behind that Redis believes to be done', { timeout: 60_000 }, async () => {
    const done: string[] = [];
    const handlers = { 'media.process': async ({ videoId }: { videoId: string }) => void done.push(videoId) };
    let expected = 0;
    for (let round = 0; round < 3; round += 1) {
      const worker = await rig.start(handlers);
      const adding = Promise.all(Array.from({ length: 60 }, () => rig.addJob()));
      await eventually('some jobs are done', () => done.length > expected + 5);
      expected += 60;
      await worker.stop();
      await adding;
      await rig.start(handlers);
      await allDone();
      expect(done).toHaveLength(expected);
    }
  });
});

describe('two workers', () => {
  test('never have one job in hand at the same time, however often it is announced', async () => {
    const running = new Map<string, number>();
    let meetings = 0;
    await rig.db.schema.createTable('effects', (t) => void t.text('video'));
    const handler = async ({ videoId }: { videoId: string }) => {
      const now = (running.get(videoId) ?? 0) + 1;
      running.set(videoId, now);
      if (now > 1) meetings += 1;
      // Long enough for the other announcements to be taken up.
      await rig.redis.ping();
      await rig.db.raw('select 1');
      return async (tx: Parameters<typeof rig.enqueue>[0]) => {
        await tx('effects').insert({ video: videoId });
        running.set(videoId, (running.get(videoId) ?? 0) - 1);
        return null;
      };
    };
    const videos = await Promise.all(Array.from({ length: 60 }, () => rig.addJob()));
    const tickets = (await rig.jobs()).flatMap(({ id, run }) =>
      Array.from({ length: 5 }, (_, copy) => ({
        ...{ name: 'media', data: { id, run }, opts: { jobId: `copy-${copy}-${id}` } },
      })),
    );
    await rig.queues.media.addBulk(tickets);
    await Promise.all([rig.start({ 'media.process': handler }), rig.start({ 'media.process': handler })]);
    await allDone();
    expect(meetings).toBe(0);
    const effects: string[] = await rig.db('effects').pluck('video');
    expect(effects.toSorted()).toEqual(videos.toSorted());
  });
});
