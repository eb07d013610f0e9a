import type { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import type { Db, InTx, Tx } from './db/database.ts';
import type { UnlistedDomains } from './db/visibility.ts';
import type { Enqueue } from './jobs/enqueue.ts';
import type { Clock } from './lib/clock.ts';
import type { IdSource } from './lib/ids.ts';
import type { Logger } from './lib/log.ts';
import { createCounters } from './modules/counters/index.ts';
import { createSignalLog, createSignalMover } from './modules/signals/index.ts';
import type { Audit } from './modules/staff/index.ts';
import { createTrending } from './modules/trending/index.ts';
import { createWatching, type FreshWatch } from './modules/watching/index.ts';

/** What goes through streams in Redis, and what is counted of it: what is watched, and what followers hear of it and of all the rest. */
export function createStreams(deps: {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  readonly unlistedDomains: UnlistedDomains;
  readonly instanceSecret: string;
  readonly redis: Redis;
  readonly config: Config;
  readonly keepAtHand: Parameters<typeof createTrending>[0]['keepAtHand'];
  /** Hears of every event that was not known before, in the transaction that stores it. */
  readonly onFresh: (tx: Tx, batch: readonly FreshWatch[]) => Promise<void>;
}) {
  const { config, redis, log, keepAtHand, ...base } = deps;
  const { redisPrefix, watchedThrough: through } = config;
  const signals = createSignalLog({ redis, prefix: redisPrefix, log });
  const moveSignals = createSignalMover({ db: deps.db, signals, log });
  const counters = createCounters({ db: deps.db, redis, prefix: redisPrefix });
  const watching = createWatching({ ...base, redis, log, redisPrefix, through, signals });
  const trending = createTrending({ ...base, redis, log, prefix: redisPrefix, signals, keepAtHand });
  return { signals, moveSignals, counters, watching, trending };
}
