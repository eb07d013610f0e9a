import type { Request, Response } from 'express';
import { z } from 'zod';
import type { AccountId } from '../../../lib/ids.ts';
import type { Account } from '../../../modules/accounts/index.ts';
import type { Listed, PeoplePage } from '../../../modules/social/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { relationshipTo } from '../accounts/follow.ts';
import { shownHere } from '../accounts/get-account.ts';
import { type AccountEntity, accountEntity, relationshipEntity } from '../accounts/schemas.ts';
import { peopleQuery } from '../inputs.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountParams } from '../schemas.ts';

const output = z.array(accountEntity);

/** The accounts with these ids, in their order; those that are gone are left out. */
export async function accountsInOrder(deps: HttpDeps, ids: readonly AccountId[]): Promise<Account[]> {
  const found = await deps.accounts.byIds([...new Set(ids)]);
  return ids.flatMap((id) => found.get(id) ?? []);
}

interface Asked {
  readonly deps: HttpDeps;
  readonly query: z.output<typeof peopleQuery>;
  readonly req: Request;
  readonly res: Response;
}

/** One page of a list of accounts, with the links to the next ones. */
export async function peopleOf(
  { deps, query, req, res }: Asked,
  list: (page: PeoplePage) => Promise<Listed[]>,
): Promise<AccountEntity[]> {
  const listed = await list(pageOf(query));
  linkPages(req, res, deps.urls.origin, listed, query.limit);
  return accountEntitiesOf(
    deps,
    await accountsInOrder(
      deps,
      listed.map(({ accountId }) => accountId),
    ),
  );
}

/** Whether the viewer may know whom an account follows and who follows it: not where it hides that or blocks the viewer. */
async function mayAsk(deps: HttpDeps, account: Account, viewerId: AccountId | null): Promise<boolean> {
  if (account.id === viewerId) return true;
  if (account.hideCollections) return false;
  return viewerId === null || !(await deps.social.isBlocking(account.id, viewerId));
}

export const listFollowers = route({
  method: 'get',
  path: '/api/v1/accounts/:id/followers',
  summary:
    'Who follows an account, as far as this server knows, newest first. Empty where the account hides it.',
  audience: 'anyone',
  scope: 'read:accounts',
  params: accountParams,
  query: peopleQuery,
  output,
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    const viewerId = viewer?.account.id ?? null;
    if (!(await mayAsk(deps, account, viewerId))) return [];
    return peopleOf({ deps, query, req, res }, (page) => deps.social.followersOf(account.id, viewerId, page));
  },
});

export const listFollowing = route({
  method: 'get',
  path: '/api/v1/accounts/:id/following',
  summary:
    'Whom an account follows, as far as this server knows, newest first. Empty where the account hides it.',
  audience: 'anyone',
  scope: 'read:accounts',
  params: accountParams,
  query: peopleQuery,
  output,
  handler: async ({ deps, params, query, viewer, req, res }) => {
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    const viewerId = viewer?.account.id ?? null;
    if (!(await mayAsk(deps, account, viewerId))) return [];
    return peopleOf({ deps, query, req, res }, (page) => deps.social.followedBy(account.id, viewerId, page));
  },
});

export const listBlocks = route({
  method: 'get',
  path: '/api/v1/blocks',
  summary: 'Whom you block, newest first.',
  audience: 'signed-in',
  scope: 'read:blocks',
  query: peopleQuery,
  output,
  handler: ({ deps, query, viewer, req, res }) =>
    peopleOf({ deps, query, req, res }, (page) => deps.social.blockedBy(viewer.account.id, page)),
});

export const listMutes = route({
  method: 'get',
  path: '/api/v1/mutes',
  summary: 'Whom you have muted, newest first.',
  audience: 'signed-in',
  scope: 'read:mutes',
  query: peopleQuery,
  output: z.array(
    accountEntity.extend({ mute_expires_at: z.string().nullable() }).meta({ id: 'MutedAccount' }),
  ),
  handler: async ({ deps, query, viewer, req, res }) => {
    const asked = { deps, query, req, res };
    const people = await peopleOf(asked, (page) => deps.social.mutedBy(viewer.account.id, page));
    const ids = people.map(({ id }) => id as AccountId);
    const until = await deps.social.muteEnds(viewer.account.id, ids);
    return people.map((one) => ({ ...one, mute_expires_at: until.get(one.id)?.toISOString() ?? null }));
  },
});

export const listFollowRequests = route({
  method: 'get',
  path: '/api/v1/follow_requests',
  summary: 'Who asks to follow you, newest first.',
  audience: 'signed-in',
  scope: 'read:follows',
  query: peopleQuery,
  output,
  handler: ({ deps, query, viewer, req, res }) =>
    peopleOf({ deps, query, req, res }, (page) => deps.social.requestsTo(viewer.account.id, page)),
});

const answerRequest = (verb: 'authorize' | 'reject') =>
  route({
    method: 'post',
    path: `/api/v1/follow_requests/:id/${verb}`,
    summary:
      verb === 'authorize'
        ? 'Let an account follow you that asks to. The id is that of the account.'
        : 'Turn an account away that asks to follow you. The id is that of the account.',
    audience: 'signed-in',
    scope: 'write:follows',
    params: accountParams,
    output: relationshipEntity,
    handler: async ({ deps, params, viewer }) => {
      const pair = { followerId: params.id, targetId: viewer.account.id };
      const outcome = await deps.inTx((tx) =>
        verb === 'authorize' ? deps.social.accept(tx, pair) : deps.social.reject(tx, pair),
      );
      if (!outcome.ok) throw new ApiError('not-found');
      return relationshipTo(deps, viewer.account.id, params.id);
    },
  });

export const authorizeRequest = answerRequest('authorize');
export const rejectRequest = answerRequest('reject');
