import { chmod, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded, stopOrphans } from '../../src/embedded/index.ts';
import { createLogger } from '../../src/lib/log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser's address of the PostgreSQL that all test files share. */
    adminDatabaseUrl: string;
    /** The database `vireo` there, as the role that owns it. */
    databaseUrl: string;
    /** The Redis that all test files share; database 0 is for `testRedis` alone. */
    redisUrl: string;
    /** Where tests that start servers of their own put their data. */
    databaseDir: string;
  }
}

const PREFIX = 'vireo-test-run-';
/** A folder of Linux whose files are held in memory. */
const MEMORY = '/dev/shm';
/** Several times what a whole run has at once. */
const ROOM_BYTES = 3 * 1024 ** 3;

const log = createLogger('warn');

/**
 * One database server and one Redis for the whole run, in a folder that no run leaves behind for good. Where
 * there is plenty of memory they live there: hundreds of databases come and go, of eight hundred files each.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  for (const parent of [MEMORY, tmpdir()]) await sweep(parent);
  let started = (await isRoomy()) ? await start(MEMORY) : undefined;
  // Some systems run no programs from there, and some users need a copy of them beside their data.
  if (!started?.outcome.ok) started = await start(tmpdir());
  const { parent, dir, outcome } = started;
  if (!outcome.ok) throw new Error(outcome.detail);
  const { stack } = outcome;
  project.provide('adminDatabaseUrl', stack.adminDatabaseUrl ?? '');
  project.provide('databaseUrl', stack.databaseUrl ?? '');
  project.provide('redisUrl', stack.redisUrl ?? '');
  project.provide('databaseDir', parent);
  return async () => {
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  };
}

/** Starts both in a new folder there, which goes away again when they do not start. */
async function start(parent: string) {
  const dir = await mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
  await chmod(dir, 0o711);
  const outcome = await startEmbedded({
    ...{ dataDir: dir, systemDir: join(dir, 'system'), postgres: true, redis: true, log, unsafeFast: true },
    redisServerPath: process.env.REDIS_SERVER_PATH ?? 'redis-server',
  });
  if (!outcome.ok) await rm(dir, { recursive: true, force: true });
  return { parent, dir, outcome };
}

async function isRoomy(): Promise<boolean> {
  const found = await statfs(MEMORY).catch(() => null);
  return found !== null && Math.min(found.bavail * found.bsize, freemem()) > ROOM_BYTES;
}

/** Removes what runs left behind that were killed. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const dir = join(parent, name);
    await stopOrphans(dir, log);
    await rm(dir, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM is a process of another user, whose folder is not ours to remove either.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
