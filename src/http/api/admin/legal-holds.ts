import { z } from 'zod';
import { legalHoldLimits } from '../../../../config/legal-hold-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { type HeldItem, type LegalHold, legalHoldKinds } from '../../../modules/moderation/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { downloadRoute, type Route, route } from '../../route.ts';
import { linkPages, pageOf } from '../paging.ts';
import { pageQuery } from '../schemas.ts';

const { maxReasonCharacters, maxReferenceCharacters } = legalHoldLimits;

const holdFields = {
  id: z.string(),
  kind: z.enum(legalHoldKinds),
  target_id: z.string(),
  label: z.string().describe('By what the staff knows it again: a handle or an address'),
  reason: z.string(),
  reference: z.string().describe('The number of the case, as the authority calls it'),
  created_at: z.string(),
  released_at: z.string().nullable(),
  gone_at: z.string().nullable().describe('Of one that was released: when its copies go'),
  kept: z.number().describe('Records and files that are kept'),
  waiting: z.number().describe('Files that are being copied'),
  missing: z.number().describe('Files that were gone before they could be copied'),
  bytes: z.number(),
};
const holdEntity = z.object(holdFields).meta({ id: 'LegalHold' });

const heldEntity = z
  .object({
    ...holdFields,
    items: z.array(
      z.object({
        path: z.string().describe('Its name in the export'),
        state: z.enum(['waiting', 'kept', 'missing']),
        sha256: z.string().nullable(),
        bytes: z.number().nullable(),
        content: z.string().nullable().describe('Of a record, JSON'),
      }),
    ),
  })
  .meta({ id: 'LegalHoldEvidence' });

const changedEntity = z
  .object({
    id: z.string(),
    audit_id: z.string().describe('The entry of the log, by which this is taken back'),
  })
  .meta({ id: 'LegalHoldChange' });

const DAY = 24 * 3_600_000;

function entityOf(hold: LegalHold): z.input<typeof holdEntity> {
  const { id, target, label, reason, reference, createdAt, releasedAt, files } = hold;
  const goneAt = releasedAt && new Date(releasedAt.getTime() + legalHoldLimits.releasedDays * DAY);
  return {
    ...{ id, kind: target.kind, target_id: target.id, label, reason, reference },
    ...{ created_at: createdAt.toISOString(), released_at: releasedAt?.toISOString() ?? null },
    ...{ gone_at: goneAt?.toISOString() ?? null, ...files },
  };
}

const itemEntity = ({ path, state, sha256, bytes, content }: HeldItem) => ({
  ...{ path, state, sha256, bytes, content },
});

const forStaff = { audience: 'staff', permission: 'legal' } as const;
const reading = { ...forStaff, scope: 'admin:read' } as const;
const writing = { ...forStaff, scope: 'admin:write' } as const;
const params = z.object({ id: idSchema<'legal-hold'>() });
const why = z.string().trim().min(1).max(maxReasonCharacters);
const because = z.object({ reason: why });

const listHolds = route({
  method: 'get',
  path: '/api/v1/admin/legal_holds',
  summary: 'What is kept for authorities, newest first; what was released, too, until its copies go.',
  ...reading,
  query: pageQuery,
  output: z.array(holdEntity),
  handler: async ({ deps, query, req, res }) => {
    const holds = await deps.legalHolds.list(pageOf(query));
    linkPages(req, res, deps.urls.origin, holds, query.limit);
    return holds.map(entityOf);
  },
});

const addHold = route({
  method: 'post',
  path: '/api/v1/admin/legal_holds',
  summary:
    'Keep an account, a video or a report as it is now, whatever its author or the clean-up does. Files are copied in the background.',
  ...writing,
  body: z.object({
    kind: z.enum(legalHoldKinds),
    target_id: idSchema<string>(),
    reason: why,
    reference: z.string().trim().max(maxReferenceCharacters).default(''),
  }),
  output: changedEntity,
  handler: async ({ deps, body: { kind, target_id: id, reason, reference }, viewer }) => {
    const input = { target: { kind, id }, reason, reference };
    const outcome = await deps.inTx((tx) => deps.legalHolds.add(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    return { id: outcome.holdId, audit_id: outcome.auditId };
  },
});

const lookAtHold = route({
  method: 'get',
  path: '/api/v1/admin/legal_holds/:id',
  summary: 'Everything that is kept of a hold. That you looked is put on record.',
  ...reading,
  params,
  output: heldEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.legalHolds.look(tx, actorOf(viewer), id));
    if (!outcome.ok) throw refused(outcome);
    return { ...entityOf(outcome.hold), items: outcome.items.map(itemEntity) };
  },
});

const releaseHold = change(
  'release',
  'End a hold. Its copies go after a month; until then it can be restored.',
);
const restoreHold = change('restore', 'Take a hold up again that was released.');

function change(verb: 'release' | 'restore', summary: string): Route {
  return route({
    method: 'post',
    path: `/api/v1/admin/legal_holds/:id/${verb}`,
    summary,
    ...writing,
    params,
    body: because,
    output: changedEntity,
    handler: async ({ deps, params: { id }, body: { reason }, viewer }) => {
      const outcome = await deps.inTx((tx) => deps.legalHolds[verb](tx, actorOf(viewer), { id, reason }));
      if (!outcome.ok) throw refused(outcome);
      return { id: outcome.holdId, audit_id: outcome.auditId };
    },
  });
}

const beginExport = route({
  method: 'post',
  path: '/api/v1/admin/legal_holds/:id/export',
  summary: 'Say why you take the evidence out: for an hour, you may. It is put on record.',
  ...writing,
  params,
  body: because,
  output: z
    .object({
      url: z.string(),
      bytes: z.number(),
      sums: z
        .string()
        .describe('SHA-256 of `SHA256SUMS`, the list of hashes in the file; the log has it, too'),
    })
    .meta({ id: 'LegalHoldExport' }),
  handler: async ({ deps, params: { id }, body: { reason }, viewer }) => {
    const input = { id, reason };
    const outcome = await deps.inTx((tx) => deps.legalHolds.beginExport(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    const { size: bytes, sums } = outcome.file;
    return { url: `${deps.urls.origin}/api/v1/admin/legal_holds/${id}/file`, bytes, sums };
  },
});

const getExport = downloadRoute({
  path: '/api/v1/admin/legal_holds/:id/file',
  summary: 'The evidence of a hold as a ZIP with hashes, for whoever has said within the hour why.',
  ...reading,
  limit: { name: 'legal-hold', points: 120, seconds: 900 },
  params,
  contentType: 'application/zip',
  handler: async ({ deps, params: { id }, viewer }) => {
    const file = await deps.legalHolds.exportFor(actorOf(viewer), id);
    if (!file)
      throw new ApiError('not-found', 'There is no such hold, or you have not said why you take it out.');
    return { ...file, name: `hold-${id}.zip`, etag: `"${file.sums}"` };
  },
});

/** What is kept for authorities. */
export const legalHoldRoutes: readonly Route[] = [
  ...[listHolds, addHold, lookAtHold, releaseHold, restoreHold, beginExport, getExport],
];
