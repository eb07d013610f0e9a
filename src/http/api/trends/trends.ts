import { z } from 'zod';
import type { Viewer } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import { emptyEntity, statusEntity } from '../schemas.ts';
import { postEntitiesOf } from '../statuses/posts.ts';
import { tagEntitiesOf, tagEntity } from '../tags/tags.ts';
import { offered } from './offered.ts';
import { limitOf, offset } from './paging.ts';
import { howOf, trendQuery, trendScopeOf } from './scope.ts';

/** What is used most, while nobody keeps trends (yet): what was vetoed is left out there, too. */
const untilThereAre = async (deps: HttpDeps, page: { offset: number; limit: number }): Promise<string[]> =>
  deps.trending.decisions.allowed('tags', await deps.tags.trending(page));

const trendingTags = (path: '/api/v1/trends/tags' | '/api/v1/trends') =>
  route({
    method: 'get',
    path,
    summary:
      'Hashtags that most people are on about now: who posts, likes, comments on and watches videos with them. No server makes more than a tenth.',
    audience: 'anyone',
    scope: 'read:statuses',
    query: z.object({ offset, limit: limitOf(10, 20) }),
    output: z.array(tagEntity),
    handler: (input) => {
      const { deps, query, viewer } = input;
      const read = async () => {
        const tags = (await deps.trending.lists.tags(query)) ?? (await untilThereAre(deps, query));
        return tagEntitiesOf(deps, tags, viewer?.account.id ?? null);
      };
      return offered(input, read, query);
    },
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
  handler: (input) => offered(input, async () => []),
});

export const getTrendingStatuses = route({
  method: 'get',
  path: '/api/v1/trends/statuses',
  summary:
    'Public videos that people of many servers watch, like, comment on and share now: everywhere, or as `scope` says. What a server claims of its own does not count.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: trendQuery,
  output: z.array(statusEntity),
  handler: (input) => offered(input, () => statusesOf(input), input.query),
});

async function statusesOf({
  deps,
  query,
  viewer,
}: {
  readonly deps: HttpDeps;
  readonly query: z.output<typeof trendQuery>;
  readonly viewer: Viewer | null;
}) {
  const viewerId = viewer?.account.id ?? null;
  const scope = trendScopeOf(query);
  const trending = await deps.trending.lists.videos(viewerId, scope, query, howOf(query));
  if (trending === null && (scope.within !== 'global' || query.own)) return [];
  const ids =
    trending ??
    (await deps.trending.decisions.allowed('videos', await deps.videos.trending(viewerId, query)));
  return postEntitiesOf(deps, ids, viewerId);
}
