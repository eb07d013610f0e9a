import { z } from 'zod';
import type { Account } from '../../../modules/accounts/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountEntityOf } from '../entities.ts';
import { accountEntity, accountParams } from '../schemas.ts';

/**
 * Accounts that are not active look absent, and so do the one that stands for the server itself and channels,
 * which are for other servers only.
 */
export function isShown(account: Account | null): account is Account {
  const hidden =
    account?.domain === null && (account.actorType === 'Application' || account.ownerId !== null);
  return account?.state === 'active' && !hidden;
}

/** The account, or the answer that there is none. */
function shown(account: Account | null): Account {
  if (!isShown(account)) throw new ApiError('not-found');
  return account;
}

/** The account, or the answer that there is none: those of suspended servers look absent too. */
export async function shownHere(deps: HttpDeps, account: Account | null): Promise<Account> {
  const found = shown(account);
  if (found.domain !== null && (await deps.instances.isBlocked(found.domain)))
    throw new ApiError('not-found');
  return found;
}

export const getAccount = route({
  method: 'get',
  path: '/api/v1/accounts/:id',
  summary: 'One account.',
  audience: 'anyone',
  scope: null,
  params: accountParams,
  output: accountEntity,
  handler: async ({ deps, params, viewer }) => {
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    return accountEntityOf(deps, account, viewer?.account.id ?? null);
  },
});

export const lookupAccount = route({
  method: 'get',
  path: '/api/v1/accounts/lookup',
  summary: 'One account that is known here, by its handle.',
  audience: 'anyone',
  scope: null,
  query: z.object({ acct: z.string().min(1).max(400) }),
  output: accountEntity,
  handler: async ({ deps, query, viewer }) => {
    const account = await shownHere(deps, await deps.accounts.byHandle(query.acct));
    return accountEntityOf(deps, account, viewer?.account.id ?? null);
  },
});
