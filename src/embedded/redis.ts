import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { embeddedLimits } from '../../config/limits.ts';
import type { Logger } from '../lib/log.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import {
  type Child,
  childEnv,
  freePort,
  messageOf,
  type RunningPart,
  startChild,
  whyNotServing,
} from './child.ts';
import type { Home } from './home.ts';
import { type StopSteps, stopOrphan } from './processes.ts';

const run = promisify(execFile);

/** redis-server, with its address. */
export interface RunningRedis extends RunningPart {
  readonly redisUrl: string;
}

/** When what Redis was told is on the disk: within a second, or before it answers. */
export type AppendFsync = 'everysec' | 'always';

export type RedisProblem = 'no-redis' | 'redis-failed';

const STOP_STEPS: StopSteps = [
  ['SIGTERM', embeddedLimits.redisStopMs],
  ['SIGKILL', embeddedLimits.killMs],
];

/** Starts redis-server for a home, or says why not. */
export async function startRedis(options: {
  readonly home: Home;
  readonly password: string;
  readonly logFile: string;
  readonly redisServerPath: string;
  readonly unsafeFast: boolean;
  readonly appendFsync: AppendFsync;
  readonly log: Logger;
}): Promise<Result<{ redis: RunningRedis }, RedisProblem>> {
  const { home, password, redisServerPath, logFile, log } = options;
  const missing = await whyNotRunnable(redisServerPath, home);
  if (missing !== undefined) return fail('no-redis', missing);
  await stopOrphanedRedis(home.path, log);
  const dir = join(home.path, 'redis');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (home.user) await chown(dir, home.user.uid, home.user.gid);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const config = await writeConfig(dir, port, options);
    const started = await startChild({
      command: redisServerPath,
      args: [config],
      cwd: home.path,
      user: home.user,
      logFile,
      deathSignal: 'SIGTERM',
      stopSteps: STOP_STEPS,
    });
    if (!started.ok) return fail('redis-failed', started.detail);
    const { child } = started;
    const redisUrl = `redis://:${password}@127.0.0.1:${port}/0`;
    const trouble = await whyNotServing(child, () => ping(child, redisUrl), {
      isFinal: () => false,
      onSlow: () => log.info('redis-server is still loading its data'),
    });
    if (trouble === undefined) return ok({ redis: { redisUrl, exit: child.exit, stop: child.stop } });
    await child.stop();
    if (attempt >= embeddedLimits.maxStartAttempts || !/in use/.test(trouble)) {
      return fail('redis-failed', `redis-server did not start: ${trouble}`);
    }
    await sleep(attempt * 200);
  }
}

/** Stops the redis-server that a killed predecessor left running on this home, if there is one. */
export async function stopOrphanedRedis(home: string, log: Logger): Promise<void> {
  const dir = join(home, 'redis');
  const [pidFile, path] = [join(dir, 'redis.pid'), join(dir, 'redis.conf')];
  await stopOrphan({ pidFile, program: /(redis|valkey)-server/, path, steps: STOP_STEPS, log });
}

async function whyNotRunnable(path: string, { user }: Home): Promise<string | undefined> {
  try {
    await run(path, ['--version'], {
      cwd: '/',
      env: childEnv,
      ...(user && { uid: user.uid, gid: user.gid }),
    });
    return undefined;
  } catch (error) {
    return `redis-server cannot be run (${messageOf(error).trim()}). Install Redis 6.2 or newer, name it in REDIS_SERVER_PATH, or set REDIS_URL.`;
  }
}

/**
 * Rewritten for each start, because the port changes. In a file rather than in arguments, where every user
 * of the machine could read the password; its path in the arguments tells our server from others.
 */
async function writeConfig(
  dir: string,
  port: number,
  { home, password, unsafeFast, appendFsync }: Parameters<typeof startRedis>[0],
): Promise<string> {
  const path = join(dir, 'redis.conf');
  const settings: Record<string, string | number> = {
    bind: '127.0.0.1',
    port,
    requirepass: password,
    dir: JSON.stringify(dir),
    pidfile: JSON.stringify(join(dir, 'redis.pid')),
    databases: 256,
    appendonly: 'yes',
    appendfsync: unsafeFast ? 'no' : appendFsync,
    save: '""',
    // Jobs are not a cache: BullMQ needs every key to stay until it is removed.
    'maxmemory-policy': 'noeviction',
    'set-proc-title': 'no',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  await rm(path, { force: true });
  await writeFile(path, lines.join(''), { mode: 0o600 });
  await chmod(path, 0o600);
  if (home.user) await chown(path, home.user.uid, home.user.gid);
  return path;
}

/** The password goes out only after the child has said that the port is its own. */
async function ping(child: Child, redisUrl: string): Promise<void> {
  if (!(await child.logTail()).includes('Ready to accept connections'))
    throw new Error('it is loading its data.');
  const client = new Redis(redisUrl, {
    lazyConnect: true,
    retryStrategy: () => null,
    commandTimeout: embeddedLimits.answerTimeoutMs,
  });
  // ioredis prints errors that nobody listens for; the rejected call below carries the same one.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
