import type { Request, Response } from 'express';
import { z } from 'zod';
import { feedLimits } from '../../../../config/feed-limits.ts';
import type { AccountId } from '../../../lib/ids.ts';
import { decodePlace, encodePlace, type Place, TOP } from '../../../modules/feed/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { searchOf } from '../../query.ts';
import { route } from '../../route.ts';
import { statusEntitiesOf, statusFactsOf } from '../entities.ts';
import { pageQuery, type StatusEntity, statusEntity } from '../schemas.ts';
import { languagesOf, openCursor } from './pages.ts';
import { cursorQuery } from './schemas.ts';

/**
 * For You as apps of the Mastodon API show it: a timeline, and the same as a list that nobody made. Ids of lists are made of the time
 * since 2024 (`createIds`) and are never as small.
 */
const FOR_YOU_LIST = {
  id: '7',
  title: 'For You',
  replies_policy: 'none',
  exclusive: false,
} as const;

/** For You among the lists of somebody, who may have hidden it. */
export async function forYouLists(deps: Pick<HttpDeps, 'watching'>, viewerId: AccountId) {
  return (await deps.watching.settingsOf(viewerId)).forYouList ? [FOR_YOU_LIST] : [];
}

/** For You, where that is the list of this id; null where it is another. */
export async function forYouList(deps: Pick<HttpDeps, 'watching'>, viewerId: AccountId, id: string) {
  if (id !== FOR_YOU_LIST.id) return null;
  return (await forYouLists(deps, viewerId))[0] ?? null;
}

/** Refuses to change For You. */
export async function refuseForYou(
  deps: Pick<HttpDeps, 'watching'>,
  viewerId: AccountId,
  id: string,
): Promise<void> {
  if (await forYouList(deps, viewerId, id)) {
    throw new ApiError('list-read-only', 'This list is made by the server and cannot be changed.');
  }
}

interface Asked {
  readonly deps: HttpDeps;
  readonly query: z.output<typeof pageQuery> & { readonly cursor?: string | undefined };
  readonly viewerId: AccountId | null;
  readonly req: Request;
  readonly res: Response;
}

const listOf = (viewerId: AccountId | null) => ({ list: 'timeline for_you', viewerId });

/**
 * Where the page begins. Apps page by the id of the last post, so the server keeps for people who are signed in how it went on there; others
 * follow the link, which carries it. Null: below a post whose place nobody knows, or not any more. The top again would never end.
 */
async function placeOf({ deps, query, viewerId }: Asked): Promise<Place | null> {
  if (query.cursor !== undefined) return decodePlace(openCursor(deps, listOf(viewerId), query.cursor));
  if (query.max_id === undefined) return TOP;
  if (viewerId === null) return null;
  const after = new Date(deps.clock.now() - feedLimits.cursorMs);
  return deps.feed.forYou.placeAfter(viewerId, query.max_id, after);
}

/** A page of For You as statuses. There is nothing newer than its top: who asks for that gets nothing, and a new top without. */
export async function forYouStatuses(asked: Asked): Promise<StatusEntity[]> {
  const { deps, query, viewerId, req } = asked;
  if (query.min_id !== undefined || query.since_id !== undefined) return [];
  const from = await placeOf(asked);
  if (from === null) return [];
  const viewer = { id: viewerId, languages: languagesOf(req) };
  const { ids, authorIds, filters, place, isEnd, kept } = await deps.feed.forYou.page(
    viewer,
    from,
    query.limit,
  );
  const [items, facts] = await Promise.all([
    deps.feed.inOrder(ids, viewerId, authorIds),
    statusFactsOf(deps, ids, viewerId, filters),
    kept,
  ]);
  const statuses = await statusEntitiesOf(deps, items, viewerId, facts);
  const last = statuses.at(-1);
  if (!last) return [];
  if (viewerId !== null) {
    // At the end, too: apps go on until they get nothing.
    const input = { place, now: new Date(deps.clock.now()) };
    await deps.inTx((tx) => deps.feed.forYou.keepPlace(tx, viewerId, last.id, input));
  }
  const cursor = viewerId === null ? deps.cursors.seal(listOf(null), encodePlace(forLink(place))) : null;
  if (!isEnd) linkNext(asked, last.id, cursor);
  return statuses;
}

/** As much of a place as a header has room for. */
const forLink = (place: Place): Place => ({
  ...place,
  waiting: place.waiting.slice(0, feedLimits.linkWaiting),
  shown: place.shown.slice(-feedLimits.linkShown),
});

function linkNext({ deps, req, res }: Asked, lastId: string, cursor: string | null): void {
  const search = searchOf(req);
  search.set('max_id', lastId);
  if (cursor !== null) search.set('cursor', cursor);
  const url = Object.assign(new URL(deps.urls.origin), { pathname: req.path, search });
  res.set('Link', `<${url.href}>; rel="next"`);
}

export const forYouTimeline = route({
  method: 'get',
  path: '/api/v1/timelines/for_you',
  summary: 'The feed For You as statuses, for apps of the Mastodon API; the list For You has the same.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: pageQuery.extend({ cursor: cursorQuery.shape.cursor }),
  output: z.array(statusEntity),
  handler: async ({ deps, query, viewer, req, res }) =>
    forYouStatuses({ deps, query, viewerId: viewer?.account.id ?? null, req, res }),
});
