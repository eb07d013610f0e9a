import type { AccountId } from '../../../lib/ids.ts';
import { decodePlace, encodePlace, type FeedItem, type FeedType, TOP } from '../../../modules/feed/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { type StatusFacts, statusEntitiesOf, statusFactsOf } from '../entities.ts';
import { cursorBelow, feedVideosOf, idBelow, languagesOf, openCursor, type PagedList } from './pages.ts';
import { feedEntity, feedQuery, feedStatusesEntity } from './schemas.ts';

interface Asked {
  readonly viewerId: AccountId | null;
  readonly languages: readonly string[];
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Makes of the items of a page what its clients are shown; `facts` where they are known already. */
type Show<T> = (
  deps: HttpDeps,
  items: readonly FeedItem[],
  viewerId: AccountId | null,
  facts?: StatusFacts,
) => Promise<T[]>;

interface Shown<T> {
  readonly shown: readonly T[];
  readonly next_cursor: string | null;
}

async function forYou<T>(
  deps: HttpDeps,
  show: Show<T>,
  list: PagedList,
  { viewerId, languages, cursor, limit }: Asked,
): Promise<Shown<T>> {
  const place = cursor === undefined ? TOP : decodePlace(openCursor(deps, list, cursor));
  const page = await deps.feed.forYou.page({ id: viewerId, languages }, place, limit);
  const { ids, authorIds, filters, place: next, isEnd } = page;
  const [items, facts] = await Promise.all([
    deps.feed.inOrder(ids, viewerId, authorIds),
    statusFactsOf(deps, ids, viewerId, filters),
    page.kept,
  ]);
  return {
    shown: await show(deps, items, viewerId, facts),
    next_cursor: isEnd ? null : deps.cursors.seal(list, encodePlace(next)),
  };
}

async function newestFirst<T>(
  deps: HttpDeps,
  show: Show<T>,
  list: PagedList & { readonly type: Exclude<FeedType, 'for_you'> },
  { viewerId, cursor, limit }: Asked,
): Promise<Shown<T>> {
  const page = { before: idBelow(deps, list, cursor), limit };
  const part = () => {
    if (list.type !== 'following') {
      return deps.feed.open(viewerId, page, list.type === 'local' ? 'local' : 'all');
    }
    if (viewerId === null) throw new ApiError('not-signed-in');
    return deps.feed.following(viewerId, page);
  };
  const { items, last } = await part();
  return { shown: await show(deps, items, viewerId), next_cursor: cursorBelow(deps, list, last) };
}

/** A page of a feed, in one of the forms that it has: all of them go on from the same cursors. */
function pageOf<T>(deps: HttpDeps, show: Show<T>, type: FeedType, asked: Asked): Promise<Shown<T>> {
  const { viewerId } = asked;
  if (type === 'following' && viewerId === null) throw new ApiError('not-signed-in');
  const list = { list: `feed ${type}`, viewerId };
  return type === 'for_you'
    ? forYou(deps, show, list, asked)
    : newestFirst(deps, show, { ...list, type }, asked);
}

/** A page of a feed as statuses. Throws what the route refuses with. */
export async function feedStatuses(deps: HttpDeps, type: FeedType, asked: Asked) {
  const { shown, next_cursor } = await pageOf(deps, statusEntitiesOf, type, asked);
  return { statuses: [...shown], next_cursor };
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
    const asked = { viewerId: viewer?.account.id ?? null, languages: languagesOf(req), cursor, limit };
    const { shown, next_cursor } = await pageOf(deps, feedVideosOf, type, asked);
    return { videos: [...shown], next_cursor };
  },
});

export const getFeedStatuses = route({
  method: 'get',
  path: '/api/v1/feed_statuses',
  summary:
    'The same feeds as statuses, for pages that show what only those have: mentions, what filters say, and whether a video is still being copied. Cursors count for both.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: feedQuery,
  output: feedStatusesEntity,
  handler: async ({ deps, query, viewer, req }) => {
    const { feed_type: type, cursor, limit } = query;
    const viewerId = viewer?.account.id ?? null;
    return feedStatuses(deps, type, { viewerId, languages: languagesOf(req), cursor, limit });
  },
});
