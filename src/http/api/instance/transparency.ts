import { z } from 'zod';
import { FEWER_THAN, type Figures } from '../../../modules/transparency/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';

const count = z.number().nullable();
const counts = z.record(z.string(), count);

const figures = {
  reports: count.describe('Null: fewer than `fewer_than`, but some'),
  reports_by_source: counts.describe('`people` of this server, other `servers`, or the `server` itself'),
  reports_by_category: counts,
  reports_by_rule: z.array(
    z.object({ id: z.string(), text: z.string().describe('Empty: nobody knows it any more'), count }),
  ),
  measures: z
    .array(
      z.object({
        measure: z.string(),
        by_people: count,
        automated: count.describe('Taken by rules and lists'),
        lifted: count.describe('Taken back then, also those of months before'),
      }),
    )
    .describe('What was done to accounts, clips and comments'),
  appeals: counts.describe('`filed`, `accepted`, `rejected`'),
  domains: counts.describe('Decisions about servers by what they say; these are exact'),
  claims: counts.describe('Of copyright: `filed`, `upheld`, `rejected`, `withdrawn`, `restored`'),
  counter_notices: counts.describe('`filed`, `sued`, `accepted`, `rejected`'),
  median_seconds: z
    .number()
    .nullable()
    .describe('From a report to its first decision, to within a tenth; null: there were too few'),
};

const reportEntity = z
  .object({
    year: z.number(),
    years: z.array(z.number()).describe('Those of which there are numbers, the newest first'),
    fewer_than: z.number().describe('Smaller numbers are not told, and others to the nearest multiple of it'),
    total: z.object(figures),
    months: z.array(z.object({ month: z.string().describe('2026-01'), ...figures })),
  })
  .meta({ id: 'TransparencyReport' });

export const getTransparency = route({
  method: 'get',
  path: '/api/v1/instance/transparency',
  summary:
    'What was reported and done on this server in a year, in numbers, as far as its staff publishes them.',
  audience: 'anyone',
  scope: 'read',
  limit: { name: 'instance-list', points: 30, seconds: 300 },
  query: z.object({ year: z.coerce.number().int().min(2020).max(9_999).optional() }),
  output: reportEntity,
  handler: async ({ deps, query, viewer }) => {
    const year = query.year ?? new Date(deps.clock.now()).getUTCFullYear();
    const outcome = await deps.transparency.shownTo(viewer !== null, year);
    if (!outcome.ok) throw refused(outcome);
    const { total, months, years } = outcome.report;
    const entity = (told: Figures) => ({
      ...{ reports: told.reports, reports_by_source: told.reportSources },
      reports_by_category: told.reportCategories,
      reports_by_rule: Object.entries(told.reportRules).map(([id, often]) => ({
        ...{ id, text: deps.settings.ruleText(id) ?? '', count: often },
      })),
      measures: told.measures.map(({ measure, byPeople, automated, lifted }) => ({
        ...{ measure, by_people: byPeople, automated, lifted },
      })),
      ...{ appeals: told.appeals, domains: told.domains, claims: told.claims },
      ...{ counter_notices: told.counterNotices, median_seconds: told.medianSeconds },
    });
    return {
      ...{ year, years: [...years], fewer_than: FEWER_THAN, total: entity(total) },
      months: months.map(({ month, ...figuresOfIt }) => ({ month, ...entity(figuresOfIt) })),
    };
  },
});
