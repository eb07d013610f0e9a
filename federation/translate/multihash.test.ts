import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestIn, digestMultibase, sha256OfMultibase } from './multihash.ts';

/** The SHA-256 of no bytes at all; the text is the example of VC Data Integrity 1.0. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const EMPTY_BASE58 = 'zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n';
const EMPTY_BASE64 = 'uEiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ';

describe('digestMultibase', () => {
  test('is the multihash in base58btc', () => expect(digestMultibase(EMPTY)).toBe(EMPTY_BASE58));

  test.each([EMPTY_BASE58, EMPTY_BASE64])('is read in both alphabets: %s', (text) => {
    expect(sha256OfMultibase(text)).toBe(EMPTY);
  });

  test('comes back as it went out', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const hex = Buffer.from(bytes).toString('hex');
        expect(sha256OfMultibase(digestMultibase(hex))).toBe(hex);
        const base64 = `u${Buffer.concat([Buffer.from([0x12, 0x20]), bytes]).toString('base64url')}`;
        expect(sha256OfMultibase(base64)).toBe(hex);
      }),
    );
  });

  test.each<[string, unknown]>([
    [
      'another hash',
      `u${Buffer.concat([Buffer.from([0x13, 0x20]), Buffer.alloc(32)]).toString('base64url')}`,
    ],
    [
      'another length',
      `u${Buffer.concat([Buffer.from([0x12, 0x1f]), Buffer.alloc(32)]).toString('base64url')}`,
    ],
    ['no multihash', `u${Buffer.alloc(32).toString('base64url')}`],
    ['more behind it', `${EMPTY_BASE58}1`],
    ['another alphabet', `f1220${EMPTY}`],
    ['no alphabet', EMPTY],
    ['what is in none', 'z0OIl'],
    ['endless digits', `z${'1'.repeat(100_000)}`],
    ['nothing', ''],
    ['a number', 7],
  ])('says nothing by %s', (_name, value) => expect(sha256OfMultibase(value)).toBeNull());

  test('anything at all is a digest or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `z${text}`),
          fc.anything(),
        ),
        (value) => {
          expect(sha256OfMultibase(value) ?? EMPTY).toMatch(/^[0-9a-f]{64}$/);
        },
      ),
    );
  });

  test('counts where it stands first', () => {
    expect(digestIn(undefined, {}, { digestMultibase: 'no' }, { digestMultibase: EMPTY_BASE58 })).toBe(EMPTY);
    expect(digestIn('x', null, [])).toBeNull();
  });
});
