import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVideos, type GreyFrame, hashFrames, showsTheSame } from './phash.ts';

const SIDE = 128;

/** A smooth picture that depends on a seed. */
function scene(seed: number): GreyFrame {
  const pixels = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const wave = [1, 2, 3, 4, 5].reduce(
        (sum, k) =>
          sum +
          Math.sin((seed * k * 1.7 + x * ((seed * k) % 7)) / 40) *
            Math.cos((seed + y * ((seed + k * 3) % 5)) / 30),
        0,
      );
      pixels[y * SIDE + x] = Math.max(20, Math.min(255, 130 + wave * 40));
    }
  }
  return { width: SIDE, height: SIDE, pixels };
}

function changed(frame: GreyFrame, change: (x: number, y: number) => number): GreyFrame {
  return { ...frame, pixels: frame.pixels.map((_, at) => change(at % SIDE, Math.floor(at / SIDE))) };
}

const at = (frame: GreyFrame, x: number, y: number) => frame.pixels[y * SIDE + x] ?? 0;
const clip = (from: number, count = 6) => Array.from({ length: count }, (_, n) => scene(from + n * 3));
const original = clip(2);

describe('compareVideos', () => {
  test.each([
    ['itself', (frame: GreyFrame) => frame],
    ['darker', (frame: GreyFrame) => changed(frame, (x, y) => at(frame, x, y) * 0.8)],
    ['in a mirror', (frame: GreyFrame) => changed(frame, (x, y) => at(frame, SIDE - 1 - x, y))],
    [
      'between black bars',
      (frame: GreyFrame) => changed(frame, (x, y) => (y < 32 || y >= 96 ? 0 : at(frame, x, (y - 32) * 2))),
    ],
    [
      'in a mirror and between bars',
      (frame: GreyFrame) =>
        changed(frame, (x, y) => (x < 32 || x >= 96 ? 0 : at(frame, 127 - (x - 32) * 2, y))),
    ],
  ])('finds a video %s', (_name, change) => {
    const match = compareVideos(hashFrames(original.map(change)), hashFrames(original));
    expect(match.share).toBeGreaterThanOrEqual(0.8);
    expect(match.isSame).toBe(true);
  });

  test('the bars may be on the other side', () => {
    const barred = original.map((frame) =>
      changed(frame, (x, y) => (y < 32 || y >= 96 ? 0 : at(frame, x, (y - 32) * 2))),
    );
    expect(compareVideos(hashFrames(original), hashFrames(barred)).isSame).toBe(true);
  });

  test('another video is another', () => {
    expect(compareVideos(hashFrames(clip(101)), hashFrames(original)).isSame).toBe(false);
  });

  test('a part is found in the whole, but the whole not in a small part', () => {
    const part = hashFrames(original.slice(0, 2));
    expect(compareVideos(hashFrames(original.slice(0, 3)), hashFrames(original)).isSame).toBe(true);
    expect(compareVideos(hashFrames(original), part).share).toBeLessThan(0.5);
  });

  test('two frames are too few to tell', () => {
    const few = hashFrames(original.slice(0, 2));
    expect(compareVideos(few, few)).toEqual({ share: 0, isSame: false });
  });
});

test('frames of one colour are left out', () => {
  const flat = changed(scene(1), () => 90);
  expect(hashFrames([flat, flat]).plain).toHaveLength(0);
  expect(hashFrames([flat, scene(1)]).plain).toHaveLength(2);
  expect(hashFrames([])).toMatchObject({ plain: new Uint32Array(), inner: new Uint32Array() });
});

test('any picture is like itself, and its mirror like its mirror', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (cells) => {
      const frame = changed(scene(1), (x, y) => cells[(y >> 4) * 8 + (x >> 4)] ?? 0);
      const mirror = changed(frame, (x, y) => at(frame, SIDE - 1 - x, y));
      const [one, other] = [hashFrames([frame]), hashFrames([mirror])];
      expect(one.mirrored).toHaveLength(one.plain.length);
      expect(hashFrames([frame])).toEqual(one);
      const three = (frames: GreyFrame) => hashFrames([frames, frames, frames]);
      if (one.plain.length > 0) expect(compareVideos(three(mirror), three(frame)).isSame).toBe(true);
      expect(other.plain).toHaveLength(one.plain.length);
    }),
    { numRuns: 20 },
  );
});

describe('showsTheSame', () => {
  const words = (frames: number, seed = 1) =>
    Uint32Array.from({ length: frames * 2 }, (_, n) => (n + 1) * 2_654_435_761 * seed);
  /** The same with some bits of every frame turned. */
  const turned = (hashes: Uint32Array, mask: number) =>
    hashes.map((word, n) => (n % 2 === 0 ? word ^ mask : word));

  test.each<[string, Uint32Array, Uint32Array, boolean]>([
    ['itself', words(8), words(8), true],
    ['an encoding that turns two bits a frame', words(8), turned(words(8), 0b11), true],
    ['one that ends half a second earlier', words(8), words(7), true],
    ['four bits a frame', words(8), turned(words(8), 0b1111), false],
    ['one frame that is another', words(8), words(8).with(4, 0).with(5, 0), false],
    ['a second more', words(8), words(10), false],
    ['what has too few frames to tell', words(1), words(1), false],
    ['another video', words(8), words(8, 3), false],
  ])('%s', (_name, one, other, expected) => {
    expect(showsTheSame(one, other)).toBe(expected);
    expect(showsTheSame(other, one)).toBe(expected);
  });
});
