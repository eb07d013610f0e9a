import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { signatureLimits } from '../../config/limits.ts';
import { type LookupKey, readKeyId } from '../../federation/inbox/signature/verify.ts';
import { draftRfc9421 as draft, type Rfc9421Draft, signatureOf } from '../helpers/rfc9421-request.ts';
import {
  ACTOR,
  alice,
  draft as cavageDraft,
  found,
  headersOf,
  KEY_ID,
  NOW,
  noLookup,
  outcome,
  verifyAt,
  withHeaders,
} from '../helpers/signed-request.ts';

const ed25519 = generateKeyPairSync('ed25519');

describe('RFC 9421, S11 duplicates and garbage', () => {
  test.each(['Signature', 'Signature-Input', 'Content-Digest', 'Host', 'Date'])(
    'two %s headers',
    async (name) => {
      const request = draft();
      const value = headersOf(request)[name.toLowerCase()] ?? '';
      const twice = { ...request, rawHeaders: [...request.rawHeaders, name, value] };
      expect(await outcome(twice, noLookup)).toBe('400 duplicate-header');
    },
  );

  test('a component covered twice', async () => {
    const components = ['@method', '@target-uri', 'content-digest', '@method'];
    expect(await outcome(draft({ components }), noLookup)).toBe('400 duplicate-header');
  });

  const { input, signature } = signatureOf();
  test.each([
    ['two signatures of one label', `${input}, ${input}`, signature],
    ['two values of one label', input, `${signature}, ${signature}`],
    ['two keyids', `${input};keyid="https://e.example/k"`, signature],
    ['two created', `${input};created=1`, signature],
    ['no list', 'sig1', signature],
    ['no closing bracket', 'sig1=("@method"', signature],
    ['a comma at the end', `${input},`, signature],
    ['components that are no strings', 'sig1=(date);created=1;keyid="https://a.example/k"', signature],
    ['a value that is a text', input, 'sig1="QQ=="'],
    ['a value of another label', input, signature.replace('sig1', 'sig2')],
    ['a value that is a list', input, 'sig1=("QQ==")'],
    ['base64 without padding', input, 'sig1=:QQ:'],
    ['a signature of the older draft', input, headersOf(cavageDraft()).signature ?? ''],
    ['too many signatures', ['a', 'b', 'c', 'd', 'e'].map((label) => `${label}=()`).join(', '), signature],
    ['a header that is too long', `${input};tag="${'x'.repeat(9_000)}"`, signature],
    ['too many parameters', `${input}${Array.from({ length: 20 }, (_, i) => `;p${i}`).join('')}`, signature],
    ['too many components', `sig1=(${Array.from({ length: 40 }, (_, i) => `"h${i}"`).join(' ')})`, signature],
  ])('%s', async (_name, signatureInput, value) => {
    const request = withHeaders(draft(), { 'signature-input': signatureInput, signature: value });
    expect(await outcome(request, noLookup)).toBe('400 bad-header');
  });

  test.each([
    ['none', undefined],
    ['no web address', 'acct:a@a.example'],
    ['a file', 'file:///etc/hostname'],
    ['with spaces', 'https://a.example/k k'],
    ['too long', `https://a.example/${'k'.repeat(3_000)}`],
  ])('a keyid that is %s', async (_name, keyid) => {
    expect(await outcome(draft({ params: { keyid } }), noLookup)).toBe('400 bad-key-id');
  });

  test('a Signature-Input without signatures, or without a Signature', async () => {
    expect(await outcome(withHeaders(draft(), { 'signature-input': '' }), noLookup)).toBe(
      '401 missing-signature',
    );
    const { signature: _signature, ...rest } = headersOf(draft());
    const request = { ...draft(), rawHeaders: Object.entries(rest).flat() };
    expect(await outcome(request, noLookup)).toBe('401 missing-signature');
  });

  test('S11 a request signed both ways is read by RFC 9421 only', async () => {
    const cavage = headersOf(cavageDraft());
    const both = withHeaders(draft(), {
      digest: cavage.digest ?? '',
      authorization: `Signature ${cavage.signature}`,
    });
    expect(await outcome(both)).toBe('ok');
    const broken = withHeaders(both, {
      'signature-input': (headersOf(both)['signature-input'] ?? '').replace('created', 'x'),
    });
    expect(await outcome(broken, noLookup)).toBe('401 not-covered');
    const emptied = withHeaders(cavageDraft(), { 'signature-input': 'sig1=()' });
    expect(await outcome(emptied, noLookup)).toBe('400 bad-header');
  });
});

describe('RFC 9421, properties', () => {
  const sound = draft();
  const sent = headersOf(sound);

  test('no header makes it throw', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(sent['signature-input'] ?? '', 'sig1=()'),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (input, signature, digest) => {
        const request = withHeaders(sound, { 'signature-input': input, signature, 'content-digest': digest });
        expect(await outcome(request)).toMatch(/^(?:400|401) /);
        readKeyId(request.rawHeaders, signatureLimits);
      }),
    );
  });

  test.each(['signature-input', 'signature', 'content-digest', 'host'])(
    'any change of one character of %s is seen, where it changes the meaning',
    async (name) => {
      const value = sent[name] ?? '';
      const character = fc.constantFrom(...'aZ0 ,;=:()"\\*.-'.split(''));
      await fc.assert(
        fc.asyncProperty(fc.nat(value.length - 1), character, async (index, other) => {
          const changed = value.slice(0, index) + other + value.slice(index + 1);
          // White space at its place, the letters of a host and spare bits of base64 mean nothing.
          const isSame =
            changed === value ||
            changed.trim() === value ||
            (name === 'host' && changed.toLowerCase() === value);
          if (isSame) return;
          const result = await outcome(withHeaders(sound, { [name]: changed }));
          if (result === 'ok')
            expect([name, changed.replace(/.{3}(?==*:$)/, '')]).toEqual([
              name,
              value.replace(/.{3}(?==*:$)/, ''),
            ]);
        }),
        { numRuns: 300 },
      );
    },
  );
});

describe('RFC 9421, S12 several signatures', () => {
  const mallory = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const MALLORY = 'https://e.example/users/mallory';
  const lookup: LookupKey = async (keyId) => ({
    ...(keyId.startsWith(ACTOR) ? found() : found(mallory.publicKey)),
    keyId,
    actorId: keyId.replace(/#.*/, ''),
  });
  const byMallory = (params: Rfc9421Draft['params'] = {}) =>
    signatureOf({ label: 'other', key: mallory.privateKey, params: { keyid: `${MALLORY}#k`, ...params } });

  test('of two servers are refused, whichever comes first and whichever is right', async () => {
    expect(await outcome(draft({}, [byMallory()]), noLookup)).toBe('400 ambiguous-signature');
    const first = { label: 'a', key: mallory.privateKey, params: { keyid: `${MALLORY}#k` } };
    expect(await outcome(draft(first, [signatureOf()]), noLookup)).toBe('400 ambiguous-signature');
    // Even when the second does not cover enough to count.
    const little = signatureOf({ label: 'b', components: [], params: { keyid: `${MALLORY}#k` } });
    expect(await outcome(draft({}, [little]), noLookup)).toBe('400 ambiguous-signature');
  });

  test('a valid one of mallory beside a forged one of alice proves mallory, not alice', async () => {
    const sameServer = 'https://a.example/users/mallory';
    const forged = signatureOf({ label: 'b', key: mallory.privateKey });
    const valid = { label: 'a', key: mallory.privateKey, params: { keyid: `${sameServer}#k` } };
    const keys: LookupKey = async (keyId) => ({
      ...found(keyId === KEY_ID ? alice.publicKey : mallory.publicKey),
      keyId,
      actorId: keyId.replace(/#.*/, ''),
    });
    for (const request of [
      draft(valid, [forged]),
      draft({ ...valid, key: mallory.privateKey, params: { keyid: KEY_ID } }, [
        signatureOf({ ...valid, label: 'b' }),
      ]),
    ]) {
      expect(await verifyAt(NOW, request, keys)).toMatchObject({ ok: true, actorId: sameServer });
    }
  });

  test('of a proxy, whose key is no web address, are left aside', async () => {
    const proxy = signatureOf({ label: 'proxy', components: ['@authority'], params: { keyid: 'edge-1' } });
    expect(await outcome(draft({}, [proxy]), lookup)).toBe('ok');
    expect(readKeyId(draft({}, [proxy]).rawHeaders, signatureLimits)).toEqual({ ok: true, keyId: KEY_ID });
  });

  test('by two keys of one actor: one that fits is enough', async () => {
    const second = `${ACTOR}#ed25519-key`;
    const edSignature = (key = ed25519.privateKey) =>
      signatureOf({ label: 'ed', key, hash: null, params: { keyid: second, alg: 'ed25519' } });
    const keys: LookupKey = async (keyId) =>
      keyId === second ? { ...found(ed25519.publicKey), keyId } : found();
    expect(await outcome(draft({}, [edSignature()]), keys)).toBe('ok');
    const wrongRsa = { key: mallory.privateKey };
    expect(await outcome(draft(wrongRsa, [edSignature()]), keys)).toBe('ok');
    const wrongBoth = draft(wrongRsa, [edSignature(generateKeyPairSync('ed25519').privateKey)]);
    expect(await outcome(wrongBoth, keys)).toBe('401 bad-signature');
    const little = { components: ['@method'] };
    expect(await outcome(draft(little, [edSignature()]), keys)).toBe('ok');
    expect(
      await verifyAt(NOW, draft(little, [edSignature()]), async (keyId) => ({
        ok: false,
        reason: 'gone',
        detail: keyId,
      })),
    ).toMatchObject({
      reason: 'gone',
      keyId: second,
    });
  });

  test('cause a bounded number of lookups', async () => {
    const keys = vi.fn<LookupKey>(async () => found(mallory.publicKey));
    const one = signatureOf({ label: 'b', params: { keyid: `${ACTOR}#2` } });
    const two = signatureOf({ label: 'c', params: { keyid: `${ACTOR}#3` } });
    expect(await outcome(draft({}, [one]), keys)).toBe('401 bad-signature');
    expect(keys).toHaveBeenCalledTimes(2);
    expect(await outcome(draft({}, [one, two]), keys)).toBe('400 ambiguous-signature');
    expect(keys).toHaveBeenCalledTimes(2);
  });
});

describe('RFC 9421, S14 looking up keys', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

  test('a kept key that does not fit is asked for anew, once; a fresh one is not', async () => {
    const rotated = vi.fn<LookupKey>(async (_keyId, { refresh }) =>
      refresh ? found(alice.publicKey) : found(other.publicKey, false),
    );
    expect(await outcome(draft(), rotated)).toBe('ok');
    expect(rotated.mock.calls.map(([, { refresh }]) => refresh)).toEqual([false, true]);
    const fresh = vi.fn<LookupKey>(async () => found(other.publicKey, true));
    expect(await outcome(draft(), fresh)).toBe('401 bad-signature');
    expect(fresh).toHaveBeenCalledTimes(1);
  });

  test('a lookup that fails tells why, and which key', async () => {
    const result = await verifyAt(NOW, draft(), async () => ({ ok: false, reason: 'gone' }));
    expect(result).toMatchObject({ ok: false, status: 401, reason: 'gone', keyId: KEY_ID });
  });
});
