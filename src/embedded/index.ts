import { realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { embeddedLimits } from '../../config/limits.ts';
import type { Logger } from '../lib/log.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { loadOrCreateSecret } from '../lib/secrets.ts';
import { messageOf, type RunningPart } from './child.ts';
import { findHome, type HomeProblem, makePassable } from './home.ts';
import { acquireDataLock, isDataLocked } from './lock.ts';
import { type PostgresProblem, startPostgres, stopOrphanedPostgres } from './postgres.ts';
import { isSystemError, readOptional } from './processes.ts';
import { type AppendFsync, type RedisProblem, startRedis, stopOrphanedRedis } from './redis.ts';

/** What to run, and where its data are. */
export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Whether each part is wanted; a part that is configured by URL is not. */
  readonly postgres: boolean;
  readonly redis: boolean;
  readonly log: Logger;
  /** A path, or a name that is looked up in the usual folders. */
  readonly redisServerPath: string;
  /** Called when a part ends although nobody asked it to; the server should stop then. */
  readonly onExit?: (part: 'postgres' | 'redis', how: string) => void;
  /** Gives up durability for speed: a power cut loses everything. For tests only. */
  readonly unsafeFast?: boolean;
  /** How often Redis writes to the disk; see `REDIS_APPENDFSYNC`. */
  readonly appendFsync?: AppendFsync;
  /** How long to wait for a predecessor that is still stopping. */
  readonly lockWaitMs?: number;
  /** Where the data go when the service user may not enter `dataDir`. */
  readonly systemDir?: string;
}

interface Addresses {
  readonly databaseUrl?: string;
  /** The superuser, database `postgres`; needed by nothing but maintenance and tests. */
  readonly adminDatabaseUrl?: string;
  readonly redisUrl?: string;
}

/** The running stack. Addresses hold passwords: never log them. */
export interface EmbeddedStack extends Addresses {
  /** Stops both parts and frees the data folder; waits until they are gone, and kills them if it must. */
  stop(): Promise<void>;
}

export type EmbeddedProblem =
  | 'data-in-use'
  | 'data-not-writable'
  | HomeProblem
  | PostgresProblem
  | RedisProblem;

const SYSTEM_DIR = '/var/lib/vireo';

const addressesSchema = z.object({ databaseUrl: z.url().optional(), redisUrl: z.url().optional() });

/** What must be undone to leave nothing behind, in order of doing. */
type Undo = (() => Promise<void>)[];

/**
 * Starts the database and the job queue of a server on one machine (ADR 0005). At most one process uses a
 * data folder; children that a killed predecessor left behind are stopped first.
 * Fails with a reason and a sentence that tells what to do; then nothing is left running.
 */
export async function startEmbedded(
  options: EmbeddedOptions,
): Promise<Result<{ stack: EmbeddedStack }, EmbeddedProblem>> {
  const undo: Undo = [];
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= unwind(undo);
    return stopped;
  };
  try {
    const started = await startParts(options, undo);
    if (started.ok) return ok({ stack: { ...started.addresses, stop } });
    await stop();
    return started;
  } catch (error) {
    await stop();
    if (!isSystemError(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR')) throw error;
    return fail(
      'data-not-writable',
      `The data folder ${options.dataDir} cannot be used: ${messageOf(error)}. Give this user write access to it, or set DATA_DIR to another folder.`,
    );
  }
}

async function unwind(undo: Undo): Promise<void> {
  for (let step = undo.pop(); step; step = undo.pop()) await step();
}

/**
 * The addresses of the stack that another process runs for this data folder, for commands beside a
 * running server; `undefined` when none runs.
 */
export async function findRunningStack(
  dataDir: string,
): Promise<z.infer<typeof addressesSchema> | undefined> {
  if (!(await isDataLocked(dataDir))) return undefined;
  const text = await readOptional(addressFile(dataDir));
  return text === undefined ? undefined : addressesSchema.parse(JSON.parse(text));
}

/** Stops what a killed process left running for this data folder. Call it only while holding no stack there. */
export async function stopOrphans(dataDir: string, log: Logger): Promise<void> {
  const home = (await readOptional(join(dataDir, 'embedded-home')))?.trim() ?? dataDir;
  await Promise.all([stopOrphanedPostgres(home, log), stopOrphanedRedis(home, log)]);
}

async function startParts(
  options: EmbeddedOptions,
  undo: Undo,
): Promise<Result<{ addresses: Addresses }, EmbeddedProblem>> {
  const { log, unsafeFast = false, redisServerPath, systemDir = SYSTEM_DIR } = options;
  const began = performance.now();
  await makePassable(options.dataDir);
  const dataDir = await realpath(options.dataDir);
  const locked = await acquireDataLock(dataDir, { waitMs: options.lockWaitMs ?? embeddedLimits.lockWaitMs });
  if (!locked.ok) return locked;
  undo.push(locked.lock.release);
  // Those of a predecessor that was killed would lead others astray until ours are there.
  await rm(addressFile(dataDir), { force: true });
  const found = await findHome({ dataDir, systemDir, log });
  if (!found.ok) return found;
  const secret = (name: string) => loadOrCreateSecret(join(dataDir, 'secrets'), name);
  const shared = (name: string) => ({
    ...{ home: found.home, log, unsafeFast },
    logFile: join(dataDir, 'logs', `${name}.log`),
  });
  let addresses: Addresses = {};
  if (options.redis) {
    const started = await startRedis({
      ...shared('redis'),
      password: await secret('redis'),
      redisServerPath,
      appendFsync: options.appendFsync ?? 'everysec',
    });
    if (!started.ok) return started;
    watch('redis', started.redis, options, undo);
    addresses = { redisUrl: started.redis.redisUrl };
  }
  if (options.postgres) {
    const passwords = { admin: await secret('postgres-admin'), app: await secret('postgres') };
    const started = await startPostgres({ ...shared('postgres'), passwords });
    if (!started.ok) return started;
    watch('postgres', started.postgres, options, undo);
    const { databaseUrl, adminDatabaseUrl } = started.postgres;
    addresses = { ...addresses, databaseUrl, adminDatabaseUrl };
  }
  await publishAddresses(dataDir, addresses, undo);
  log.info({ ms: Math.round(performance.now() - began) }, 'the embedded database and queue answer');
  return ok({ addresses });
}

/** Tells the owner when a part ends by itself, and stops it when the stack stops. */
function watch(name: 'postgres' | 'redis', part: RunningPart, { onExit }: EmbeddedOptions, undo: Undo): void {
  let wanted = true;
  undo.push(() => {
    wanted = false;
    return part.stop();
  });
  void part.exit.then((how) => {
    if (wanted) onExit?.(name, how);
  });
}

async function publishAddresses(dataDir: string, addresses: Addresses, undo: Undo): Promise<void> {
  const path = addressFile(dataDir);
  undo.push(() => rm(path, { force: true }));
  const draft = `${path}.new`;
  await writeFile(draft, JSON.stringify(addresses), { mode: 0o600 });
  await rename(draft, path);
}

function addressFile(dataDir: string): string {
  return join(dataDir, 'embedded.json');
}
