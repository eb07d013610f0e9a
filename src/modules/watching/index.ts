import type { Redis } from 'ioredis';
import { watchLimits } from '../../../config/feed-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { isFaultOfRow } from '../../db/faults.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import { PermanentJobError } from '../../jobs/registry.ts';
import { createBatches } from '../../lib/batches.ts';
import type { Clock } from '../../lib/clock.ts';
import { purposeKey, textCodes } from '../../lib/crypto.ts';
import type { AccountId, IdSource, VideoId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import { type SignalLog, tellWatches } from '../signals/index.ts';
import { createConsumer } from './consumer.ts';
import { eventsOf } from './entries.ts';
import { clearHistory, forgetWatched, historyQueries, setSettings, setUnwanted } from './history.ts';
import { createIntake, watchStreamKey } from './intake.ts';
import { createSalts } from './keys.ts';
import type { TakenEvent, WatchReport } from './model.ts';
import { createRecording, type RecordingDeps } from './recording.ts';
import { seenBy } from './seen.ts';
import { createTaking } from './taking.ts';
import { addTallies, sweepWatching } from './tallies.ts';
import { watchSignal } from './telling.ts';

export { type FreshWatch, viewThresholdMs, type Watcher, watchKinds, watchSources } from './model.ts';

/** How events get to PostgreSQL: through a stream in Redis, or at once. */
export type WatchedThrough = 'redis' | 'database';

/** What became of a report: events of videos that the watcher may not see are as ignored as those of videos that never were. */
export interface WatchOutcome {
  readonly accepted: number;
  readonly ignored: number;
}

export type Watching = ReturnType<typeof createWatching>;

/** What people watch: told in batches, counted once, kept for those who watched, and shown to nobody else. */
export function createWatching(deps: {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly unlistedDomains: UnlistedDomains;
  readonly instanceSecret: string;
  readonly redis: Redis;
  readonly redisPrefix: string;
  readonly through: WatchedThrough;
  readonly signals: Pick<SignalLog, 'addTo'>;
  readonly onFresh?: RecordingDeps['onFresh'];
}) {
  const { db, inTx, ids, clock, log, unlistedDomains, instanceSecret, redis } = deps;
  const streamKey = watchStreamKey(deps.redisPrefix);
  const hashOf = createSalts(db);
  const take = createTaking({
    clock,
    hashId: textCodes(purposeKey({ instanceSecret, purpose: 'watch-event' })),
    hashOf,
  });
  const append = createIntake({ redis, key: streamKey, log });
  const record = createRecording({ ids, unlistedDomains, hashOf, onFresh: deps.onFresh });

  /** Stores events that are in no stream. Followers hear of them by PostgreSQL: Redis may be away. */
  async function store(tx: Tx, events: readonly TakenEvent[]) {
    const { fresh, isSeen } = await record(tx, events);
    await tellWatches(tx, fresh.map(watchSignal));
    return isSeen;
  }

  const addDirectly = createBatches<readonly TakenEvent[], WatchOutcome>({
    run: (reports) =>
      inTx(async (tx) => {
        const isSeen = await store(tx, reports.flat());
        return reports.map((events) => {
          const accepted = events.filter(isSeen).length;
          return { accepted, ignored: events.length - accepted };
        });
      }),
    limits: watchLimits.store,
    bytesOf: (events) => events.length,
    isFaultOfItem: isFaultOfRow,
  });

  return {
    ...historyQueries(db, unlistedDomains),
    /**
     * Settles once the report will not be lost: the stream has it, or PostgreSQL. Whether its videos are there for the watcher shows when
     * it is stored; the stream takes all. `busy`: too many wait already. `refused`: PostgreSQL takes no such values, and will not the next time.
     */
    async report(report: WatchReport): Promise<WatchOutcome | 'busy' | 'refused'> {
      const events = await take(report);
      if (deps.through === 'redis' && (await append(events))) return { accepted: events.length, ignored: 0 };
      try {
        return (await addDirectly(events)) ?? 'busy';
      } catch (error) {
        if (!isFaultOfRow(error)) throw error;
        log.error({ err: error }, 'a report of what was watched is refused by PostgreSQL');
        return 'refused';
      }
    },
    /** The consumer of the stream, on a connection of its own. */
    consumer: (own: Redis) =>
      createConsumer({
        ...{ inTx, redis: own, key: streamKey, store: record, signals: deps.signals, log },
        setAside: (tx, entry) => deps.enqueue(tx, { name: 'watching.store', payload: { entry } }),
        seenBy: (tx, events) => seenBy(tx, events, unlistedDomains),
      }),
    /** The job `watching.store`: what the consumer of the stream set aside, once more. */
    async storeAgain(entry: string): Promise<undefined> {
      const events = eventsOf(entry);
      if (events === null) throw new PermanentJobError('This entry cannot be read by this release.');
      await inTx((tx) => store(tx, events));
    },
    forgetWatched: (tx: Tx, accountId: AccountId, videoId: VideoId) => forgetWatched(tx, accountId, videoId),
    clearHistory: (tx: Tx, accountId: AccountId) => clearHistory(tx, accountId),
    setSettings,
    setUnwanted: (tx: Tx, input: Parameters<typeof setUnwanted>[2]) => setUnwanted(ids, tx, input),

    /** Adds all that was counted to the counts of the videos. */
    async addTallies(signal?: AbortSignal): Promise<void> {
      let added: number = watchLimits.talliesAtOnce;
      while (added === watchLimits.talliesAtOnce && !signal?.aborted) added = await addTallies(inTx);
    },
    sweep: (signal: AbortSignal) => sweepWatching({ db, redis, stream: streamKey }, clock.now(), signal),
  };
}
