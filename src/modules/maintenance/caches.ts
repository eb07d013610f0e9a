import type { Redis } from 'ioredis';
import { maintenanceLimits } from '../../../config/maintenance-limits.ts';
import type { InTx } from '../../db/database.ts';
import { beforeDeadline } from '../../lib/deadline.ts';
import type { RedisCache } from '../../lib/redis-cache.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

export const cacheKinds = ['slates', 'counts', 'trends'] as const satisfies readonly RedisCache['kind'][];
export type CacheKind = (typeof cacheKinds)[number];

interface CacheState extends Pick<RedisCache, 'kind' | 'what'> {
  readonly entries: number;
  readonly bytes: number;
}

/** Clears what is kept in Redis to be at hand. What waits there to be done or counted is none of it: queues, streams, limits, leases. */
export function createCaches(deps: {
  readonly redis: Redis;
  readonly inTx: InTx;
  readonly audit: Audit;
  readonly caches: readonly RedisCache[];
}) {
  const { redis, inTx, audit, caches } = deps;

  /** Gives what there was before. */
  return async (
    by: Actor,
    { kind, dryRun }: { readonly kind: CacheKind | null; readonly dryRun: boolean },
  ): Promise<Result<{ caches: CacheState[] }, 'permission-missing' | 'unavailable'>> => {
    const allowed = permitted(by, 'storage');
    if (!allowed.ok) return allowed;
    const answers = beforeDeadline(redis.ping(), maintenanceLimits.redisAnswerMs, '');
    if (!(await answers.catch(() => null))) return fail('unavailable', 'Redis does not answer.');
    const wanted = caches.filter((cache) => kind === null || cache.kind === kind);
    const states: CacheState[] = [];
    for (const cache of wanted) {
      states.push({ kind: cache.kind, what: cache.what, ...(await cache.measure()) });
      if (!dryRun) await cache.clear();
    }
    if (!dryRun) {
      const target = { kind: 'storage', id: 'caches' } as const;
      const detail = { kinds: states.map((state) => state.kind) };
      await inTx((tx) => audit.record(tx, by, { action: 'maintenance.clear-cache', target, detail }));
    }
    return ok({ caches: states });
  };
}
