import type { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import { type Db, type InTx, transactions } from './db/database.ts';
import type { Clock } from './lib/clock.ts';
import type { IdSource } from './lib/ids.ts';
import type { Logger } from './lib/log.ts';
import { createRecommending, type Recommending } from './modules/recommending/index.ts';

/** Transactions, and what hears of them once they are committed: what people do is in their next page at once. */
export function openRankedFeeds(deps: {
  readonly config: Config;
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly redis: Redis;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}): { readonly inTx: InTx; readonly recommending: Recommending } {
  const { config, ...parts } = deps;
  const inTx = transactions(deps.db, (noted) => recommending.hear(noted));
  const recommending = createRecommending({
    ...{ ...parts, redisPrefix: config.redisPrefix, origin: config.origin },
    isRanked: config.ranking === 'on',
    budgetMs: config.rankingBudgetMs,
    unlistedDomains: config.federation.mode === 'open' ? 'shown' : 'hidden',
  });
  return { inTx, recommending };
}
