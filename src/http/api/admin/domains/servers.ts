import { z } from 'zod';
import { actorOf } from '../../../../modules/auth/index.ts';
import type { DomainPurge, InstanceLine } from '../../../../modules/domains/index.ts';
import type { HttpDeps } from '../../../deps.ts';
import { ApiError, refused } from '../../../errors.ts';
import { route } from '../../../route.ts';
import { linkNext } from '../../paging.ts';
import { emptyEntity } from '../../schemas.ts';
import {
  domainSchema,
  effectEntity,
  effectEntityOf,
  policyEntity,
  policyEntityOf,
  readDomains,
  reasonSchema,
  severitySchema,
  whenNullable,
  writeDomains,
} from './schemas.ts';

/** Servers known here, and what goes on between them and this one. */

const lineEntity = z
  .object({
    host: z.string(),
    software: z.string().nullable(),
    version: z.string().nullable(),
    first_seen_at: z.string(),
    last_inbound_at: z.string().nullable(),
    last_outbound_ok_at: z.string().nullable(),
    accounts: z.number(),
    failing_since: z.string().nullable(),
    failures: z.number().describe('In a row'),
    open_until: z.string().nullable().describe('Nothing is sent before; null: the circuit is closed'),
    severity: severitySchema.nullable().describe('Of the nearest policy'),
  })
  .meta({ id: 'KnownServer' });

function lineEntityOf(line: InstanceLine): z.input<typeof lineEntity> {
  return {
    ...{ host: line.host, software: line.software, version: line.version, accounts: line.accounts },
    first_seen_at: line.firstSeenAt.toISOString(),
    last_inbound_at: whenNullable(line.lastInboundAt),
    last_outbound_ok_at: whenNullable(line.lastOutboundOkAt),
    ...{ failing_since: whenNullable(line.failingSince), failures: line.failures },
    ...{ open_until: whenNullable(line.openUntil), severity: line.severity },
  };
}

const count = z.coerce.number().int().min(0).max(1_000_000_000);
const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');
const MAX_LISTED = 200;

export const listServers = route({
  method: 'get',
  path: '/api/v1/admin/instances',
  summary: 'Servers known here, by name; `cursor` is the name of the last one seen.',
  ...readDomains,
  query: z.object({
    search: z.string().trim().min(1).max(100).optional(),
    software: z.string().trim().min(1).max(100).optional(),
    failing: yesOrNo.optional(),
    limited: yesOrNo.optional(),
    min_accounts: count.optional(),
    max_accounts: count.optional(),
    newer_than_days: count.optional(),
    silent_days: count.optional(),
    cursor: z.string().max(300).optional(),
    limit: z.coerce.number().int().min(1).max(MAX_LISTED).default(50),
  }),
  output: z.array(lineEntity),
  handler: async ({ deps, query, req, res }) => {
    const { search, software, failing, limited } = query;
    const filter = {
      ...{ search, software, failing, limited },
      ...{ minAccounts: query.min_accounts, maxAccounts: query.max_accounts },
      ...{ newerThanDays: query.newer_than_days, silentDays: query.silent_days },
    };
    const page = { after: query.cursor ?? null, limit: query.limit };
    const lines = await deps.domains.servers.list(filter, page);
    const last = lines.at(-1);
    if (last && lines.length === query.limit) linkNext(req, res, deps.urls.origin, last.host);
    return lines.map(lineEntityOf);
  },
});

export const listSoftwares = route({
  method: 'get',
  path: '/api/v1/admin/instances/softwares',
  summary: 'What the servers known here run, most of them first.',
  ...readDomains,
  output: z.array(z.object({ software: z.string(), servers: z.number() }).meta({ id: 'ServerSoftware' })),
  handler: async ({ deps }) => deps.domains.servers.softwares(),
});

const params = z.object({ host: domainSchema });

const purgeEntity = z
  .object({
    total: z.number().describe('Accounts that were here when it was asked for'),
    ended: z.number(),
    started_at: z.string(),
    finished_at: z.string().nullable().describe('Null while it is under way'),
  })
  .meta({ id: 'DomainPurge' });

const detailEntity = lineEntity
  .extend({
    node_name: z.string().nullable(),
    checked_at: z.string().nullable(),
    check_failure: z.string().nullable(),
    policy: policyEntity.nullable().describe('Its own, or the nearest above it'),
    effect: effectEntity,
    dead_letters: z.number(),
    waiting_inbound: z.number(),
    purge: purgeEntity.nullable().describe('How far the last purge of its domain has come'),
    refusals: z.array(z.object({ reason: z.string(), count: z.number() })),
    blocked_by: z.array(
      z.object({
        host: z.string(),
        severity: z.enum(['silence', 'suspend']),
        comment: z.string(),
        first_seen_at: z.string(),
      }),
    ),
  })
  .meta({ id: 'KnownServerDetail' });

export const showServer = route({
  method: 'get',
  path: '/api/v1/admin/instances/:host',
  summary: 'All that is known of one server.',
  ...readDomains,
  params,
  output: detailEntity,
  handler: async ({ deps, params: { host } }) => {
    const found = await deps.domains.servers.show(host);
    if (!found) throw new ApiError('not-found', 'This server is not known here.');
    return {
      ...lineEntityOf(found),
      ...{ node_name: found.nodeName, check_failure: found.checkFailure },
      checked_at: whenNullable(found.checkedAt),
      policy: found.policy && policyEntityOf(found.policy),
      effect: effectEntityOf(found.effect),
      purge: found.purge && purgeEntityOf(found.purge),
      ...{ dead_letters: found.deadLetters, waiting_inbound: found.waitingInbound },
      refusals: [...found.refusals],
      blocked_by: found.blockedBy.map(({ firstSeenAt, ...block }) => ({
        ...block,
        first_seen_at: firstSeenAt.toISOString(),
      })),
    };
  },
});

const purgeEntityOf = ({ total, ended, startedAt, finishedAt }: DomainPurge) => ({
  ...{ total, ended, started_at: startedAt.toISOString(), finished_at: whenNullable(finishedAt) },
});

async function known(deps: HttpDeps, host: string): Promise<void> {
  if (!(await deps.domains.servers.isKnown(host))) {
    throw new ApiError('not-found', 'This server is not known here.');
  }
}

export const retryServer = route({
  method: 'post',
  path: '/api/v1/admin/instances/:host/retry',
  summary: 'Try what waits for a server at once, its dead letters too.',
  ...writeDomains,
  params,
  output: z.object({ queued_again: z.number() }),
  handler: async ({ deps, params: { host }, viewer }) => {
    await known(deps, host);
    const outcome = await deps.deliveries.retryHost(actorOf(viewer), host);
    if (!outcome.ok) throw refused(outcome);
    return { queued_again: outcome.count };
  },
});

export const probeServer = route({
  method: 'post',
  path: '/api/v1/admin/instances/:host/probe',
  summary: 'Ask a server as this one would, and tell every step.',
  ...writeDomains,
  limit: { name: 'probe', points: 30, seconds: 300 },
  params,
  output: z
    .object({
      ok: z.boolean(),
      steps: z.array(z.object({ step: z.string(), what: z.string(), ms: z.number() })),
    })
    .meta({ id: 'ServerProbe' }),
  handler: async ({ deps, params: { host } }) => {
    await known(deps, host);
    const { ok, steps } = await deps.probe(host);
    return { ok, steps: steps.map((step) => ({ ...step })) };
  },
});

export const purgeServer = route({
  method: 'post',
  path: '/api/v1/admin/instances/:host/purge',
  summary:
    'Have every account of a domain here end, with all that hangs on it, in the background (202): the server tells how far it has come. With `dry_run` it counts them only.',
  ...writeDomains,
  params,
  body: z.object({ dry_run: z.boolean().default(false), reason: reasonSchema }),
  output: z.object({ accounts: z.number(), purge: purgeEntity.nullable() }),
  handler: async ({ deps, params: { host }, body, viewer, res }) => {
    await known(deps, host);
    if (body.dry_run) return { accounts: (await deps.domains.effect([host])).accounts, purge: null };
    const input = { domain: host, reason: body.reason };
    const outcome = await deps.inTx((tx) => deps.domains.servers.purge(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    res.status(202);
    return { accounts: outcome.purge.total, purge: purgeEntityOf(outcome.purge) };
  },
});

export const listWatches = route({
  method: 'get',
  path: '/api/v1/admin/domains/watches',
  summary: 'Servers that are asked whom they block.',
  ...readDomains,
  output: z.array(
    z
      .object({
        host: z.string(),
        chosen: z.boolean().describe('By hand; else it is one of the most followed'),
        fetched_at: z.string().nullable(),
        succeeded_at: z.string().nullable(),
        failure: z.string().nullable(),
        blocks: z.number(),
      })
      .meta({ id: 'BlockWatch' }),
  ),
  handler: async ({ deps }) =>
    (await deps.domains.peers.watches()).map(({ host, chosen, failure, blocks, ...at }) => ({
      ...{ host, chosen, failure, blocks },
      ...{ fetched_at: whenNullable(at.fetchedAt), succeeded_at: whenNullable(at.succeededAt) },
    })),
});

export const watchServers = route({
  method: 'post',
  path: '/api/v1/admin/domains/watches',
  summary: 'Ask a server from now on whom it blocks, or as many as are followed most.',
  ...writeDomains,
  body: z.union([
    z.strictObject({ host: domainSchema }),
    z.strictObject({ most_followed: z.number().int().min(0).max(100) }),
  ]),
  output: emptyEntity,
  handler: async ({ deps, body, viewer }) => {
    const by = actorOf(viewer);
    const { peers } = deps.domains;
    const outcome = await deps.inTx((tx) =>
      'host' in body ? peers.watch(tx, by, body.host) : peers.watchMostFollowed(tx, by, body.most_followed),
    );
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const unwatchServer = route({
  method: 'delete',
  path: '/api/v1/admin/domains/watches',
  summary: 'Ask a server no more, and forget what it said.',
  ...writeDomains,
  query: z.object({ host: domainSchema }),
  output: emptyEntity,
  handler: async ({ deps, query, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.domains.peers.unwatch(tx, actorOf(viewer), query.host));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const listBlockNotices = route({
  method: 'get',
  path: '/api/v1/admin/domains/notices',
  summary: 'Domains that several of them suspend, some newly, and that this server does not.',
  ...readDomains,
  output: z.array(
    z.object({ domain: z.string(), peers: z.number(), created_at: z.string() }).meta({ id: 'BlockNotice' }),
  ),
  handler: async ({ deps }) =>
    (await deps.domains.peers.notices()).map(({ domain, peers, createdAt }) => ({
      ...{ domain, peers, created_at: createdAt.toISOString() },
    })),
});

export const dismissBlockNotice = route({
  method: 'post',
  path: '/api/v1/admin/domains/notices/dismiss',
  summary: 'Put such a notice away for good.',
  ...writeDomains,
  body: z.object({ domain: domainSchema }),
  output: emptyEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.domains.peers.dismiss(tx, actorOf(viewer), body.domain));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});
