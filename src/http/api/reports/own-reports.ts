import { z } from 'zod';
import { reportCategories } from '../../../modules/moderation/index.ts';
import { route } from '../../route.ts';
import { toAccount } from '../accounts/entities.ts';
import { linkPages, pageOf } from '../paging.ts';
import { accountEntity, pageQuery } from '../schemas.ts';

export const listOwnReports = route({
  method: 'get',
  path: '/api/v1/reports',
  summary: 'What you reported, newest first, and whether something was done about it.',
  audience: 'signed-in',
  scope: 'read:accounts',
  query: pageQuery,
  output: z.array(
    z
      .object({
        id: z.string(),
        created_at: z.string(),
        comment: z.string(),
        category: z.enum(reportCategories),
        target_account: accountEntity,
        outcome: z.enum(['waiting', 'done', 'not-done']),
        decided_at: z.string().nullable(),
      })
      .meta({ id: 'OwnReport' }),
  ),
  handler: async ({ deps, query, viewer, req, res }) => {
    const reports = await deps.reportDesk.filedBy(viewer.account.id, pageOf(query));
    const targets = await deps.accounts.byIds([...new Set(reports.map(({ targetId }) => targetId))]);
    linkPages(req, res, deps.urls.origin, reports, query.limit);
    return reports.flatMap((report) => {
      const target = targets.get(report.targetId);
      if (!target) return [];
      return {
        id: report.id,
        created_at: report.createdAt.toISOString(),
        comment: report.comment,
        category: report.category,
        target_account: toAccount(deps, target),
        outcome: OUTCOME[report.state],
        decided_at: report.closedAt?.toISOString() ?? null,
      };
    });
  },
});

/** Never what became of the account: that is between it and the staff. */
const OUTCOME = { open: 'waiting', resolved: 'done', dismissed: 'not-done' } as const;
