import { z } from 'zod';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { shown } from '../accounts/get-account.ts';
import { accountEntityOf } from '../entities.ts';
import { accountEntity, flagSchema, statusEntity } from '../schemas.ts';

/** Questions to other servers that one person may cause. */
const REMOTE_LOOKUPS = { name: 'remote-lookup', points: 30, seconds: 300 };

export const search = route({
  method: 'get',
  path: '/api/v2/search',
  summary: 'Find an account by its handle; with `resolve`, ask its server where it is not known here.',
  audience: 'anyone',
  scope: null,
  query: z.object({
    q: z.string().trim().min(1).max(400),
    type: z.enum(['accounts', 'statuses', 'hashtags']).optional(),
    resolve: flagSchema.optional(),
  }),
  output: z
    .object({
      accounts: z.array(accountEntity),
      statuses: z.array(statusEntity),
      hashtags: z.array(z.object({})),
    })
    .meta({ id: 'SearchResults' }),
  handler: async ({ deps, query, viewer }) => {
    const found = { accounts: [], statuses: [], hashtags: [] };
    if (query.type !== undefined && query.type !== 'accounts') return found;
    const viewerId = viewer?.account.id ?? null;
    const isRemoteHandle = /^@?[^@\s]+@[^@\s]+$/.test(query.q);
    if (viewer && query.resolve && isRemoteHandle) {
      await deps.limits.take(REMOTE_LOOKUPS, viewer.account.id);
      const outcome = await deps.lookup.account(query.q);
      if (outcome.ok) return { ...found, accounts: [await accountEntityOf(deps, outcome.account, viewerId)] };
      if (outcome.reason === 'not-found') return found;
      throw refused(outcome);
    }
    const known = await deps.accounts.byHandle(query.q);
    if (known?.state !== 'active') return found;
    return { ...found, accounts: [await accountEntityOf(deps, shown(known), viewerId)] };
  },
});
