import type { AccountId } from '../../../lib/ids.ts';
import { decodePlace, encodePlace, type FeedType, TOP } from '../../../modules/feed/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { statusFactsOf } from '../entities.ts';
import { cursorBelow, feedVideosOf, idBelow, languagesOf, openCursor, type PagedList } from './pages.ts';
import { feedEntity, feedQuery } from './schemas.ts';

interface Asked {
  readonly viewerId: AccountId | null;
  readonly languages: readonly string[];
  readonly cursor: string | undefined;
  readonly limit: number;
}

async function forYou(deps: HttpDeps, list: PagedList, { viewerId, languages, cursor, limit }: Asked) {
  const place = cursor === undefined ? TOP : decodePlace(openCursor(deps, list, cursor));
  const page = await deps.feed.forYou.page({ id: viewerId, languages }, place, limit);
  const { ids, authorIds, filters, place: next, isEnd } = page;
  const [items, facts] = await Promise.all([
    deps.feed.inOrder(ids, viewerId, authorIds),
    statusFactsOf(deps, ids, viewerId, filters),
    page.kept,
  ]);
  return {
    videos: await feedVideosOf(deps, items, viewerId, facts),
    next_cursor: isEnd ? null : deps.cursors.seal(list, encodePlace(next)),
  };
}

async function newestFirst(
  deps: HttpDeps,
  type: Exclude<FeedType, 'for_you'>,
  list: PagedList,
  { viewerId, cursor, limit }: Asked,
) {
  const page = { before: idBelow(deps, list, cursor), limit };
  const part = () => {
    if (type !== 'following') return deps.feed.open(viewerId, page, type === 'local' ? 'local' : 'all');
    if (viewerId === null) throw new ApiError('not-signed-in');
    return deps.feed.following(viewerId, page);
  };
  const { items, last } = await part();
  return {
    videos: await feedVideosOf(deps, items, viewerId),
    next_cursor: cursorBelow(deps, list, last),
  };
}

export const getFeed = route({
  method: 'get',
  path: '/api/v1/feed',
  summary:
    'Videos to watch: chosen for you, of those you follow, of this server, or of all that it knows; the last three from the newest on.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: feedQuery,
  output: feedEntity,
  handler: async ({ deps, query, viewer, req }) => {
    const { feed_type: type, cursor, limit } = query;
    const viewerId = viewer?.account.id ?? null;
    if (type === 'following' && viewerId === null) throw new ApiError('not-signed-in');
    const list = { list: `feed ${type}`, viewerId };
    const asked = { viewerId, languages: languagesOf(req), cursor, limit };
    return type === 'for_you' ? forYou(deps, list, asked) : newestFirst(deps, type, list, asked);
  },
});
