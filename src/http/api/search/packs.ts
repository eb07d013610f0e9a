import { z } from 'zod';
import { searchLimits } from '../../../../config/search-limits.ts';
import { route } from '../../route.ts';
import { whole } from '../inputs.ts';
import { packEntitiesOf, packEntity } from '../packs/schemas.ts';
import { SEARCHES } from './videos.ts';

export const searchPacks = route({
  method: 'get',
  path: '/api/v1/search/packs',
  summary:
    'Starter packs of people who want to be found, by words of their name and description, or by hashtags that people in them show on their profiles.',
  audience: 'anyone',
  scope: 'read:search',
  limit: SEARCHES,
  query: z.object({
    q: z.string().trim().min(1).max(searchLimits.maxWord),
    limit: whole(1, 40).default(20),
    offset: whole(0, searchLimits.packs).default(0),
  }),
  output: z.array(packEntity),
  handler: async ({ deps, query, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    return packEntitiesOf(deps, await deps.packs.found(viewerId, query), viewerId);
  },
});
