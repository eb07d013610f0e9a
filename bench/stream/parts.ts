import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Db, openDatabase, transactions } from '../../src/db/database.ts';
import { createEnqueue } from '../../src/jobs/enqueue.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { createIds } from '../../src/lib/ids.ts';
import { createLogger } from '../../src/lib/log.ts';
import { createSignalLog } from '../../src/modules/signals/index.ts';
import { createWatching } from '../../src/modules/watching/index.ts';

export const PREFIX = 'bench';

/** What is watched, and its way to PostgreSQL, as a server has them. */
export function openWatching(
  databaseUrl: string,
  redisUrl: string,
  node: number,
  clock: Clock = systemClock,
) {
  const db = openDatabase(databaseUrl, 4);
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const log = createLogger('warn');
  const ids = createIds(systemClock, node);
  const watching = createWatching({
    ...{ db, inTx: transactions(db), ids, enqueue: createEnqueue(ids), clock, log, redis },
    ...{ unlistedDomains: 'shown', instanceSecret: randomBytes(32).toString('hex'), through: 'redis' },
    ...{ redisPrefix: PREFIX, signals: createSignalLog({ redis, prefix: PREFIX, log }) },
  });
  const close = async () => {
    redis.disconnect();
    await db.destroy();
  };
  return { db, redis, watching, close };
}

/** Ids of rows that are written here. */
const ACCOUNT = 1_000;
const VIDEO = 10_000_000;

export interface Sizes {
  readonly accounts: number;
  readonly videos: number;
}

export const accountId = (n: number): string => String(ACCOUNT + 1 + n);
export const videoId = (n: number): string => String(VIDEO + 1 + n);

/** People who sign in, and videos for everybody: rows as the server leaves them. */
export async function seed(db: Db, { accounts, videos }: Sizes): Promise<void> {
  await db.raw(
    `insert into accounts (id, username, username_key, actor_uri, actor_type, inbox_uri, url, display_name)
     select ${ACCOUNT} + n, 'p' || n, 'p' || n, 'urn:a:' || n, 'Person', 'urn:i:' || n, '', 'Person ' || n
       from generate_series(1, ?::int) n`,
    [accounts],
  );
  await db.raw(
    `insert into users (account_id, role, password_hash, approval) select ${ACCOUNT} + n, 'user', 'x', 'approved' from generate_series(1, ?::int) n`,
    [accounts],
  );
  await db.raw(
    `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, duration_seconds, published_at)
     select ${VIDEO} + n, ${ACCOUNT} + 1 + n % ?::int, true, 'urn:v:' || n, '', 'published', 'public', 'ready', 12, now()
       from generate_series(1, ?::int) n`,
    [accounts, videos],
  );
  await db.raw('vacuum analyze');
}
