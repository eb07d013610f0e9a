import { servingLimits } from '../../../config/serving-limits.ts';
import type { TrendSource } from '../ranking/index.ts';
import type { createTrending, Trending, TrendScope } from '../trending/index.ts';

/**
 * What trends, for the engine, from the lists that a worker keeps: they heed what the staff decided, and cost a feed nothing, as they are
 * read again every few seconds. What is asked for the first time is there with the next feed.
 */
export function readTrends(
  lists: Pick<ReturnType<typeof createTrending>['lists'], 'videos'>,
  warn: (error: unknown) => void,
): TrendSource {
  type VideoScope = Extract<TrendScope, { of: 'videos' }>;
  const known = new Map<string, { readonly scope: VideoScope; videos: readonly Trending[] }>();

  async function read(entry: { readonly scope: VideoScope; videos: readonly Trending[] }): Promise<void> {
    const page = { offset: 0, limit: servingLimits.trends };
    const ids = (await lists.videos(null, entry.scope, page)) ?? [];
    // Only the order is known: from the first to the last, the logarithm of the score goes evenly from 1 to 0.
    entry.videos = ids.map((id, place) => ({ id, score: Math.expm1(1 - place / ids.length) }));
  }

  setInterval(async () => {
    for (const entry of known.values()) await read(entry).catch(warn);
  }, servingLimits.trendsMs);

  return {
    ingest: () => undefined,
    forget: () => undefined,
    scoreOf: () => null,
    top(scope, n) {
      if (scope.of !== 'videos') return [];
      const key = JSON.stringify(scope);
      const entry = known.get(key) ?? { scope, videos: [] };
      if (!known.has(key) && known.size < servingLimits.trendScopes) {
        known.set(key, entry);
        void read(entry).catch(warn);
      }
      return entry.videos.slice(0, n);
    },
  };
}
