import { z } from 'zod';
import type { AccountId } from '../../../lib/ids.ts';
import { parseTag } from '../../../modules/tags/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages, pageOf } from '../paging.ts';
import { pageQuery } from '../schemas.ts';

export const tagEntity = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    history: z
      .array(
        z.object({
          day: z.string().describe('Its first moment, UTC, in seconds since 1970'),
          uses: z.string(),
          accounts: z.string(),
        }),
      )
      .describe('Use in public videos of the last days, as far as this server knows'),
    following: z.boolean().describe('By the viewer'),
    featuring: z.boolean(),
  })
  .meta({ id: 'Tag' });

/** Hashtags by their folded names: the same number of queries whatever their number. */
export async function tagEntitiesOf(
  deps: HttpDeps,
  tags: readonly string[],
  viewerId: AccountId | null,
): Promise<z.input<typeof tagEntity>[]> {
  const [history, followed] = await Promise.all([
    deps.tags.historyOf(tags),
    viewerId === null ? new Set<string>() : deps.tags.followedAmong(viewerId, tags),
  ]);
  return tags.map((name) => ({
    id: name,
    name,
    url: deps.urls.tagPage(name),
    history: (history.get(name) ?? []).map(({ day, uses, accounts }) => ({
      day: String(day.getTime() / 1_000),
      uses: String(uses),
      accounts: String(accounts),
    })),
    following: followed.has(name),
    featuring: false,
  }));
}

const params = z.object({ name: z.string().max(200) });

/** The folded name; every word can be a hashtag, also one that nobody used yet. */
function tagOf(name: string): string {
  const tag = parseTag(name);
  if (tag === null) throw new ApiError('not-found', 'This is no hashtag.');
  return tag;
}

async function oneOf(deps: HttpDeps, name: string, viewerId: AccountId | null) {
  const [entity] = await tagEntitiesOf(deps, [tagOf(name)], viewerId);
  if (!entity) throw new ApiError('not-found');
  return entity;
}

export const getTag = route({
  method: 'get',
  path: '/api/v1/tags/:name',
  summary: 'One hashtag.',
  audience: 'anyone',
  scope: 'read:follows',
  params,
  output: tagEntity,
  handler: async ({ deps, params, viewer }) => oneOf(deps, params.name, viewer?.account.id ?? null),
});

export const followTag = route({
  method: 'post',
  path: '/api/v1/tags/:name/follow',
  summary: 'See public videos with a hashtag at home.',
  audience: 'signed-in',
  scope: 'write:follows',
  params,
  output: tagEntity,
  handler: async ({ deps, params, viewer }) => {
    const tag = tagOf(params.name);
    const outcome = await deps.inTx((tx) => deps.tags.follow(tx, viewer.account.id, tag));
    if (!outcome.ok) throw refused(outcome);
    return oneOf(deps, tag, viewer.account.id);
  },
});

export const unfollowTag = route({
  method: 'post',
  path: '/api/v1/tags/:name/unfollow',
  summary: 'Follow a hashtag no more.',
  audience: 'signed-in',
  scope: 'write:follows',
  params,
  output: tagEntity,
  handler: async ({ deps, params, viewer }) => {
    const tag = tagOf(params.name);
    await deps.inTx((tx) => deps.tags.unfollow(tx, viewer.account.id, tag));
    return oneOf(deps, tag, viewer.account.id);
  },
});

export const getFollowedTags = route({
  method: 'get',
  path: '/api/v1/followed_tags',
  summary: 'The hashtags that you follow, the last one first.',
  audience: 'signed-in',
  scope: 'read:follows',
  query: pageQuery,
  output: z.array(tagEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const rows = await deps.tags.followedBy(viewer.account.id, pageOf(query));
    linkPages(req, res, deps.urls.origin, rows, query.limit);
    return tagEntitiesOf(
      deps,
      rows.map(({ tag }) => tag),
      viewer.account.id,
    );
  },
});
