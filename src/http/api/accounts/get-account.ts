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

/** As `isShown`; accounts of suspended servers look absent, too, by the server or by the domain of the handle. */
export async function isShownHere(deps: HttpDeps, account: Account | null): Promise<boolean> {
  if (!isShown(account)) return false;
  if (account.domain === null) return true;
  const hosts = [account.domain, new URL(account.actorUri).host];
  return (await deps.instances.standingsOf(hosts)).every(({ suspended }) => !suspended);
}

/** The account, or the answer that there is none. */
export async function shownHere(deps: HttpDeps, account: Account | null): Promise<Account> {
  if (account === null || !(await isShownHere(deps, account))) throw new ApiError('not-found');
  return account;
}

export const getAccount = route({
  method: 'get',
  path: '/api/v1/accounts/:id',
  summary: 'One account.',
  audience: 'anyone',
  scope: 'read:accounts',
  params: accountParams,
  output: accountEntity,
  handler: async ({ deps, params }) => {
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    return accountEntityOf(deps, account);
  },
});

export const lookupAccount = route({
  method: 'get',
  path: '/api/v1/accounts/lookup',
  summary: 'One account that is known here, by its handle.',
  audience: 'anyone',
  scope: 'read:accounts',
  query: z.object({ acct: z.string().min(1).max(400) }),
  output: accountEntity,
  handler: async ({ deps, query }) => {
    const account = await shownHere(deps, await deps.accounts.byHandle(query.acct));
    return accountEntityOf(deps, account);
  },
});
