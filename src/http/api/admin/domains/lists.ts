import { z } from 'zod';
import { idSchema } from '../../../../lib/ids.ts';
import { actorOf } from '../../../../modules/auth/index.ts';
import { blockListAudiences, type Subscription } from '../../../../modules/domains/index.ts';
import { refused } from '../../../errors.ts';
import { route } from '../../../route.ts';
import { emptyEntity } from '../../schemas.ts';
import {
  commentSchema,
  deedEntity,
  domainSchema,
  readDomains,
  reasonSchema,
  severitySchema,
  whenNullable,
  writeDomains,
} from './schemas.ts';

/** Lists of others that this server follows, what they propose, and what they may not decide about. */

const subscriptionEntity = z
  .object({
    id: z.string(),
    url: z.string(),
    title: z.string(),
    priority: z.number(),
    drafts: z.boolean(),
    adopt_orphans: z.boolean(),
    on_retraction: z.enum(['remove', 'orphan']),
    fetched_at: z.string().nullable(),
    succeeded_at: z.string().nullable(),
    failure: z.string().nullable(),
    failures: z.number(),
    bad_lines: z.number(),
    entries: z.number(),
    policies: z.number().describe('That are its own now'),
    open_drafts: z.number(),
  })
  .meta({ id: 'DomainSubscription' });

function entityOf(one: Subscription): z.input<typeof subscriptionEntity> {
  return {
    ...{ id: one.id, url: one.url, title: one.title, priority: one.priority, drafts: one.drafts },
    ...{ adopt_orphans: one.adoptOrphans, on_retraction: one.onRetraction, failure: one.failure },
    ...{ fetched_at: whenNullable(one.fetchedAt), succeeded_at: whenNullable(one.succeededAt) },
    ...{ failures: one.failures, bad_lines: one.badLines, entries: one.entries },
    ...{ policies: one.policies, open_drafts: one.openDrafts },
  };
}

const MAX_TITLE = 200;
const MAX_URL = 2_048;
const MAX_DRAFTS = 1_000;

const how = z.object({
  title: z.string().trim().max(MAX_TITLE).default(''),
  priority: z.number().int().min(0).max(255).default(0),
  drafts: z.boolean().default(true),
  adopt_orphans: z.boolean().default(false),
  on_retraction: z.enum(['remove', 'orphan']).default('remove'),
});

const inputOf = (body: z.output<typeof how>) => ({
  ...{ title: body.title, priority: body.priority, drafts: body.drafts },
  ...{ adoptOrphans: body.adopt_orphans, onRetraction: body.on_retraction },
});

const params = z.object({ id: idSchema<'subscription'>() });

export const listSubscriptions = route({
  method: 'get',
  path: '/api/v1/admin/domains/subscriptions',
  summary: 'Lists of domains that this server follows, those that count for most first.',
  ...readDomains,
  output: z.array(subscriptionEntity),
  handler: async ({ deps }) => (await deps.domains.subscriptions.list()).map(entityOf),
});

export const subscribeToList = route({
  method: 'post',
  path: '/api/v1/admin/domains/subscriptions',
  summary: 'Follow a list. By default it only proposes.',
  ...writeDomains,
  body: how.extend({ url: z.string().trim().max(MAX_URL) }),
  output: subscriptionEntity,
  handler: async ({ deps, body, viewer }) => {
    const input = { ...inputOf(body), url: body.url };
    const outcome = await deps.inTx((tx) => deps.domains.subscriptions.subscribe(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    return entityOf(outcome.subscription);
  },
});

export const changeSubscription = route({
  method: 'put',
  path: '/api/v1/admin/domains/subscriptions/:id',
  summary: 'Change how a list is followed, and fetch it anew.',
  ...writeDomains,
  params,
  body: how,
  output: subscriptionEntity,
  handler: async ({ deps, params: { id }, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.domains.subscriptions.change(tx, actorOf(viewer), id, inputOf(body)),
    );
    if (!outcome.ok) throw refused(outcome);
    return entityOf(outcome.subscription);
  },
});

export const fetchSubscription = route({
  method: 'post',
  path: '/api/v1/admin/domains/subscriptions/:id/fetch',
  summary: 'Fetch a list within minutes, whatever its pause.',
  ...writeDomains,
  params,
  output: emptyEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.domains.subscriptions.fetchSoon(tx, actorOf(viewer), id));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const unsubscribeFromList = route({
  method: 'delete',
  path: '/api/v1/admin/domains/subscriptions/:id',
  summary: 'Follow a list no more; what it set goes, or stays as nobody’s.',
  ...writeDomains,
  params,
  query: z.object({ retract: z.enum(['remove', 'orphan']).default('remove'), reason: reasonSchema }),
  output: z.object({ changed: z.number() }),
  handler: async ({ deps, params: { id }, query, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.domains.subscriptions.unsubscribe(tx, actorOf(viewer), { id, ...query }),
    );
    if (!outcome.ok) throw refused(outcome);
    return { changed: outcome.changed };
  },
});

export const listDrafts = route({
  method: 'get',
  path: '/api/v1/admin/domains/drafts',
  summary: 'What lists propose, by domain.',
  ...readDomains,
  output: z.array(
    z
      .object({
        id: z.string(),
        subscription_id: z.string(),
        domain: z.string(),
        severity: severitySchema,
        reject_media: z.boolean(),
        reject_reports: z.boolean(),
        public_comment: z.string(),
        created_at: z.string(),
      })
      .meta({ id: 'DomainDraft' }),
  ),
  handler: async ({ deps }) =>
    (await deps.domains.drafts.list(MAX_DRAFTS)).map(
      ({ id, subscriptionId, domain, decision, createdAt }) => ({
        ...{ id, subscription_id: subscriptionId, domain, severity: decision.severity },
        ...{ reject_media: decision.rejectMedia, reject_reports: decision.rejectReports },
        ...{ public_comment: decision.publicComment, created_at: createdAt.toISOString() },
      }),
    ),
});

const draftIds = z.object({ ids: z.array(idSchema<'draft'>()).min(1).max(MAX_DRAFTS) });

export const acceptDrafts = route({
  method: 'post',
  path: '/api/v1/admin/domains/drafts/accept',
  summary: 'Make policies of proposals, as one deed.',
  ...writeDomains,
  body: draftIds,
  output: deedEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.domains.drafts.accept(tx, actorOf(viewer), body.ids));
    if (!outcome.ok) throw refused(outcome);
    return { id: outcome.auditId, changed: outcome.changed };
  },
});

export const rejectDrafts = route({
  method: 'post',
  path: '/api/v1/admin/domains/drafts/reject',
  summary: 'Turn proposals down, until their list says something else.',
  ...writeDomains,
  body: draftIds,
  output: z.object({ count: z.number() }),
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.domains.drafts.reject(tx, actorOf(viewer), body.ids));
    if (!outcome.ok) throw refused(outcome);
    return { count: outcome.count };
  },
});

export const listExcludes = route({
  method: 'get',
  path: '/api/v1/admin/domains/excludes',
  summary: 'Domains that no list decides about.',
  ...readDomains,
  output: z.array(
    z.object({ domain: z.string(), note: z.string(), created_at: z.string() }).meta({ id: 'DomainExclude' }),
  ),
  handler: async ({ deps }) =>
    (await deps.domains.subscriptions.excludes()).map(({ domain, note, createdAt }) => ({
      ...{ domain, note, created_at: createdAt.toISOString() },
    })),
});

export const excludeDomain = route({
  method: 'post',
  path: '/api/v1/admin/domains/excludes',
  summary: 'Let no list decide about a domain and its subdomains.',
  ...writeDomains,
  body: z.object({ domain: domainSchema, note: commentSchema.default('') }),
  output: emptyEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.domains.subscriptions.exclude(tx, actorOf(viewer), body));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const includeDomain = route({
  method: 'delete',
  path: '/api/v1/admin/domains/excludes',
  summary: 'Let lists decide about a domain again.',
  ...writeDomains,
  query: z.object({ domain: domainSchema }),
  output: emptyEntity,
  handler: async ({ deps, query, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.domains.subscriptions.include(tx, actorOf(viewer), query.domain),
    );
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

const audienceEntity = z.object({ audience: z.enum(blockListAudiences) }).meta({ id: 'BlockListAudience' });

export const getBlockListAudience = route({
  method: 'get',
  path: '/api/v1/admin/domains/list_audience',
  summary: 'Who may read whom this server limits.',
  ...readDomains,
  output: audienceEntity,
  handler: async ({ deps }) => ({ audience: await deps.domains.list.audience() }),
});

export const setBlockListAudience = route({
  method: 'put',
  path: '/api/v1/admin/domains/list_audience',
  summary: 'Decide who may read that.',
  ...writeDomains,
  body: audienceEntity,
  output: audienceEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.domains.list.setAudience(tx, actorOf(viewer), body.audience),
    );
    if (!outcome.ok) throw refused(outcome);
    return body;
  },
});
