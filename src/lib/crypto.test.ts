import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSecret, randomToken, sealSecret, sha256, textCodes, timingSafeEqualText } from './crypto.ts';

const seal = { instanceSecret: 'a secret of at least thirty-two characters', purpose: 'actor-private-key' };

describe('sealSecret and openSecret', () => {
  test('give back any text, and never make the same bytes twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const sealed = sealSecret(seal, text);
        expect(sealed).toMatch(/^v1\.[\w-]+$/);
        expect(sealSecret(seal, text)).not.toBe(sealed);
        expect(openSecret(seal, sealed)).toEqual({ ok: true, plaintext: Buffer.from(text).toString() });
      }),
      { numRuns: 50 },
    );
  });

  test('fail after any change, and for another secret, purpose or version', () => {
    const sealed = sealSecret(seal, 'private');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openSecret(seal, `v1.${changed.toString('base64url')}`)).toMatchObject({
        reason: 'cannot-open',
      });
    }
    for (const wrong of [{ purpose: 'session' }, { instanceSecret: `${seal.instanceSecret}.` }]) {
      expect(openSecret({ ...seal, ...wrong }, sealed)).toMatchObject({ reason: 'cannot-open' });
    }
    for (const text of [
      '',
      'v1.',
      'v1',
      'v1.AAAA',
      sealed.replace('v1', 'v2'),
      sealed.slice(0, -4),
      'private',
    ]) {
      expect(openSecret(seal, text)).toMatchObject({ reason: 'cannot-open' });
    }
  });

  test('refuse to work with a short instance secret', () => {
    expect(() => sealSecret({ ...seal, instanceSecret: 'short' }, 'x')).toThrow('32 characters');
  });
});

test('sha256 agrees with the published example', () => {
  // FIPS 180-4 example, message "abc".
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256('abc').toString('hex')).toBe(expected);
  expect(sha256(Buffer.from('abc')).toString('hex')).toBe(expected);
});

test('randomToken has the bytes asked for and does not repeat', () => {
  expect(Buffer.from(randomToken(32), 'base64url').length).toBe(32);
  expect(randomToken(32)).toMatch(/^[\w-]{43}$/);
  expect(new Set(Array.from({ length: 100 }, () => randomToken(16))).size).toBe(100);
});

test('timingSafeEqualText is equality', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => timingSafeEqualText(a, b) === (a === b)));
  fc.assert(fc.property(fc.string(), (a) => timingSafeEqualText(a, a)));
});

test('codes of texts are those of their key alone: SHA-512/256 of the key in hex and the text', () => {
  const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(keys, fc.string({ unit: 'binary' }), (key, text) => {
      const both = Buffer.concat([Buffer.from(Buffer.from(key).toString('hex')), Buffer.from(text)]);
      expect(textCodes(key)(text)).toBe(createHash('sha512-256').update(both).digest('hex'));
    }),
  );
  for (const bytes of [0, 31, 33, 64]) expect(() => textCodes(new Uint8Array(bytes))).toThrow();
});
