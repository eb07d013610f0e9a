import { expect, test } from 'vitest';
import { movedTo, rowAt, targetOfKey } from './reordering.ts';

test.each([
  [0, 2, 'bcad'],
  [3, 0, 'dabc'],
  [1, 1, 'abcd'],
  [2, 9, 'abdc'],
  [2, -4, 'cabd'],
  [7, 0, 'abcd'],
])('what stands at %i goes to %i', (from, to, wanted) => {
  expect(movedTo([...'abcd'], from, to).join('')).toBe(wanted);
});

test('arrows, Home and End move, and no further than the ends', () => {
  expect(targetOfKey('ArrowUp', 2, 4)).toBe(1);
  expect(targetOfKey('ArrowDown', 2, 4)).toBe(3);
  expect(targetOfKey('Home', 2, 4)).toBe(0);
  expect(targetOfKey('End', 2, 4)).toBe(3);
  expect(targetOfKey('ArrowUp', 0, 4)).toBeNull();
  expect(targetOfKey('ArrowDown', 3, 4)).toBeNull();
  expect(targetOfKey('Enter', 1, 4)).toBeNull();
});

test('a pointer is over the row that it is in, and outside over the nearest', () => {
  const rows = [0, 1, 2].map((n) => ({ top: n * 10, bottom: n * 10 + 10 }));
  expect([-5, 0, 9, 10, 25, 99].map((y) => rowAt(y, rows))).toEqual([0, 0, 0, 1, 2, 2]);
});
