import type { Redis } from 'ioredis';
import type { Noted } from '../../db/committed.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, IdSource } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import { rankingDefaults, settingsVersion } from '../ranking/index.ts';
import { accountSignals, createSignalLog } from '../signals/index.ts';
import type { Audit } from '../staff/index.ts';
import { createArchive } from './archive.ts';
import { meaningOf } from './hearing.ts';
import { createEngineHost } from './host.ts';
import { createSlates } from './making.ts';
import { RANKING_CHANNEL, rankingSettings } from './settings.ts';
import { createStandings } from './standing.ts';
import { wishesOf } from './wishes.ts';

export { type Algorithm, describeAlgorithm } from './algorithm.ts';
export type { Slate } from './archive.ts';
export type { Chosen, Fallback, FeedViewer } from './making.ts';
export { numbersOf, type SettingsChange } from './settings.ts';
export { sliderNames } from './wishes.ts';

export type Recommending = ReturnType<typeof createRecommending>;

/**
 * Chooses what people are shown unasked, and remembers why: the ranking engine in its thread, what it chose for whom, the settings it goes
 * by, and the wishes of each person. Where the engine has no answer, feeds go on without it.
 */
export function createRecommending(deps: {
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  readonly redis: Redis;
  readonly redisPrefix: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly origin: string;
  readonly unlistedDomains: UnlistedDomains;
  /** False: there is no engine, and For You is a mix that is the same for everybody. */
  readonly isRanked: boolean;
  /** How long a feed may take; afterwards there is none. */
  readonly budgetMs: number;
}) {
  const { db, ids, clock, log, redis, redisPrefix } = deps;
  let version = settingsVersion(rankingDefaults);
  const host = createEngineHost({
    data: {
      ...{ databaseUrl: deps.databaseUrl, redisUrl: deps.redisUrl, redisPrefix },
      unlistedDomains: deps.unlistedDomains,
    },
    ...{ clock, log, budgetMs: deps.budgetMs },
    onSettings: (told) => {
      version = told;
    },
  });
  const archive = createArchive({ db, clock, log });
  const standings = createStandings({ redis, prefix: redisPrefix, clock, budgetMs: deps.budgetMs });
  const signals = createSignalLog({ redis, prefix: redisPrefix, log });
  const settings = rankingSettings({ db, ids, audit: deps.audit, now: clock.now });
  const wishes = wishesOf(db);

  /** All processes hear of somebody's wishes by the log of signals; this one at once. */
  async function tellOf(accountId: AccountId): Promise<void> {
    const found = await accountSignals(db, [accountId]);
    const told = found.map((one) => ({ ...one, at: clock.now() }));
    host.tell(told);
    if (redis.status === 'ready') {
      await signals.publish(told).catch((error) => log.warn({ err: error }, 'wishes were not told to all'));
    }
  }

  async function tellToForget(tx: Tx, accountId: AccountId): Promise<void> {
    await tx.raw('select pg_notify(?, ?)', [RANKING_CHANNEL, `forget:${accountId}`]);
  }

  return {
    settings,
    cache: standings.cache,
    wishes,
    ...createSlates({ host, archive, standings, wishes, ids, clock, db, settingsVersion: () => version }),
    sweep: archive.sweep,

    /** Begins to load the engine; feeds do without it meanwhile. */
    start: (): void => {
      if (deps.isRanked) host.start();
    },
    stop: host.stop,
    reload: host.reload,
    isLoaded: host.isLoaded,
    trainings: host.trainings,
    /** Everything that was told the engine so far counts. */
    settled: host.settled,

    /** Hears what a transaction of this process did, once it is committed. */
    hear(noted: readonly Noted[]): void {
      for (const one of noted) {
        const meaning = meaningOf(one, deps.origin, clock.now());
        host.tell(meaning.signals);
        for (const accountId of meaning.busts) void standings.bust(accountId);
        for (const accountId of meaning.gone) void standings.forget(accountId);
      }
    },

    /** Hears what somebody watched, in its order: three left at once in a row, and something else is chosen. */
    hearWatched(accountId: AccountId, kinds: readonly ('skip' | 'other')[]): void {
      const last = kinds.lastIndexOf('other');
      const run = { isBroken: last !== -1, skips: kinds.length - 1 - last };
      void standings.noteSkips(accountId, run);
    },

    /** After somebody changed what feeds shall be like. */
    async wished(accountId: AccountId): Promise<void> {
      await Promise.all([tellOf(accountId), standings.bust(accountId)]);
    },

    /** Forgets all that was learnt of somebody, for good: nothing from before is learnt from again. To be followed by `forgotten`. */
    async forget(tx: Tx, accountId: AccountId): Promise<void> {
      const moment = new Date(clock.now());
      await tx('feed_settings')
        .insert({ account_id: accountId, reset_at: moment, changed_at: moment })
        .onConflict('account_id')
        .merge({ reset_at: moment, changed_at: moment });
      await archive.forget(tx, accountId);
      await tx('feed_places').where({ account_id: accountId }).delete();
      await tellToForget(tx, accountId);
    },

    /** Forgets what was chosen for somebody, and why; what was learnt stays. */
    forgetReasons: archive.forget,

    /** All processes hear, once this is committed, that what there is to be learnt of somebody is not what it was. */
    tellToForget,

    /** Once that is committed: it counts in this process at once. */
    async forgotten(accountId: AccountId): Promise<void> {
      host.forget(accountId);
      await standings.bust(accountId);
    },
  };
}
