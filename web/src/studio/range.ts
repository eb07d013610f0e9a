/** By what figures are told, and the most days that one answer has of each (analyticsLimits.maxDays). */
export const mostDays = { hour: 31, day: 366, week: 732, month: 3_660 } as const;
export type Step = keyof typeof mostDays;
export const steps = Object.keys(mostDays) as readonly Step[];

/** Days up to today that can be chosen at once. */
export const presets = [2, 7, 28, 90, 365] as const;
const USUAL = 28;
/** Hours are kept this long, less a day for the time zone. */
const HOURS_KEPT = 91;
/** More steps than this make no chart. */
const MOST_STEPS = 200;

export interface Range {
  /** One of the presets, or null where both days were chosen. */
  readonly preset: number | null;
  /** As 2026-11-27, both included. */
  readonly from: string;
  readonly to: string;
  readonly by: Step;
}

const DAY_MS = 24 * 3_600_000;
const DATE = /^\d{4}-\d\d-\d\d$/;

const timeOf = (date: string) => Date.parse(`${date}T00:00:00Z`);
const isDate = (date: string | undefined): date is string =>
  date !== undefined && DATE.test(date) && !Number.isNaN(timeOf(date));

/** The date so many days later, or earlier. */
export const dateAfter = (date: string, days: number): string =>
  new Date(timeOf(date) + days * DAY_MS).toISOString().slice(0, 10);

/** How many days a range has; below 1 where it ends before it begins. */
export const daysOf = ({ from, to }: Pick<Range, 'from' | 'to'>): number =>
  Math.round((timeOf(to) - timeOf(from)) / DAY_MS) + 1;

/** What a range can be told by: not more than the server tells, and not more than a chart shows. */
export function stepsFor(range: Pick<Range, 'from' | 'to'>, today: string): readonly Step[] {
  const days = daysOf(range);
  const length: Readonly<Record<Step, number>> = { hour: 1 / 24, day: 1, week: 7, month: 30 };
  const found = steps.filter((step) => {
    if (step === 'hour' && range.from < dateAfter(today, 1 - HOURS_KEPT)) return false;
    return days <= mostDays[step] && (days / length[step] <= MOST_STEPS || step === 'month');
  });
  // Too long a range is told of as far as it can be.
  return found.length > 0 ? found : ['month'];
}

/** The step that suits: hours of two days, days of a quarter, weeks of a year. */
function usualStep(range: Pick<Range, 'from' | 'to'>, possible: readonly Step[]): Step {
  const days = daysOf(range);
  const wanted: Step = days <= 2 ? 'hour' : days <= 92 ? 'day' : days <= mostDays.week ? 'week' : 'month';
  return possible.includes(wanted) ? wanted : (possible[0] ?? 'month');
}

/** What the address of the page asks for; what makes no sense is as usual. `today`: the date where somebody looks. */
export function readRange(query: Readonly<Record<string, string>>, today: string): Range {
  const { from, to, by } = query;
  const isChosen = isDate(from) && isDate(to);
  const preset = isChosen ? null : (presets.find((days) => String(days) === query.days) ?? USUAL);
  const days = isChosen ? { from, to } : { from: dateAfter(today, 1 - (preset ?? USUAL)), to: today };
  const possible = stepsFor(days, today);
  return { preset, ...days, by: possible.find((step) => step === by) ?? usualStep(days, possible) };
}

/** The same for the address of the page. */
export function writeRange({ preset, from, to, by }: Range): URLSearchParams {
  return new URLSearchParams({ ...(preset === null ? { from, to } : { days: String(preset) }), by });
}

/** How much more or less than before, as a part of it: 0.5 is half as much again. Null where there was nothing. */
export const changeOf = (now: number, before: number): number | null =>
  before === 0 ? null : (now - before) / before;
