import { dateAfter, datesIn, startOfDate } from '../../lib/days.ts';
import { GRAIN_MS, type Grain, startOfGrain } from './model.ts';

/** By what figures are told. */
export const steps = ['hour', 'day', 'week', 'month'] as const;
export type Step = (typeof steps)[number];

/** Days of a time zone, both included. */
export interface Period {
  readonly timeZone: string;
  readonly from: string;
  readonly to: string;
}

/** One step of a period, or what of it lies within the period. */
export interface Bucket {
  /** The first date in it, and the first one behind it; of an hour, its date and that of the day after. */
  readonly date: string;
  readonly endDate: string;
  /** Milliseconds since 1970. */
  readonly startsAt: number;
  readonly endsAt: number;
}

const HOUR_MS = 3_600_000;

/** The first date of the step behind the one that a date lies in. Weeks begin on Monday. */
function nextDate(date: string, by: Exclude<Step, 'hour'>): string {
  if (by === 'day') return dateAfter(date, 1);
  const moment = new Date(`${date}T00:00:00Z`);
  if (by === 'week') return dateAfter(date, 7 - ((moment.getUTCDay() + 6) % 7));
  return new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
}

/**
 * The steps of a period, the oldest first, without a gap. Days in which clocks are changed are longer or shorter, and so are the first
 * and the last step where the period does not begin or end with one. Hours are counted from the beginning of each day.
 */
export function bucketsOf({ timeZone, from, to }: Period, by: Step): Bucket[] {
  const dateOf = datesIn(timeZone);
  const end = dateAfter(to, 1);
  const buckets: Bucket[] = [];
  let startsAt = startOfDate(from, dateOf);
  for (let date = from; date < end; ) {
    const next = nextDate(date, by === 'hour' ? 'day' : by);
    const isLast = next >= end;
    const endDate = isLast ? end : next;
    const endsAt = startOfDate(endDate, dateOf);
    const length = by === 'hour' ? HOUR_MS : endsAt - startsAt;
    for (let at = startsAt; at < endsAt; at += length) {
      buckets.push({ date, endDate, startsAt: at, endsAt: Math.min(endsAt, at + length) });
    }
    date = endDate;
    startsAt = endsAt;
  }
  return buckets;
}

/** How many days a period has. */
export const daysIn = ({ from, to }: Pick<Period, 'from' | 'to'>): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / GRAIN_MS.day) + 1;

/** As many days right before a period; for months, as many months. */
export function periodBefore(period: Period, by: Step): Period {
  const to = dateAfter(period.from, -1);
  if (by !== 'month') return { ...period, from: dateAfter(period.from, -daysIn(period)), to };
  const [first, last] = [new Date(period.from), new Date(period.to)];
  const months =
    12 * (last.getUTCFullYear() - first.getUTCFullYear()) + last.getUTCMonth() - first.getUTCMonth() + 1;
  const begin = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() - months, 1));
  // As long as the month it comes from has such a day: from the 31st, the last one of a shorter month.
  const lastDay = new Date(Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + 1, 0)).getUTCDate();
  begin.setUTCDate(Math.min(first.getUTCDate(), lastDay));
  return { ...period, from: begin.toISOString().slice(0, 10), to };
}

/** Rows of one grain that belong to one bucket: `since` is in it, `until` not. */
export interface Segment {
  readonly bucket: number;
  readonly grain: Grain;
  readonly since: number;
  readonly until: number;
}

/**
 * Which rows buckets are added up of: days of UTC where they fit, so that months are read as days, and quarters of an hour at
 * their ends. Before `quartersFrom`, the beginning of a day of UTC, there are days alone: each counts for the day of the same date.
 * No moment is in two segments, and none is left out.
 */
export function segmentsOf(buckets: readonly Bucket[], quartersFrom: number): Segment[] {
  return buckets.flatMap(({ date, endDate, startsAt, endsAt }, bucket) => {
    const segments: Segment[] = [];
    const add = (grain: Grain, since: number, until: number) => {
      if (since < until) segments.push({ bucket, grain, since, until });
    };
    if (startsAt < quartersFrom) {
      add('day', Date.parse(date), Math.min(Date.parse(endDate), quartersFrom));
    }
    const since = Math.max(startsAt, quartersFrom);
    const firstDay = startOfGrain('day', since + GRAIN_MS.day - 1);
    const lastDay = startOfGrain('day', endsAt);
    if (firstDay < lastDay) {
      add('quarter', since, firstDay);
      add('day', firstDay, lastDay);
      add('quarter', lastDay, endsAt);
    } else add('quarter', since, endsAt);
    return segments;
  });
}

/** The hours, or minutes, up to the one of `now`. */
export function lastBuckets(now: number, count: number, lengthMs: number): Bucket[] {
  const end = Math.floor(now / lengthMs) * lengthMs + lengthMs;
  return Array.from({ length: count }, (_, n) => {
    const startsAt = end - (count - n) * lengthMs;
    const date = new Date(startsAt).toISOString().slice(0, 10);
    return { date, endDate: dateAfter(date, 1), startsAt, endsAt: startsAt + lengthMs };
  });
}
