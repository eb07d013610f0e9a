import type { Db } from '../../db/database.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Figures, figuresOf, guarded, type Tally } from './figures.ts';

export { type Count, FEWER_THAN, type Figures } from './figures.ts';

/** Who may read the numbers. */
export const transparencyAudiences = ['public', 'members', 'hidden'] as const;
export type TransparencyAudience = (typeof transparencyAudiences)[number];

/** A year in numbers, or what is over of it. */
export interface TransparencyReport {
  readonly year: number;
  /** Those of which there is something to tell, the newest first. */
  readonly years: readonly number[];
  readonly total: Figures;
  /** Those in which something was counted, in their order. */
  readonly months: readonly (Figures & { readonly month: string })[];
}

export type Transparency = ReturnType<typeof createTransparency>;

/** Lines that are added up at once. */
const AT_ONCE = 10_000;

/** What was done on this server, in numbers that stay when the rows they are of are gone (ADR 0062). */
export function createTransparency({
  db,
  settings,
}: {
  readonly db: Db;
  /** As it is set now. */
  readonly settings: { readonly audience: TransparencyAudience };
}) {
  /** Sums of the months of a year, with what upkeep has not added yet. */
  async function talliesOf(year: number): Promise<(Tally & { readonly month: string })[]> {
    const { rows } = await db.raw<{ rows: (Tally & { month: string })[] }>(
      `select to_char(month, 'YYYY-MM') as month, subject, kind, sum(count)::int as count
         from (select month, subject, kind, count from transparency_months where month between :first and :last
               union all
               select month, subject, kind, count from transparency_notes where month between :first and :last) as counted
        group by 1, 2, 3 order by 1, 2, 3`,
      { first: `${year}-01-01`, last: `${year}-12-31` },
    );
    return rows;
  }

  async function years(): Promise<number[]> {
    const { rows } = await db.raw<{ rows: { year: number }[] }>(
      `select distinct extract(year from month)::int as year
         from (select month from transparency_months union select month from transparency_notes) as known
        order by 1 desc`,
    );
    return rows.map(({ year }) => year);
  }

  /** Exact numbers, for those who run the server. */
  async function exact(year: number): Promise<TransparencyReport> {
    const [tallies, known] = await Promise.all([talliesOf(year), years()]);
    const months = [...new Set(tallies.map(({ month }) => month))];
    return {
      ...{ year, years: known, total: figuresOf(tallies) },
      months: months.map((month) => ({
        ...{ month, ...figuresOf(tallies.filter((tally) => tally.month === month)) },
      })),
    };
  }

  /** The numbers as others may read them: small ones are not told, larger ones to the next five. */
  async function published(year: number): Promise<TransparencyReport> {
    const { total, months, ...rest } = await exact(year);
    return {
      ...{ ...rest, total: guarded(total) },
      months: months.map(({ month, ...figures }) => ({ month, ...guarded(figures) })),
    };
  }

  return {
    exact,
    published,

    /** The published numbers, for somebody who is signed in or not. */
    async shownTo(
      isMember: boolean,
      year: number,
    ): Promise<Result<{ report: TransparencyReport }, 'not-found'>> {
      const { audience } = settings;
      if (audience === 'hidden') return fail('not-found', 'This server does not publish these numbers.');
      if (audience === 'members' && !isMember) return fail('not-found', 'Sign in to read these numbers.');
      return ok({ report: await published(year) });
    },

    /** Adds up what was counted since. Returns how many lines there were. */
    async fold(signal: AbortSignal): Promise<number> {
      for (let folded = 0; ; ) {
        signal.throwIfAborted();
        const { rows } = await db.raw<{ rows: { lines: number }[] }>(
          `with gone as (
             delete from transparency_notes
              where id in (select id from transparency_notes order by id limit ? for update skip locked)
             returning month, subject, kind, count),
           added as (
             insert into transparency_months as kept (month, subject, kind, count)
             select month, subject, kind, sum(count) from gone group by 1, 2, 3
             on conflict (month, subject, kind) do update set count = kept.count + excluded.count)
           select count(*)::int as lines from gone`,
          [AT_ONCE],
        );
        const lines = rows[0]?.lines ?? 0;
        folded += lines;
        if (lines < AT_ONCE) return folded;
      }
    },
  };
}
