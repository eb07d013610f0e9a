import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeDuet, type Rectangle } from './layout.ts';
import { layouts } from './order.ts';

const aspect = fc.double({ min: 0.2, max: 5, noNaN: true });
const isWithin = ({ left, top, width, height }: Rectangle) =>
  left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= 1.0001 && top + height <= 1.0001;

test('both pictures lie within the whole, and only the small one lies over the other', () => {
  fc.assert(
    fc.property(fc.constantFrom(...layouts), aspect, aspect, (layout, own, original) => {
      const placed = placeDuet(layout, { own, original });
      expect(isWithin(placed.own)).toBe(true);
      expect(isWithin(placed.original)).toBe(true);
      const apart =
        placed.own.left + placed.own.width <= placed.original.left ||
        placed.own.top + placed.own.height <= placed.original.top;
      expect(apart).toBe(layout !== 'picture_in_picture');
    }),
  );
});

test('one’s own picture is to the left, above, or small in the upper left corner', () => {
  const tall = { own: 9 / 16, original: 9 / 16 };
  const half = { width: 0.5, height: 0.5, fills: true };
  expect(placeDuet('side_by_side', tall)).toEqual({
    aspect: 9 / 16,
    own: { ...half, left: 0, top: 0.25 },
    original: { ...half, left: 0.5, top: 0.25 },
  });
  expect(placeDuet('top_bottom', tall)).toMatchObject({ own: { top: 0 }, original: { top: 0.5 } });
  expect(placeDuet('picture_in_picture', tall).own).toMatchObject({ left: 0.04, width: 0.36, height: 0.36 });
});

test('the small picture keeps its shape, whatever lies below it', () => {
  fc.assert(
    fc.property(aspect, aspect, (own, original) => {
      const placed = placeDuet('picture_in_picture', { own, original });
      expect((placed.own.width / placed.own.height) * placed.aspect).toBeCloseTo(own, 6);
      expect(Math.max(placed.own.width, placed.own.height)).toBeCloseTo(0.36, 6);
    }),
  );
});

test('a picture of which too little would be seen is shown as a whole', () => {
  // A cell of two pictures above each other is 9:8.
  expect(placeDuet('top_bottom', { own: 9 / 16, original: 16 / 9 })).toMatchObject({
    own: { fills: true },
    original: { fills: true },
  });
  expect(placeDuet('side_by_side', { own: 16 / 9, original: 9 / 16 })).toMatchObject({
    own: { fills: false },
    original: { fills: true },
  });
});
