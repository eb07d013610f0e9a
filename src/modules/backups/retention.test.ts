import { expect, test } from 'vitest';
import { nameAt } from './model.ts';
import { toForget } from './retention.ts';

const DAY_MS = 24 * 3_600_000;
const now = new Date('2026-11-28T12:00:00Z');
const kept = { allMs: 2 * DAY_MS, daily: 7, weekly: 4, monthly: 12 };

/** One each night at three, for so many nights, newest first. */
function nights(count: number): string[] {
  const newest = Date.parse('2026-11-28T03:00:00Z');
  return Array.from({ length: count }, (_, n) => nameAt(new Date(newest - n * DAY_MS), 'abcdef'));
}

const days = (names: readonly string[]) => names.map((name) => name.slice(0, 8));

test('of two years of nights, seven days, four weeks and twelve months are kept', () => {
  const all = nights(730);
  const forgotten = new Set(toForget(all, now, kept));
  expect(days(all.filter((name) => !forgotten.has(name)))).toEqual([
    ...['20261128', '20261127', '20261126', '20261125', '20261124', '20261123', '20261122'],
    // Sundays, the last nights of their weeks, and the last nights of months.
    ...['20261115', '20261108', '20261031', '20260930', '20260831', '20260731', '20260630', '20260531'],
    ...['20260430', '20260331', '20260228', '20260131', '20251231'],
  ]);
});

test('each night takes away what the last of a day, a week or a month was, and never the newest', () => {
  let held: string[] = [];
  for (const name of nights(500).toReversed()) {
    held.push(name);
    const time = new Date(
      Date.parse(`${name.slice(0, 4)}-${name.slice(4, 6)}-${name.slice(6, 8)}T03:00:00Z`),
    );
    const forgotten = toForget(held, time, kept);
    expect(forgotten.length).toBeLessThanOrEqual(3);
    expect(forgotten).not.toContain(name);
    held = held.filter((one) => !forgotten.includes(one));
  }
  expect(held.length).toBeLessThanOrEqual(7 + 4 + 12);
  expect(held.length).toBeGreaterThan(18);
});

test('what is younger than two days stays, however many', () => {
  const many = Array.from({ length: 40 }, (_, n) =>
    nameAt(new Date(now.getTime() - n * 3_600_000), 'abcdef'),
  );
  expect(toForget(many, now, kept)).toEqual([]);
});

test('a server that stood still for a year loses none of what it has', () => {
  const old = nights(5);
  expect(toForget(old, new Date(now.getTime() + 400 * DAY_MS), kept)).toEqual([]);
});
