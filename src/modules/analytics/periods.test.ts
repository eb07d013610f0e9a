import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateAfter } from '../../lib/days.ts';
import { GRAIN_MS, startOfGrain } from './model.ts';
import { bucketsOf, daysIn, lastBuckets, periodBefore, segmentsOf, steps } from './periods.ts';

const zones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe'],
  ...['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/St_Johns', 'Africa/Casablanca'],
];
const period = fc
  .record({ timeZone: fc.constantFrom(...zones), start: fc.nat(700), days: fc.integer({ min: 1, max: 25 }) })
  .map(({ timeZone, start, days }) => {
    const from = dateAfter('2025-01-01', start);
    return { timeZone, from, to: dateAfter(from, days - 1) };
  });

test('steps follow each other without a gap, from the beginning of the first day to the end of the last', () => {
  fc.assert(
    fc.property(period, fc.constantFrom(...steps), (asked, by) => {
      const buckets = bucketsOf(asked, by);
      const days = bucketsOf(asked, 'day');
      expect(days).toHaveLength(daysIn(asked));
      expect(buckets[0]?.startsAt).toBe(days[0]?.startsAt);
      expect(buckets.at(-1)?.endsAt).toBe(days.at(-1)?.endsAt);
      for (const [at, bucket] of buckets.entries()) {
        expect(bucket.endsAt).toBeGreaterThan(bucket.startsAt);
        if (at > 0) expect(bucket.startsAt).toBe(buckets[at - 1]?.endsAt);
        if (by === 'week' && at > 0) expect(new Date(bucket.date).getUTCDay()).toBe(1);
        if (by === 'month' && at > 0) expect(bucket.date.slice(8)).toBe('01');
      }
    }),
    { numRuns: 60 },
  );
});

test('figures of rows are those of their moments, in whatever zone and from whichever rows they are added up', () => {
  fc.assert(
    fc.property(
      period,
      fc.constantFrom(...steps),
      fc.array(fc.nat(40 * 24 * 4), { maxLength: 60 }),
      (asked, by, quarters) => {
        const buckets = bucketsOf(asked, by);
        const begin = startOfGrain('day', buckets[0]?.startsAt ?? 0) - GRAIN_MS.day;
        const moments = quarters.map((quarter) => begin + quarter * GRAIN_MS.quarter);
        const read = buckets.map(() => 0);
        for (const { bucket, grain, since, until } of segmentsOf(buckets, 0)) {
          const rows = moments.filter(
            (at) => startOfGrain(grain, at) >= since && startOfGrain(grain, at) < until,
          );
          read[bucket] = (read[bucket] ?? 0) + rows.length;
        }
        expect(read).toEqual(
          buckets.map(({ startsAt, endsAt }) => moments.filter((at) => at >= startsAt && at < endsAt).length),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('where quarters end, every day of UTC is in one step, and no moment in two', () => {
  fc.assert(
    fc.property(period, fc.nat(30), (asked, offset) => {
      const seam = Date.parse(dateAfter(asked.from, offset - 2));
      const segments = segmentsOf(bucketsOf(asked, 'day'), seam);
      const covered = segments.map(({ since, until }) => [since, until] as const).sort(([a], [b]) => a - b);
      for (const [at, [since]] of covered.entries()) {
        if (at > 0) expect(since).toBe(covered[at - 1]?.[1]);
      }
      for (const { grain, since } of segments) if (since < seam) expect(grain).toBe('day');
    }),
    { numRuns: 60 },
  );
});

test('months are read as days but for their ends', () => {
  const berlin = { timeZone: 'Europe/Berlin', from: '2025-01-01', to: '2025-12-31' };
  const segments = segmentsOf(bucketsOf(berlin, 'month'), 0);
  const quarters = segments.filter(({ grain }) => grain === 'quarter');
  const rows = quarters.reduce((sum, { since, until }) => sum + (until - since) / GRAIN_MS.quarter, 0);
  expect(rows).toBeLessThanOrEqual(12 * 24 * 4);
});

test.each([
  ['day', '2025-03-10', '2025-03-16', '2025-03-03', '2025-03-09'],
  ['week', '2025-03-10', '2025-03-23', '2025-02-24', '2025-03-09'],
  ['month', '2025-03-01', '2025-03-31', '2025-02-01', '2025-02-28'],
  ['month', '2025-01-01', '2025-12-31', '2024-01-01', '2024-12-31'],
  ['month', '2025-03-31', '2025-03-31', '2025-02-28', '2025-03-30'],
] as const)('before %s %s to %s lie %s to %s', (by, from, to, wantedFrom, wantedTo) => {
  expect(periodBefore({ timeZone: 'UTC', from, to }, by)).toMatchObject({ from: wantedFrom, to: wantedTo });
});

test('a day whose clock is changed has as many hours as it has', () => {
  const hours = (timeZone: string, date: string) => bucketsOf({ timeZone, from: date, to: date }, 'hour');
  expect(hours('Europe/Berlin', '2025-03-30')).toHaveLength(23);
  expect(hours('Europe/Berlin', '2025-10-26')).toHaveLength(25);
  const half = hours('Australia/Lord_Howe', '2025-10-05').at(-1);
  expect((half?.endsAt ?? 0) - (half?.startsAt ?? 0)).toBe(30 * 60_000);
});

test('the last hours end with the one of now', () => {
  const hours = lastBuckets(Date.parse('2025-10-26T12:34:56Z'), 3, 3_600_000);
  expect(hours.map(({ startsAt }) => new Date(startsAt).toISOString().slice(11, 13))).toEqual([
    '10',
    '11',
    '12',
  ]);
});
