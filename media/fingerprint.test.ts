import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareFingerprints, countBits, fingerprintBytes, readFingerprint } from './fingerprint.ts';

/** Values that look like chance, the same every time. */
function noise(seed: number, length: number): Uint32Array {
  let state = seed;
  return Uint32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.imul(state ^ (state >>> 15), 0x85ebca6b) >>> 0;
  });
}

/** With this many of 32 bits wrong in every value. */
const spoilt = (values: Uint32Array, bits: number) =>
  values.map((value, n) => {
    let mask = 0;
    for (let bit = 0; bit < bits; bit += 1) mask |= 1 << ((n + bit * 3) % 32);
    return (value ^ mask) >>> 0;
  });

const song = noise(1, 330);

describe('compareFingerprints', () => {
  test.each([
    ['itself', song, 'same', 0, 0],
    ['a part of it', song.subarray(60, 160), 'same', 0, 60],
    ['a part with small errors', spoilt(song.subarray(60, 160), 4), 'same', 4 / 32, 60],
    ['a part with more errors', spoilt(song.subarray(60, 160), 7), 'maybe', 7 / 32, 60],
    ['a part that is too short to be sure', song.subarray(60, 99), 'maybe', 0, 60],
    [
      'another song that ends with a part of it',
      Uint32Array.of(...noise(2, 90), ...song.subarray(0, 50)),
      'same',
      0,
      -90,
    ],
  ])('%s', (_name, other, verdict, rate, offset) => {
    const match = compareFingerprints(song, other);
    expect(match).toMatchObject({ verdict, bitErrorRate: rate });
    expect(Math.round(match.offsetSeconds * 8.08)).toBe(offset);
  });

  test('another song', () => {
    const match = compareFingerprints(song, noise(3, 100));
    expect(match.verdict).toBe('different');
    expect(match.bitErrorRate).toBeGreaterThan(0.3);
  });

  test.each([
    ['nothing', new Uint32Array()],
    ['silence', new Uint32Array(300).fill(627_964_279)],
    ['a tone of a few values', Uint32Array.from({ length: 300 }, (_, n) => n % 24)],
    ['three seconds', song.subarray(0, 3)],
  ])('%s cannot be told from others', (_name, other) => {
    expect(compareFingerprints(song, other).verdict).toBe('unknown');
    expect(compareFingerprints(other, other).verdict).toBe('unknown');
  });

  test('is fast enough to try many', () => {
    // Of this thread: what a busy machine does besides does not count.
    const started = process.threadCpuUsage();
    for (let n = 0; n < 50; n += 1) compareFingerprints(song, noise(n, 100));
    const { user, system } = process.threadCpuUsage(started);
    expect((user + system) / 1_000 / 50).toBeLessThan(10);
  });
});

test('what is stored reads back', () => {
  fc.assert(
    fc.property(fc.uint32Array(), (values) => {
      expect(readFingerprint(fingerprintBytes(values))).toEqual(values);
    }),
  );
  expect(readFingerprint(Uint8Array.of(1, 2, 3, 4, 5))).toEqual(Uint32Array.of(0x04030201));
});

test('countBits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
      expect(countBits(value)).toBe(value.toString(2).replaceAll('0', '').length);
    }),
  );
});
