import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { trendSettings, trendUpkeep } from '../../../config/trend-limits.ts';
import type { Db, InTx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { Signal, SignalLog } from '../signals/index.ts';
import { createTrends, type Trends } from './aggregator.ts';
import type { Decisions, TrendDecision } from './decisions.ts';
import { loadActs, loadDomains, loadFollows, loadRemoteViews, loadTold } from './loading.ts';
import type { Shelves } from './shelves.ts';

const DAY_MS = 86_400_000;
/** Whoever keeps trends does not come back for so long: somebody else begins. */
const LEASE_MS = 30_000;
/** What was decided is looked at again for so long: transactions that began earlier may end later. */
const OVERLAP_MS = 10_000;

export interface KeeperDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly redis: Redis;
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signals: SignalLog;
  readonly decisions: Decisions;
  readonly shelves: Shelves;
  readonly unlistedDomains: UnlistedDomains;
  /** Takes in which videos spread fast. */
  readonly onViral: (videoIds: readonly VideoId[]) => Promise<void>;
}

/** What one process knows that keeps trends. */
interface Kept {
  readonly trends: Trends;
  /** What somebody asks to be made anew has another one. */
  readonly generation: string;
  position: string;
  /** The newest decision that is known, and those that were taken in last. */
  decidedAt: number;
  decided: ReadonlyMap<string, number>;
  trustAt: number;
  followsAt: number;
  /** Videos that other servers tell of. */
  told: ReadonlySet<string>;
  toldAt: number;
}

/**
 * Keeps trends: one process of all, by a lease in Redis. It begins with what PostgreSQL holds of the last days, goes on with the log
 * of what happens, and writes what changed to Redis every turn. Where the log has a gap, or somebody asks for it, it begins anew; where
 * Redis lost the lists it writes them all: nothing it holds is the only copy of anything.
 */
export function createTrendKeeper(deps: KeeperDeps) {
  const { db, clock, log, redis, signals, decisions, shelves, unlistedDomains } = deps;
  const owner = randomUUID();
  const { leaseKey } = shelves;
  let kept: Kept | null = null;
  let loading: Promise<void> | null = null;

  async function leads(): Promise<boolean> {
    if ((await redis.set(leaseKey, owner, 'PX', LEASE_MS, 'NX')) === 'OK') return true;
    if ((await redis.get(leaseKey)) !== owner) return false;
    await redis.pexpire(leaseKey, LEASE_MS);
    return true;
  }

  /** Everything from PostgreSQL. The end of the log is taken first: what comes meanwhile is told twice, and counts once. */
  async function load(signal: AbortSignal): Promise<Kept> {
    const [position, generation] = await Promise.all([signals.end(), shelves.asked()]);
    const now = clock.now();
    const since = now - trendSettings.horizonMs;
    const trends = createTrends({ notesChanges: true, knowsDomains: true });
    const tell = (told: Signal): void => trends.ingest(told);
    trends.knowDomains(await loadDomains(db));
    await loadFollows(db, { at: since, tell, signal });
    await loadActs(db, { since, tell, signal });
    await loadRemoteViews(db, since, tell);
    await loadFollows(db, { at: now, tell, signal });
    const made: Kept = {
      ...{ trends, generation, position, decidedAt: 0, decided: new Map(), trustAt: 0, followsAt: now },
      ...{ told: await loadTold(db, trends, { before: new Set(), now, unlistedDomains }), toldAt: now },
    };
    await takeDecisions(made);
    const boards = trends.allBoards(now);
    await shelves.write('told', trends.realOfTold());
    await shelves.replace(boards, owner, generation);
    log.info({ seconds: (clock.now() - now) / 1_000 }, 'trends loaded');
    return made;
  }

  /** What was decided since the newest that is known, by the clock of the database, and a little before. */
  async function takeDecisions(into: Kept): Promise<void> {
    const rows = await decisions.since(new Date(Math.max(0, into.decidedAt - OVERLAP_MS)));
    const taken = new Map<string, number>();
    for (const decision of rows) {
      const subject = `${decision.of}:${decision.id}`;
      const at = decision.decidedAt.getTime();
      if (into.decided.get(subject) !== at) apply(into.trends, decision);
      taken.set(subject, at);
      into.decidedAt = Math.max(into.decidedAt, at);
    }
    into.decided = taken;
  }

  /** Takes in what the log has, at most so much a turn; false where it has a gap. */
  async function follow(into: Kept): Promise<boolean> {
    for (let taken = 0; taken < trendUpkeep.signalsAtOnce; ) {
      const page = await signals.read(into.position);
      if (page.isGap) return false;
      into.position = page.position;
      for (const signal of page.signals) into.trends.ingest(signal);
      taken += page.signals.length;
      if (page.signals.length === 0) return true;
    }
    return true;
  }

  /** What the brake holds goes to those who review it. */
  async function tellHolds({ trends }: Kept): Promise<void> {
    const held = trends.held();
    if (held.length > 0) await deps.inTx((tx) => decisions.hold(tx, held));
  }

  async function write(from: Kept): Promise<void> {
    const now = clock.now();
    if (await shelves.isMine(owner)) await shelves.flush(from.trends.takeChanges(now));
    else {
      await shelves.write('told', from.trends.realOfTold());
      await shelves.replace(from.trends.allBoards(now), owner, from.generation);
      // What is written less often is gone as well.
      from.trustAt = 0;
    }
    await tellHolds(from);
    if (now - from.trustAt < trendUpkeep.trustEveryMs) return;
    from.trustAt = now;
    from.trends.knowDomains(await loadDomains(db));
    const trusts = from.trends.trusts().sort((a, b) => b.actors - a.actors);
    await shelves.write('trust', trusts.slice(0, trendUpkeep.trustsShown));
    await shelves.write('spellings', from.trends.spellings());
    await deps.onViral(from.trends.viral(now) as VideoId[]);
  }

  async function turn(signal: AbortSignal): Promise<void> {
    if (redis.status !== 'ready') return;
    if (!(await leads())) {
      kept = null;
      return;
    }
    if (loading) return;
    if (kept && kept.generation !== (await shelves.asked())) kept = null;
    if (!kept) {
      // Not waited for: it takes its time, and the lease has to be held meanwhile.
      loading = load(signal)
        .then((loaded) => {
          kept = loaded;
        })
        .catch((error) => {
          if (!signal.aborted) log.warn({ err: error }, 'trends could not be loaded; it is tried again');
        })
        .finally(() => {
          loading = null;
        });
      return;
    }
    if (!(await follow(kept))) {
      kept = null;
      return;
    }
    if (clock.now() - kept.followsAt > DAY_MS) {
      kept.followsAt = clock.now();
      const { trends } = kept;
      await loadFollows(db, { at: kept.followsAt, tell: (told) => trends.ingest(told), signal });
    }
    if (clock.now() - kept.toldAt >= trendUpkeep.toldEveryMs) {
      kept.toldAt = clock.now();
      const since = { before: kept.told, now: kept.toldAt, unlistedDomains };
      kept.told = await loadTold(db, kept.trends, since);
      await shelves.write('told', kept.trends.realOfTold());
    }
    await takeDecisions(kept);
    await write(kept);
  }

  return {
    /** One turn; see above. */
    turn,
    /** Whether it is this process, and all is loaded. */
    isKeeping: (): boolean => kept !== null,
    /** Lets somebody else begin at once. */
    async stop(): Promise<void> {
      await loading;
      kept = null;
      if (redis.status === 'ready' && (await redis.get(leaseKey)) === owner) await redis.del(leaseKey);
    },
  };
}

function apply(trends: Trends, { of, id, standing }: TrendDecision): void {
  const subject = { of, id };
  if (standing === 'held') trends.hold(subject);
  else if (standing === 'vetoed') trends.veto(subject);
  else if (standing === 'approved') trends.approve(subject);
  else trends.release(subject);
}
