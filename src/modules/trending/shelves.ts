import type { Redis } from 'ioredis';
import { trendSettings, trendUpkeep } from '../../../config/trend-limits.ts';
import { redisCache } from '../../lib/redis-cache.ts';

/** Members of a list by their value, `-Infinity` where they left. */
type Changes = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What shows in Redis, besides the lists themselves, who wrote them and what trust servers have. */
export interface ShelfDeps {
  readonly redis: Redis;
  readonly prefix: string;
}

/**
 * The lists of trends in Redis: a sorted set for each scope, by values whose order time does not change, so that only what changed is
 * written. They are a copy, made anew by whoever keeps trends where Redis lost them: see `isMine`.
 */
export function createShelves({ redis, prefix }: ShelfDeps) {
  const key = (board: string): string => `${prefix}:trends:${board}`;
  const leaseKey = key('keeper');
  const { perBoard, perSmallBoard } = trendSettings.bounds;
  const capOf = (board: string): number => (/^(tag|sound):/.test(board) ? perSmallBoard : perBoard);

  /** Runs commands in pipelines of a bounded length, and throws where one failed. */
  async function inPipelines(
    commands: readonly (readonly [string, ...(string | number)[]])[],
  ): Promise<void> {
    for (let from = 0; from < commands.length; from += trendUpkeep.commandsAtOnce) {
      const batch = commands.slice(from, from + trendUpkeep.commandsAtOnce);
      const answers = await redis.pipeline(batch.map((command) => [...command])).exec();
      for (const [error] of answers ?? []) if (error) throw error;
    }
  }

  const writing = (board: string, values: ReadonlyMap<string, number>) => {
    const there: (string | number)[] = [];
    const gone: string[] = [];
    for (const [id, value] of values) {
      if (value === Number.NEGATIVE_INFINITY) gone.push(id);
      else there.push(value, id);
    }
    const commands: [string, ...(string | number)[]][] = [];
    if (gone.length > 0) commands.push(['zrem', key(board), ...gone]);
    if (there.length > 0) {
      commands.push(['zadd', key(board), ...there]);
      commands.push(['zremrangebyrank', key(board), 0, -capOf(board) - 1]);
      commands.push(['expire', key(board), trendUpkeep.listsKeptSeconds]);
    }
    return commands;
  };

  return {
    /** Says which process keeps trends, for a while. */
    leaseKey,

    /** Whoever keeps trends writes all of it within seconds. Who that is, is no part of it. */
    cache: redisCache(redis, {
      ...{ kind: 'trends', what: 'lists of trends', beginning: key(''), except: [leaseKey] },
    }),

    /** Writes what changed: a few commands for each list, whatever its length. */
    flush: (changes: Changes): Promise<void> =>
      inPipelines([...changes].flatMap(([board, values]) => writing(board, values))),

    /** Writes whole lists in the place of what is there, and whose they are from now on. */
    async replace(boards: Changes, owner: string, generation: string): Promise<void> {
      await inPipelines(
        [...boards].flatMap(([board, values]) => [['del', key(board)] as const, ...writing(board, values)]),
      );
      await redis.mset(key('owner'), owner, key('generation'), generation);
    },

    /** Has whoever keeps trends forget what it knows and begin with what PostgreSQL holds. Gives the generation that this makes. */
    askAnew: async (): Promise<string> => String(await redis.incr(key('asked'))),

    /** The generation that was asked for last. */
    asked: async (): Promise<string> => (await redis.get(key('asked'))) ?? '0',

    /** Whether the lists there are of this generation. */
    isOf: async (generation: string): Promise<boolean> => (await redis.get(key('generation'))) === generation,

    /** Whether the lists there are those that this owner wrote last: false once Redis was flushed, or somebody else wrote. */
    isMine: async (owner: string): Promise<boolean> => (await redis.get(key('owner'))) === owner,

    /** The best of a list, best first; null where Redis does not answer at once, and the caller has to do without. */
    async best(board: string, n: number): Promise<string[] | null> {
      if (redis.status !== 'ready') return null;
      return redis.zrevrange(key(board), 0, n - 1);
    },

    /** The same with the values. */
    async bestWithValues(board: string, n: number): Promise<(readonly [id: string, value: number])[] | null> {
      if (redis.status !== 'ready') return null;
      const found = await redis.zrevrange(key(board), 0, n - 1, 'WITHSCORES');
      return found.flatMap((id, at) => (at % 2 === 0 ? [[id, Number(found[at + 1])] as const] : []));
    },

    async write(name: 'trust' | 'spellings' | 'told', value: unknown): Promise<void> {
      await redis.set(key(name), JSON.stringify(value), 'EX', trendUpkeep.listsKeptSeconds);
    },

    async read(name: 'trust' | 'spellings' | 'told'): Promise<unknown> {
      if (redis.status !== 'ready') return null;
      const text = await redis.get(key(name));
      return text === null ? null : JSON.parse(text);
    },
  };
}

export type Shelves = ReturnType<typeof createShelves>;
