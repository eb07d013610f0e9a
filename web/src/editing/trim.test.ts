import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cropOf, editOf, keptSeconds, noTrim, placeInClip, SHORTEST_S, withFrom, withTo } from './trim.ts';

test('both ends stay in order and within the file', () => {
  expect(withFrom(noTrim, 2.34, 10).from).toBe(2.3);
  expect(withFrom(noTrim, -1, 10).from).toBe(0);
  expect(withFrom(noTrim, 99, 10).from).toBeCloseTo(10 - SHORTEST_S);
  const cut = withTo(withFrom(noTrim, 2, 10), 5, 10);
  expect(cut).toMatchObject({ from: 2, to: 5 });
  expect(withTo(cut, 0, 10).to).toBeCloseTo(2 + SHORTEST_S);
  expect(withTo(cut, 10, 10).to).toBeNull();
  expect(keptSeconds(cut, 10)).toBe(3);
});

test('a part of the picture has its shape, and lies within it', () => {
  expect(cropOf(noTrim, 16 / 9)).toBeNull();
  const tall = cropOf({ ...noTrim, shape: 'tall' }, 16 / 9);
  expect(tall).toMatchObject({ y: 0, height: 1 });
  expect((tall?.width ?? 0) * (16 / 9)).toBeCloseTo(9 / 16, 4);
  expect(tall?.x).toBeCloseTo((1 - (tall?.width ?? 0)) / 2, 4);
  const corner = cropOf({ ...noTrim, shape: 'square', size: 0.5, across: 1, down: 0 }, 9 / 16);
  expect(corner).toMatchObject({ x: 0.5, y: 0, width: 0.5 });
  expect((corner?.height ?? 0) * 16).toBeCloseTo(0.5 * 9, 4);
  // A picture that has the shape already is kept whole.
  expect(cropOf({ ...noTrim, shape: 'wide' }, 16 / 9)).toBeNull();
});

test('nothing is sent where nothing is cut', () => {
  expect(editOf(noTrim, 1)).toBeNull();
  expect(editOf({ ...noTrim, from: 1 }, null)).toEqual({ in: 1, out: null, crop: null, cuts: [] });
  expect(editOf({ ...noTrim, to: 4, shape: 'square' }, 2)).toEqual({
    ...{ in: 0, out: 4, crop: { x: 0.25, y: 0, width: 0.5, height: 1 }, cuts: [] },
  });
});

test('a frame of the file is found again in the clip', () => {
  const cut = { ...noTrim, from: 2, to: 5 };
  expect(placeInClip(3.5, cut)).toBe(1.5);
  expect(placeInClip(1, cut)).toBe(0);
  expect(placeInClip(9, cut)).toBeCloseTo(2.9);
  expect(placeInClip(9, noTrim)).toBe(9);
  const takes = {
    ...cut,
    cuts: [
      { from: 1, to: 2.5 },
      { from: 3, to: 4 },
    ],
  };
  expect(placeInClip(4.5, takes)).toBe(1);
  expect(keptSeconds(takes, 10)).toBe(1.5);
  expect(editOf({ ...noTrim, cuts: takes.cuts }, 1)).toMatchObject({ in: 0, out: null, cuts: takes.cuts });
});

test('where only some seconds may be kept, the other end comes along', () => {
  const first = { ...noTrim, from: 0, to: 5 };
  expect(withFrom(first, 3, 30, 5)).toMatchObject({ from: 3, to: 5 });
  expect(withTo(first, 9, 30, 5)).toMatchObject({ from: 4, to: 9 });
  expect(withFrom({ ...first, from: 20, to: 25 }, 2, 30, 5)).toMatchObject({ from: 2, to: 7 });
  expect(withTo(first, 30, 30, 5)).toMatchObject({ from: 25, to: null });
  const move = fc.tuple(fc.boolean(), fc.double({ min: -5, max: 65, noNaN: true }));
  const duration = fc.integer({ min: 6, max: 600 }).map((tenths) => tenths / 10);
  fc.assert(
    fc.property(duration, fc.array(move, { maxLength: 30 }), (length, moves) => {
      const begun = { ...noTrim, to: length > 5 ? 5 : null };
      const trim = moves.reduce(
        (one, [isFrom, to]) => (isFrom ? withFrom : withTo)(one, to, length, 5),
        begun,
      );
      const end = trim.to ?? length;
      expect(trim.from).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(length);
      // A file ends between two steps.
      expect(end - trim.from).toBeLessThanOrEqual(5.051);
      expect(end - trim.from).toBeGreaterThanOrEqual(SHORTEST_S - 0.001);
    }),
  );
});
