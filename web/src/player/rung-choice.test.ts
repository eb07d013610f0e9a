import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Conditions, chooseRung, dropsTooMany } from './rung-choice.ts';

const rungs = [
  { width: 360, height: 640, bandwidth: 700_000 },
  { width: 480, height: 854, bandwidth: 1_400_000 },
  { width: 720, height: 1280, bandwidth: 2_800_000 },
  { width: 1080, height: 1920, bandwidth: 5_000_000 },
];
const usual: Conditions = {
  ...{ bitsPerSecond: 10_000_000, aheadSeconds: 10, shownPixels: 1_080 },
  ...{ savesData: false, ceiling: 3, current: null },
};

test.each<[string, Partial<Conditions>, number]>([
  ['all of it on a fast line', {}, 3],
  ['the smallest where nothing is known', { bitsPerSecond: null }, 0],
  ['the smallest where data is saved', { savesData: true }, 0],
  ['what the line carries', { bitsPerSecond: 4_000_000 }, 2],
  ['less while there is little to play', { bitsPerSecond: 4_000_000, aheadSeconds: 1 }, 1],
  ['what it was on a line that carries it just so', { bitsPerSecond: 3_000_000, current: 2 }, 2],
  ['not more on a line that carries it just so', { bitsPerSecond: 3_000_000, current: 1 }, 1],
  ['the smallest on a line that carries none', { bitsPerSecond: 100_000, current: 2 }, 0],
  ['no more than is seen', { shownPixels: 700 }, 2],
  ['the smallest for a thumbnail', { shownPixels: 100 }, 0],
  ['no more than the device follows', { ceiling: 1 }, 1],
])('%s', (_why, change, expected) => {
  expect(chooseRung(rungs, { ...usual, ...change })).toBe(expected);
});

test('a faster line never gets a smaller size, and every choice is one of the sizes', () => {
  const conditions = fc.record({
    bitsPerSecond: fc.integer({ min: 1, max: 20_000_000 }),
    aheadSeconds: fc.integer({ min: 0, max: 30 }),
    shownPixels: fc.integer({ min: 0, max: 4_000 }),
    savesData: fc.boolean(),
    ceiling: fc.integer({ min: 0, max: 3 }),
    current: fc.option(fc.integer({ min: 0, max: 3 })),
  });
  fc.assert(
    fc.property(conditions, fc.integer({ min: 1, max: 20_000_000 }), (now, faster) => {
      const rung = chooseRung(rungs, now);
      expect(rung).toBeGreaterThanOrEqual(0);
      expect(rung).toBeLessThanOrEqual(now.ceiling);
      const better = chooseRung(rungs, { ...now, bitsPerSecond: now.bitsPerSecond + faster });
      expect(better).toBeGreaterThanOrEqual(rung);
    }),
  );
});

test('a device is judged by a second or two of frames', () => {
  expect(dropsTooMany(10, 10)).toBeNull();
  expect(dropsTooMany(60, 6)).toBe(false);
  expect(dropsTooMany(60, 20)).toBe(true);
});
