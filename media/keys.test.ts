import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isMediaKey,
  mediaKey,
  nameOf,
  originalKey,
  parseMediaKey,
  posterSourceKey,
  prefixesOf,
} from './keys.ts';
import { isSafeKey } from './storage/storage.ts';

const sha = '0123456789abcdef'.repeat(4);
const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$/);
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const suffix = fc.constantFrom('720.mp4', '1080-cmaf.mp4', 'master.m3u8', 'poster.jpg');

describe('object keys', () => {
  test('have one shape', () => {
    expect(mediaKey('42', sha, '720.mp4')).toBe('media/42/0123456789abcdef01234567-720.mp4');
    expect(nameOf(mediaKey('42', sha, '720.mp4'))).toBe('0123456789abcdef01234567-720.mp4');
    expect(originalKey('42')).toBe('originals/42/source');
    expect(posterSourceKey('42', sha)).toBe('originals/42/poster-0123456789abcdef01234567');
    expect(isMediaKey(posterSourceKey('42', sha))).toBe(false);
    expect(prefixesOf('42')).toEqual(['media/42/', 'originals/42/']);
  });

  test('are read back to what they were made of, lie below their prefix and are storable', () => {
    fc.assert(
      fc.property(id, hex, suffix, (ownerId, sha256, end) => {
        const key = mediaKey(ownerId, sha256, end);
        expect(parseMediaKey(key)).toEqual({ ownerId, hash: sha256.slice(0, 24), suffix: end });
        expect(prefixesOf(ownerId).some((prefix) => key.startsWith(prefix))).toBe(true);
        expect(isSafeKey(key) && isSafeKey(originalKey(ownerId))).toBe(true);
      }),
    );
  });

  test('one id never lies below the prefix of another', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        const found = prefixesOf(a).some((prefix) => mediaKey(b, sha, '720.mp4').startsWith(prefix));
        expect(found).toBe(a === b);
      }),
    );
  });

  test.each(['', '..', '../1', 'a/b', 'a b', '-x', 'é', '1\0', '1\n', 'x'.repeat(65)])(
    'W8: %j is no id',
    (bad) => {
      expect(() => mediaKey(bad, sha, '720.mp4')).toThrow(TypeError);
      expect(() => originalKey(bad)).toThrow(TypeError);
      expect(() => prefixesOf(bad)).toThrow(TypeError);
    },
  );

  test.each(['', 'mp4', '../720.mp4', '720.MP4', '720.mp4/..', '-720.mp4', '720..mp4'])(
    '%j is no suffix',
    (bad) => {
      expect(() => mediaKey('42', sha, bad)).toThrow(TypeError);
    },
  );

  test('a hash must be a whole SHA-256', () => {
    expect(() => mediaKey('42', sha.slice(1), '720.mp4')).toThrow(TypeError);
    expect(() => mediaKey('42', sha.toUpperCase(), '720.mp4')).toThrow(TypeError);
  });

  test.each([
    'originals/42/source',
    'media/42/source',
    'media/42/0123456789abcdef01234567-720.mp4/..',
    'media/../media/42/0123456789abcdef01234567-720.mp4',
    'media/42/..%2f0123456789abcdef01234567-720.mp4',
    'media/42/0123456789abcdef01234567-720.mp4\n',
    '/media/42/0123456789abcdef01234567-720.mp4',
    'media/42/0123456789ABCDEF01234567-720.mp4',
    'check/write-test.txt',
  ])('W8: %j is not served', (key) => {
    expect(isMediaKey(key)).toBe(false);
  });
});
