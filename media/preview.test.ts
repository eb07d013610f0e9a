import { describe, expect, test } from 'vitest';
import { previewSize, previewStart } from './preview.ts';

describe('previewStart', () => {
  test.each([
    ['at the poster', 30, undefined, 1],
    ['at the chosen poster', 30, 12.5, 12.5],
    ['not so late that less than three seconds are left', 30, 29, 27],
    ['at the start of a short clip', 2.5, undefined, 0],
    ['at the start of a clip of just three seconds', 3, 2, 0],
  ])('%s', (_name, duration, chosen, expected) => {
    expect(previewStart(duration, chosen)).toBeCloseTo(expected, 6);
  });
});

describe('previewSize', () => {
  test.each([
    [720, 1280, 240, 426],
    [1280, 720, 426, 240],
    [642, 642, 240, 240],
    [64, 36, 64, 36],
    [16, 1280, 16, 1280],
  ])('%i x %i becomes %i x %i', (width, height, ...expected) => {
    expect(Object.values(previewSize(width, height))).toEqual(expected);
  });
});
