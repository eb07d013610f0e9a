import { randomInt } from 'node:crypto';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { servingLimits } from '../../../config/serving-limits.ts';
import type { Clock } from '../../lib/clock.ts';
import { afterReading } from '../../lib/deadline.ts';
import { type AccountId, idSchema, type VideoId } from '../../lib/ids.ts';
import { redisCache } from '../../lib/redis-cache.ts';
import type { SlateId } from './archive.ts';

/** The slate that is offered to somebody from its top, as far as it was not watched since. */
export interface StandingSlate {
  readonly id: SlateId;
  readonly ids: readonly VideoId[];
  /** Of those that were chosen to find out whether they are good, how likely that was. */
  readonly explored: Readonly<Record<string, number>>;
  readonly weightsVersion: string;
  readonly settingsVersion: string;
  readonly madeAt: number;
}

/** Where somebody's feed stands, for all processes. */
export interface Standing {
  /** Another one after whatever makes what was chosen before out of date. */
  readonly mark: number;
  readonly slate: StandingSlate | null;
}

/** Redis answers within this long, or feeds do without it: a third of what a feed may take where that is more. */
const DEADLINE_MS = 50;
const MARKS = 2 ** 32 - 1;

const slateSchema = z.object({
  id: idSchema<'slate'>(),
  ids: z.array(idSchema<'video'>()).max(servingLimits.sharedSlate),
  explored: z.record(z.string(), z.number()),
  weightsVersion: z.string().max(200),
  settingsVersion: z.string().max(200),
  madeAt: z.number(),
});

export type Standings = ReturnType<typeof createStandings>;

/**
 * The last slate of each account and a mark that changes when it shall not be used any more, in Redis: all processes of a server share
 * it, and nothing is lost with it but five minutes of what was chosen. While Redis is away or late there is none, and feeds go on without;
 * but what this process itself was told of is out of date also then: a like that was answered is in the next page.
 */
export function createStandings(deps: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly clock: Clock;
  /** How long a feed may take. */
  readonly budgetMs?: number;
}) {
  const { redis, clock, budgetMs = 0 } = deps;
  const deadlineMs = Math.max(DEADLINE_MS, budgetMs / 3);
  const marks = new LRUCache<AccountId, number>({ max: servingLimits.marks });
  const beginning = `${deps.prefix}:feed:`;
  const keyOf = (accountId: AccountId) => `${beginning}${accountId}`;

  async function inTime<T>(ask: () => Promise<T>): Promise<T | null> {
    if (redis.status !== 'ready') return null;
    let takeBack: (() => void) | undefined;
    const late = new Promise<null>((resolve) => {
      takeBack = afterReading(deadlineMs, () => resolve(null));
    });
    return Promise.race([ask().catch(() => null), late]).finally(() => takeBack?.());
  }

  const bust = async (accountId: AccountId): Promise<void> => {
    const key = keyOf(accountId);
    const mark = randomInt(1, MARKS);
    marks.set(accountId, mark);
    await inTime(() =>
      redis
        .multi()
        .hset(key, 'mark', mark)
        .hdel(key, 'slate', 'skips')
        .pexpire(key, 2 * servingLimits.keptMs)
        .exec(),
    );
  };

  /** As `bust`, of whoever there is something kept of: without its mark, what is being chosen now by what was before would be offered. */
  const remove = async (key: string): Promise<boolean> => {
    const mark = randomInt(1, MARKS);
    return (await redis.eval(CLEAR, 1, key, mark, 2 * servingLimits.keptMs)) === 1;
  };

  return {
    cache: redisCache(redis, {
      ...{ kind: 'slates', what: 'what was chosen last for the feed of each person', beginning },
      entry: { has: async (key) => (await redis.hexists(key, 'slate')) === 1, remove },
    }),

    /** Null: nobody knows. */
    async of(accountId: AccountId): Promise<Standing | null> {
      const found = await inTime(() => redis.hmget(keyOf(accountId), 'mark', 'slate'));
      const own = marks.get(accountId);
      if (!found) return own === undefined ? null : { mark: own, slate: null };
      const [mark, slate] = found;
      return { mark: Number(mark ?? 0), slate: readSlate(slate ?? null) };
    },

    /** Offers a slate, unless what it was chosen by has changed since. */
    async offer(accountId: AccountId, mark: number, slate: StandingSlate): Promise<void> {
      const key = keyOf(accountId);
      await inTime(() => redis.eval(OFFER, 1, key, mark, JSON.stringify(slate), 2 * servingLimits.keptMs));
    },

    /** Makes what was chosen for somebody out of date, also what waits below the page they are on. */
    bust,

    /** Counts what was left at once; anything else that was watched ends the row. */
    async noteSkips(
      accountId: AccountId,
      run: { readonly isBroken: boolean; readonly skips: number },
    ): Promise<void> {
      const key = keyOf(accountId);
      const mark = randomInt(1, MARKS);
      const { skipsInARow, keptMs } = servingLimits;
      const input = [run.isBroken ? 1 : 0, run.skips, skipsInARow, mark, 2 * keptMs];
      const isBusted = await inTime(() => redis.eval(SKIP, 1, key, ...input));
      if (isBusted === 1) marks.set(accountId, mark);
    },

    /** Forgets somebody. */
    async forget(accountId: AccountId): Promise<void> {
      marks.delete(accountId);
      await inTime(() => redis.del(keyOf(accountId)));
    },

    isFresh: ({ madeAt }: StandingSlate): boolean => clock.now() - madeAt < servingLimits.slateMs,
    isUsable: ({ madeAt }: StandingSlate): boolean => clock.now() - madeAt < servingLimits.staleMs,
  };
}

/** Together, or a slate that was chosen before a bust would be offered after it. */
const OFFER = `
if tonumber(redis.call('hget', KEYS[1], 'mark') or '0') ~= tonumber(ARGV[1]) then return 0 end
redis.call('hset', KEYS[1], 'slate', ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[3])
return 1`;

/** Not where it ended meanwhile: nobody would ask for it. */
const CLEAR = `
if redis.call('exists', KEYS[1]) == 0 then return 0 end
redis.call('hset', KEYS[1], 'mark', ARGV[1])
redis.call('pexpire', KEYS[1], ARGV[2])
return redis.call('hdel', KEYS[1], 'slate', 'skips') > 0 and 1 or 0`;

/** At once, or the page that is asked for next would come in between. */
const SKIP = `
if ARGV[1] == '1' then redis.call('hset', KEYS[1], 'skips', 0) end
local skips = redis.call('hincrby', KEYS[1], 'skips', ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[5])
if skips < tonumber(ARGV[3]) then return 0 end
redis.call('hset', KEYS[1], 'mark', ARGV[4])
redis.call('hdel', KEYS[1], 'slate', 'skips')
return 1`;

function readSlate(text: string | null): StandingSlate | null {
  if (text === null) return null;
  const read = slateSchema.safeParse(JSON.parse(text));
  return read.success ? read.data : null;
}
