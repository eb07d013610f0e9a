import { z } from 'zod';
import type { Account } from '../../../modules/accounts/index.ts';
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
export function shown(account: Account | null): Account {
  if (!isShown(account)) throw new ApiError('not-found');
  return account;
}

export const getAccount = route({
  method: 'get',
  path: '/api/v1/accounts/:id',
  summary: 'One account.',
  audience: 'anyone',
  scope: null,
  params: accountParams,
  output: accountEntity,
  handler: async ({ deps, params, viewer }) =>
    accountEntityOf(deps, shown(await deps.accounts.byId(params.id)), viewer?.account.id ?? null),
});

export const lookupAccount = route({
  method: 'get',
  path: '/api/v1/accounts/lookup',
  summary: 'One account that is known here, by its handle.',
  audience: 'anyone',
  scope: null,
  query: z.object({ acct: z.string().min(1).max(400) }),
  output: accountEntity,
  handler: async ({ deps, query, viewer }) =>
    accountEntityOf(deps, shown(await deps.accounts.byHandle(query.acct)), viewer?.account.id ?? null),
});
