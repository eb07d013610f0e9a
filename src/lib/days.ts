/** One day of a time zone. */
export interface Day {
  /** As `2026-11-27`. */
  readonly date: string;
  /** Milliseconds since 1970. */
  readonly startsAt: number;
}

/** Whether this is the name of a time zone, such as `Europe/Berlin` (IANA). */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+){0,2}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const DAY_MS = 24 * 3_600_000;

/** The date of a moment in a time zone, as `2026-11-27`. */
export function datesIn(timeZone: string): (moment: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, calendar: 'iso8601', numberingSystem: 'latn' },
    ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
  });
  return (moment) => {
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
    return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  };
}

/** The date so many days later, or earlier. */
export const dateAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/**
 * The last `count` days of a time zone up to the one of `now`, oldest first. Days in which the clock is changed are an
 * hour shorter or longer, and where midnight is left out, the day begins after it.
 */
export function lastDays(timeZone: string, now: number, count: number): Day[] {
  const dateOf = datesIn(timeZone);
  const today = Date.parse(`${dateOf(now)}T00:00:00Z`);
  return Array.from({ length: count }, (_, at) => {
    const date = new Date(today - (count - 1 - at) * DAY_MS).toISOString().slice(0, 10);
    return { date, startsAt: startOfDate(date, dateOf) };
  });
}

/** The first minute of a date. No zone is more than 15 hours from UTC; a second is no zone’s step today. */
export function startOfDate(date: string, dateOf: (moment: number) => string): number {
  let [before, after] = [Date.parse(`${date}T00:00:00Z`) - 15 * 3_600_000, Date.parse(`${date}T15:00:00Z`)];
  while (after - before > 60_000) {
    const middle = Math.floor((before + after) / 2 / 60_000) * 60_000;
    if (dateOf(middle) < date) before = middle;
    else after = middle;
  }
  return after;
}
