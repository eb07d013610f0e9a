import { z } from 'zod';
import { parseId } from '../../../lib/ids.ts';
import type { Account, FoundByAddress } from '../../../modules/accounts/index.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { REMOTE_LOOKUPS } from '../../mentions.ts';
import { route } from '../../route.ts';
import { isShownHere } from '../accounts/get-account.ts';
import { accountEntityOf } from '../entities.ts';
import { accountEntity, flagSchema, type StatusEntity, statusEntity } from '../schemas.ts';
import { postEntityOf, seenPost } from '../statuses/posts.ts';

const NOTHING = { accounts: [], statuses: [], hashtags: [] };

export const search = route({
  method: 'get',
  path: '/api/v2/search',
  summary:
    'Find an account by its handle, or an account, video or comment by its web address; with `resolve`, ask its server where it is not known here.',
  audience: 'anyone',
  scope: 'read:search',
  query: z.object({
    q: z.string().trim().min(1).max(1_024),
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
    const viewerId = viewer?.account.id ?? null;
    const asking = query.resolve ? viewer : null;
    const wants = (type: 'accounts' | 'statuses') => query.type === undefined || query.type === type;
    if (!wants('accounts') && !wants('statuses')) return NOTHING;
    const found: FoundByAddress | null = /^https?:\/\//i.test(query.q)
      ? await byAddress(deps, asking, query.q)
      : wants('accounts')
        ? asAccount(await byHandle(deps, asking, query.q))
        : null;
    if (found?.kind === 'account' && wants('accounts') && (await isShownHere(deps, found.account))) {
      return { ...NOTHING, accounts: [await accountEntityOf(deps, found.account)] };
    }
    if (found?.kind === 'post' && wants('statuses')) {
      const status = await statusFor(deps, found.id, viewerId);
      return { ...NOTHING, statuses: status ? [status] : [] };
    }
    return NOTHING;
  },
});

function asAccount(account: Account | null): FoundByAddress | null {
  return account && { kind: 'account', account };
}

/** Asks the server of a handle, where somebody may cause that; null where nobody of that name is known. */
export async function byHandle(deps: HttpDeps, asking: Viewer | null, q: string): Promise<Account | null> {
  if (!asking || deps.lockGate.now() || !/^@?[^@\s]+@[^@\s]+$/.test(q)) return deps.accounts.byHandle(q);
  await deps.limits.take(REMOTE_LOOKUPS, asking.account.id);
  const outcome = await deps.lookup.account(q);
  if (outcome.ok) return outcome.account;
  if (outcome.reason === 'not-found') return null;
  throw refused(outcome);
}

/** What is known by a web address; otherwise what its server says, where somebody may cause that question. */
async function byAddress(deps: HttpDeps, asking: Viewer | null, q: string): Promise<FoundByAddress | null> {
  const known = await deps.lookup.address(q, { ask: false });
  if (known.ok) return known.found;
  if (!asking || deps.lockGate.now() || deps.urls.isOurs(q)) return null;
  await deps.limits.take(REMOTE_LOOKUPS, asking.account.id);
  const asked = await deps.lookup.address(q, { ask: true });
  if (asked.ok) return asked.found;
  if (asked.reason === 'not-found') return null;
  throw refused(asked);
}

/** A post as the viewer may see it; null where it is out of sight, as if it were not there (security.md P2). */
async function statusFor(
  deps: HttpDeps,
  id: string,
  viewerId: Viewer['account']['id'] | null,
): Promise<StatusEntity | null> {
  if (parseId(id) === null) return null;
  try {
    return await postEntityOf(deps, await seenPost(deps, id, viewerId), viewerId);
  } catch (error) {
    if (error instanceof ApiError && error.body.code === 'not-found') return null;
    throw error;
  }
}
