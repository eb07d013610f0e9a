import { expect, test } from 'vitest';
import { keptTakes, lengthOf, type Take, trimOf, withoutLast, withTake } from './takes.ts';

const three = (): readonly Take[] =>
  [
    [0, 2],
    [2, 3.5],
    [3.5, 6],
  ].reduce<readonly Take[]>((all, [from = 0, to = 0]) => withTake(all, from, to), []);

test('all takes are one clip, and nothing is cut', () => {
  expect(lengthOf(three())).toBe(6);
  expect(trimOf(three())).toMatchObject({ from: 0, to: null, cuts: [] });
});

test('a take that is undone at the end shortens the clip, one between is cut out', () => {
  const two = withoutLast(three());
  expect(lengthOf(two)).toBe(3.5);
  expect(trimOf(two)).toMatchObject({ from: 0, to: 3.5, cuts: [] });
  const again = withTake(two, 6, 8);
  expect(trimOf(again)).toMatchObject({ from: 0, to: null, cuts: [{ from: 3.5, to: 6 }] });
  expect(trimOf(withoutLast(withoutLast(withoutLast(again))))).toMatchObject({ from: 0, to: null, cuts: [] });
});

test('takes that are undone before the first one are cut off', () => {
  const again = withTake(withoutLast(withTake([], 0, 2)), 2, 5);
  expect(trimOf(again)).toMatchObject({ from: 2, to: null, cuts: [] });
  expect(keptTakes(withTake([], 1, 1.1))).toEqual([]);
});
