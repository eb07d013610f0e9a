import { feedLimits } from '../../../config/feed-limits.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { Fallback } from '../recommending/index.ts';
import type { Videos } from '../videos/index.ts';

/** Of ten videos, four are what is liked and talked about most, three the newest, three the newest of followed accounts. */
const TURNS = [
  ...(['trending', 'newest', 'followed', 'trending', 'newest', 'followed'] as const),
  ...(['trending', 'newest', 'followed', 'trending'] as const),
];
type Source = (typeof TURNS)[number];

/**
 * What For You is without the ranking engine: a mix that is the same for everybody but for whom they follow and what they have seen: what is trending, what is new, and what
 * those say whom one follows, in turns. The turn of a source that has no more goes to the next one. Best first: none of `without`, at most `count`, fewer
 * where there are no more. Whether they may still be shown is looked at again when they are.
 */
export function createMix(videos: Videos): Fallback {
  return async (viewerId, without, count) => {
    const [trending, newest, followed] = await Promise.all([
      videos
        .trending(null, { offset: 0, limit: feedLimits.trending })
        .then((ids) => videos.recommendableAmong(viewerId, ids)),
      videos.newestUnseen(viewerId, without, count),
      viewerId === null ? [] : videos.followedUnseen(viewerId, count),
    ]);
    return inTurns({ trending: trending.map(({ id }) => id), newest, followed }, without, count);
  };
}

function inTurns(
  sources: Readonly<Record<Source, readonly VideoId[]>>,
  without: readonly VideoId[],
  count: number,
): { readonly id: VideoId; readonly reason: Source }[] {
  const taken = new Set<VideoId>(without);
  const chosen: { readonly id: VideoId; readonly reason: Source }[] = [];
  const rest = { trending: 0, newest: 0, followed: 0 };
  const take = (source: Source): boolean => {
    for (;;) {
      const id = sources[source][rest[source]];
      if (id === undefined) return false;
      rest[source] += 1;
      if (taken.has(id)) continue;
      taken.add(id);
      chosen.push({ id, reason: source });
      return true;
    }
  };
  for (let turn = 0; chosen.length < count; turn += 1) {
    const own = TURNS[turn % TURNS.length] ?? 'newest';
    if (!take(own) && !TURNS.some(take)) break;
  }
  return chosen;
}
