import { expect, test } from 'vitest';
import { isSchedulable, localTime, momentOf, scheduleBounds } from './schedule.ts';

const now = Date.UTC(2026, 10, 27, 22, 30, 15);

test('a moment goes to a field and back, to the minute', () => {
  const minute = now - (now % 60_000);
  expect(momentOf(localTime(now))).toBe(new Date(minute).toISOString());
  expect(momentOf('')).toBeNull();
  expect(momentOf('2026-11-27')).toBeNull();
  expect(momentOf('2026-13-40T25:00')).toBeNull();
});

test('what the bounds allow is taken, and what is outside is not', () => {
  const { min, max } = scheduleBounds(now);
  expect(isSchedulable(min, now)).toBe(true);
  expect(isSchedulable(max, now)).toBe(true);
  expect(isSchedulable(localTime(now + 4 * 60_000), now)).toBe(false);
  expect(isSchedulable(localTime(now - 60_000), now)).toBe(false);
  expect(isSchedulable(localTime(now + 6 * 366 * 24 * 3_600_000), now)).toBe(false);
  expect(isSchedulable('', now)).toBe(false);
});
