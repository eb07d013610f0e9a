import type { Redis } from 'ioredis';
import ipaddr from 'ipaddr.js';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { ApiError } from './errors.ts';

/** How often one caller may use a route: `points` per `seconds`, per account or, signed out, per network. */
export interface RateLimit {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** How much of a limit is left to a caller, and when all of it is again. */
export interface RateLeft {
  readonly remaining: number;
  readonly resetsInMs: number;
}

export type RateLimits = ReturnType<typeof createRateLimits>;

/**
 * Counts requests in Redis, over all processes; while Redis is away, each process counts for itself.
 * `take` throws the API's 429 with `Retry-After` when a caller has used its points.
 */
export function createRateLimits(redis: Redis, prefix: string) {
  const limiters = new Map<string, { shared: RateLimiterRedis; own: RateLimiterMemory }>();
  const limiterFor = (limit: RateLimit) => {
    const name = `${limit.name}:${limit.points}:${limit.seconds}`;
    let limiter = limiters.get(name);
    if (!limiter) {
      const options = { points: limit.points, duration: limit.seconds };
      const own = new RateLimiterMemory(options);
      const shared = new RateLimiterRedis({
        ...options,
        storeClient: redis,
        keyPrefix: `${prefix}:limit:${name}`,
        // Commands wait for Redis for ever, and so would every request.
        rejectIfRedisNotReady: true,
        insuranceLimiter: own,
      });
      limiter = { shared, own };
      limiters.set(name, limiter);
    }
    return limiter;
  };
  return {
    async take(limit: RateLimit, caller: string): Promise<RateLeft> {
      try {
        const left = await limiterFor(limit).shared.consume(caller);
        return { remaining: left.remainingPoints, resetsInMs: left.msBeforeNext };
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal;
        const seconds = Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1_000));
        throw new ApiError('too-many-requests', undefined, { headers: { 'Retry-After': String(seconds) } });
      }
    },
    /** Forgets what a caller has used: after a correct password. */
    async clear(limit: RateLimit, caller: string): Promise<void> {
      const { shared, own } = limiterFor(limit);
      await own.delete(caller);
      if (redis.status === 'ready') await shared.delete(caller);
    },
  };
}

/** The address of a client as it is written in one way; null where it is none. */
export function addressOf(ip: string | undefined): string | null {
  const text = ip?.replace(/^([\d.]+):\d+$/, '$1').replace(/%.*$/, '') ?? '';
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : null;
}

/**
 * One caller per address, and per /64 for IPv6, where a person has a whole network (security.md A7). Some
 * proxies add the port of the client; what is no address at all shares one count.
 */
export function networkOf(ip: string | undefined): string {
  const text = addressOf(ip);
  if (text === null) return 'unknown';
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
