import { z } from 'zod';
import type { Viewer } from '../../../modules/auth/index.ts';
import {
  type NotificationFilter,
  type NotificationPage,
  ownTypes,
} from '../../../modules/notifications/index.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages } from '../paging.ts';
import { emptyEntity } from '../schemas.ts';
import { notificationEntitiesOf } from './entities.ts';
import {
  type NotificationEntity,
  notificationEntity,
  notificationParams,
  notificationsQuery,
  unreadQuery,
} from './schemas.ts';

type Asked = Pick<
  z.output<typeof notificationsQuery>,
  'types' | 'exclude_types' | 'account_id' | 'include_filtered'
>;

/** What a query wants to know of. Apps of others would count our own types, and cannot show them. */
export function filterOf(query: Asked, viewer: Viewer): NotificationFilter {
  const unasked = viewer.appId === null ? [] : ownTypes;
  return {
    types: query.types ?? null,
    excludeTypes: [...(query.exclude_types ?? []), ...(query.types ? [] : unasked)],
    fromId: query.account_id ?? null,
    withFiltered: query.include_filtered,
  };
}

/** The part of a list that a query asks for. */
export function notificationPageOf(
  query: Pick<z.output<typeof notificationsQuery>, 'max_id' | 'min_id' | 'since_id' | 'limit'>,
): NotificationPage {
  return {
    maxId: query.max_id ?? null,
    minId: query.min_id ?? null,
    sinceId: query.since_id ?? null,
    limit: query.limit,
  };
}

export const listNotifications = route({
  method: 'get',
  path: '/api/v1/notifications',
  summary: 'What you are told of, newest first.',
  audience: 'signed-in',
  scope: 'read:notifications',
  query: notificationsQuery,
  output: z.array(notificationEntity),
  handler: async ({ deps, query, viewer, req, res }): Promise<NotificationEntity[]> => {
    const { id } = viewer.account;
    const list = await deps.notifications.list(id, notificationPageOf(query), filterOf(query, viewer));
    linkPages(req, res, deps.urls.origin, list, query.limit);
    return notificationEntitiesOf(deps, list, id);
  },
});

export const countUnread = route({
  method: 'get',
  path: '/api/v1/notifications/unread_count',
  summary: 'How many of them are newer than what your marker says you have read.',
  audience: 'signed-in',
  scope: 'read:notifications',
  query: unreadQuery,
  output: z.object({ count: z.number().describe('Counted up to the limit') }).meta({ id: 'UnreadCount' }),
  handler: async ({ deps, query, viewer }) => ({
    count: await deps.notifications.unreadCount(viewer.account.id, query.limit, filterOf(query, viewer)),
  }),
});

export const getNotification = route({
  method: 'get',
  path: '/api/v1/notifications/:id',
  summary: 'One notification.',
  audience: 'signed-in',
  scope: 'read:notifications',
  params: notificationParams,
  output: notificationEntity,
  handler: async ({ deps, params, viewer }) => {
    const found = await deps.notifications.forViewer(params.id, viewer.account.id);
    const [entity] = found ? await notificationEntitiesOf(deps, [found], viewer.account.id) : [];
    if (!entity) throw new ApiError('not-found');
    return entity;
  },
});

export const clearNotifications = route({
  method: 'post',
  path: '/api/v1/notifications/clear',
  summary: 'Put all notifications away.',
  audience: 'signed-in',
  scope: 'write:notifications',
  output: emptyEntity,
  handler: async ({ deps, viewer }) => {
    await deps.inTx((tx) => deps.notifications.clear(tx, viewer.account.id));
    return {};
  },
});

export const dismissNotification = route({
  method: 'post',
  path: '/api/v1/notifications/:id/dismiss',
  summary: 'Put one notification away.',
  audience: 'signed-in',
  scope: 'write:notifications',
  params: notificationParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const isDone = await deps.inTx((tx) => deps.notifications.dismiss(tx, viewer.account.id, params.id));
    if (!isDone) throw new ApiError('not-found');
    return {};
  },
});
