import { z } from 'zod';
import { groupedTypes } from '../../../modules/notifications/index.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { toAccount } from '../accounts/entities.ts';
import { linkPages } from '../paging.ts';
import { accountEntity, emptyEntity } from '../schemas.ts';
import { groupedEntityOf } from './entities.ts';
import { filterOf, notificationPageOf } from './notifications.ts';
import {
  accountsOfGroupQuery,
  groupedEntity,
  groupParams,
  groupsQuery,
  unreadGroupsQuery,
} from './schemas.ts';

const ONE = { maxId: null, minId: null, sinceId: null, limit: 1 };
const EVERYTHING = { types: null, excludeTypes: [], fromId: null, withFiltered: true };

export const listGroups = route({
  method: 'get',
  path: '/api/v2/notifications',
  summary: 'What you are told of, with likes of one post and the like as one, newest first.',
  audience: 'signed-in',
  scope: 'read:notifications',
  query: groupsQuery,
  output: groupedEntity,
  handler: async ({ deps, query, viewer, req, res }) => {
    const { id } = viewer.account;
    const groups = await deps.notifications.groups(id, notificationPageOf(query), {
      ...filterOf(query, viewer),
      groupedTypes: query.grouped_types,
    });
    const newest = groups.map((group) => group.newest);
    linkPages(req, res, deps.urls.origin, newest, query.limit);
    return groupedEntityOf(deps, groups, id, query.expand_accounts);
  },
});

export const countUnreadGroups = route({
  method: 'get',
  path: '/api/v2/notifications/unread_count',
  summary: 'How many groups are newer than what your marker says you have read.',
  audience: 'signed-in',
  scope: 'read:notifications',
  query: unreadGroupsQuery,
  output: z.object({ count: z.number() }).meta({ id: 'UnreadGroupCount' }),
  handler: async ({ deps, query, viewer }) => ({
    count: await deps.notifications.unreadGroupCount(viewer.account.id, query.limit, {
      ...filterOf(query, viewer),
      groupedTypes: query.grouped_types,
    }),
  }),
});

export const getGroup = route({
  method: 'get',
  path: '/api/v2/notifications/:group_key',
  summary: 'One group of notifications.',
  audience: 'signed-in',
  scope: 'read:notifications',
  params: groupParams,
  output: groupedEntity,
  handler: async ({ deps, params, viewer }) => {
    const { id } = viewer.account;
    const filter = { ...EVERYTHING, groupedTypes, groupKey: params.group_key };
    const groups = await deps.notifications.groups(id, ONE, filter);
    if (groups.length === 0) throw new ApiError('not-found');
    return groupedEntityOf(deps, groups, id);
  },
});

export const listAccountsOfGroup = route({
  method: 'get',
  path: '/api/v2/notifications/:group_key/accounts',
  summary: 'Everybody who is behind one group of notifications, newest first.',
  audience: 'signed-in',
  scope: 'read:notifications',
  params: groupParams,
  query: accountsOfGroupQuery,
  output: z.array(accountEntity),
  handler: async ({ deps, params, query, viewer }) => {
    const { group_key: groupKey } = params;
    const ids = await deps.notifications.accountsOfGroup(viewer.account.id, groupKey, query.limit);
    if (ids.length === 0) throw new ApiError('not-found');
    const accounts = await deps.accounts.byIds(ids);
    return ids.flatMap((id) => accounts.get(id) ?? []).map((one) => toAccount(deps, one));
  },
});

export const dismissGroup = route({
  method: 'post',
  path: '/api/v2/notifications/:group_key/dismiss',
  summary: 'Put one group of notifications away.',
  audience: 'signed-in',
  scope: 'write:notifications',
  params: groupParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const { id } = viewer.account;
    const isDone = await deps.inTx((tx) => deps.notifications.dismissGroup(tx, id, params.group_key));
    if (!isDone) throw new ApiError('not-found');
    return {};
  },
});
