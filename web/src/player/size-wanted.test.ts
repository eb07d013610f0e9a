import { expect, test } from 'vitest';
import { wantsLargerSize } from './size-wanted.ts';

const clip = (width: number | null, height: number | null, sizes: readonly number[]) => ({
  meta: { original: { width, height, duration: 3, aspect: null } },
  renditions: sizes.map((side) => ({
    ...{ url: '', bandwidth: 1, codecs: '' },
    ...{ width: side, height: Math.round((side * 16) / 9) },
  })),
});
const phone = { width: 390, height: 844 };
const full = { width: 1080, height: 1920 };

test.each([
  ['a phone of three pixels to one', clip(1080, 1920, [720, 360]), phone, 3, true],
  ['a phone of one', clip(1080, 1920, [720, 360]), phone, 1, false],
  ['a phone of two: 780 pixels', clip(1080, 1920, [720, 360]), phone, 2, true],
  ['a large screen', clip(1080, 1920, [720]), full, 1, true],
  ['a landscape clip on a phone', clip(1920, 1080, [720]), phone, 3, false],
  ['a clip that is whole', clip(1080, 1920, [1080, 720]), full, 2, false],
  ['a small source', clip(720, 1280, [720]), full, 3, false],
  ['a clip without sizes yet', clip(1080, 1920, []), full, 3, false],
  ['a clip whose size is not known', clip(null, null, [720]), full, 3, false],
])('more than there is, for %s', (_what, media, box, ratio, wanted) => {
  expect(wantsLargerSize(media, box, ratio)).toBe(wanted);
});
