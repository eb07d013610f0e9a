import { maintenanceLimits } from '../../../config/maintenance-limits.ts';
import type { InTx, Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { RedisCache } from '../../lib/redis-cache.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

/** What is chosen for people and what trends: as much of both as is made anew here. */
interface FeedParts {
  readonly inTx: InTx;
  readonly audit: Audit;
  readonly recommending: {
    readonly cache: RedisCache;
    tellToForget(tx: Tx, accountId: AccountId): Promise<void>;
    forgotten(accountId: AccountId): Promise<void>;
  };
  readonly trending: { readonly cache: RedisCache; rebuild(waitMs: number): Promise<boolean> };
}

interface Rebuilt {
  /** People whose feed is chosen anew when they look next. */
  readonly people: number;
  /** Whether trends stand in Redis as PostgreSQL has them; null where nobody asked for them. */
  readonly trends: boolean | null;
}

/** Has feeds made anew from PostgreSQL. */
export function createFeedRebuild({ inTx, audit, recommending, trending }: FeedParts) {
  const record = (tx: Tx, by: Actor, id: string) =>
    audit.record(tx, by, { action: 'maintenance.rebuild-feed', target: { kind: 'storage', id } });

  return {
    /** Of one person: what is known of them is read again in all processes, and something else is chosen for them. */
    async ofAccount(by: Actor, accountId: AccountId, { dryRun }: { readonly dryRun: boolean }): Rebuild {
      const allowed = permitted(by, 'storage');
      if (!allowed.ok) return allowed;
      if (!dryRun) {
        await inTx(async (tx) => {
          await recommending.tellToForget(tx, accountId);
          await record(tx, by, `feed of ${accountId}`);
        });
        await recommending.forgotten(accountId);
      }
      return ok({ people: 1, trends: null });
    },

    /** Of everybody, with the lists of trends, which the worker that keeps them reads from PostgreSQL; it is waited for. */
    async ofAll(by: Actor, { dryRun }: { readonly dryRun: boolean }): Rebuild {
      const allowed = permitted(by, 'storage');
      if (!allowed.ok) return allowed;
      const { entries: people } = await recommending.cache.measure();
      if (dryRun) return ok({ people, trends: null });
      await inTx((tx) => record(tx, by, 'feeds'));
      const trends = await trending.rebuild(maintenanceLimits.trendsAnewMs);
      await recommending.cache.clear();
      return ok({ people, trends });
    },
  };
}

type Rebuild = Promise<Result<Rebuilt, 'permission-missing'>>;
