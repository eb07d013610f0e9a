import { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import { type EmbeddedStack, startEmbedded } from './embedded/index.ts';
import type { Logger } from './lib/log.ts';
import { ok, type Result } from './lib/result.ts';

/** Addresses of database and Redis, after the embedded ones were started where none is configured. */
export async function connect(
  config: Config,
  log: Logger,
): Promise<Result<{ databaseUrl: string; redisUrl: string; stack: EmbeddedStack | null }>> {
  const wanted = { postgres: config.databaseUrl === undefined, redis: config.redisUrl === undefined };
  let stack: EmbeddedStack | null = null;
  if (wanted.postgres || wanted.redis) {
    const started = await startEmbedded({
      ...wanted,
      dataDir: config.dataDir,
      log,
      redisServerPath: config.redisServerPath,
      appendFsync: config.redisAppendFsync,
      onExit: (part, how) => {
        log.fatal({ part, how }, 'a part of the embedded stack ended; the server stops');
        process.kill(process.pid, 'SIGTERM');
      },
    });
    if (!started.ok) return started;
    stack = started.stack;
  }
  return ok({ ...addressesOf(config, stack ?? {}), stack });
}

/** The configured addresses, and those of embedded parts where none are. */
export function addressesOf(
  config: Config,
  embedded: { databaseUrl?: string | undefined; redisUrl?: string | undefined },
) {
  const databaseUrl = config.databaseUrl?.reveal() ?? embedded.databaseUrl;
  const redisUrl = config.redisUrl?.reveal() ?? embedded.redisUrl;
  if (databaseUrl === undefined || redisUrl === undefined)
    throw new Error('The embedded stack has no address.');
  return { databaseUrl, redisUrl };
}

const RETRY_STEP_MS = 50;
const MAX_RETRY_MS = 2_000;
/** Connections that are given up once they cannot be made again. */
const leaving = new WeakSet<Redis>();

/** BullMQ demands that commands wait for Redis rather than fail after some tries. */
export function openRedis(url: string, log: Logger): Redis {
  const redis: Redis = new Redis(url, {
    ...{ maxRetriesPerRequest: null, enableReadyCheck: true },
    retryStrategy: (times) => (leaving.has(redis) ? null : Math.min(times * RETRY_STEP_MS, MAX_RETRY_MS)),
  });
  redis.on('error', (error) => log.warn({ err: error }, 'Redis cannot be reached'));
  return redis;
}

/** Gives up on a Redis that is away, within seconds: commands that wait for it fail, and keep the process no longer. */
export function letGo(redis: Redis): void {
  if (redis.status === 'ready') return;
  leaving.add(redis);
  // Between two tries, `disconnect` would end the tries and leave what waits waiting for good: the next one is the last.
  if (redis.status !== 'reconnecting') redis.disconnect();
}
