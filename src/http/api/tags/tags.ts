import { z } from 'zod';
import type { AccountId } from '../../../lib/ids.ts';
import type { Result } from '../../../lib/result.ts';
import { parseTag, type Tags } from '../../../modules/tags/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages, pageOf } from '../paging.ts';
import { pageQuery } from '../schemas.ts';

export const tagEntity = z
  .object({
    id: z.string().describe('As it is compared: in small letters, Latin ones without accents'),
    name: z.string().describe('As most people write it'),
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
    muting: z.boolean().describe('By the viewer: it is kept out of their feeds'),
    featuring: z.boolean().describe('On the profile of the viewer'),
  })
  .meta({ id: 'Tag' });

/** Hashtags by their folded names: the same number of queries whatever their number. */
export async function tagEntitiesOf(
  deps: HttpDeps,
  tags: readonly string[],
  viewerId: AccountId | null,
): Promise<z.input<typeof tagEntity>[]> {
  const none = new Set<string>();
  const [history, spellings, followed, muted, featured] = await Promise.all([
    deps.tags.historyOf(tags),
    deps.tags.spellingsOf(tags),
    viewerId === null ? none : deps.tags.followedAmong(viewerId, tags),
    viewerId === null ? none : deps.tags.mutedAmong(viewerId, tags),
    viewerId === null ? none : deps.tags.featuredAmong(viewerId, tags),
  ]);
  return tags.map((tag) => ({
    id: tag,
    name: spellings.get(tag) ?? tag,
    url: deps.urls.tagPage(tag),
    history: (history.get(tag) ?? []).map(({ day, uses, accounts }) => ({
      day: String(day.getTime() / 1_000),
      uses: String(uses),
      accounts: String(accounts),
    })),
    following: followed.has(tag),
    muting: muted.has(tag),
    featuring: featured.has(tag),
  }));
}

const params = z.object({ name: z.string().max(200) });

/** The folded name; every word can be a hashtag, also one that nobody used yet. */
export function tagOf(name: string): string {
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

/** A verb about one hashtag, and the hashtag as it is then. */
const change = <V extends string>(
  verb: V,
  summary: string,
  does: (deps: HttpDeps, ...deed: Parameters<Tags['unfollow']>) => Promise<Result>,
) =>
  route({
    method: 'post',
    path: `/api/v1/tags/:name/${verb}`,
    summary,
    audience: 'signed-in',
    scope: verb.endsWith('feature')
      ? 'write:accounts'
      : verb.endsWith('mute')
        ? 'write:mutes'
        : 'write:follows',
    params,
    output: tagEntity,
    handler: async ({ deps, params, viewer }) => {
      const tag = tagOf(params.name);
      const outcome = await deps.inTx((tx) => does(deps, tx, viewer.account.id, tag));
      if (!outcome.ok) throw refused(outcome);
      return oneOf(deps, tag, viewer.account.id);
    },
  });

export const tagDeeds = [
  change('follow', 'See public videos with a hashtag at home.', ({ tags }, ...who) => tags.follow(...who)),
  change('unfollow', 'Follow a hashtag no more.', ({ tags }, ...who) => tags.unfollow(...who)),
  change('mute', 'Keep videos with a hashtag out of your feeds.', ({ tags }, ...who) => tags.mute(...who)),
  change('unmute', 'Let videos with a hashtag come to your feeds again.', ({ tags }, ...who) =>
    tags.unmute(...who),
  ),
  change('feature', 'Show a hashtag on your profile.', ({ tags }, ...who) => tags.feature(...who)),
  change('unfeature', 'Show a hashtag on your profile no more.', ({ tags }, ...who) =>
    tags.unfeature(...who),
  ),
];

export const getMutedTags = route({
  method: 'get',
  path: '/api/v1/muted_tags',
  summary: 'The hashtags that you have muted, the last one first.',
  audience: 'signed-in',
  scope: 'read:mutes',
  query: pageQuery,
  output: z.array(tagEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const rows = await deps.tags.mutedBy(viewer.account.id, pageOf(query));
    linkPages(req, res, deps.urls.origin, rows, query.limit);
    return tagEntitiesOf(
      deps,
      rows.map(({ tag }) => tag),
      viewer.account.id,
    );
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
