import { describe, expect, test } from 'vitest';
import { nextSummaryAt, quietUntil, usualPreferences } from './preferences.ts';

const at = (text: string) => Date.parse(text);
const night = { quiet: { from: 22, until: 7 }, timeZone: 'Europe/Berlin' };

describe('quiet hours', () => {
  test.for([
    ['2026-07-01T19:59:00Z', null],
    ['2026-07-01T20:00:00Z', '2026-07-02T05:00:00.000Z'],
    ['2026-07-02T04:59:00Z', '2026-07-02T05:00:00.000Z'],
    ['2026-07-02T05:00:00Z', null],
    // An hour later by the clocks of winter, and the night in which they are put back is longer.
    ['2026-12-01T20:30:00Z', null],
    ['2026-10-24T21:00:00Z', '2026-10-25T06:00:00.000Z'],
  ] as const)('at %s they last until %s', ([now, until]) => {
    expect(quietUntil(at(now), night)?.toISOString() ?? null).toBe(until);
  });

  test('may lie within a day, and are none where they begin when they end', () => {
    const nap = { quiet: { from: 12, until: 14 }, timeZone: 'UTC' };
    expect(quietUntil(at('2026-07-01T13:00:00Z'), nap)?.toISOString()).toBe('2026-07-01T14:00:00.000Z');
    expect(quietUntil(at('2026-07-01T14:00:00Z'), nap)).toBeNull();
    const none = { quiet: { from: 8, until: 8 }, timeZone: 'UTC' };
    expect(quietUntil(at('2026-07-01T08:30:00Z'), none)).toBeNull();
  });
});

test('a summary comes at 8 in the morning where they are, or once their quiet hours are over', () => {
  const daily = { ...usualPreferences, digest: true, timeZone: 'Asia/Tokyo' };
  const next = (more: object) => nextSummaryAt(at('2026-07-01T00:00:00Z'), { ...daily, ...more });
  expect(next({})?.toISOString()).toBe('2026-07-01T23:00:00.000Z');
  expect(next({ quiet: { from: 0, until: 10 } })?.toISOString()).toBe('2026-07-01T01:00:00.000Z');
  expect(next({ digest: false })).toBeNull();
});
