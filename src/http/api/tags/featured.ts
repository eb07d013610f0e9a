import { z } from 'zod';
import { idSchema } from '../../../lib/ids.ts';
import type { FeaturedTag } from '../../../modules/tags/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { shownHere } from '../accounts/get-account.ts';
import { accountParams, emptyEntity } from '../schemas.ts';
import { tagEntitiesOf, tagEntity, tagOf } from './tags.ts';

const featuredTagEntity = z
  .object({
    id: z.string(),
    name: z.string().describe('As most people write it'),
    url: z.string().describe('Its page'),
    statuses_count: z.string().describe('Of the account, for everybody'),
    last_status_at: z.string().nullable().describe('A day'),
  })
  .meta({ id: 'FeaturedTag' });

async function entitiesOf(deps: HttpDeps, list: readonly FeaturedTag[]) {
  const spellings = await deps.tags.spellingsOf(list.map(({ tag }) => tag));
  return list.map(({ id, tag, uses, lastUsedAt }) => ({
    id,
    name: spellings.get(tag) ?? tag,
    url: deps.urls.tagPage(tag),
    statuses_count: String(uses),
    last_status_at: lastUsedAt?.toISOString().slice(0, 10) ?? null,
  }));
}

export const featuredTagsOf = route({
  method: 'get',
  path: '/api/v1/accounts/:id/featured_tags',
  summary: 'Hashtags that an account shows on its profile, those it uses most first.',
  audience: 'anyone',
  scope: 'read:accounts',
  params: accountParams,
  output: z.array(featuredTagEntity),
  handler: async ({ deps, params }) => {
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    return entitiesOf(deps, await deps.tags.featuredBy(account.id));
  },
});

export const listFeaturedTags = route({
  method: 'get',
  path: '/api/v1/featured_tags',
  summary: 'Hashtags that you show on your profile.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: z.array(featuredTagEntity),
  handler: async ({ deps, viewer: { account } }) => entitiesOf(deps, await deps.tags.featuredBy(account.id)),
});

export const suggestFeaturedTags = route({
  method: 'get',
  path: '/api/v1/featured_tags/suggestions',
  summary: 'Hashtags that you use most and do not show on your profile yet.',
  audience: 'signed-in',
  scope: 'read:accounts',
  output: z.array(tagEntity),
  handler: async ({ deps, viewer: { account } }) =>
    tagEntitiesOf(deps, await deps.tags.worthFeaturing(account.id), account.id),
});

export const featureTag = route({
  method: 'post',
  path: '/api/v1/featured_tags',
  summary: 'Show a hashtag on your profile.',
  audience: 'signed-in',
  scope: 'write:accounts',
  body: z.object({ name: z.string().max(200) }),
  output: featuredTagEntity,
  handler: async ({ deps, body, viewer: { account } }) => {
    const tag = tagOf(body.name);
    const outcome = await deps.inTx((tx) => deps.tags.feature(tx, account.id, tag));
    if (!outcome.ok) throw refused(outcome);
    const list = (await deps.tags.featuredBy(account.id)).filter((one) => one.tag === tag);
    const [entity] = await entitiesOf(deps, list);
    if (!entity) throw new ApiError('not-found');
    return entity;
  },
});

export const unfeatureTag = route({
  method: 'delete',
  path: '/api/v1/featured_tags/:id',
  summary: 'Show a hashtag on your profile no more, by the id of its place there.',
  audience: 'signed-in',
  scope: 'write:accounts',
  params: z.object({ id: idSchema<'featured-tag'>() }),
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    if (!(await deps.inTx((tx) => deps.tags.unfeatureById(tx, viewer.account.id, params.id)))) {
      throw new ApiError('not-found');
    }
    return {};
  },
});
