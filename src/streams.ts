import type { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import type { Db, InTx } from './db/database.ts';
import type { UnlistedDomains } from './db/visibility.ts';
import type { Clock } from './lib/clock.ts';
import type { IdSource } from './lib/ids.ts';
import type { Logger } from './lib/log.ts';
import { createCounters } from './modules/counters/index.ts';
import { createSignalLog, createSignalMover } from './modules/signals/index.ts';
import { createTrending } from './modules/trending/index.ts';
import { createWatching } from './modules/watching/index.ts';

/** What goes through streams in Redis, and what is counted of it: what is watched, and what followers hear of it and of all the rest. */
export function createStreams(deps: {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly unlistedDomains: UnlistedDomains;
  readonly instanceSecret: string;
  readonly redis: Redis;
  readonly config: Config;
  readonly keepAtHand: Parameters<typeof createTrending>[0]['keepAtHand'];
}) {
  const { config, redis, log, keepAtHand, ...base } = deps;
  const { redisPrefix, watchedThrough: through } = config;
  const signals = createSignalLog({ redis, prefix: redisPrefix, log });
  return {
    signals,
    moveSignals: createSignalMover({ db: deps.db, signals, log }),
    counters: createCounters({ db: deps.db, redis, prefix: redisPrefix }),
    watching: createWatching({ ...base, redis, log, redisPrefix, through, signals }),
    trending: createTrending({ ...base, redis, log, prefix: redisPrefix, signals, keepAtHand }),
  };
}
