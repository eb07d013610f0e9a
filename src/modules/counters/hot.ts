import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { counterLimits } from '../../../config/counter-limits.ts';
import { beforeDeadline } from '../../lib/deadline.ts';
import type { VideoId } from '../../lib/ids.ts';
import { parsedJson } from '../../lib/json.ts';
import { type RedisCache, redisCache } from '../../lib/redis-cache.ts';
import { type Counts, countsSchema } from './counts.ts';

type Load = (ids: readonly VideoId[]) => Promise<Map<VideoId, Counts>>;

export interface HotCounts {
  readonly of: Load;
  /** What is kept of these is not true any more. */
  readonly changed: (ids: readonly VideoId[]) => void;
  readonly cache: RedisCache;
}

/** Which videos are asked for so often that it pays to keep their counts: told from the reads of this process, in short windows. */
function createHeat(now: () => number) {
  let began = now();
  let reads = new Map<VideoId, number>();
  let hot = new Set<VideoId>();
  return (id: VideoId): boolean => {
    if (now() - began >= counterLimits.windowMs) {
      hot = new Set([...reads].flatMap(([one, times]) => (times >= counterLimits.hotReads ? [one] : [])));
      reads = new Map();
      began = now();
    }
    const times = (reads.get(id) ?? 0) + 1;
    if (reads.size < counterLimits.maxWatched || times > 1) reads.set(id, times);
    return hot.has(id) || times >= counterLimits.hotReads;
  };
}

/**
 * Reads the counts of videos: of those that everybody asks for from Redis, where they are two seconds old at most, of all others from
 * PostgreSQL. However many processes serve a hot video, its rows are read once in two seconds. Copies end by themselves, so that what they
 * say equals the rows once those have not changed for as long. Redis away or slow: from PostgreSQL. What this process changed it never reads
 * as it was before: whoever likes something sees that at once.
 */
export function createHotCounts(deps: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly load: Load;
  readonly now?: () => number;
}): HotCounts {
  const { redis, load } = deps;
  const isHot = createHeat(deps.now ?? (() => performance.now()));
  const beginning = `${deps.prefix}:counts:`;
  const keyOf = (id: VideoId) => `${beginning}${id}`;
  /** When this process last changed a video, in its own order: what was read before that is not kept. */
  const changes = new LRUCache<VideoId, number>({ max: counterLimits.maxWatched });
  let turn = 0;

  async function kept(ids: readonly VideoId[]): Promise<Map<VideoId, Counts>> {
    if (ids.length === 0 || redis.status !== 'ready') return new Map();
    const answer = redis.mget(ids.map(keyOf));
    const texts = await beforeDeadline(answer, counterLimits.answerMs, 'Redis is slow.').catch(() => []);
    return new Map(
      ids.flatMap((id, at) => {
        const read = countsSchema.safeParse(parsedJson(texts[at] ?? 'null'));
        return read.success ? [[id, read.data] as const] : [];
      }),
    );
  }

  function keep(counts: ReadonlyMap<VideoId, Counts>, ids: readonly VideoId[], readAt: number): void {
    if (redis.status !== 'ready' || ids.length === 0) return;
    const commands = redis.pipeline();
    for (const id of ids) {
      const found = counts.get(id);
      if (found && (changes.get(id) ?? 0) <= readAt)
        commands.set(keyOf(id), JSON.stringify(found), 'PX', counterLimits.keptMs);
    }
    commands.exec().catch(() => undefined);
  }

  const of: Load = async (ids) => {
    const hot = [...new Set(ids)].filter(isHot);
    const found = await kept(hot);
    const missing = [...new Set(ids)].filter((id) => !found.has(id));
    const readAt = turn;
    const loaded = missing.length === 0 ? new Map<VideoId, Counts>() : await load(missing);
    keep(
      loaded,
      hot.filter((id) => !found.has(id)),
      readAt,
    );
    return new Map([...found, ...loaded]);
  };

  return {
    of,
    cache: redisCache(redis, {
      ...{ kind: 'counts', what: 'counts of videos that everybody asks for', beginning },
    }),
    changed(ids) {
      turn += 1;
      for (const id of ids) changes.set(id, turn);
      // Commands of a connection are done in their order: the next read finds it gone.
      if (redis.status === 'ready' && ids.length > 0) redis.del(ids.map(keyOf)).catch(() => undefined);
    },
  };
}
