import { z } from 'zod';
import { deliveryLimits } from '../../../../config/limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { DeadDelivery, DeadLetterChoice } from '../../../modules/instances/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages } from '../paging.ts';

const MAX_HOST_CHARACTERS = 300;
const hostSchema = z
  .string()
  .trim()
  .max(MAX_HOST_CHARACTERS)
  .regex(/^[^\s\p{C}]+$/u, 'This is not the name of a server.');
const deliveryId = idSchema<'delivery'>();
const deliveryParams = z.object({ id: deliveryId });

const limitSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(10_000)
  .default(deliveryLimits.deadLettersListed)
  .transform((limit) => Math.min(limit, deliveryLimits.maxDeadLettersListed));

const deadDeliveryEntity = z
  .object({
    id: z.string(),
    host: z.string(),
    inbox: z.string(),
    activity_id: z.string(),
    activity_type: z.string(),
    account_id: z.string(),
    attempts: z.number(),
    last_status: z.number().nullable(),
    last_error: z.string().nullable(),
    queued_at: z.string(),
    died_at: z.string(),
  })
  .meta({ id: 'DeadDelivery' });

const failingHostEntity = z
  .object({
    host: z.string(),
    failing_since: z.string(),
    failures: z.number().describe('In a row'),
    next_probe_at: z.string().nullable(),
  })
  .meta({ id: 'FailingHost' });

const countEntity = z.object({ count: z.number() }).meta({ id: 'DeliveryCount' });

const entityOf = (letter: DeadDelivery) => ({
  id: letter.id,
  host: letter.host,
  inbox: letter.inbox,
  activity_id: letter.activity,
  activity_type: letter.type,
  account_id: letter.accountId,
  attempts: letter.attempts,
  last_status: letter.lastStatus,
  last_error: letter.lastError,
  queued_at: letter.queuedAt.toISOString(),
  died_at: letter.diedAt.toISOString(),
});

export const failingHosts = route({
  method: 'get',
  path: '/api/v1/admin/deliveries/hosts',
  summary: 'Servers that do not answer deliveries, those that fail for longest first.',
  audience: 'staff',
  permission: 'queues',
  scope: 'admin:read',
  query: z.object({ limit: limitSchema }),
  output: z.array(failingHostEntity),
  handler: async ({ deps, query }) =>
    (await deps.deliveries.failingHosts(query.limit)).map((one) => ({
      host: one.host,
      failing_since: one.failingSince.toISOString(),
      failures: one.failures,
      next_probe_at: one.nextProbeAt?.toISOString() ?? null,
    })),
});

export const deadDeliveries = route({
  method: 'get',
  path: '/api/v1/admin/deliveries/dead',
  summary: 'Deliveries to other servers that were given up, newest first.',
  audience: 'staff',
  permission: 'queues',
  scope: 'admin:read',
  query: z.object({
    host: hostSchema.optional(),
    max_id: deliveryId.optional(),
    min_id: deliveryId.optional(),
    limit: limitSchema,
  }),
  output: z.array(deadDeliveryEntity),
  handler: async ({ deps, query, req, res }) => {
    const { host = null, max_id: maxId = null, min_id: minId = null, limit } = query;
    const letters = (await deps.deliveries.dead({ host, maxId, minId, limit })).map(entityOf);
    linkPages(req, res, deps.urls.origin, letters, limit);
    return letters;
  },
});

export const deadDelivery = route({
  method: 'get',
  path: '/api/v1/admin/deliveries/dead/:id',
  summary: 'One of them, with the activity exactly as it was to be sent.',
  audience: 'staff',
  permission: 'queues',
  scope: 'admin:read',
  params: deliveryParams,
  output: deadDeliveryEntity.extend({ body: z.string() }).meta({ id: 'DeadDeliveryWithBody' }),
  handler: async ({ deps, params }) => {
    const found = await deps.deliveries.show(params.id);
    if (!found) throw notThere();
    return { ...entityOf(found.letter), body: found.body };
  },
});

const act = (verb: 'retry' | 'discard', one: string, many: string) => ({
  one: route({
    method: 'post',
    path: `/api/v1/admin/deliveries/dead/:id/${verb}`,
    summary: one,
    audience: 'staff',
    permission: 'queues',
    scope: 'admin:write',
    params: deliveryParams,
    output: countEntity,
    handler: async ({ deps, params, viewer }) => {
      const outcome = await deps.deliveries[verb](actorOf(viewer), { kind: 'one', id: params.id });
      if (!outcome.ok) throw refused(outcome);
      if (outcome.count === 0) throw notThere();
      return { count: outcome.count };
    },
  }),
  many: route({
    method: 'post',
    path: `/api/v1/admin/deliveries/dead/${verb}`,
    summary: many,
    audience: 'staff',
    permission: 'queues',
    scope: 'admin:write',
    // Exactly one of the two: nothing is done to all because a field was forgotten.
    body: z.union([z.strictObject({ host: hostSchema }), z.strictObject({ all: z.literal(true) })]),
    output: countEntity,
    handler: async ({ deps, body, viewer }) => {
      const choice: DeadLetterChoice = 'host' in body ? { kind: 'host', host: body.host } : { kind: 'all' };
      const outcome = await deps.deliveries[verb](actorOf(viewer), choice);
      if (!outcome.ok) throw refused(outcome);
      return { count: outcome.count };
    },
  }),
});

function notThere(): ApiError {
  return new ApiError('not-found', 'There is no dead letter with that id.');
}

const retry = act(
  'retry',
  'Deliver one of them again, for another week of tries.',
  'Deliver all of one server again, or of all servers.',
);
const discard = act(
  'discard',
  'Forget one of them for good.',
  'Forget all of one server, or of all servers.',
);

export const retryDelivery = retry.one;
export const retryDeliveries = retry.many;
export const discardDelivery = discard.one;
export const discardDeliveries = discard.many;
