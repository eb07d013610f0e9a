import { z } from 'zod';
import { apiLimits, listLimits } from '../../../../config/limits.ts';
import { type AccountId, idSchema } from '../../../lib/ids.ts';
import { type List, repliesPolicies } from '../../../modules/lists/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { shownHere } from '../accounts/get-account.ts';
import { accountEntity } from '../accounts/schemas.ts';
import { statusEntitiesOf } from '../entities.ts';
import { forYouList, forYouLists, forYouStatuses, refuseForYou } from '../feed/for-you.ts';
import { flag, manyOf, text, whole } from '../inputs.ts';
import { linkPages, pageOf } from '../paging.ts';
import { peopleOf } from '../relations/people.ts';
import { accountParams, emptyEntity, pageQuery, statusEntity } from '../schemas.ts';

const listParams = z.object({ id: idSchema<'list'>() });

const listEntity = z
  .object({
    id: z.string(),
    title: z.string(),
    replies_policy: z
      .enum(repliesPolicies)
      .describe('Kept for apps: timelines here hold videos, which answer nobody'),
    exclusive: z.boolean().describe('Who is in it is left out of the home timeline'),
  })
  .meta({ id: 'List' });

function listEntityOf({ id, title, repliesPolicy, exclusive }: List) {
  return { id, title, replies_policy: repliesPolicy, exclusive };
}

/** The list, where it is the viewer's. */
async function ownList(deps: HttpDeps, ownerId: AccountId, id: List['id']): Promise<List> {
  const list = await deps.lists.one(ownerId, id);
  if (!list) throw new ApiError('not-found');
  return list;
}

const title = text(listLimits.maxTitleCharacters).pipe(z.string().min(1));

export const listLists = route({
  method: 'get',
  path: '/api/v1/lists',
  summary: 'Your lists of accounts, oldest first, and at last the feed For You, which apps show as a list.',
  audience: 'signed-in',
  scope: 'read:lists',
  output: z.array(listEntity),
  handler: async ({ deps, viewer }) => [
    ...(await deps.lists.all(viewer.account.id)).map(listEntityOf),
    ...(await forYouLists(deps, viewer.account.id)),
  ],
});

export const listsWith = route({
  method: 'get',
  path: '/api/v1/accounts/:id/lists',
  summary: 'Those of your lists in which an account is.',
  audience: 'signed-in',
  scope: 'read:lists',
  params: accountParams,
  output: z.array(listEntity),
  handler: async ({ deps, params, viewer }) => {
    const account = await shownHere(deps, await deps.accounts.byId(params.id));
    return (await deps.lists.with(viewer.account.id, account.id)).map(listEntityOf);
  },
});

export const getList = route({
  method: 'get',
  path: '/api/v1/lists/:id',
  summary: 'One of your lists.',
  audience: 'signed-in',
  scope: 'read:lists',
  params: listParams,
  output: listEntity,
  handler: async ({ deps, params, viewer }) =>
    (await forYouList(deps, viewer.account.id, params.id)) ??
    listEntityOf(await ownList(deps, viewer.account.id, params.id)),
});

export const createList = route({
  method: 'post',
  path: '/api/v1/lists',
  summary: 'Make a list of accounts, for yourself.',
  audience: 'signed-in',
  scope: 'write:lists',
  body: z.object({
    title,
    replies_policy: z.enum(repliesPolicies).default('list'),
    exclusive: flag.default(false),
  }),
  output: listEntity,
  handler: async ({ deps, body, viewer }) => {
    const facts = { title: body.title, repliesPolicy: body.replies_policy, exclusive: body.exclusive };
    const outcome = await deps.inTx((tx) => deps.lists.create(tx, viewer.account.id, facts));
    if (!outcome.ok) throw refused(outcome);
    return listEntityOf(outcome.list);
  },
});

export const editList = route({
  method: 'put',
  path: '/api/v1/lists/:id',
  summary: 'Change one of your lists; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: listParams,
  body: z.object({
    title: title.optional(),
    replies_policy: z.enum(repliesPolicies).optional(),
    exclusive: flag.optional(),
  }),
  output: listEntity,
  handler: async ({ deps, params, body, viewer }) => {
    await refuseForYou(deps, viewer.account.id, params.id);
    const before = await ownList(deps, viewer.account.id, params.id);
    const facts = {
      title: body.title ?? before.title,
      repliesPolicy: body.replies_policy ?? before.repliesPolicy,
      exclusive: body.exclusive ?? before.exclusive,
    };
    const list = await deps.inTx((tx) => deps.lists.edit(tx, viewer.account.id, params.id, facts));
    if (!list) throw new ApiError('not-found');
    return listEntityOf(list);
  },
});

export const deleteList = route({
  method: 'delete',
  path: '/api/v1/lists/:id',
  summary: 'Remove one of your lists. Nobody is unfollowed.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: listParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    await refuseForYou(deps, viewer.account.id, params.id);
    const removed = await deps.inTx((tx) => deps.lists.remove(tx, viewer.account.id, params.id));
    if (!removed) throw new ApiError('not-found');
    return {};
  },
});

export const listMembers = route({
  method: 'get',
  path: '/api/v1/lists/:id/accounts',
  summary:
    'Who is in one of your lists, those put there last first. With a limit of 0, as many as one page can have.',
  audience: 'signed-in',
  scope: 'read:lists',
  params: listParams,
  query: pageQuery.extend({
    limit: whole(0, 10_000)
      .default(apiLimits.defaultPeople)
      .transform((limit) => (limit === 0 ? apiLimits.maxPeople : Math.min(limit, apiLimits.maxPeople))),
  }),
  output: z.array(accountEntity),
  handler: async ({ deps, params, query, viewer, req, res }) => {
    if (await forYouList(deps, viewer.account.id, params.id)) return [];
    await ownList(deps, viewer.account.id, params.id);
    const asked = { deps, query, req, res };
    return peopleOf(asked, (page) => deps.lists.members(viewer.account.id, params.id, page));
  },
});

const members = z.object({ account_ids: manyOf(idSchema<'account'>(), listLimits.maxAccountsPerRequest) });
/** Some apps name them in the address. */
const membersInQuery = members.partial();

export const addToList = route({
  method: 'post',
  path: '/api/v1/lists/:id/accounts',
  summary: 'Put accounts that you follow into one of your lists: all of them, or none.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: listParams,
  body: members,
  output: emptyEntity,
  handler: async ({ deps, params, body, viewer }) => {
    await refuseForYou(deps, viewer.account.id, params.id);
    const outcome = await deps.inTx((tx) =>
      deps.lists.add(tx, viewer.account.id, params.id, body.account_ids),
    );
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const takeFromList = route({
  method: 'delete',
  path: '/api/v1/lists/:id/accounts',
  summary: 'Take accounts out of one of your lists. They are named in the query or in the body.',
  audience: 'signed-in',
  scope: 'write:lists',
  params: listParams,
  query: membersInQuery,
  body: membersInQuery,
  output: emptyEntity,
  handler: async ({ deps, params, query, body, viewer }) => {
    await refuseForYou(deps, viewer.account.id, params.id);
    const ids = query.account_ids ?? body.account_ids ?? [];
    const taken = await deps.inTx((tx) => deps.lists.take(tx, viewer.account.id, params.id, ids));
    if (!taken) throw new ApiError('not-found');
    return {};
  },
});

export const listTimeline = route({
  method: 'get',
  path: '/api/v1/timelines/list/:id',
  summary: 'Videos of the accounts in one of your lists, newest first.',
  audience: 'signed-in',
  scope: 'read:lists',
  params: listParams,
  query: pageQuery,
  output: z.array(statusEntity),
  handler: async ({ deps, params, query, viewer, req, res }) => {
    if (await forYouList(deps, viewer.account.id, params.id)) {
      return forYouStatuses({ deps, query, viewerId: viewer.account.id, req, res });
    }
    await ownList(deps, viewer.account.id, params.id);
    const items = await deps.feed.list(params.id, viewer.account.id, pageOf(query));
    const statuses = await statusEntitiesOf(deps, items, viewer.account.id);
    linkPages(req, res, deps.urls.origin, statuses, query.limit);
    return statuses;
  },
});
