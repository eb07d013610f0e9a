import { z } from 'zod';
import { apiLimits, trendLimits } from '../../../../config/limits.ts';
import { route } from '../../route.ts';
import { emptyEntity, statusEntity } from '../schemas.ts';
import { postEntitiesOf } from '../statuses/posts.ts';
import { tagEntitiesOf, tagEntity } from '../tags/tags.ts';

const limitOf = (usual: number, max: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(usual)
    .transform((limit) => Math.min(limit, max));

const offset = z.coerce.number().int().min(0).max(trendLimits.maxOffset).default(0);

const trendingTags = (path: '/api/v1/trends/tags' | '/api/v1/trends') =>
  route({
    method: 'get',
    path,
    summary:
      'Hashtags that most people used in public videos of the last two days, as this server knows them.',
    audience: 'anyone',
    scope: 'read:statuses',
    query: z.object({ offset, limit: limitOf(10, 20) }),
    output: z.array(tagEntity),
    handler: async ({ deps, query, viewer }) =>
      tagEntitiesOf(deps, await deps.tags.trending(query), viewer?.account.id ?? null),
  });

export const getTrendingTags = trendingTags('/api/v1/trends/tags');
/** As older apps ask. */
export const getTrends = trendingTags('/api/v1/trends');

export const getTrendingLinks = route({
  method: 'get',
  path: '/api/v1/trends/links',
  summary: 'Web pages that are talked about: this server does not count them, and the list is empty.',
  audience: 'anyone',
  scope: 'read:statuses',
  output: z.array(emptyEntity),
  handler: async () => [],
});

export const getTrendingStatuses = route({
  method: 'get',
  path: '/api/v1/trends/statuses',
  summary:
    'Public videos of the last week that were liked, shared and commented on most, as this server knows.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: z.object({ offset, limit: limitOf(apiLimits.defaultPageItems, apiLimits.maxPageItems) }),
  output: z.array(statusEntity),
  handler: async ({ deps, query, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    return postEntitiesOf(deps, await deps.videos.trending(viewerId, query), viewerId);
  },
});
