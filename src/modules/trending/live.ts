import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { trendUpkeep } from '../../../config/trend-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { SignalLog } from '../signals/index.ts';
import type { Audit } from '../staff/index.ts';
import { createDecisions, readDecisions } from './decisions.ts';
import { createTrendKeeper } from './keeper.ts';
import { createTrendLists } from './lists.ts';
import { createShelves } from './shelves.ts';

/**
 * Trends of the live server: what people decide, the lists that are read, and what keeps them, which a worker calls once
 * a second.
 */
export function createTrending(deps: {
  readonly db: Db;
  readonly inTx: InTx;
  readonly redis: Redis;
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  readonly signals: SignalLog;
  readonly unlistedDomains: UnlistedDomains;
  /** See `keepAtHand` of the videos module. */
  readonly keepAtHand: (tx: Tx, videoIds: readonly VideoId[], until: Date) => Promise<VideoId[]>;
}) {
  const { db, inTx, clock, log, keepAtHand } = deps;
  const decisions = createDecisions({ db, audit: deps.audit });
  const shelves = createShelves(deps);
  const onViral = async (videoIds: readonly VideoId[]): Promise<void> => {
    const until = new Date(clock.now() + trendUpkeep.viralMs);
    const fresh = await inTx((tx) => keepAtHand(tx, videoIds.slice(0, trendUpkeep.viralAtOnce), until));
    if (fresh.length > 0) log.info({ videos: fresh }, 'videos spread fast; their files are kept at hand');
  };
  return {
    decisions,
    cache: shelves.cache,

    /** Has the lists made anew from PostgreSQL; false where nobody has done so in time, as where no worker runs. */
    async rebuild(waitMs: number): Promise<boolean> {
      const generation = await shelves.askAnew();
      const end = performance.now() + waitMs;
      while (!(await shelves.isOf(generation))) {
        if (performance.now() > end) return false;
        await pause(trendUpkeep.everyMs / 5);
      }
      return true;
    },

    lists: createTrendLists({ ...deps, shelves, decisions }),
    keeper: () => createTrendKeeper({ ...deps, decisions, shelves, onViral }),
  };
}

/** The lists alone, for who only reads. */
export function readTrendLists(deps: {
  readonly db: Db;
  readonly redis: Redis;
  readonly prefix: string;
  readonly unlistedDomains: UnlistedDomains;
}) {
  return createTrendLists({ ...deps, shelves: createShelves(deps), decisions: readDecisions(deps.db) });
}

export type LiveTrends = ReturnType<typeof createTrending>;
