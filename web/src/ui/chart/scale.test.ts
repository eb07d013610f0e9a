import { expect, test } from 'vitest';
import { namedPoints, pointAfter, pointAt, ticksFor } from './scale.ts';

test('ticks are round, begin at nothing and reach the largest value', () => {
  expect(ticksFor([], true)).toEqual([0, 1]);
  expect(ticksFor([0, 0], true)).toEqual([0, 1]);
  expect(ticksFor([1], true)).toEqual([0, 1]);
  expect(ticksFor([3], true)).toEqual([0, 1, 2, 3]);
  expect(ticksFor([7, 96], true)).toEqual([0, 25, 50, 75, 100]);
  expect(ticksFor([1_234], true)).toEqual([0, 500, 1_000, 1_500]);
  expect(ticksFor([0.83], false)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  for (const largest of [1, 2, 9, 10, 11, 99, 100, 101, 4_999, 123_456]) {
    const ticks = ticksFor([largest], true);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(largest);
    expect(ticks.every(Number.isInteger)).toBe(true);
    expect(ticks.length).toBeLessThanOrEqual(6);
  }
});

test('names stand at both ends and at equal distances between', () => {
  expect(namedPoints(0, 5)).toEqual([]);
  expect(namedPoints(1, 5)).toEqual([0]);
  expect(namedPoints(3, 5)).toEqual([0, 1, 2]);
  expect(namedPoints(28, 4)).toEqual([0, 9, 18, 27]);
});

test('a pointer and keys find every point and none outside', () => {
  expect([0, 0.49, 0.5, 1, 1.2, -1].map((at) => pointAt(at, 2, 'bars'))).toEqual([0, 0, 1, 1, 1, 0]);
  expect([0, 0.24, 0.26, 1].map((at) => pointAt(at, 3, 'line'))).toEqual([0, 0, 1, 2]);
  expect(pointAfter('ArrowRight', 3, 4)).toBe(3);
  expect(pointAfter('ArrowLeft', 0, 4)).toBe(0);
  expect(pointAfter('PageUp', 0, 32)).toBe(4);
  expect(pointAfter('End', 0, 4)).toBe(3);
  expect(pointAfter('a', 0, 4)).toBeNull();
});
