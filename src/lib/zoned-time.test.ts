import { expect, test } from 'vitest';
import { isTimeZone, localTimeIn, momentIn } from './zoned-time.ts';

const at = (zone: string, local: string) => momentIn(zone, local).toISOString();

test('a time is that of the clocks of its zone, in summer and in winter', () => {
  expect(at('UTC', '2026-12-01T09:00')).toBe('2026-12-01T09:00:00.000Z');
  expect(at('Europe/Berlin', '2026-12-01T09:00')).toBe('2026-12-01T08:00:00.000Z');
  expect(at('Europe/Berlin', '2026-07-01T09:00:30')).toBe('2026-07-01T07:00:30.000Z');
  expect(at('Asia/Kathmandu', '2026-12-01T09:00')).toBe('2026-12-01T03:15:00.000Z');
  expect(at('Pacific/Kiritimati', '2026-12-01')).toBe('2026-11-30T10:00:00.000Z');
  expect(at('America/St_Johns', '2026-12-01')).toBe('2026-12-01T03:30:00.000Z');
});

test('where clocks are put forward or back, there is one answer', () => {
  // 29 March 2026: 2:00 becomes 3:00. 25 October 2026: 3:00 becomes 2:00.
  expect(at('Europe/Berlin', '2026-03-29T01:59')).toBe('2026-03-29T00:59:00.000Z');
  expect(at('Europe/Berlin', '2026-03-29T02:30')).toBe('2026-03-29T01:30:00.000Z');
  expect(at('Europe/Berlin', '2026-03-29T03:00')).toBe('2026-03-29T01:00:00.000Z');
  expect(at('Europe/Berlin', '2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
  expect(at('Europe/Berlin', '2026-10-25T03:00')).toBe('2026-10-25T02:00:00.000Z');
});

test('a moment is shown as the clocks of a zone show it', () => {
  expect(localTimeIn('Europe/Berlin', new Date('2026-12-01T08:00:59Z'))).toBe('2026-12-01T09:00');
  expect(localTimeIn('America/Los_Angeles', new Date('2026-12-01T03:00:00Z'))).toBe('2026-11-30T19:00');
});

test('zones are known by their names', () => {
  expect(['Europe/Berlin', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
});
