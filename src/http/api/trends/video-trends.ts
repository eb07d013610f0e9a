import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import { route } from '../../route.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { accountEntity } from '../accounts/schemas.ts';
import { soundEntitiesOf, soundIdsOf } from '../sounds/entities.ts';
import { soundEntity } from '../sounds/schemas.ts';
import { videoEntitiesOf } from '../videos/entities.ts';
import { videoEntity } from '../videos/schemas.ts';
import { offered } from './offered.ts';
import { limitOf, offset } from './paging.ts';
import { howOf, trendQuery, trendScopeOf } from './scope.ts';

const page = { offset, limit: limitOf(apiLimits.defaultPageItems, apiLimits.maxPageItems) };

export const getTrendingVideos = route({
  method: 'get',
  path: '/api/v1/trends/videos',
  summary:
    'Public videos that people of many servers and networks watch, like, comment on and share now: everywhere, on this server, with a hashtag, in a language or with a sound.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: trendQuery,
  output: z.array(videoEntity),
  handler: (input) => {
    const { deps, query, viewer } = input;
    const read = async () => {
      const viewerId = viewer?.account.id ?? null;
      const scope = trendScopeOf(query);
      const ids = (await deps.trending.lists.videos(viewerId, scope, query, howOf(query))) ?? [];
      const videos = await deps.videos.forViewerAmong(ids, viewerId);
      return videoEntitiesOf(
        deps,
        ids.flatMap((id) => videos.get(id) ?? []),
        viewerId,
      );
    };
    return offered(input, read, query);
  },
});

export const getTrendingSounds = route({
  method: 'get',
  path: '/api/v1/trends/sounds',
  summary: 'Sounds that many people use and like now.',
  audience: 'anyone',
  scope: 'read:statuses',
  query: z.object(page),
  output: z.array(soundEntity),
  handler: (input) => {
    const { deps, query, viewer } = input;
    const viewerId = viewer?.account.id ?? null;
    const read = async () => {
      const ids = await deps.trending.lists.sounds(query, (found) =>
        deps.sounds.offered(soundIdsOf(found), viewerId),
      );
      return soundEntitiesOf(deps, ids, viewerId);
    };
    return offered(input, read, query);
  },
});

export const getTrendingCreators = route({
  method: 'get',
  path: '/api/v1/trends/creators',
  summary: 'Accounts whose videos most different people have been watching and liking in the last days.',
  audience: 'anyone',
  scope: 'read:accounts',
  query: z.object(page),
  output: z.array(accountEntity),
  handler: (input) => {
    const { deps, query, viewer } = input;
    const read = async () => {
      const ids = await deps.trending.lists.creators(viewer?.account.id ?? null, query);
      const accounts = await deps.accounts.byIds(ids);
      return accountEntitiesOf(
        deps,
        ids.flatMap((id) => accounts.get(id) ?? []),
      );
    };
    return offered(input, read, query);
  },
});

export const getTrendTrust = route({
  method: 'get',
  path: '/api/v1/trends/trust',
  summary:
    'How much the people of other servers count in trends of this one, what that follows from, and where an admin decided otherwise.',
  audience: 'anyone',
  scope: 'read',
  output: z.array(
    z
      .object({
        domain: z.string(),
        trust: z.number().describe('0 to 1'),
        override: z.number().nullable().describe('What an admin set, over everything else'),
        known_days: z.number().int().describe('Since this server first heard of it'),
        followers: z.number().int().describe('Accounts of this server that follow somebody there'),
        actors: z.number().int().describe('People of it who did something here in the last days'),
        returned: z.number().int().describe('Those of them who did on more than one day'),
        reports: z.number().describe('Reports of its videos, by the weight of who reported'),
      })
      .meta({ id: 'TrendTrust' }),
  ),
  handler: async ({ deps }) =>
    (await deps.trending.lists.trust()).map(({ knownMs, ...trust }) => ({
      ...trust,
      known_days: Math.floor(knownMs / 86_400_000),
    })),
});
