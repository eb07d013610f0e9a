import { type Command, InvalidArgumentError } from 'commander';
import type { Count, Figures } from '../modules/transparency/index.ts';
import type { Report, Run } from './report.ts';

/** `vireo report transparency`: what was reported and done in a year, in numbers. */
export function addTransparency(command: Command, run: Run): void {
  command
    .command('transparency')
    .description('what was reported and done in a year, by month, in numbers')
    .option('--year <year>', 'this year by default', aYear)
    .option('--public', 'as others read it: small numbers are not told')
    .action(({ year, public: isPublic }: { year?: number; public?: boolean }) =>
      run(async ({ transparency, clock }): Promise<Report> => {
        const asked = year ?? new Date(clock.now()).getUTCFullYear();
        const report = await (isPublic ? transparency.published(asked) : transparency.exact(asked));
        const rows = [
          ...report.months.flatMap(({ month, ...figures }) => rowsOf(month, figures)),
          ...rowsOf(String(asked), report.total),
        ];
        return { ok: true, rows, text: `${asked}: ${report.months.length} months with something to tell.` };
      }),
    );
}

interface Row {
  readonly when: string;
  readonly what: string;
  readonly kind: string;
  readonly count: Count;
}

function rowsOf(when: string, figures: Figures): Row[] {
  const each = (what: string, counts: Readonly<Record<string, Count>>): Row[] =>
    Object.entries(counts).map(([kind, count]) => ({ when, what, kind, count }));
  const measures = figures.measures.flatMap(({ measure, byPeople, automated, lifted }) =>
    each(`measure ${measure}`, { 'by people': byPeople, automated, lifted }),
  );
  return [
    { when, what: 'reports', kind: 'all', count: figures.reports },
    ...each('reports by source', figures.reportSources),
    ...each('reports by category', figures.reportCategories),
    ...each('reports by rule', figures.reportRules),
    ...measures,
    ...each('appeals', figures.appeals),
    ...each('decisions about servers', figures.domains),
    ...each('copyright claims', figures.claims),
    ...each('counter-notices', figures.counterNotices),
    { when, what: 'reports', kind: 'median seconds to a decision', count: figures.medianSeconds },
  ];
}

function aYear(text: string): number {
  if (!/^20\d\d$/.test(text)) throw new InvalidArgumentError('Write a year as 2026.');
  return Number(text);
}
