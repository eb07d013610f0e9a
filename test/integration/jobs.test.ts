import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { listJobs, pauseQueue, replayDead, resumeQueue } from '../../src/jobs/desk.ts';
import { queueStates } from '../../src/jobs/queues.ts';
import { type JobHandlers, jobSpecs, PermanentJobError } from '../../src/jobs/registry.ts';
import type { JobId } from '../../src/lib/ids.ts';
import { createGate, eventually, waitingForLocks } from '../helpers/chaos.ts';
import { createJobRig, type JobRig } from '../helpers/job-rig.ts';

let rig: JobRig;

beforeEach(async () => {
  rig = await createJobRig();
});

afterEach(() => rig.close());

const allDone = () => eventually('no job is left', async () => (await rig.jobs()).length === 0);

/** The only job there is. */
async function onlyJob() {
  const jobs = await rig.jobs();
  expect(jobs).toHaveLength(1);
  const [job] = jobs;
  if (!job) throw new Error('There is no job.');
  return job;
}

/** The only job, once it has failed this often and waits for its next try. */
const failedTimes = (attempts: number) =>
  eventually(`the job has failed ${attempts} times`, async () => {
    const job = await onlyJob();
    return job.attempts === attempts && job.lease_owner === null ? job : null;
  });

const deadLetter = () =>
  eventually('the job is a dead letter', async () => {
    const job = await onlyJob();
    return job.state === 'dead' ? job : null;
  });

const pump = { name: 'deliver.host', payload: { host: 'a.example' }, key: 'deliver:a.example' } as const;
const addPump = () => rig.db.transaction((tx) => rig.enqueue(tx, pump));

const stateOf = async (name: string) => (await queueStates(rig.db)).find(({ queue }) => queue === name);
const replay = (id: string) => rig.db.transaction((tx) => replayDead(tx, { kind: 'one', id: id as JobId }));

describe('a job', () => {
  test('runs once its transaction has committed, and not before', async () => {
    const ran: string[] = [];
    await rig.start({ 'media.process': async ({ videoId }) => void ran.push(videoId) });
    const videoId = rig.ids.next<'video'>();
    await rig.db.transaction(async (tx) => {
      await rig.enqueue(tx, { name: 'media.process', payload: { videoId } });
      // Another job goes all the way through while this transaction is open.
      const other = await rig.addJob();
      await eventually('the other job ran', () => ran.includes(other));
      expect(ran).toEqual([other]);
    });
    await eventually('the job ran', () => ran.includes(videoId));
    await allDone();
    expect(ran).toHaveLength(2);
  });

  test('does not run when its transaction is rolled back', async () => {
    const ran: string[] = [];
    await rig.start({ 'media.process': async ({ videoId }) => void ran.push(videoId) });
    const rolledBack = rig.db.transaction(async (tx) => {
      await rig.enqueue(tx, { name: 'media.process', payload: { videoId: rig.ids.next<'video'>() } });
      throw new Error('changed its mind');
    });
    await expect(rolledBack).rejects.toThrow('changed its mind');
    const later = await rig.addJob();
    await eventually('the later job ran', () => ran.includes(later));
    await allDone();
    expect(ran).toEqual([later]);
  });

  test('waits until it is due', async () => {
    const ran: string[] = [];
    await rig.start({ 'media.process': async ({ videoId }) => void ran.push(videoId) });
    const [late, soon] = [rig.ids.next<'video'>(), rig.ids.next<'video'>()];
    await rig.db.transaction((tx) =>
      rig.enqueue(tx, [
        { name: 'media.process', payload: { videoId: late }, runAt: new Date(Date.now() + 3_600_000) },
        { name: 'media.process', payload: { videoId: soon }, runAt: new Date(Date.now() + 100) },
      ]),
    );
    await eventually('the early job ran', () => ran.includes(soon));
    const job = await eventually('the late job is scheduled', async () => {
      const left = await rig.jobs();
      return left.length === 1 && left[0]?.scheduled_run === left[0]?.run ? left[0] : null;
    });
    expect(job.run_at.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
    expect(ran).toEqual([soon]);
    await rig.makeDue();
    await allDone();
    expect(ran).toEqual([soon, late]);
  });

  test('counts more than one insert takes', async () => {
    const count = 1_001;
    await rig.db.transaction((tx) =>
      rig.enqueue(
        tx,
        Array.from({ length: count }, () => ({
          name: 'media.purge' as const,
          payload: { videoId: rig.ids.next<'video'>() },
        })),
      ),
    );
    expect(await stateOf('default')).toMatchObject({ pending: count, running: 0, dead: 0 });
  });
});

describe('a job with a key', () => {
  test('is there once while it is pending, and is pulled forward', async () => {
    const later = new Date(Date.now() + 3_600_000);
    await rig.db.transaction((tx) => rig.enqueue(tx, { ...pump, runAt: later }));
    const before = await onlyJob();
    await addPump();
    await addPump();
    const after = await onlyJob();
    expect(after.id).toBe(before.id);
    expect(after.run_at.getTime()).toBeLessThanOrEqual(Date.now());
    // A later time does not push it back.
    await rig.db.transaction((tx) => rig.enqueue(tx, { ...pump, runAt: later }));
    expect((await onlyJob()).run_at).toEqual(after.run_at);
  });

  test('may be named twice in one call', async () => {
    await rig.db.transaction((tx) => rig.enqueue(tx, [pump, pump]));
    await onlyJob();
  });

  test('is taken up at once when it was scheduled for later', async () => {
    const ran = vi.fn(async () => undefined);
    await rig.start({ 'deliver.host': ran });
    await rig.db.transaction((tx) => rig.enqueue(tx, { ...pump, runAt: new Date(Date.now() + 3_600_000) }));
    await eventually('Redis was told of the later time', async () => {
      const job = await onlyJob();
      return job.scheduled_run === job.run;
    });
    await addPump();
    await allDone();
    expect(ran).toHaveBeenCalledTimes(1);
  });

  test('that is wanted again while it runs runs again', async () => {
    const gate = createGate();
    const ran = vi.fn<JobHandlers['deliver.host']>(async () => {
      if (ran.mock.calls.length === 1) await gate.pass();
      return undefined;
    });
    await rig.start({ 'deliver.host': ran });
    await addPump();
    await gate.reached;
    await addPump();
    gate.open();
    await allDone();
    expect(ran).toHaveBeenCalledTimes(2);
  });

  test('that is wanted again while it fails for good runs again', async () => {
    const gate = createGate();
    const ran = vi.fn<JobHandlers['deliver.host']>(async () => {
      if (ran.mock.calls.length > 1) return undefined;
      await gate.pass();
      throw new PermanentJobError('no other try can help');
    });
    await rig.start({ 'deliver.host': ran });
    await addPump();
    await gate.reached;
    await addPump();
    gate.open();
    await eventually('the job was given back', async () => (await onlyJob()).lease_owner === null);
    await rig.makeDue();
    await allDone();
    expect(ran).toHaveBeenCalledTimes(2);
  });
});

describe('the last step of a job', () => {
  beforeEach(() => rig.db.schema.createTable('work', (t) => void t.increments('id')));

  /** A pump that takes work out of a table, as deliveries do. */
  function pumpHandler(options: { beforeEnd?: () => Promise<void>; inEnd?: () => Promise<void> } = {}) {
    return vi.fn<JobHandlers['deliver.host']>(async () => {
      await rig.db('work').delete();
      await options.beforeEnd?.();
      return async (tx) => {
        const left = await tx('work').first('id');
        await options.inEnd?.();
        return left ? new Date() : null;
      };
    });
  }

  const addWork = () =>
    rig.db.transaction(async (tx) => {
      await tx('work').insert({});
      await rig.enqueue(tx, pump);
    });

  const nothingLeft = async () => {
    await allDone();
    expect(await rig.db('work')).toEqual([]);
  };

  test('is kept with the end of the job, or not at all', async () => {
    let fail = true;
    await rig.start({
      'media.process': async () => async (tx) => {
        await tx('work').insert({});
        if (fail) throw new Error('the last step fails');
        return null;
      },
    });
    await rig.addJob();
    const job = await failedTimes(1);
    expect(job.last_error).toBe('the last step fails');
    expect(await rig.db('work')).toEqual([]);
    fail = false;
    await rig.makeDue();
    await allDone();
    expect(await rig.db('work')).toHaveLength(1);
  });

  test('can ask for another run, which starts with a full set of tries', async () => {
    const attempts: number[] = [];
    await rig.start({
      'media.process': async (_, run) => {
        attempts.push(run.attempt);
        if (attempts.length === 1) throw new Error('once');
        return async () => (attempts.length < 4 ? new Date() : null);
      },
    });
    await rig.addJob();
    await failedTimes(1);
    await rig.makeDue();
    await allDone();
    expect(attempts).toEqual([1, 2, 1, 1]);
  });

  test('sees what a wake-up wrote that began first and commits last', async () => {
    const beforeEnd = createGate();
    const handler = pumpHandler({ beforeEnd: beforeEnd.pass });
    await rig.start({ 'deliver.host': handler });
    await addPump();
    await beforeEnd.reached;
    await rig.db.transaction(async (tx) => {
      await tx('work').insert({});
      await rig.enqueue(tx, pump);
      beforeEnd.open();
      await eventually(
        'the ending job waits for this transaction',
        async () => (await waitingForLocks(rig.db)) > 0,
      );
    });
    await nothingLeft();
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test('leaves a wake-up behind that comes when it has looked already', async () => {
    const inEnd = createGate();
    const handler = pumpHandler({ inEnd: inEnd.pass });
    await rig.start({ 'deliver.host': handler });
    await addPump();
    await inEnd.reached;
    const adding = addWork();
    await eventually('the wake-up waits for the ending job', async () => (await waitingForLocks(rig.db)) > 0);
    inEnd.open();
    await adding;
    await nothingLeft();
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test('loses no wake-up of many', async () => {
    await rig.start({ 'deliver.host': pumpHandler() });
    await rig.start({ 'deliver.host': pumpHandler() });
    for (let round = 0; round < 30; round += 1) await Promise.all([addWork(), addWork(), addWork()]);
    await nothingLeft();
  });
});

describe('a job that fails', () => {
  test('is tried again with its count and its last error, and ends as a dead letter', async () => {
    const { maxAttempts } = jobSpecs['media.process'];
    const seen: { attempt: number; lastAttempt: boolean }[] = [];
    await rig.start({
      'media.process': async (_, { attempt, lastAttempt }) => {
        seen.push({ attempt, lastAttempt });
        throw new Error(`failure ${attempt}`);
      },
    });
    const videoId = await rig.addJob();
    for (let attempt = 1; attempt < maxAttempts; attempt += 1) {
      const job = await failedTimes(attempt);
      expect(job).toMatchObject({ state: 'pending', last_error: `failure ${attempt}` });
      expect(job.run_at.getTime()).toBeGreaterThan(Date.now());
      await rig.makeDue();
    }
    const dead = await deadLetter();
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
    expect(seen.map(({ lastAttempt }) => lastAttempt)).toEqual([false, false, false, false, true]);
    expect(
      await listJobs(rig.db, { state: 'dead', page: { maxId: null, minId: null, limit: 10 } }),
    ).toMatchObject([
      {
        ...{ id: dead.id, name: 'media.process', payload: { videoId }, attempts: maxAttempts },
        ...{ lastError: 'failure 5', diedAt: expect.any(Date) },
      },
    ]);
    expect(await stateOf('media')).toMatchObject({ pending: 0, running: 0, dead: 1, oldestSeconds: null });
  });

  test('for good is a dead letter at once', async () => {
    const ran = vi.fn(async () => {
      throw new PermanentJobError('no other try can help');
    });
    await rig.start({ 'media.process': ran });
    await rig.addJob();
    expect(await deadLetter()).toMatchObject({ attempts: 1, last_error: 'no other try can help' });
    expect(ran).toHaveBeenCalledTimes(1);
  });

  test('can be replayed as a dead letter, with a full set of tries', async () => {
    let broken = true;
    const attempts: number[] = [];
    await rig.start({
      'media.process': async (_, run) => {
        attempts.push(run.attempt);
        if (broken) throw new PermanentJobError('broken');
      },
    });
    await rig.addJob();
    const { id } = await deadLetter();
    broken = false;
    expect(await replay(id)).toBe(1);
    await allDone();
    expect(attempts).toEqual([1, 1]);
    expect(await replay(id)).toBe(0);
  });

  test('can be replayed while a newer job of its key is pending: that one does the work of both', async () => {
    let broken = true;
    const ran = vi.fn(async () => {
      if (broken) throw new PermanentJobError('broken');
      return undefined;
    });
    const worker = await rig.start({ 'deliver.host': ran });
    await addPump();
    const { id } = await deadLetter();
    await worker.stop();
    await rig.db.transaction((tx) => rig.enqueue(tx, { ...pump, runAt: new Date(Date.now() + 3_600_000) }));
    expect(await replay(id)).toBe(1);
    const job = await onlyJob();
    expect(job).toMatchObject({ state: 'pending', attempts: 0 });
    expect(job.run_at.getTime()).toBeLessThanOrEqual(Date.now());
    broken = false;
    await rig.start({ 'deliver.host': ran });
    await allDone();
    expect(ran).toHaveBeenCalledTimes(2);
  });

  test.for([
    ['data that does not fit its schema', 'media.process', 'data is not valid'],
    ['a name that nobody knows', 'media.transmogrify', 'There is no job called media.transmogrify.'],
    ['a name that every object knows', '__proto__', 'There is no job called __proto__.'],
  ] as const)('because of %s is a dead letter and not a loop (W11)', async ([, name, error]) => {
    const ran = vi.fn(async () => undefined);
    await rig.start({ 'media.process': ran });
    const payload = JSON.stringify({ videoId: '../../etc' });
    await rig.db('jobs').insert({ id: rig.ids.next(), queue: 'media', name, payload });
    const dead = await deadLetter();
    expect(dead.attempts).toBe(1);
    expect(dead.last_error).toContain(error);
    expect(ran).not.toHaveBeenCalled();
  });

  test('to end in time is aborted and tried again', async () => {
    const deadline = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
    try {
      const gate = createGate();
      await rig.start({
        'media.process': async (_, { signal }) => {
          const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
          void gate.pass();
          await aborted;
          throw signal.reason;
        },
      });
      await rig.addJob();
      await gate.reached;
      expect(timeout).toHaveBeenCalledWith(jobSpecs['media.process'].timeoutMs);
      deadline.abort(new Error('took too long'));
      expect(await failedTimes(1)).toMatchObject({ state: 'pending', last_error: 'took too long' });
    } finally {
      timeout.mockRestore();
    }
  });
});

describe('a paused queue', () => {
  test('begins none of its jobs until it goes on, and holds up no other', async () => {
    const ran: string[] = [];
    const note = (name: string) => async () => {
      ran.push(name);
      return undefined;
    };
    await rig.start({ 'media.process': note('media'), 'media.purge': note('default') });
    await rig.db.transaction((tx) => pauseQueue(tx, 'media'));
    await rig.addJob('media.process');
    await rig.addJob('media.purge');
    await eventually('the other queue is served', () => ran.length === 1);
    expect(ran).toEqual(['default']);
    expect(await stateOf('media')).toMatchObject({ pending: 1, running: 0, pausedAt: expect.any(Date) });
    await rig.db.transaction((tx) => resumeQueue(tx, 'media'));
    await allDone();
    expect(ran).toEqual(['default', 'media']);
  });

  test('takes none that was announced before, and forgets none of them', async () => {
    const ran = vi.fn(async () => undefined);
    await rig.addJob('media.process');
    const before = await rig.start({
      'media.process': (_, { signal }) =>
        new Promise((_done, cut) => signal.addEventListener('abort', () => cut(signal.reason))),
    });
    await eventually('it is announced', async () => (await onlyJob()).scheduled_run !== null);
    await rig.db.transaction((tx) => pauseQueue(tx, 'media'));
    await before.stop();
    await rig.start({ 'media.process': ran });
    await rig.db.transaction((tx) => resumeQueue(tx, 'media'));
    await allDone();
    expect(ran).toHaveBeenCalledTimes(1);
  });
});
