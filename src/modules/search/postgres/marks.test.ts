import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationQuery, durationQueryOfAll, marksOf } from './marks.ts';

const video = {
  ...{ accountId: '1', local: true, language: null, publishedAt: 0, popularity: 0 },
  ...{ tags: [], hasCaptions: false, hasAlt: false },
};
const isOfDuration = (mark: string) => /^@[st]:/.test(mark);
const marksOfDuration = (seconds: number | null) => marksOf({ ...video, seconds }).filter(isOfDuration);

/** As PostgreSQL reads the query. */
const isFoundBy = (parts: readonly string[], marks: readonly string[]): boolean =>
  parts.every((part) => {
    const named = part.match(/@[st]:\d+/g) ?? [];
    return named.some((mark) => marks.includes(mark)) !== part.startsWith('!');
  });
/** Those of a document that was written before migration 0122. */
const marksBefore = (seconds: number) =>
  marksOfDuration(seconds)
    .filter((mark) => mark.startsWith('@s:'))
    .slice(-1);
const duration = fc.double({ min: 0, max: 10_000, noNaN: true });

test('what has the duration that is asked for is found', () => {
  const bound = fc.option(fc.integer({ min: 0, max: 4_000 }));
  fc.assert(
    fc.property(duration, bound, bound, fc.boolean(), (seconds, longer, shorter, isAlone) => {
      if (seconds >= (longer ?? 0) && seconds < (shorter ?? Number.POSITIVE_INFINITY))
        expect(isFoundBy(durationQuery(longer, shorter, isAlone), marksOfDuration(seconds))).toBe(true);
    }),
  );
});

test('at a duration that is marked, what has another one is not', () => {
  const marked = fc.constantFrom(5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1_800);
  fc.assert(
    fc.property(duration, marked, marked, fc.boolean(), (seconds, longer, shorter, isAlone) => {
      const parts = durationQuery(longer, shorter, isAlone);
      expect(isFoundBy(parts, marksOfDuration(seconds))).toBe(seconds >= longer && seconds < shorter);
    }),
  );
});

test('while documents of before are there, both kinds are found by what they have, and by nothing else', () => {
  const bound = fc.integer({ min: 0, max: 4_000 });
  const has = fc.constantFrom(marksOfDuration, marksBefore);
  fc.assert(
    fc.property(duration, bound, bound, has, (seconds, longer, shorter, marksIn) => {
      fc.pre(longer < shorter);
      const isFound = isFoundBy(durationQueryOfAll(longer, shorter), marksIn(seconds));
      if (seconds >= longer && seconds < shorter) expect(isFound).toBe(true);
    }),
  );
  const marked = fc.constantFrom(5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1_800);
  fc.assert(
    fc.property(duration, marked, marked, has, (seconds, longer, shorter, marksIn) => {
      fc.pre(longer < shorter);
      const isFound = isFoundBy(durationQueryOfAll(longer, shorter), marksIn(seconds));
      expect(isFound).toBe(seconds >= longer && seconds < shorter);
    }),
  );
  expect(durationQueryOfAll(600, null)).toEqual(["('@s:600' | '@s:1800')"]);
  expect(durationQueryOfAll(null, null)).toEqual([]);
});

test('of the marks at each end the one that fewer videos have is named, and what is alone names one that is there', () => {
  expect(durationQuery(600, null, false)).toEqual(["'@s:600'"]);
  expect(durationQuery(20, null, false)).toEqual(["!'@t:20'"]);
  expect(durationQuery(null, 20, false)).toEqual(["'@t:20'"]);
  expect(durationQuery(10, 61, false)).toEqual(["!'@t:10'", "!'@s:90'"]);
  expect(durationQuery(10, 61, true)).toEqual(["'@s:10'", "'@t:90'"]);
  expect(durationQuery(0, 4_000, false)).toEqual([]);
  expect(durationQuery(0, 4_000, true)).toEqual(["'@s:0'"]);
  expect(durationQuery(null, null, true)).toEqual([]);
});

test('what is not known has no mark', () => {
  expect(marksOfDuration(null)).toEqual([]);
});
