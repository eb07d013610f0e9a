import { z } from 'zod';
import { domainListLimits } from '../../../../../config/domain-limits.ts';
import type { AuditId } from '../../../../lib/ids.ts';
import { idSchema } from '../../../../lib/ids.ts';
import { actorOf } from '../../../../modules/auth/index.ts';
import { type ImportPlan, lineProblems } from '../../../../modules/domains/index.ts';
import { ApiError, refused } from '../../../errors.ts';
import { route } from '../../../route.ts';
import {
  commentSchema,
  deedEntity,
  domainSchema,
  domainsSchema,
  effectEntity,
  effectEntityOf,
  policyEntity,
  policyEntityOf,
  readDomains,
  reasonSchema,
  severitySchema,
  writeDomains,
} from './schemas.ts';

export const listPolicies = route({
  method: 'get',
  path: '/api/v1/admin/domains/policies',
  summary: 'All that is decided about domains, by name, of every level.',
  ...readDomains,
  output: z.array(policyEntity),
  handler: async ({ deps }) => (await deps.instances.policies()).map(policyEntityOf),
});

export const domainEffect = route({
  method: 'post',
  path: '/api/v1/admin/domains/effect',
  summary: 'What a decision about some domains would be about, before it is made. It changes nothing.',
  ...writeDomains,
  body: z.object({ domains: domainsSchema }),
  output: effectEntity
    .extend({
      returnable: z
        .object({ out: z.number(), in: z.number() })
        .nullable()
        .describe('Of one domain: follows that its suspension ended and that would be asked for again'),
    })
    .meta({ id: 'DomainEffectBefore' }),
  handler: async ({ deps, body: { domains } }) => {
    const [only] = domains.length === 1 ? domains : [];
    return {
      ...effectEntityOf(await deps.domains.effect(domains)),
      returnable: only === undefined ? null : await deps.domains.returnable(only),
    };
  },
});

export const decideDomains = route({
  method: 'post',
  path: '/api/v1/admin/domains/decide',
  summary: 'One decision about one or several domains, as one deed; what is left out stays as it is.',
  ...writeDomains,
  body: z.object({
    domains: domainsSchema,
    severity: severitySchema,
    reject_media: z.boolean().optional(),
    reject_reports: z.boolean().optional(),
    public_comment: commentSchema.optional(),
    private_comment: commentSchema.optional(),
    obfuscate: z.boolean().optional(),
    expires_at: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text))
      .nullish(),
    reason: reasonSchema,
  }),
  output: deedEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.domains.bulk(tx, actorOf(viewer), {
        ...{ domains: body.domains, reason: body.reason },
        change: {
          ...{ severity: body.severity, rejectMedia: body.reject_media, rejectReports: body.reject_reports },
          ...{ publicComment: body.public_comment, privateComment: body.private_comment },
          ...{ obfuscate: body.obfuscate, expiresAt: body.expires_at },
        },
      }),
    );
    if (!outcome.ok) throw refused(outcome);
    return { id: outcome.auditId, changed: outcome.changed };
  },
});

export const liftDomain = route({
  method: 'post',
  path: '/api/v1/admin/domains/lift',
  summary: 'Take the policy of a domain away; what stands above it counts again.',
  ...writeDomains,
  body: z.object({ domain: domainSchema, reason: reasonSchema }),
  output: deedEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.domains.remove(tx, actorOf(viewer), body));
    if (!outcome.ok) throw refused(outcome);
    return { id: outcome.auditId, changed: outcome.changed };
  },
});

const planEntity = z
  .object({
    deed: deedEntity.nullable().describe('Null where it was only looked at'),
    added: z.number(),
    changed: z.number(),
    same: z.number(),
    first: z.array(z.string()).describe('The first of those that are added or changed'),
    kept: z
      .array(z.object({ domain: z.string(), severity: severitySchema }))
      .describe('Decided by hand, or by a list: they stay'),
    problems: z.array(z.object({ line: z.number(), problem: z.enum(lineProblems), text: z.string() })),
    problem_count: z.number(),
    effect: effectEntity.nullable(),
  })
  .meta({ id: 'DomainImport' });

const FIRST = 20;

function planEntityOf(plan: ImportPlan) {
  return {
    ...{ added: plan.added.length, changed: plan.changed.length, same: plan.same },
    first: [...plan.added, ...plan.changed].slice(0, FIRST),
    kept: plan.kept.map(({ domain, severity }) => ({ domain, severity })),
    problems: plan.problems.slice(0, domainListLimits.problemsShown).map((one) => ({ ...one })),
    problem_count: plan.problems.length,
  };
}

export const importDomains = route({
  method: 'post',
  path: '/api/v1/admin/domains/import',
  summary: 'A list of domains as a file: looked at with `dry_run`, else applied as one deed.',
  ...writeDomains,
  query: z.object({
    dry_run: z.enum(['true', 'false']).default('false'),
    allow: z.enum(['true', 'false']).default('false').describe('Allow all that it names'),
    private_comment: commentSchema.default(''),
    reason: reasonSchema,
  }),
  file: {
    types: ['text/csv', 'text/plain', 'application/octet-stream'],
    maxBytes: domainListLimits.maxBytes,
  },
  output: planEntity,
  handler: async ({ deps, query, file, viewer }) => {
    if (!file) throw new ApiError('validation-failed', 'Send the list as the body, as text/csv.');
    const input = {
      text: Buffer.from(file).toString('utf8'),
      ...{ privateComment: query.private_comment, allow: query.allow === 'true' },
    };
    if (query.dry_run === 'true') {
      const looked = await deps.domains.imports.preview(input);
      if (!looked.ok) throw refused(looked);
      return { ...planEntityOf(looked.plan), deed: null, effect: effectEntityOf(looked.effect) };
    }
    const applied = await deps.inTx((tx) =>
      deps.domains.imports.apply(tx, actorOf(viewer), { ...input, reason: query.reason }),
    );
    if (!applied.ok) throw refused(applied);
    const deed = { id: applied.auditId, changed: applied.changed };
    return { ...planEntityOf(applied.plan), deed, effect: null };
  },
});

export const exportDomains = route({
  method: 'get',
  path: '/api/v1/admin/domains/export',
  summary: 'What is decided against domains, as a file that Mastodon reads.',
  ...readDomains,
  contentType: 'text/csv',
  output: z.string(),
  handler: async ({ deps, res }) => {
    res.attachment('domain_blocks.csv');
    return deps.domains.exported();
  },
});

export const undoDomains = route({
  method: 'post',
  path: '/api/v1/admin/domains/undo',
  summary: 'Take a deed back. Domains that were decided about anew since stay as they are.',
  ...writeDomains,
  body: z.object({ id: idSchema<'audit'>(), reason: reasonSchema }),
  output: deedEntity.extend({ kept: z.array(z.string()) }).meta({ id: 'DomainUndo' }),
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) =>
      deps.domains.undo(tx, actorOf(viewer), { auditId: body.id, reason: body.reason }),
    );
    if (!outcome.ok) throw refused(outcome);
    return { id: outcome.auditId, changed: outcome.changed, kept: outcome.kept };
  },
});

const DEEDS_SHOWN = 50;

export const domainDeeds = route({
  method: 'get',
  path: '/api/v1/admin/domains/deeds',
  summary: 'What was decided about domains lately, newest first, and whether it can be taken back.',
  ...readDomains,
  output: z.array(
    z
      .object({
        id: z.string(),
        action: z.string(),
        target: z.string(),
        reason: z.string(),
        domains: z.number().describe('How many it changed'),
        created_at: z.string(),
        undone: z.boolean(),
      })
      .meta({ id: 'DomainDeedEntry' }),
  ),
  handler: async ({ deps }) => {
    const page = { maxId: null, minId: null, limit: DEEDS_SHOWN };
    const entries = await deps.audit.list({ action: 'domain' }, page);
    const counts = await deps.domains.changeCounts(entries.map(({ id }): AuditId => id));
    return entries.map((entry) => ({
      ...{ id: entry.id, action: entry.action, target: entry.target.id, reason: entry.reason },
      ...{ domains: counts.get(entry.id) ?? 0, undone: entry.undoneBy !== null },
      created_at: entry.createdAt.toISOString(),
    }));
  },
});
