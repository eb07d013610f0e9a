import { describe, expect, test } from 'vitest';
import { isTimeZone, nextDigestAt } from './model.ts';

const next = (now: string, digest: 'never' | 'daily' | 'weekly', timeZone = 'UTC') =>
  nextDigestAt(Date.parse(now), { digest, timeZone })?.toISOString() ?? null;

describe('the next digest', () => {
  test.each<[string, Parameters<typeof next>, string | null]>([
    ['never', ['2026-03-02T07:00:00Z', 'never'], null],
    ['the same morning', ['2026-03-02T07:59:59Z', 'daily'], '2026-03-02T08:00:00.000Z'],
    ['not at once again', ['2026-03-02T08:00:00Z', 'daily'], '2026-03-03T08:00:00.000Z'],
    ['the next Monday', ['2026-03-02T08:00:00Z', 'weekly'], '2026-03-09T08:00:00.000Z'],
    ['this Monday', ['2026-03-02T07:00:00Z', 'weekly'], '2026-03-02T08:00:00.000Z'],
    ['in the east', ['2026-03-02T00:00:00Z', 'daily', 'Asia/Tokyo'], '2026-03-02T23:00:00.000Z'],
    ['in the west', ['2026-03-02T08:00:00Z', 'daily', 'America/Los_Angeles'], '2026-03-02T16:00:00.000Z'],
    // Clocks go forward in the night between: the day has 23 hours.
    ['in spring', ['2026-03-28T08:00:00Z', 'daily', 'Europe/Berlin'], '2026-03-29T06:00:00.000Z'],
    ['in autumn', ['2026-10-24T08:00:00Z', 'daily', 'Europe/Berlin'], '2026-10-25T07:00:00.000Z'],
    ['where a weekday differs', ['2026-03-01T20:00:00Z', 'weekly', 'Asia/Tokyo'], '2026-03-01T23:00:00.000Z'],
  ])('comes %s', (_name, args, at) => {
    expect(next(...args)).toBe(at);
  });
});

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['+25:00', false],
  ['+02:00', false],
  ["UTC'; drop table users --", false],
])('%s is a time zone: %s', (name, isOne) => {
  expect(isTimeZone(name)).toBe(isOne);
});
