import { z } from 'zod';
import type { AccountId } from '../../../lib/ids.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages } from '../paging.ts';
import { emptyEntity } from '../schemas.ts';
import { notificationEntitiesOf } from './entities.ts';
import { notificationPageOf } from './notifications.ts';
import { requestEntity, requestParams, requestsBody, requestsQuery } from './schemas.ts';

type Requests = Awaited<ReturnType<HttpDeps['notifications']['requests']>>;

const ONE = { maxId: null, minId: null, sinceId: null, limit: 1 };

async function requestEntitiesOf(deps: HttpDeps, requests: Requests, viewerId: AccountId) {
  const newest = requests.map((one) => one.newest);
  const byId = new Map(
    (await notificationEntitiesOf(deps, newest, viewerId)).map((entity) => [entity.id, entity]),
  );
  return requests.flatMap((request) => {
    const entity = byId.get(request.newest.id);
    if (!entity) return [];
    return [
      {
        id: request.fromId,
        created_at: request.oldestAt.toISOString(),
        updated_at: request.newest.createdAt.toISOString(),
        notifications_count: String(request.count),
        account: entity.account,
        last_status: entity.status,
      },
    ];
  });
}

/** The request of one account, or the answer that there is none. */
async function requestOf(deps: HttpDeps, viewerId: AccountId, fromId: AccountId) {
  const found = await deps.notifications.requests(viewerId, ONE, fromId);
  const [entity] = await requestEntitiesOf(deps, found, viewerId);
  if (!entity) throw new ApiError('not-found');
  return entity;
}

export const listRequests = route({
  method: 'get',
  path: '/api/v1/notifications/requests',
  summary: 'People whose notifications were set aside, as your policy has it.',
  audience: 'signed-in',
  scope: 'read:notifications',
  query: requestsQuery,
  output: z.array(requestEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const { id } = viewer.account;
    const requests = await deps.notifications.requests(id, notificationPageOf(query));
    const newest = requests.map((one) => one.newest);
    linkPages(req, res, deps.urls.origin, newest, query.limit);
    return requestEntitiesOf(deps, requests, id);
  },
});

export const requestsMerged = route({
  method: 'get',
  path: '/api/v1/notifications/requests/merged',
  summary: 'Whether what you let through is among your notifications: here, at once.',
  audience: 'signed-in',
  scope: 'read:notifications',
  output: z.object({ merged: z.literal(true) }).meta({ id: 'RequestsMerged' }),
  handler: async () => ({ merged: true as const }),
});

export const getRequest = route({
  method: 'get',
  path: '/api/v1/notifications/requests/:id',
  summary: 'What was set aside of one account; the id is that of the account.',
  audience: 'signed-in',
  scope: 'read:notifications',
  params: requestParams,
  output: requestEntity,
  handler: ({ deps, params, viewer }) => requestOf(deps, viewer.account.id, params.id),
});

type Decision = 'accept' | 'dismiss';

const SUMMARY: Readonly<Record<Decision, string>> = {
  accept: 'Let an account through, now and from now on.',
  dismiss: 'Put away what was set aside of an account.',
};

function decide(deps: HttpDeps, decision: Decision, viewerId: AccountId, ids: readonly AccountId[]) {
  const { acceptRequests, dismissRequests } = deps.notifications;
  return deps.inTx((tx) => (decision === 'accept' ? acceptRequests : dismissRequests)(tx, viewerId, ids));
}

const one = (decision: Decision) =>
  route({
    method: 'post',
    path: `/api/v1/notifications/requests/:id/${decision}`,
    summary: SUMMARY[decision],
    audience: 'signed-in',
    scope: 'write:notifications',
    params: requestParams,
    output: emptyEntity,
    handler: async ({ deps, params, viewer }) => {
      await requestOf(deps, viewer.account.id, params.id);
      await decide(deps, decision, viewer.account.id, [params.id]);
      return {};
    },
  });

const many = (decision: Decision) =>
  route({
    method: 'post',
    path: `/api/v1/notifications/requests/${decision}`,
    summary: SUMMARY[decision].replace('an account', 'several accounts'),
    audience: 'signed-in',
    scope: 'write:notifications',
    body: requestsBody,
    output: emptyEntity,
    handler: async ({ deps, body, viewer }) => {
      await decide(deps, decision, viewer.account.id, body.id);
      return {};
    },
  });

export const acceptRequest = one('accept');
export const dismissRequest = one('dismiss');
export const acceptRequests = many('accept');
export const dismissRequests = many('dismiss');
