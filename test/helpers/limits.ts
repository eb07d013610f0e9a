import type { TestServer } from './server.ts';

/** Gives everybody their requests back, so that a test that asks for everything is not stopped half-way. */
export async function forgetLimits({ context: { redis, config } }: TestServer): Promise<void> {
  const keys = await redis.keys(`${config.redisPrefix}:limit:*`);
  if (keys.length > 0) await redis.del(...keys);
}
