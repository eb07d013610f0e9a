import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import { processIdentity, stopOrphan, stopProcess } from './processes.ts';

const STUBBORN = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";

describe('processes', () => {
  let dir: string;
  let child: ChildProcess;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vireo-processes-'));
    child = spawn(process.execPath, ['-e', STUBBORN, join(dir, 'data')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (child.stdout) await once(child.stdout, 'data');
  });

  afterEach(async () => {
    child.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  const isAlive = () => child.exitCode === null && child.signalCode === null;

  function stop(program: RegExp, path: string): Promise<void> {
    const log = createLogger('silent');
    return stopOrphan({ pidFile: join(dir, 'pid'), program, path, steps: [['SIGKILL', 5_000]], log });
  }

  test('a process keeps its identity, and no two share one', async () => {
    const identity = await processIdentity(process.pid);
    expect(identity).toBeTruthy();
    expect(await processIdentity(process.pid)).toBe(identity);
    expect(await processIdentity(child.pid ?? 0)).not.toBe(identity);
  });

  test('a process that has ended has no identity', async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(await processIdentity(child.pid ?? 0)).toBeUndefined();
  });

  test('a process that ignores the first signal gets the next', async () => {
    expect(await stopProcess(child.pid ?? 0, isAlive, [['SIGTERM', 100]])).toBe(false);
    expect(
      await stopProcess(child.pid ?? 0, isAlive, [
        ['SIGTERM', 100],
        ['SIGKILL', 5_000],
      ]),
    ).toBe(true);
    expect(child.signalCode).toBe('SIGKILL');
  });

  test('an orphan is stopped when program and path are the expected ones', async () => {
    await writeFile(join(dir, 'pid'), `${child.pid}\n`);
    await stop(/node/, join(dir, 'data'));
    expect(await processIdentity(child.pid ?? 0)).toBeUndefined();
  });

  test.each([
    ['another program', /postgres/, 'data'],
    ['another folder', /node/, 'data2'],
    ['a folder whose name begins the same', /node/, 'dat'],
  ])('%s is left alone, and the pid file that named it is removed', async (_, program, folder) => {
    await writeFile(join(dir, 'pid'), `${child.pid}\n`);
    await stop(program, join(dir, folder));
    expect(isAlive()).toBe(true);
    expect(await readdir(dir)).toEqual([]);
  });

  test.each(['', 'words', '-1', '0', '1'])('a pid file with %j stops nothing', async (text) => {
    await writeFile(join(dir, 'pid'), text);
    await stop(/./, '');
    expect(isAlive()).toBe(true);
  });
});
