import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Redis } from 'ioredis';
import { servingLimits } from '../../../config/serving-limits.ts';
import { openDatabase } from '../../db/database.ts';
import { listenTo } from '../../db/listener.ts';
import type { AccountId } from '../../lib/ids.ts';
import { createLogger } from '../../lib/log.ts';
import { createSignalLog } from '../signals/index.ts';
import { readTrendLists } from '../trending/index.ts';
import { openEngine } from './engine-in-thread.ts';
import { storedResets, storedSignals, storedSignalsOf } from './load.ts';
import type { FromThread, ThreadData, ToThread } from './protocol.ts';
import { RANKING_CHANNEL, readSettings } from './settings.ts';
import { readTrends } from './trends-in-thread.ts';

/**
 * The thread that ranks. It reads everything from PostgreSQL, then follows the log of signals; where the log lost something, it
 * says so, and goes on with what it has. It answers whoever holds it, and tells no one else anything.
 */
async function run(port: MessagePort, data: ThreadData): Promise<void> {
  const tell = (message: FromThread) => port.postMessage(message);
  const warn = (error: unknown): undefined => {
    tell({ kind: 'warning', detail: String(error) });
  };
  const db = openDatabase(data.databaseUrl, 2);
  // Waits for new signals: a connection of its own, which comes back by itself.
  const redis = new Redis(data.redisUrl, { maxRetriesPerRequest: null, enableReadyCheck: true });
  redis.on('error', () => undefined);
  const log = createSignalLog({ redis, prefix: data.redisPrefix, log: createLogger('silent') });
  const now = () => Date.now() + data.clockOffsetMs;
  const lists = readTrendLists({
    ...{ db, prefix: data.redisPrefix, unlistedDomains: data.unlistedDomains },
    // The other connection may be waiting.
    redis: redis.duplicate().on('error', () => undefined),
  });
  const stored = {
    settings: () => readSettings(db),
    signals: () => storedSignals(db, now()),
    resets: () => storedResets(db, now()),
    signalsOf: (accountId: string) => storedSignalsOf(db, now(), accountId as AccountId),
  };
  const engine = openEngine({ stored, trends: readTrends(lists, warn), now, tell, warn });

  port.on('message', (message: ToThread) => {
    try {
      engine.take(message);
    } catch (error) {
      if ('ticket' in message) tell({ kind: 'failed', ticket: message.ticket, detail: String(error) });
      else warn(error);
    }
  });
  // Before anything is read: who is to be forgotten in between would not be.
  await listenTo(data.databaseUrl, RANKING_CHANNEL, {
    hear: (what) => void engine.hear(what).catch(warn),
    onAgain: () => tell({ kind: 'stale', detail: 'PostgreSQL could not be heard for a while.' }),
  });
  setInterval(() => engine.hear('settings').catch(warn), servingLimits.settingsPollMs);

  let position = await endOf(redis, log);
  await engine.load();
  for (;;) {
    if (redis.status !== 'ready') {
      await pause(servingLimits.followedWaitMs / 4);
      continue;
    }
    const page = await log
      .read(position, { count: servingLimits.followedAtOnce, blockMs: servingLimits.followedWaitMs })
      .catch(warn);
    if (!page) {
      await pause(servingLimits.followedWaitMs);
      continue;
    }
    position = page.position;
    engine.follow(page.signals);
    // What is gone from the log is in PostgreSQL.
    if (page.isGap) tell({ kind: 'stale', detail: 'Some of the log of signals is gone.' });
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Where the log ends now; from its beginning, where Redis does not answer. */
async function endOf(redis: Redis, log: ReturnType<typeof createSignalLog>): Promise<string | null> {
  if (redis.status === 'ready' || (await isReadySoon(redis))) return log.end().catch(() => null);
  return null;
}

function isReadySoon(redis: Redis): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, servingLimits.followedWaitMs, false);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

if (parentPort) await run(parentPort, workerData as ThreadData);
