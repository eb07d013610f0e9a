import type { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import type { Db, InTx } from './db/database.ts';
import type { UnlistedDomains } from './db/visibility.ts';
import type { Clock } from './lib/clock.ts';
import type { IdSource } from './lib/ids.ts';
import type { Logger } from './lib/log.ts';
import { createSignalLog, createSignalMover } from './modules/signals/index.ts';
import { createWatching } from './modules/watching/index.ts';

/** What goes through streams in Redis: what is watched, and what followers hear of it and of all the rest. */
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
}) {
  const { config, redis, log, ...base } = deps;
  const { redisPrefix, watchedThrough: through } = config;
  const signals = createSignalLog({ redis, prefix: redisPrefix, log });
  const moveSignals = createSignalMover({ db: deps.db, signals, log });
  return {
    signals,
    moveSignals,
    watching: createWatching({ ...base, redis, log, redisPrefix, through, signals }),
  };
}
