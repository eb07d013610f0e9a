/** How often something was counted; null: so seldom that it is not told. */
export type Count = number | null;

/** A sum, as the table has it. */
export interface Tally {
  readonly subject: string;
  readonly kind: string;
  readonly count: number;
}

/** What is told of a month or a year. */
export interface Figures {
  readonly reports: Count;
  readonly reportSources: Readonly<Record<string, Count>>;
  readonly reportCategories: Readonly<Record<string, Count>>;
  /** By the number of the rule. */
  readonly reportRules: Readonly<Record<string, Count>>;
  readonly measures: readonly {
    readonly measure: string;
    readonly byPeople: Count;
    readonly automated: Count;
    readonly lifted: Count;
  }[];
  readonly appeals: Readonly<Record<string, Count>>;
  /** By what was decided. Servers are not people: these are told as they are. */
  readonly domains: Readonly<Record<string, Count>>;
  readonly claims: Readonly<Record<string, Count>>;
  readonly counterNotices: Readonly<Record<string, Count>>;
  /** Between a report and its first decision, of those that were filed then, in seconds to within a tenth; null: too few. */
  readonly medianSeconds: number | null;
  /** Of how many. */
  readonly decided: Count;
}

/** Smaller numbers are not told: who knows one of the people would find the others. */
export const FEWER_THAN = 5;

const AUTOMATED = ' automated';
const PEOPLE = ' people';

/** Adds sums up to what is told of them, exactly. */
export function figuresOf(tallies: readonly Tally[]): Figures {
  const of = (subject: string): Record<string, number> => {
    const sums: Record<string, number> = {};
    for (const { kind, count } of tallies.filter((tally) => tally.subject === subject)) {
      sums[kind] = (sums[kind] ?? 0) + count;
    }
    return sums;
  };
  const [taken, lifted] = [of('measure'), of('measure-lifted')];
  const kinds = [
    ...new Set([...Object.keys(taken).map((kind) => kind.split(' ')[0] ?? ''), ...Object.keys(lifted)]),
  ];
  const decided = of('report-decided');
  return {
    reports: of('report').all ?? 0,
    reportSources: of('report-source'),
    reportCategories: of('report-category'),
    reportRules: of('report-rule'),
    measures: kinds.toSorted().map((measure) => ({
      measure,
      byPeople: taken[`${measure}${PEOPLE}`] ?? 0,
      automated: taken[`${measure}${AUTOMATED}`] ?? 0,
      lifted: lifted[measure] ?? 0,
    })),
    appeals: of('appeal'),
    domains: of('domain'),
    claims: of('claim'),
    counterNotices: of('counter-notice'),
    medianSeconds: medianOf(decided),
    decided: Object.values(decided).reduce((sum, count) => sum + count, 0),
  };
}

/** The middle of the quarter of a doubling in which the median lies (migration 0087). */
function medianOf(buckets: Readonly<Record<string, number>>): number | null {
  const sorted = Object.entries(buckets)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .toSorted(([one], [other]) => one - other);
  const all = sorted.reduce((sum, [, count]) => sum + count, 0);
  let before = 0;
  for (const [bucket, count] of sorted) {
    before += count;
    if (before * 2 >= all) return Math.round(2 ** ((bucket + 0.5) / 4));
  }
  return null;
}

/** As others may read it: nothing below five, and everything else to the nearest five, so that no difference of two tells more. */
export function guarded(figures: Figures): Figures {
  const all = (counts: Readonly<Record<string, Count>>) =>
    Object.fromEntries(Object.entries(counts).map(([kind, count]) => [kind, told(count)]));
  return {
    ...figures,
    reports: told(figures.reports),
    reportSources: all(figures.reportSources),
    reportCategories: all(figures.reportCategories),
    reportRules: all(figures.reportRules),
    measures: figures.measures.map(({ measure, byPeople, automated, lifted }) => ({
      ...{ measure, byPeople: told(byPeople), automated: told(automated), lifted: told(lifted) },
    })),
    appeals: all(figures.appeals),
    claims: all(figures.claims),
    counterNotices: all(figures.counterNotices),
    medianSeconds: told(figures.decided) === null ? null : figures.medianSeconds,
    decided: told(figures.decided),
  };
}

function told(count: Count): Count {
  if (count === null || count === 0) return count;
  return count < FEWER_THAN ? null : Math.round(count / FEWER_THAN) * FEWER_THAN;
}
