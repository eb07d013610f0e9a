import { z } from 'zod';
import { pushLimits } from '../../../../config/live-limits.ts';
import { notificationTypes } from '../../../modules/notifications/index.ts';
import { type PushChoice, type PushSubscription, pushPolicies } from '../../../modules/push/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { flag } from '../inputs.ts';

const entity = z
  .object({
    id: z.string(),
    endpoint: z.string(),
    standard: z.boolean(),
    alerts: z.record(z.string(), z.boolean()),
    policy: z.enum(pushPolicies),
    server_key: z.string().describe('By which push services know this server (VAPID), base64url'),
  })
  .meta({ id: 'WebPushSubscription' });

const alerts = z.object(
  Object.fromEntries(notificationTypes.map((type) => [type, flag.default(false)] as const)),
);

const data = z
  .object({ alerts: alerts.optional(), policy: z.enum(pushPolicies).default('all') })
  .default({ policy: 'all' });

const key = z
  .string()
  .max(pushLimits.maxKeyCharacters)
  .regex(/^[\w+/-]+={0,2}$/);

const wanted = z.object({
  subscription: z.object({
    endpoint: z.string().max(pushLimits.maxEndpointCharacters),
    keys: z.object({ p256dh: key, auth: key }),
    standard: flag.default(false).describe('Messages as RFC 8291 has them; else as its draft of 2016'),
  }),
  data,
});

function choiceOf({ alerts, policy }: z.output<typeof data>): PushChoice {
  return { alerts: notificationTypes.filter((type) => alerts?.[type] === true), policy };
}

function entityOf({ push }: HttpDeps, subscription: PushSubscription): z.input<typeof entity> {
  const { id, endpoint, standard, policy, alerts } = subscription;
  return {
    ...{ id, endpoint, standard, policy, server_key: push.publicKey },
    alerts: Object.fromEntries(notificationTypes.map((type) => [type, alerts.includes(type)])),
  };
}

const none = () => new ApiError('not-found', 'This app has no push subscription.');

export const getSubscription = route({
  method: 'get',
  path: '/api/v1/push/subscription',
  summary: 'Where and of what this app is told while it is closed.',
  audience: 'signed-in',
  scope: 'push',
  output: entity,
  handler: async ({ deps, viewer }) => {
    const subscription = await deps.push.of(viewer.sessionId);
    if (!subscription) throw none();
    return entityOf(deps, subscription);
  },
});

export const subscribe = route({
  method: 'post',
  path: '/api/v1/push/subscription',
  summary: 'Have this app told while it is closed, in place of an earlier subscription of it.',
  audience: 'signed-in',
  scope: 'push',
  body: wanted,
  output: entity,
  handler: async ({ deps, body, viewer }) => {
    const { endpoint, keys, standard } = body.subscription;
    const outcome = await deps.inTx((tx) =>
      deps.push.subscribe(tx, {
        ...{ sessionId: viewer.sessionId, accountId: viewer.account.id },
        ...{ endpoint, ...keys, standard, ...choiceOf(body.data) },
      }),
    );
    if (!outcome.ok) throw refused(outcome);
    return entityOf(deps, outcome.subscription);
  },
});

export const changeSubscription = route({
  method: 'put',
  path: '/api/v1/push/subscription',
  summary: 'Change of what this app is told while it is closed.',
  audience: 'signed-in',
  scope: 'push',
  body: z.object({ data }),
  output: entity,
  handler: async ({ deps, body, viewer }) => {
    const subscription = await deps.inTx((tx) => deps.push.change(tx, viewer.sessionId, choiceOf(body.data)));
    if (!subscription) throw none();
    return entityOf(deps, subscription);
  },
});

export const unsubscribe = route({
  method: 'delete',
  path: '/api/v1/push/subscription',
  summary: 'Have this app told no more while it is closed.',
  audience: 'signed-in',
  scope: 'push',
  output: z.object({}),
  handler: async ({ deps, viewer }) => {
    await deps.inTx((tx) => deps.push.unsubscribe(tx, viewer.sessionId));
    return {};
  },
});
