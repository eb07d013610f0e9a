import { z } from 'zod';
import { apiLimits, reportLimits } from '../../../../config/limits.ts';
import { staffLimits } from '../../../../config/staff-limits.ts';
import { type AccountId, type AuditId, idSchema } from '../../../lib/ids.ts';
import type { Page } from '../../../lib/paging.ts';
import { actorOf, type Viewer } from '../../../modules/auth/index.ts';
import {
  type AuditEntry,
  type AuditFilter,
  auditActions,
  targetKinds,
  undoable,
} from '../../../modules/staff/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { addressOf } from '../../limits.ts';
import { route, tableRoute } from '../../route.ts';
import { text } from '../inputs.ts';
import { linkPages } from '../paging.ts';

const entryEntity = z
  .object({
    id: z.string(),
    created_at: z.string(),
    actor: z
      .object({
        kind: z.enum(['person', 'operator', 'server']).describe('`operator`: the command line of the server'),
        account_id: z.string().nullable(),
        name: z
          .string()
          .nullable()
          .describe('Of the person, as far as the account is still there, or of the rule'),
      })
      .meta({ id: 'AuditActor' }),
    action: z.string(),
    target: z.object({ kind: z.enum(targetKinds), id: z.string(), name: z.string().nullable() }),
    reason: z.string(),
    detail: z.record(z.string(), z.unknown()),
    undoes: z.string().nullable().describe('The entry whose deed this one takes back'),
    undone_by: z.string().nullable(),
    undoable: z.boolean().describe('Whether it can be taken back still'),
    final_because: z.string().nullable().describe('Why such a deed is not taken back; null where it can be'),
  })
  .meta({ id: 'AuditEntry' });

const AREAS = [...new Set(auditActions.map((action) => action.split('.')[0] ?? ''))];
const day = z.iso.date().transform((text) => new Date(`${text}T00:00:00Z`));
const DAY_MS = 24 * 3_600_000;

const filters = {
  account_id: idSchema<'account'>().optional().describe('Who did it'),
  action: z
    .string()
    .max(60)
    .refine((text) => AREAS.includes(text) || auditActions.some((action) => action === text), {
      message: 'This is no action, and no area of some.',
    })
    .optional()
    .describe('An action such as `role.assign`, or all of an area: `role`'),
  target_kind: z.enum(targetKinds).optional(),
  target_id: z.string().max(300).optional(),
  since: day.optional().describe('From this day on (UTC)'),
  until: day.optional().describe('Up to this day, which is included (UTC)'),
};

type Filters = { [K in keyof typeof filters]?: z.output<(typeof filters)[K]> };

function filterOf(query: Filters): AuditFilter {
  const { account_id: actorId, action, target_kind: kind, target_id: id, since, until } = query;
  return {
    ...(actorId !== undefined && { actorId }),
    ...(action !== undefined && { action }),
    ...(kind !== undefined && { target: { kind, ...(id !== undefined && { id }) } }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until: new Date(until.getTime() + DAY_MS) }),
  };
}

const staff = { permission: 'audit', scope: 'admin:read' } as const;
const auditId = idSchema<'audit'>();

export const listAuditLog = route({
  method: 'get',
  path: '/api/v1/admin/audit_log',
  summary: 'What the staff, the command line and rules of the server did, newest first.',
  audience: 'staff',
  ...staff,
  query: z.object({
    ...filters,
    max_id: auditId.optional(),
    min_id: auditId.optional(),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(40)
      .transform((limit) => Math.min(limit, apiLimits.maxAdminPageItems)),
  }),
  output: z.array(entryEntity),
  handler: async ({ deps, query, req, res }) => {
    const { max_id: maxId = null, min_id: minId = null, limit } = query;
    const entries = await deps.audit.list(filterOf(query), { maxId, minId, sinceId: null, limit });
    linkPages(req, res, deps.config.origin, entries, limit);
    const names = await namesOf(deps, entries);
    return entries.map((entry) => entityOf(entry, names));
  },
});

/** Takes entries back, all or none. */
export async function takeBack(
  deps: HttpDeps,
  viewer: Viewer,
  asked: { readonly auditIds: readonly AuditId[]; readonly reason: string; readonly ip: string | undefined },
): Promise<{ audit_ids: string[] }> {
  const { ip, ...what } = asked;
  const outcome = await deps.undoing.undo(actorOf(viewer), { ...what, from: addressOf(ip) });
  if (!outcome.ok) throw refused(outcome);
  deps.mediaAccess.forgetAll();
  return { audit_ids: [...outcome.auditIds] };
}

export const undoAuditEntries = route({
  method: 'post',
  path: '/api/v1/admin/audit_log/undo',
  summary:
    'Take what entries tell of back, all or none, the newest first. Each needs the permission of what it takes back.',
  audience: 'staff',
  permission: 'audit',
  scope: 'admin:write',
  body: z.object({
    audit_ids: z.array(auditId).min(1).max(reportLimits.maxAtOnce),
    reason: text(1_000).default(''),
  }),
  output: z
    .object({ audit_ids: z.array(z.string()).describe('The entries that were written') })
    .meta({ id: 'AuditUndo' }),
  handler: ({ deps, body, viewer, req }) =>
    takeBack(deps, viewer, { auditIds: body.audit_ids, reason: body.reason, ip: req.ip }),
});

export const exportAuditLog = tableRoute({
  path: '/api/v1/admin/audit_log/export',
  summary: 'The log as CSV, newest first, narrowed as the list is.',
  audience: 'staff',
  ...staff,
  limit: { name: 'audit-export', points: 10, seconds: 3_600 },
  query: z.object(filters),
  handler: async ({ deps, query }) => ({
    name: 'audit-log.csv',
    header: [
      'id',
      'time',
      'actor',
      'action',
      'target',
      'target id',
      'reason',
      'detail',
      'undoes',
      'undone by',
    ],
    rows: rowsOf(deps, filterOf(query)),
  }),
});

async function* rowsOf(deps: HttpDeps, filter: AuditFilter) {
  const page: Page = { maxId: null, minId: null, sinceId: null, limit: staffLimits.exportedAtOnce };
  for (let maxId: Page['maxId'] = null, sent = 0; sent < staffLimits.maxExported; ) {
    const entries = await deps.audit.list(filter, { ...page, maxId });
    const names = await namesOf(deps, entries);
    for (const entry of entries) {
      const { actor, target } = entityOf(entry, names);
      yield [
        ...[entry.id, entry.createdAt.toISOString(), actor.name ?? actor.account_id ?? actor.kind],
        ...[entry.action, target.kind, target.name ?? target.id, entry.reason, JSON.stringify(entry.detail)],
        ...[entry.undoes, entry.undoneBy],
      ];
    }
    sent += entries.length;
    if (entries.length < page.limit) return;
    maxId = entries.at(-1)?.id ?? null;
  }
}

/** The names of the people in these entries, as far as their accounts are still there. */
async function namesOf(deps: HttpDeps, entries: readonly AuditEntry[]): Promise<Map<string, string>> {
  const wanted = entries.flatMap(({ actor, target }): AccountId[] => [
    ...(actor.kind === 'person' ? [actor.accountId] : []),
    ...(target.kind === 'account' ? [idSchema<'account'>().safeParse(target.id).data ?? []].flat() : []),
  ]);
  const accounts = await deps.accounts.byIds([...new Set(wanted)]);
  return new Map([...accounts.values()].map(({ id, acct }) => [id, acct]));
}

function entityOf(entry: AuditEntry, names: ReadonlyMap<string, string>): z.input<typeof entryEntity> {
  const { actor, target } = entry;
  const accountId = actor.kind === 'person' ? actor.accountId : null;
  const undoing = undoable[entry.action];
  return {
    id: entry.id,
    created_at: entry.createdAt.toISOString(),
    actor: {
      kind: actor.kind,
      account_id: accountId,
      name: actor.kind === 'server' ? actor.name : (names.get(accountId ?? '') ?? null),
    },
    action: entry.action,
    target: { ...target, name: target.kind === 'account' ? (names.get(target.id) ?? null) : null },
    reason: entry.reason,
    detail: { ...entry.detail },
    undoes: entry.undoes,
    undone_by: entry.undoneBy,
    undoable: 'way' in undoing && entry.undoneBy === null,
    final_because: 'why' in undoing ? undoing.why : null,
  };
}
