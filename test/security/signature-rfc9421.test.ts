import { createHmac, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { signatureLimits } from '../../config/limits.ts';
import { type LookupKey, readKeyId } from '../../federation/inbox/signature/verify.ts';
import { draftRfc9421 as draft, type Rfc9421Draft, signatureOf } from '../helpers/rfc9421-request.ts';
import {
  ACTOR,
  alice,
  BODY,
  draft as cavageDraft,
  digestOf,
  found,
  HOST,
  headersOf,
  KEY_ID,
  NOW,
  noLookup,
  outcome,
  verifyAt,
  withHeaders,
} from '../helpers/signed-request.ts';

const HOUR = 3_600_000;
const none = Buffer.alloc(0);
const at = (offset: number) => (NOW + offset) / 1000;
const ed25519 = generateKeyPairSync('ed25519');

describe('a sound request by RFC 9421', () => {
  test('proves the actor', async () => {
    expect(await verifyAt(NOW, draft())).toEqual({ ok: true, keyId: KEY_ID, actorId: ACTOR });
  });

  test.each<[string, Rfc9421Draft]>([
    ['no alg', { params: { alg: undefined } }],
    ['a nonce and a tag', { params: { nonce: 'a"b\\c'.replace(/["\\]/g, '\\$&'), tag: 'x' } }],
    ['another label', { label: '*my-sig.1' }],
    ['another order', { components: ['content-digest', '@target-uri', '@method'] }],
    [
      'authority and path for the target',
      { components: ['@method', '@authority', '@path', 'content-digest'] },
    ],
    ['host and path for the target', { components: ['@method', 'host', '@path', 'content-digest'] }],
    [
      'authority, path and query',
      { path: '/inbox?a=b', components: ['@method', '@authority', '@path', '@query', 'content-digest'] },
    ],
    [
      'authority and request target',
      { path: '/inbox?a=b', components: ['@method', '@authority', '@request-target', 'content-digest'] },
    ],
    ['a target with a query', { path: '/inbox?a=b' }],
    ['an empty query', { components: ['@method', '@target-uri', '@query', '@scheme', 'content-digest'] }],
    ['headers beside', { components: ['@method', '@target-uri', 'content-digest', 'date', 'content-type'] }],
    ['SHA-512', { headers: { 'content-digest': `sha-512=:${digestOf(BODY, 'sha512')}:` } }],
    [
      'two digests',
      { headers: { 'content-digest': `sha-512=:${digestOf(BODY, 'sha512')}:, sha-256=:${digestOf(BODY)}:` } },
    ],
    [
      'a digest we do not know beside one we do',
      { headers: { 'content-digest': `md5=:AAAA:, sha-256=:${digestOf(BODY)}:` } },
    ],
    ['a GET without digest', { method: 'GET', path: '/outbox?page=1', body: none }],
    ['a keyid without fragment', { params: { keyid: 'https://a.example/users/alice' } }],
    ['an end', { params: { expires: at(300_000) } }],
  ])('may have %s', async (_name, d) => {
    expect(await outcome(draft(d))).toBe('ok');
  });

  test('may be signed with Ed25519', async () => {
    const lookup: LookupKey = async () => found(ed25519.publicKey);
    const sound = { key: ed25519.privateKey, hash: null };
    expect(await outcome(draft({ ...sound, params: { alg: 'ed25519' } }), lookup)).toBe('ok');
    expect(await outcome(draft({ ...sound, params: { alg: undefined } }), lookup)).toBe('ok');
  });

  test('is written in more than one way: spaces in the list do not count', async () => {
    const request = draft();
    const input = headersOf(request)['signature-input'] ?? '';
    const spaced = input
      .replace('("@method" ', '(  "@method"   ')
      .replace('")', '" )')
      .replace(';alg', ';  alg');
    expect(await outcome(withHeaders(request, { 'signature-input': spaced }))).toBe('ok');
  });
});

describe('RFC 9421, S1 to S4: what must be signed', () => {
  const covering = (...components: string[]): Rfc9421Draft => ({ components });
  test.each<[string, Rfc9421Draft, string]>([
    ['S1 digest not signed', covering('@method', '@target-uri'), '401 not-covered'],
    ['S3 method not signed', covering('@target-uri', 'content-digest'), '401 not-covered'],
    ['S3 target not signed', covering('@method', 'content-digest'), '401 not-covered'],
    ['S3 only the host of it signed', covering('@method', '@authority', 'content-digest'), '401 not-covered'],
    ['S4 only the path of it signed', covering('@method', '@path', 'content-digest'), '401 not-covered'],
    [
      'S3 its query not signed',
      { path: '/inbox?a=b', components: ['@method', '@authority', '@path', 'content-digest'] },
      '401 not-covered',
    ],
    ['S3 only @authority signed (a request Fedify takes)', covering('@authority'), '401 not-covered'],
    ['S3 nothing signed (a request Fedify takes)', covering(), '401 not-covered'],
    ['S9 created missing', { params: { created: undefined } }, '401 not-covered'],
    ['target not signed on GET', { method: 'GET', body: none, components: ['@method'] }, '401 not-covered'],
    [
      'a GET that has a body after all',
      { method: 'GET', components: ['@method', '@target-uri'] },
      '401 not-covered',
    ],
    [
      'a covered header that is absent',
      covering('@method', '@target-uri', 'content-digest', 'x-none'),
      '401 missing-header',
    ],
    [
      'a component of answers',
      covering('@method', '@target-uri', 'content-digest', '@status'),
      '401 missing-header',
    ],
    ['S1 no digest at all', { headers: { 'content-digest': '' } }, '401 no-digest'],
    ['S1 only a digest we do not know', { headers: { 'content-digest': 'md5=:AAAA:' } }, '401 no-digest'],
    [
      'S1 the digest of the older draft',
      { headers: { 'content-digest': `SHA-256=${digestOf(BODY)}` } },
      '400 bad-header',
    ],
    [
      'S2 a digest of something else',
      { headers: { 'content-digest': `sha-256=:${digestOf(Buffer.from('x'))}:` } },
      '401 wrong-digest',
    ],
    [
      'S2 one right digest and one wrong',
      { headers: { 'content-digest': `sha-256=:${digestOf(BODY)}:, sha-512=:AAAA:` } },
      '401 wrong-digest',
    ],
    [
      'S2 a digest that is no bytes',
      { headers: { 'content-digest': `sha-256="${digestOf(BODY)}"` } },
      '401 wrong-digest',
    ],
    [
      'S11 a digest twice',
      { headers: { 'content-digest': `sha-256=:${digestOf(BODY)}:, sha-256=:${digestOf(BODY)}:` } },
      '400 bad-header',
    ],
    ['S4 a request for another host', { headers: { host: 'other.example' } }, '401 wrong-host'],
    ...[
      '"@method";req',
      '"date";sf',
      '"date";bs',
      '"content-digest";key="sha-256"',
      '"date";tr',
      '"@query-param";name="a"',
    ].map((component): [string, Rfc9421Draft, string] => [
      `S3 a component that means something else: ${component}`,
      covering('@method', '@target-uri', 'content-digest', component),
      '401 unsupported-component',
    ]),
  ])('%s', async (_name, d, expected) => {
    expect(await outcome(draft(d), noLookup)).toBe(expected);
  });

  test('S2 any change of the body is seen before the key is looked up', async () => {
    for (let index = 0; index < BODY.length; index += 1) {
      const body = Buffer.from(BODY);
      body[index] = (body[index] ?? 0) ^ 1;
      expect(await outcome({ ...draft(), body }, noLookup)).toBe('401 wrong-digest');
    }
  });

  test('S2 changing body and digest together breaks the signature', async () => {
    const body = Buffer.from('{"type":"Delete"}');
    const request = withHeaders(draft(), { 'content-digest': `sha-256=:${digestOf(body)}:` });
    expect(await outcome({ ...request, body })).toBe('401 bad-signature');
  });

  test('S3 S4 a signature does not fit another inbox, method, query, scheme or host', async () => {
    expect(await outcome({ ...draft(), path: '/users/bob/inbox' })).toBe('401 bad-signature');
    expect(await outcome({ ...draft(), method: 'PUT' })).toBe('401 bad-signature');
    expect(await outcome({ ...draft(), path: '/inbox?a=b' })).toBe('401 bad-signature');
    expect(await outcome(draft({ path: '/inbox?a=b', target: `https://${HOST}/inbox` }))).toBe(
      '401 bad-signature',
    );
    expect(await outcome(draft({ target: `http://${HOST}/inbox` }))).toBe('401 bad-signature');
    expect(await outcome(draft({ target: 'https://other.example/inbox' }))).toBe('401 bad-signature');
    const parts = ['@method', '@authority', '@path', 'content-digest'];
    expect(await outcome(draft({ components: parts, target: 'https://other.example/inbox' }))).toBe(
      '401 bad-signature',
    );
    expect(await outcome({ ...draft(), path: 'https://video.example/inbox' })).toBe('400 bad-path');
  });

  test('a parameter of the signature cannot be changed', async () => {
    const request = draft();
    const input = headersOf(request)['signature-input'] ?? '';
    for (const changed of [`${input};tag="x"`, input.replace(`created=${at(0)}`, `created=${at(1_000)}`)]) {
      expect(await outcome(withHeaders(request, { 'signature-input': changed }))).toBe('401 bad-signature');
    }
  });
});

describe('RFC 9421, S9 the clock', () => {
  test.each<[string, number, number | undefined, string]>([
    ['now, no end', 0, undefined, 'ok'],
    ['an hour ago, no end', -HOUR, undefined, 'ok'],
    ['two hours ago, no end', -2 * HOUR, undefined, '401 stale'],
    ['two hours ago, still running', -2 * HOUR, HOUR, 'ok'],
    ['thirteen hours ago, running for days', -13 * HOUR, 99 * HOUR, '401 stale'],
    ['just now, but over', -600_000, -300_000, '401 stale'],
    ['in an hour', HOUR, 2 * HOUR, 'ok'],
    ['in two hours', 2 * HOUR, 3 * HOUR, '401 from-future'],
  ])('created %s', async (_name, created, expires, expected) => {
    const params = { created: at(created), expires: expires === undefined ? undefined : at(expires) };
    expect(await outcome(draft({ params }), expected === 'ok' ? undefined : noLookup)).toBe(expected);
  });

  test.each([
    ['a text', { created: String(at(0)) }],
    ['a fraction', { created: at(0) + 0.5 }],
    ['negative', { created: -1 }],
    ['an end that is a text', { expires: String(at(0)) }],
    ['an end with a fraction', { expires: at(0) + 0.5 }],
  ])('times that are no whole seconds: %s', async (_name, params) => {
    expect(await outcome(draft({ params }), noLookup)).toBe('400 bad-time');
  });

  test('a fresh Date does not make up for an old signature', async () => {
    const components = ['@method', '@target-uri', 'content-digest', 'date'];
    expect(await outcome(draft({ components, params: { created: at(-2 * HOUR) } }), noLookup)).toBe(
      '401 stale',
    );
  });

  test('S8 a captured request is of no use two hours later', async () => {
    expect(await outcome(draft(), undefined, NOW + 2 * HOUR)).toBe('401 stale');
  });
});

describe('RFC 9421, S10 the algorithm follows from the key', () => {
  test.each(['none', 'hmac-sha256', 'rsa-pss-sha512', 'ecdsa-p256-sha256', 'rsa-sha256', 'hs2019', ''])(
    'a signature that names "%s"',
    async (alg) => {
      expect(await outcome(draft({ params: { alg } }), noLookup)).toBe('401 unsupported-algorithm');
    },
  );

  test('a name that is not the key’s', async () => {
    expect(await outcome(draft({ params: { alg: 'ed25519' } }))).toBe('401 bad-signature');
    const request = draft({ key: ed25519.privateKey, hash: null });
    expect(await outcome(request, async () => found(ed25519.publicKey))).toBe('401 bad-signature');
  });

  test('an HMAC keyed with the public key', async () => {
    const forge = (secret: string | Buffer) =>
      withHeaders(draft(), {
        signature: `sig1=:${createHmac('sha256', secret).update('anything').digest('base64')}:`,
      });
    const pem = alice.publicKey.export({ type: 'spki', format: 'pem' });
    expect(await outcome(forge(pem))).toBe('401 bad-signature');
    const der = ed25519.publicKey.export({ type: 'spki', format: 'der' });
    const { 'signature-input': input = '' } = headersOf(draft({ params: { alg: undefined } }));
    const request = withHeaders(forge(der), { 'signature-input': input });
    expect(await outcome(request, async () => found(ed25519.publicKey))).toBe('401 bad-signature');
  });

  test('SHA-1 and SHA-512 under the right key', async () => {
    expect(await outcome(draft({ hash: 'sha1' }))).toBe('401 bad-signature');
    expect(await outcome(draft({ hash: 'sha512' }))).toBe('401 bad-signature');
  });

  test('keys that are weak, or of another kind, or no public keys', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(await outcome(draft({ key: weak.privateKey }), async () => found(weak.publicKey))).toBe(
      '401 bad-signature',
    );
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    for (const key of [ec.publicKey, pss.publicKey, alice.privateKey]) {
      expect(await outcome(draft(), async () => found(key))).toBe('401 bad-signature');
    }
  });
});

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
