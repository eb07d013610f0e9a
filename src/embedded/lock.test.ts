import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquireDataLock, isDataLocked } from './lock.ts';
import { processIdentity } from './processes.ts';

const TOKEN = 'b7a5b0a8-3c0b-4b9c-9a43-7a3f0d0c7c11';

describe('acquireDataLock', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vireo-lock-'));
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function acquire(waitMs = 0) {
    const outcome = await acquireDataLock(dir, { waitMs });
    if (!outcome.ok) throw new Error(outcome.detail);
    return outcome.lock;
  }

  function lockedBy(pid: number, identity: string): Promise<void> {
    return writeFile(join(dir, 'lock'), JSON.stringify({ pid, identity, token: TOKEN }));
  }

  test('lets one owner in and names it to the next', async () => {
    const lock = await acquire();
    expect(await isDataLocked(dir)).toBe(true);
    expect(await acquireDataLock(dir, { waitMs: 0 })).toEqual({
      ok: false,
      reason: 'data-in-use',
      detail: `The data folder ${dir} is in use by process ${process.pid}. Stop that process first, or set DATA_DIR to another folder.`,
    });
    await lock.release();
    expect(await isDataLocked(dir)).toBe(false);
    expect(await readdir(dir)).toEqual([]);
    await acquire();
  });

  test('waits for an owner that is about to stop', async () => {
    const first = await acquire();
    const second = acquire(30_000);
    await first.release();
    await (await second).release();
  });

  test('lets exactly one of many in, also when all of them find a dead owner', async () => {
    const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(gone, 'exit');
    for (let round = 0; round < 20; round++) {
      await lockedBy(gone.pid ?? 0, 'boot:1');
      const all = await Promise.all(Array.from({ length: 12 }, () => acquireDataLock(dir, { waitMs: 50 })));
      const winners = all.filter((outcome) => outcome.ok);
      expect(winners).toHaveLength(1);
      await winners[0]?.lock.release();
    }
  });

  test('takes over at once from a process whose number was given to another', async () => {
    await lockedBy(process.pid, 'another boot:1');
    await (await acquire()).release();
  });

  test.each(['', '{', '{"pid":-1,"identity":"","token":"x"}'])(
    'takes a damaged lock %j for a dead one',
    async (text) => {
      await writeFile(join(dir, 'lock'), text);
      await (await acquire()).release();
    },
  );

  test('is not stopped by a takeover that was itself killed', async () => {
    await lockedBy(process.pid, 'another boot:1');
    await writeFile(join(dir, 'lock.takeover'), await deadOwner());
    await (await acquire(5_000)).release();
    expect(await readdir(dir)).toEqual([]);
  });

  test('leaves the lock of a dead owner to the one that is taking it over', async () => {
    const takeover = join(dir, 'lock.takeover');
    await lockedBy(process.pid, 'another boot:1');
    await writeFile(
      takeover,
      JSON.stringify({ pid: process.pid, identity: await processIdentity(process.pid), token: TOKEN }),
    );
    expect(await acquireDataLock(dir, { waitMs: 100 })).toMatchObject({ ok: false, reason: 'data-in-use' });
    await rm(takeover);
    await (await acquire()).release();
  });

  async function deadOwner(): Promise<string> {
    return JSON.stringify({
      pid: process.pid,
      identity: `${await processIdentity(process.pid)}0`,
      token: TOKEN,
    });
  }
});
