import type { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import type { Noted } from './db/committed.ts';
import { type Db, type InTx, transactions } from './db/database.ts';
import type { Clock } from './lib/clock.ts';
import type { IdSource } from './lib/ids.ts';
import type { Logger } from './lib/log.ts';
import { createRecommending } from './modules/recommending/index.ts';
import type { Audit } from './modules/staff/index.ts';

/** Transactions, and what hears of them once they are committed: what people do is in their next page at once. */
export function openRankedFeeds(deps: {
  readonly config: Config;
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  readonly redis: Redis;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}) {
  const { config, ...parts } = deps;
  const hearers: ((noted: readonly Noted[]) => void)[] = [(noted) => recommending.hear(noted)];
  const inTx: InTx = transactions(deps.db, (noted) => {
    for (const hear of hearers) hear(noted);
  });
  const recommending = createRecommending({
    ...{ ...parts, redisPrefix: config.redisPrefix, origin: config.origin },
    isRanked: config.ranking === 'on',
    budgetMs: config.rankingBudgetMs,
    unlistedDomains: config.federation.mode === 'open' ? 'shown' : 'hidden',
  });
  return {
    inTx,
    recommending,
    /** Has somebody else hear of what transactions of this process did. Must not throw. */
    hearCommitted: (hear: (noted: readonly Noted[]) => void): void => void hearers.push(hear),
  };
}
