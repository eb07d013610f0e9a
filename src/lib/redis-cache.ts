import type { Redis } from 'ioredis';

/** What lies in Redis only to be at hand, and is made anew from PostgreSQL by whoever needs it next. */
export interface RedisCache {
  readonly kind: 'slates' | 'counts' | 'trends';
  /** For people: what it is. */
  readonly what: string;
  measure(): Promise<{ readonly entries: number; readonly bytes: number }>;
  /** Gives how many entries went. */
  clear(): Promise<number>;
}

const AT_ONCE = 500;

/** All keys that begin so, in parts. */
async function* keysFrom(redis: Redis, beginning: string): AsyncGenerator<string[]> {
  const match = `${beginning.replaceAll(/[\\*?[\]]/g, '\\$&')}*`;
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', match, 'COUNT', AT_ONCE);
    cursor = next;
    if (keys.length > 0) yield keys;
  } while (cursor !== '0');
}

/** A cache of all keys that begin so, but for those that hold something else as well. */
export function redisCache(
  redis: Redis,
  {
    beginning,
    except = [],
    entry,
    ...told
  }: Pick<RedisCache, 'kind' | 'what'> & {
    readonly beginning: string;
    readonly except?: readonly string[];
    /** Where a key stays when what is kept below it goes: whether there is such an entry, and how it goes. */
    readonly entry?: {
      has(key: string): Promise<boolean>;
      /** Tells whether there was one. */
      remove(key: string): Promise<boolean>;
    };
  },
): RedisCache {
  async function* keys(): AsyncGenerator<string[]> {
    for await (const found of keysFrom(redis, beginning)) yield found.filter((key) => !except.includes(key));
  }
  const removed = async (part: readonly string[]): Promise<number> => {
    if (!entry) return part.length === 0 ? 0 : redis.del([...part]);
    return (await Promise.all(part.map(entry.remove))).filter(Boolean).length;
  };
  return {
    ...told,
    async measure() {
      // A scan may tell of a key twice.
      const sizes = new Map<string, number>();
      for await (const part of keys()) {
        const sized = part.map(async (key) => {
          const bytes = !entry || (await entry.has(key)) ? await redis.memory('USAGE', key) : null;
          if (bytes !== null) sizes.set(key, bytes);
        });
        await Promise.all(sized);
      }
      return { entries: sizes.size, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
    },
    async clear() {
      let count = 0;
      for await (const part of keys()) count += await removed(part);
      return count;
    },
  };
}
