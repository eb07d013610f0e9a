import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { ApiError } from './errors.ts';

/** How often one caller may use a route: `points` per `seconds`, per account or, signed out, per network. */
export interface RateLimit {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

export type RateLimits = ReturnType<typeof createRateLimits>;

/**
 * Counts requests in Redis, over all processes; while Redis is away, each process counts for itself.
 * `take` throws the API's 429 with `Retry-After` when a caller has used its points.
 */
export function createRateLimits(redis: Redis, prefix: string) {
  const limiters = new Map<string, RateLimiterRedis>();
  const limiterFor = (limit: RateLimit): RateLimiterRedis => {
    const name = `${limit.name}:${limit.points}:${limit.seconds}`;
    let limiter = limiters.get(name);
    if (!limiter) {
      const options = { points: limit.points, duration: limit.seconds };
      limiter = new RateLimiterRedis({
        ...options,
        storeClient: redis,
        keyPrefix: `${prefix}:limit:${name}`,
        insuranceLimiter: new RateLimiterMemory(options),
      });
      limiters.set(name, limiter);
    }
    return limiter;
  };
  return {
    async take(limit: RateLimit, caller: string): Promise<void> {
      try {
        await limiterFor(limit).consume(caller);
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal;
        const seconds = Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1_000));
        throw new ApiError('too-many-requests', undefined, { headers: { 'Retry-After': String(seconds) } });
      }
    },
    /** Forgets what a caller has used: after a correct password. */
    async clear(limit: RateLimit, caller: string): Promise<void> {
      await limiterFor(limit).delete(caller);
    },
  };
}

/** One caller per address, and per /64 for IPv6, where a person has a whole network (security.md A7). */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined) return 'unknown';
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (v4) return v4;
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined) while (groups.length < 4) groups.push('0');
  return `${groups.slice(0, 4).join(':')}::/64`;
}
