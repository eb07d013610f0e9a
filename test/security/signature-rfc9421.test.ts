import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { LookupKey } from '../../federation/inbox/signature/verify.ts';
import { draftRfc9421 as draft, type Rfc9421Draft } from '../helpers/rfc9421-request.ts';
import {
  ACTOR,
  alice,
  BODY,
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
    expect(await verifyAt(NOW, draft())).toEqual({
      ...{ ok: true, keyId: KEY_ID, actorId: ACTOR },
      covered: ['@method', '@target-uri', 'content-digest'],
    });
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
