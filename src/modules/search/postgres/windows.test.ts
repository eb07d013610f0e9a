import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayMark, dayOf, lexeme, monthMark, monthOf, popularityMark, yearMark, yearOf } from './marks.ts';
import { popularSteps, windowsBefore } from './windows.ts';

const moment = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) });
const always = { after: 0, before: Number.MAX_SAFE_INTEGER };

test('every moment before is in one window, whose query names its day, month or year', () => {
  fc.assert(
    fc.property(moment, fc.nat({ max: 20 * 365 * 86_400_000 }), fc.boolean(), (asOf, back, isNarrow) => {
      const at = Math.max(0, asOf - back);
      const [window, ...others] = windowsBefore(asOf, { ...always, isNarrow }).filter(
        ({ from, to }) => from <= at && at < to,
      );
      expect(others).toEqual([]);
      const marks = [dayMark(dayOf(at)), monthMark(monthOf(at)), yearMark(yearOf(at))].map(lexeme);
      const named = window?.query?.split(' | ') ?? marks;
      expect(marks.some((mark) => named.includes(mark))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('they follow each other, the newest first, and nothing is in them that is out of the range', () => {
  fc.assert(
    fc.property(moment, moment, moment, fc.boolean(), (asOf, after, before, isNarrow) => {
      const windows = windowsBefore(asOf, { after, before, isNarrow });
      for (const [at, { from, to }] of windows.entries()) {
        expect(from).toBeGreaterThanOrEqual(after);
        expect(to).toBeLessThanOrEqual(Math.min(before, asOf + 1));
        const next = windows[at + 1];
        if (next) expect(next.to).toBe(from);
      }
    }),
  );
});

test.each([true, false])('each number of popularity from 4 on is in one step (narrow: %s)', (isNarrow) => {
  const marks = popularSteps(isNarrow).flatMap((step) => step.split(' | '));
  expect(marks.toSorted()).toEqual(
    Array.from({ length: 17 }, (_, up) => lexeme(popularityMark(up + 4))).toSorted(),
  );
});
