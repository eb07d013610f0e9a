import { z } from 'zod';
import type { AccountId } from '../../../lib/ids.ts';
import type { Account } from '../../../modules/accounts/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { REMOTE_LOOKUPS } from '../../mentions.ts';
import { route } from '../../route.ts';
import { isShown } from '../accounts/get-account.ts';
import { accountEntityOf } from '../entities.ts';
import { accountEntity, flagSchema, statusEntity } from '../schemas.ts';

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
    const mayAsk = viewer !== null && query.resolve && isRemoteHandle;
    const account = mayAsk
      ? await resolve(deps, viewer.account.id, query.q)
      : await deps.accounts.byHandle(query.q);
    const isSuspended = account?.domain != null && (await deps.instances.isBlocked(account.domain));
    return isShown(account) && !isSuspended
      ? { ...found, accounts: [await accountEntityOf(deps, account, viewerId)] }
      : found;
  },
});

/** Asks the server of a handle; null where it knows nobody of that name. */
async function resolve(deps: HttpDeps, viewerId: AccountId, handle: string): Promise<Account | null> {
  await deps.limits.take(REMOTE_LOOKUPS, viewerId);
  const outcome = await deps.lookup.account(handle);
  if (outcome.ok) return outcome.account;
  if (outcome.reason === 'not-found') return null;
  throw refused(outcome);
}
