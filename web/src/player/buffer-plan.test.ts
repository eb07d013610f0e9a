import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupAt, groupsToDrop, isBuffered, nextGroup, roomFor, secondsAhead } from './buffer-plan.ts';

/** Groups of two seconds, of 100 bytes each. */
const groups = Array.from({ length: 8 }, (_, n) => ({
  ...{ from: n * 100, to: (n + 1) * 100, start: n * 2, end: n * 2 + 2 },
}));
const held = (...all: number[]) => new Map(all.map((group) => [group, 100]));

test('what can be played goes on over seams, and ends at gaps', () => {
  expect(secondsAhead([[0, 4]], 1)).toBe(3);
  expect(
    secondsAhead(
      [
        [0, 4],
        [4.05, 6],
      ],
      1,
    ),
  ).toBe(5);
  expect(
    secondsAhead(
      [
        [0, 4],
        [5, 6],
      ],
      1,
    ),
  ).toBe(3);
  expect(secondsAhead([[5, 6]], 1)).toBe(0);
  expect(secondsAhead([], 1)).toBe(0);
});

test('a group is there when its middle is', () => {
  const group = { from: 0, to: 1, start: 2, end: 4 };
  expect(isBuffered([[2.02, 3.98]], group)).toBe(true);
  expect(isBuffered([[0, 2.5]], group)).toBe(false);
});

test('positions lie in groups', () => {
  expect([0, 1.9, 2, 15, 99].map((position) => groupAt(groups, position))).toEqual([0, 0, 1, 7, 7]);
});

test.each<[string, number[], number, number, number | null]>([
  ['the first one', [], 0, 6, 0],
  ['what is missing next', [0, 1], 1, 6, 2],
  ['nothing once there is enough', [0, 1, 2, 3], 1, 6, null],
  ['where somebody went', [0, 1], 9, 6, 4],
  ['what comes after the end', [6, 7], 13, 6, 0],
  ['nothing where all is there', [0, 1, 2, 3, 4, 5, 6, 7], 13, 60, null],
])('%s is loaded', (_what, has, position, goal, expected) => {
  expect(nextGroup(groups, held(...has), position, goal)).toBe(expected);
});

test('those that are played last are dropped first', () => {
  expect(groupsToDrop(groups, held(0, 1, 2, 3, 4), 6, 300)).toEqual([2, 1]);
  expect(groupsToDrop(groups, held(0, 1, 2, 3, 4), 6, 500)).toEqual([]);
});

const situation = fc.record({
  has: fc.uniqueArray(fc.integer({ min: 0, max: 7 })),
  position: fc.double({ min: 0, max: 16, noNaN: true }),
  goal: fc.integer({ min: 1, max: 30 }),
  most: fc.integer({ min: 0, max: 900 }),
});

test('the buffer fits into its bytes, and keeps what is played', () => {
  fc.assert(
    fc.property(situation, ({ has, position, most }) => {
      const before = held(...has);
      const dropped = groupsToDrop(groups, before, position, most);
      const current = groupAt(groups, position);
      const kept = has.filter((group) => !dropped.includes(group));
      expect(dropped).not.toContain(current);
      expect(dropped).not.toContain((current + 1) % groups.length);
      expect(kept.length * 100 <= most || kept.length <= 2).toBe(true);
      // Never more than needed.
      expect(dropped.length === 0 || (kept.length + 1) * 100 > most).toBe(true);
    }),
  );
});

test('loading what is missing ends, and leaves all that is wanted in the buffer', () => {
  fc.assert(
    fc.property(situation, ({ has, position, goal }) => {
      const now = held(...has);
      for (let loads = 0; loads <= groups.length; loads += 1) {
        const group = nextGroup(groups, now, position, goal);
        if (group === null) break;
        expect(now.has(group)).toBe(false);
        now.set(group, 100);
      }
      expect(nextGroup(groups, now, position, goal)).toBeNull();
      const spans = groups.flatMap(({ start, end }, at) => (now.has(at) ? [[start, end] as const] : []));
      expect(secondsAhead(spans, position)).toBeGreaterThanOrEqual(Math.min(goal, 16 - position) - 0.001);
    }),
  );
});

test('what is played sooner takes the place of what is played later, and never the other way round', () => {
  const full = held(2, 3, 4, 5);
  expect(roomFor(groups, full, 6, 400, { group: 6, bytes: 100 })).toEqual([2]);
  expect(roomFor(groups, held(3, 4, 5, 6), 6, 400, { group: 7, bytes: 100 })).toBeNull();
  expect(roomFor(groups, held(3, 4, 5, 6), 6, 50, { group: 4, bytes: 100 })).toEqual([6, 5]);
});

test('a buffer that is full stays as it is: nothing is loaded to be dropped again', () => {
  fc.assert(
    fc.property(situation, ({ has, position, goal, most }) => {
      const now = held(...has);
      let loads = 0;
      for (; loads < 50; loads += 1) {
        const group = nextGroup(groups, now, position, goal);
        const dropped = group === null ? null : roomFor(groups, now, position, most, { group, bytes: 100 });
        if (group === null || dropped === null) break;
        for (const one of dropped) now.delete(one);
        now.set(group, 100);
      }
      expect(loads).toBeLessThanOrEqual(groups.length);
      expect(now.size * 100 <= most || now.size <= Math.max(2, has.length)).toBe(true);
    }),
  );
});
