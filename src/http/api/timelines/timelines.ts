import { z } from 'zod';
import { parseTag } from '../../../modules/tags/index.ts';
import type { ListNarrowing } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { shownHere } from '../accounts/get-account.ts';
import { commentEntitiesOf, statusEntitiesOf } from '../entities.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountParams, flagSchema, pageQuery, type StatusEntity, statusEntity } from '../schemas.ts';

const output = z.array(statusEntity);
/** Every post in these lists has a video, so that `only_media` changes nothing. */
const publicQuery = pageQuery.extend({
  local: flagSchema.optional(),
  remote: flagSchema.optional(),
  only_media: flagSchema.optional(),
});

const scopeOf = (query: { readonly local?: boolean | undefined; readonly remote?: boolean | undefined }) =>
  query.local ? 'local' : query.remote ? 'remote' : 'all';

export const homeTimeline = route({
  method: 'get',
  path: '/api/v1/timelines/home',
  summary:
    'Videos of followed accounts and hashtags, what the followed passed on, and the viewer’s own, newest first.',
  audience: 'signed-in',
  scope: 'read:statuses',
  query: pageQuery,
  output,
  handler: async ({ deps, query, viewer, req, res }) => {
    const items = await deps.feed.home(viewer.account.id, pageOf(query));
    const statuses = await statusEntitiesOf(deps, items, viewer.account.id);
    linkPages(req, res, deps.urls.origin, statuses, query.limit);
    return statuses;
  },
});

export const publicTimeline = route({
  method: 'get',
  path: '/api/v1/timelines/public',
  summary: 'Public videos known here, newest first.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: publicQuery,
  output,
  handler: async ({ deps, query, viewer, req, res }) => {
    const narrowing: ListNarrowing = { scope: scopeOf(query) };
    const items = await deps.feed.public(viewer?.account.id ?? null, pageOf(query), narrowing);
    const statuses = await statusEntitiesOf(deps, items, viewer?.account.id ?? null);
    linkPages(req, res, deps.urls.origin, statuses, query.limit);
    return statuses;
  },
});

const tagList = z
  .union([z.array(z.string().max(200)).max(10), z.string().max(200)])
  .default([])
  .transform((tags) => (typeof tags === 'string' ? [tags] : tags));

export const tagTimeline = route({
  method: 'get',
  path: '/api/v1/timelines/tag/:hashtag',
  summary: 'Public videos with a hashtag, newest first.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: z.object({ hashtag: z.string().max(200) }),
  query: publicQuery.extend({
    any: tagList.describe('Or with one of these'),
    all: tagList.describe('And with all of these'),
    none: tagList.describe('And with none of these'),
  }),
  output,
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const named = (names: readonly string[]) => names.flatMap((name) => parseTag(name) ?? []);
    const [any, all, none] = [named([params.hashtag, ...query.any]), named(query.all), named(query.none)];
    if (any.length === 0) return [];
    const narrowing: ListNarrowing = { scope: scopeOf(query), tags: { any, all, none } };
    const items = await deps.feed.public(viewer?.account.id ?? null, pageOf(query), narrowing);
    const statuses = await statusEntitiesOf(deps, items, viewer?.account.id ?? null);
    linkPages(req, res, deps.urls.origin, statuses, query.limit);
    return statuses;
  },
});

export const accountTimeline = route({
  method: 'get',
  path: '/api/v1/accounts/:id/statuses',
  summary: 'What one account posted, wrote and passed on, newest first.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: accountParams,
  query: pageQuery.extend({
    only_media: flagSchema.default(false).describe('Its own videos'),
    exclude_replies: flagSchema.default(false),
    exclude_reblogs: flagSchema.default(false),
    pinned: flagSchema.default(false),
    tagged: z.string().max(200).optional(),
  }),
  output,
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    const viewerId = viewer?.account.id ?? null;
    if (query.pinned) return statusEntitiesOf(deps, await deps.feed.pinnedBy(account.id, viewerId), viewerId);
    const tag = query.tagged === undefined ? null : parseTag(query.tagged);
    if (query.tagged !== undefined && tag === null)
      throw new ApiError('validation-failed', 'tagged: This is no hashtag.');
    const videosOnly = query.only_media || tag !== null;
    const entries = await deps.feed.ofAccount(account.id, viewerId, pageOf(query), {
      comments: !videosOnly && !query.exclude_replies,
      shares: !videosOnly && !query.exclude_reblogs,
      tag,
    });
    const statuses = await entitiesOf(deps, entries, viewerId);
    linkPages(req, res, deps.urls.origin, statuses, query.limit);
    return statuses;
  },
});

/** Both kinds of posts of a list, in its order. */
async function entitiesOf(
  deps: HttpDeps,
  entries: Awaited<ReturnType<HttpDeps['feed']['ofAccount']>>,
  viewerId: Parameters<typeof statusEntitiesOf>[2],
): Promise<StatusEntity[]> {
  const items = entries.flatMap((entry) => ('item' in entry ? [entry.item] : []));
  const comments = entries.flatMap((entry) => ('comment' in entry ? [entry.comment] : []));
  const [videos, said] = await Promise.all([
    statusEntitiesOf(deps, items, viewerId),
    commentEntitiesOf(deps, comments, viewerId),
  ]);
  const byId = new Map([...videos, ...said].map((status) => [status.id, status]));
  return entries.flatMap(({ id }) => byId.get(id) ?? []);
}
