import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { Scheduler, type Upkeep } from '../../src/jobs/scheduler.ts';
import { upkeepRuns } from '../../src/jobs/upkeep-runs.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createGate, eventually, IN_THIS_DATABASE, openGates } from '../helpers/chaos.ts';
import { silent } from '../helpers/job-rig.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

let databaseUrl: string;

beforeEach(async () => {
  databaseUrl = await createTestDatabase();
});

afterEach(() => dropTestDatabase(databaseUrl));

/** A process with upkeep of its own; `db` is its way to the database. */
function startScheduler(tasks: readonly Upkeep[], exclusive = true): { scheduler: Scheduler; db: Db } {
  const db = openDatabase(databaseUrl, 2);
  const scheduler = new Scheduler({ db, clock: systemClock, log: silent, tasks, exclusive });
  scheduler.start();
  onTestFinished(async () => {
    openGates();
    await scheduler.stop();
    await db.destroy();
  });
  return { scheduler, db };
}

const task = (run: () => Promise<unknown>, name = 'task'): Upkeep => ({ name, everyMs: 1, run });

describe('upkeep of the whole server', () => {
  test('is done by one process at a time, and by the other when that one stops', async () => {
    const gate = createGate();
    const first = vi.fn(() => gate.pass());
    const second = vi.fn(async () => undefined);
    const { scheduler } = startScheduler([task(first)]);
    await gate.reached;
    const other = startScheduler([task(second)]);
    const tries = vi.spyOn(other.db, 'transaction');
    await eventually('the other has tried twice', () => tries.mock.settledResults.length >= 2);
    expect(second).not.toHaveBeenCalled();
    const stopped = scheduler.stop();
    gate.open();
    await stopped;
    await eventually('the other took over', () => second.mock.calls.length > 0);
    expect(first).toHaveBeenCalledTimes(1);
  });

  test('is taken over from a process that lost its connection', async () => {
    const gate = createGate();
    startScheduler([task(() => gate.pass())]);
    await gate.reached;
    const second = vi.fn(async () => undefined);
    const { db } = startScheduler([task(second)]);
    await db.raw(
      `select pg_terminate_backend(pid) from pg_locks
        where locktype = 'advisory' and granted and ${IN_THIS_DATABASE} and pid <> pg_backend_pid()`,
    );
    await eventually('the other took over', () => second.mock.calls.length > 0);
  });
});

describe('upkeep that is rare', () => {
  test('is done once for all processes, also by those that come later', async () => {
    const runs = vi.fn(async () => undefined);
    const often = vi.fn(async () => undefined);
    const rare = { name: 'rare', everyMs: 3_600_000, run: runs };
    const { db } = startScheduler([rare, task(often, 'often')]);
    await eventually('it ran', () => runs.mock.calls.length > 0);
    await eventually('it is written down', async () =>
      (await upkeepRuns(db)).some((run) => run.task === 'rare'),
    );
    const calls = often.mock.calls.length;
    startScheduler([rare, task(often, 'often')]);
    await eventually('the other has led, too', () => often.mock.calls.length >= calls + 4);
    expect(runs).toHaveBeenCalledTimes(1);
  });

  test('is seen to fail, and to go well again', async () => {
    let isBroken = true;
    const { db } = startScheduler([
      task(async () => {
        if (isBroken) throw new Error('The disk is away.');
      }, 'broken'),
    ]);
    const run = async () => (await upkeepRuns(db)).find(({ task }) => task === 'broken');
    await eventually('it failed', async () => ((await run())?.failures ?? 0) > 0);
    expect(await run()).toMatchObject({ okAt: null, lastError: 'The disk is away.' });
    isBroken = false;
    await eventually('it went well', async () => (await run())?.failures === 0);
    expect(await run()).toMatchObject({ okAt: expect.any(Date), lastError: null });
  });
});

describe('upkeep of one machine', () => {
  test('is done by every process', async () => {
    const gate = createGate();
    startScheduler([task(() => gate.pass())], false);
    await gate.reached;
    const second = vi.fn(async () => undefined);
    startScheduler([task(second)], false);
    await eventually('the other does it too', () => second.mock.calls.length > 0);
  });
});

describe('a task', () => {
  test('that fails holds back no other, and is tried again', async () => {
    const broken = vi.fn(async () => {
      throw new Error('broken');
    });
    const fine = vi.fn(async () => undefined);
    startScheduler([task(broken, 'broken'), task(fine, 'fine')]);
    await eventually('both ran twice', () => fine.mock.calls.length >= 2 && broken.mock.calls.length >= 2);
  });

  test('is not begun again before it is due', async () => {
    const rare = vi.fn(async () => undefined);
    const often = vi.fn(async () => undefined);
    startScheduler([{ name: 'rare', everyMs: 3_600_000, run: rare }, task(often, 'often')]);
    await eventually('the other ran three times', () => often.mock.calls.length >= 3);
    expect(rare).toHaveBeenCalledTimes(1);
  });

  test('is waited for when the server stops, and none is begun after', async () => {
    const gate = createGate();
    let ended = false;
    const next = vi.fn(async () => undefined);
    const slow = async () => {
      await gate.pass();
      ended = true;
    };
    const { scheduler } = startScheduler([task(slow, 'slow'), task(next, 'next')]);
    await gate.reached;
    const stopped = scheduler.stop();
    gate.open();
    await stopped;
    expect(ended).toBe(true);
    expect(next).not.toHaveBeenCalled();
  });
});
