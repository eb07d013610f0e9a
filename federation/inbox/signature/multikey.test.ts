import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBase58, multikeyOf } from '../../../test/helpers/multikey.ts';
import { decodeBase58Multibase, importMultikey } from './multikey.ts';

describe('decodeBase58Multibase', () => {
  test('the examples of the multibase draft', () => {
    expect(decodeBase58Multibase('z2NEpo7TZRRrLZSi2U')?.toString()).toBe('Hello World!');
    expect(decodeBase58Multibase('z11233QC4')).toEqual(Buffer.from('0000287fb4cd', 'hex'));
    expect(decodeBase58Multibase('z')).toEqual(Buffer.alloc(0));
  });

  test.each(['', 'Z2NEpo7', 'u2NEpo7', 'z0', 'zO', 'zI', 'zl', 'z2 NE', 'zé', `z${'2'.repeat(128)}`])(
    '%j is none',
    (text) => {
      expect(decodeBase58Multibase(text)).toBeUndefined();
    },
  );

  test('gives back what was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(decodeBase58Multibase(`z${encodeBase58(bytes)}`)).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

describe('importMultikey', () => {
  test('the key of the test vector of FEP-8b32', () => {
    const key = importMultikey('z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2');
    expect(key?.export({ format: 'jwk' })).toEqual({
      crv: 'Ed25519',
      kty: 'OKP',
      x: 'sA2Nk45_dz1RVlqtNqYj9TRPf10ZYPnPPo4SYg6igQ8',
    });
  });

  test('any Ed25519 key', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    expect(importMultikey(multikeyOf(publicKey))?.equals(publicKey)).toBe(true);
  });

  test('no key of another kind or length', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url');
    const encode = (...parts: Uint8Array[]) => `z${encodeBase58(Buffer.concat(parts))}`;
    const codec = Buffer.from([0xed, 0x01]);
    expect(importMultikey(encode(codec, raw))).toBeDefined();
    expect(importMultikey(encode(Buffer.from([0xec, 0x01]), raw))).toBeUndefined();
    expect(importMultikey(encode(Buffer.from([0xed, 0x02]), raw))).toBeUndefined();
    expect(importMultikey(encode(codec, raw.subarray(1)))).toBeUndefined();
    expect(importMultikey(encode(codec, raw, Buffer.from([0])))).toBeUndefined();
    expect(importMultikey(encode(raw))).toBeUndefined();
  });
});
