import { z } from 'zod';
import { reportLimits } from '../../../../../config/limits.ts';
import { idSchema, type ReportId } from '../../../../lib/ids.ts';
import type { Failure, Ok } from '../../../../lib/result.ts';
import { actorOf, type Viewer } from '../../../../modules/auth/index.ts';
import { reportCategories } from '../../../../modules/moderation/index.ts';
import type { HttpDeps } from '../../../deps.ts';
import { ApiError, refused } from '../../../errors.ts';
import { route } from '../../../route.ts';
import { flag, manyOf } from '../../inputs.ts';
import { rulesOf } from '../../instance/get-instance.ts';
import { linkPages, pageOf } from '../../paging.ts';
import { pageQuery } from '../../schemas.ts';
import { adminReportEntitiesOf } from './entities.ts';
import { adminReportEntity, reportParams } from './schemas.ts';

/** Reports one by one, as the Mastodon API has them. */

export const reading = { audience: 'staff', permission: 'reports', scope: 'admin:read:reports' } as const;
export const writing = { audience: 'staff', permission: 'reports', scope: 'admin:write:reports' } as const;

export const listReports = route({
  method: 'get',
  path: '/api/v1/admin/reports',
  summary: 'Reports, newest first: those that are open, or with `resolved` those that are closed.',
  ...reading,
  query: pageQuery.extend({
    resolved: flag.default(false),
    account_id: idSchema<'account'>().optional().describe('Who reported'),
    target_account_id: idSchema<'account'>().optional(),
  }),
  output: z.array(adminReportEntity),
  handler: async ({ deps, query, viewer, req, res }) => {
    const reports = await deps.reportDesk.list(
      {
        state: query.resolved ? 'closed' : 'open',
        reporterId: query.account_id,
        targetId: query.target_account_id,
      },
      pageOf(query),
    );
    const entities = await adminReportEntitiesOf(deps, reports, viewer.account.id);
    linkPages(req, res, deps.urls.origin, entities, query.limit);
    return entities;
  },
});

async function entityOf(deps: HttpDeps, id: ReportId, viewer: Viewer) {
  const report = await deps.reportDesk.deskReport(id);
  const [entity] = report ? await adminReportEntitiesOf(deps, [report], viewer.account.id) : [];
  if (!entity) throw new ApiError('not-found', 'There is no such report.');
  return entity;
}

export const getReport = route({
  method: 'get',
  path: '/api/v1/admin/reports/:id',
  summary: 'One report.',
  ...reading,
  params: reportParams,
  output: adminReportEntity,
  handler: ({ deps, params, viewer }) => entityOf(deps, params.id, viewer),
});

export const updateReport = route({
  method: 'put',
  path: '/api/v1/admin/reports/:id',
  summary: 'Say what a report is about; what is left out stays as it is.',
  ...writing,
  params: reportParams,
  body: z.object({
    category: z.enum(reportCategories).optional(),
    rule_ids: manyOf(
      z.union([z.string().max(10), z.int().transform(String)]),
      reportLimits.maxRules,
    ).optional(),
    version: z.coerce.number().int().optional(),
  }),
  output: adminReportEntity,
  handler: async ({ deps, params: { id }, body, viewer }) => {
    const report = await deps.reportDesk.deskReport(id);
    if (!report) throw new ApiError('not-found', 'There is no such report.');
    const ruleIds = body.rule_ids ?? report.ruleIds;
    const known = new Set(rulesOf(deps).map((rule) => rule.id));
    if (body.rule_ids?.some((rule) => !known.has(rule))) {
      throw new ApiError('validation-failed', 'rule_ids: This server has no such rule.');
    }
    const change = { category: body.category ?? report.category, ruleIds };
    const reports = [{ id, version: body.version }];
    const outcome = await deps.inTx((tx) =>
      deps.reportDesk.categorise(tx, actorOf(viewer), { reports, ...change }),
    );
    if (!outcome.ok) throw refused(outcome);
    return entityOf(deps, id, viewer);
  },
});

type Outcome = Promise<Ok | Failure<Parameters<typeof refused>[0]['reason']>>;

const verb = (
  name: string,
  summary: string,
  act: (
    deps: HttpDeps,
    tx: Parameters<Parameters<HttpDeps['inTx']>[0]>[0],
    viewer: Viewer,
    id: ReportId,
  ) => Outcome,
) =>
  route({
    method: 'post',
    path: `/api/v1/admin/reports/:id/${name}`,
    summary,
    ...writing,
    params: reportParams,
    output: adminReportEntity,
    handler: async ({ deps, params: { id }, viewer }) => {
      const outcome = await deps.inTx((tx) => act(deps, tx, viewer, id));
      if (!outcome.ok) throw refused(outcome);
      return entityOf(deps, id, viewer);
    },
  });

export const assignReport = verb('assign_to_self', 'Take a report.', (deps, tx, viewer, id) =>
  deps.reportDesk.assign(tx, actorOf(viewer), { reports: [{ id }], to: viewer.account.id }),
);
export const unassignReport = verb('unassign', 'Give a report back to everybody.', (deps, tx, viewer, id) =>
  deps.reportDesk.assign(tx, actorOf(viewer), { reports: [{ id }], to: null }),
);
export const resolveReport = verb(
  'resolve',
  'Close a report that was right. Where somebody else was faster, it is refused.',
  (deps, tx, viewer, id) => deps.reportDesk.close(tx, actorOf(viewer), { reports: [{ id }], as: 'resolved' }),
);
export const reopenReport = verb('reopen', 'Put a closed report back.', (deps, tx, viewer, id) =>
  deps.reportDesk.reopen(tx, actorOf(viewer), { reports: [{ id }] }),
);
