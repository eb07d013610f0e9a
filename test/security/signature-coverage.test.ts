import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  ACTOR,
  alice,
  BODY,
  type Draft,
  digestOf,
  draft,
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

describe('a sound request', () => {
  test('proves the actor', async () => {
    expect(await verifyAt(NOW, draft())).toEqual({
      ...{ ok: true, keyId: KEY_ID, actorId: ACTOR },
      covered: ['(request-target)', 'host', 'date', 'digest'],
    });
  });

  test.each<[string, Draft]>([
    ['hs2019', { params: { algorithm: 'hs2019' } }],
    ['no algorithm', { params: { algorithm: undefined } }],
    ['an algorithm in capitals', { params: { algorithm: 'RSA-SHA256' } }],
    ['more headers than needed', { covered: ['(request-target)', 'host', 'date', 'digest', 'content-type'] }],
    ['another order', { covered: ['digest', 'date', '(request-target)', 'host'] }],
    ['covered names in capitals', { params: { headers: '(request-target) Host Date Digest' } }],
    ['a host with the usual port', { headers: { host: 'Video.Example:443' } }],
    ['a lower-case digest label', { headers: { digest: `sha-256=${digestOf(BODY)}` } }],
    ['two digests', { headers: { digest: `SHA-512=${digestOf(BODY, 'sha512')},SHA-256=${digestOf(BODY)}` } }],
    ['a digest we do not know beside one we do', { headers: { digest: `md5=x, SHA-256=${digestOf(BODY)}` } }],
    ['only SHA-512', { headers: { digest: `sha-512=${digestOf(BODY, 'sha512')}` } }],
    ['a GET without digest', { method: 'GET', path: '/outbox', body: Buffer.alloc(0) }],
    ['a query that was signed', { path: '/inbox?page=1' }],
    ['a query that was left out', { path: '/inbox?page=1', signedPath: '/inbox' }],
    ['a keyId without fragment', { params: { keyId: 'https://a.example/users/alice/main-key' } }],
    ['unknown parameters', { params: { version: '1' } }],
    [
      '(created) and (expires) for date',
      {
        covered: ['(request-target)', 'host', '(created)', '(expires)', 'digest'],
        params: { algorithm: 'hs2019', created: NOW / 1000, expires: NOW / 1000 + 300 },
      },
    ],
  ])('may have %s', async (_name, d) => {
    expect(await outcome(draft(d))).toBe('ok');
  });

  test('may carry the scheme before the signature, or use Authorization', async () => {
    const request = draft();
    const { signature = '', ...rest } = headersOf(request);
    const send = (headers: Record<string, string>) =>
      outcome({ ...request, rawHeaders: Object.entries(headers).flat() });
    expect(await send({ ...rest, Signature: `Signature ${signature}` })).toBe('ok');
    expect(await send({ ...rest, Authorization: `Signature ${signature}` })).toBe('ok');
    expect(await send({ ...rest, Authorization: 'Bearer token', Signature: signature })).toBe('ok');
    expect(await send({ ...rest, Authorization: `Bearer ${signature}` })).toBe('401 missing-signature');
  });

  test('keeps bytes of headers that are not ASCII', async () => {
    const title = Buffer.from('é').toString('latin1');
    const request = draft({
      headers: { 'x-title': 'é' },
      covered: ['(request-target)', 'host', 'date', 'digest', 'x-title'],
    });
    expect(await outcome(withHeaders(request, { 'x-title': title }))).toBe('ok');
  });
});

describe('every way in which servers write a signature', () => {
  const at = NOW / 1000;
  const times: [string, string[], Draft['params']][] = [
    ['date', ['date'], {}],
    ['(created)', ['(created)'], { created: at }],
    ['(created) (expires)', ['(created)', '(expires)'], { created: at, expires: at + 3_600 }],
    ['date and expires', ['date'], { created: at, expires: at + 300 }],
  ];
  const queries: [string, Draft][] = [
    ['no query', { path: '/inbox' }],
    ['query signed', { path: '/inbox?page=1' }],
    ['query left out', { path: '/inbox?page=1', signedPath: '/inbox' }],
  ];
  const digests = ['SHA-256', 'sha-256', 'Sha-256'].map((name) => `${name}=${digestOf(BODY)}`);
  const keyIds = [KEY_ID, ACTOR, `${ACTOR}/main-key`];
  const rows = ['rsa-sha256', 'hs2019', undefined].flatMap((algorithm) =>
    times.flatMap(([time, covered, params]) =>
      queries.map(([query, path]) => ({ algorithm, time, covered, params, query, path })),
    ),
  );

  test.each(rows)('$algorithm, $time, $query', async ({ algorithm, covered, params, path }) => {
    const isForbidden = algorithm === 'rsa-sha256' && covered.includes('(created)');
    for (const keyId of keyIds) {
      for (const digest of digests) {
        const request = draft({
          ...path,
          headers: { digest },
          covered: ['(request-target)', 'host', ...covered, 'digest'],
          params: { ...params, keyId, algorithm },
        });
        const { signature = '' } = headersOf(request);
        const prefixed = withHeaders(request, { signature: `Signature ${signature}` });
        const expected = isForbidden ? '400 bad-header' : 'ok';
        expect([await outcome(request), await outcome(prefixed)]).toEqual([expected, expected]);
      }
    }
  });
});

describe('S1 to S4: what must be signed', () => {
  test.each<[string, Draft, string]>([
    ['S1 digest not signed', { covered: ['(request-target)', 'host', 'date'] }, '401 not-covered'],
    ['S3 request target not signed', { covered: ['host', 'date', 'digest'] }, '401 not-covered'],
    ['S4 host not signed', { covered: ['(request-target)', 'date', 'digest'] }, '401 not-covered'],
    ['S9 no time signed', { covered: ['(request-target)', 'host', 'digest'] }, '401 not-covered'],
    ['no headers parameter', { params: { headers: undefined } }, '401 not-covered'],
    ['an empty headers parameter', { params: { headers: '' } }, '400 bad-header'],
    [
      'a covered header that is absent',
      { covered: ['(request-target)', 'host', 'date', 'digest', 'x-none'] },
      '401 missing-header',
    ],
    [
      'host not signed on GET',
      { method: 'GET', body: Buffer.alloc(0), covered: ['(request-target)', 'date'] },
      '401 not-covered',
    ],
    [
      'a GET that has a body after all',
      { method: 'GET', covered: ['(request-target)', 'host', 'date'] },
      '401 not-covered',
    ],
    ['S4 a signature for another host', { headers: { host: 'other.example' } }, '401 wrong-host'],
    ['S4 our host on another port', { headers: { host: `${HOST}:8443` } }, '401 wrong-host'],
    ['S1 no digest at all', { headers: { digest: '' } }, '401 no-digest'],
    [
      'S1 only a digest we do not know',
      { headers: { digest: 'MD5=1B2M2Y8AsgTpgAmY7PhCfg==' } },
      '401 no-digest',
    ],
    [
      'S2 a digest of something else',
      { headers: { digest: `SHA-256=${digestOf(Buffer.from('x'))}` } },
      '401 wrong-digest',
    ],
    [
      'S2 one right digest and one wrong',
      { headers: { digest: `SHA-256=${digestOf(BODY)},SHA-512=AAAA` } },
      '401 wrong-digest',
    ],
    [
      'S11 a digest twice',
      { headers: { digest: `SHA-256=${digestOf(BODY)},sha-256=${digestOf(BODY)}` } },
      '400 duplicate-header',
    ],
  ])('%s', async (_name, d, expected) => {
    expect(await outcome(draft(d), noLookup)).toBe(expected);
  });

  test('S2 any change of the body is seen before the key is looked up', async () => {
    for (let at = 0; at < BODY.length; at += 1) {
      const body = Buffer.from(BODY);
      body[at] = (body[at] ?? 0) ^ 1;
      expect(await outcome({ ...draft(), body }, noLookup)).toBe('401 wrong-digest');
    }
  });

  test('S2 changing body and digest together breaks the signature', async () => {
    const body = Buffer.from('{"type":"Delete"}');
    const request = withHeaders(draft(), { digest: `SHA-256=${digestOf(body)}` });
    expect(await outcome({ ...request, body })).toBe('401 bad-signature');
  });

  test('S3 a signature does not fit another inbox, method or query', async () => {
    expect(await outcome({ ...draft(), path: '/users/bob/inbox' })).toBe('401 bad-signature');
    expect(await outcome({ ...draft(), method: 'PUT' })).toBe('401 bad-signature');
    expect(await outcome(draft({ path: '/inbox?a', signedPath: '/inbox?b' }))).toBe('401 bad-signature');
    expect(await outcome({ ...draft(), path: 'https://video.example/inbox' })).toBe('400 bad-path');
  });
});

describe('S10 the algorithm follows from the key', () => {
  test.each([
    'none',
    'hmac-sha256',
    'rsa-sha1',
    'rsa-sha512',
    'rsa-pss-sha512',
    'ecdsa-sha256',
    'ed25519',
    '',
  ])('a header that names "%s"', async (algorithm) => {
    expect(await outcome(draft({ params: { algorithm } }), noLookup)).toBe('401 unsupported-algorithm');
  });

  test('(created) and (expires) do not go with rsa-sha256', async () => {
    const covered = ['(request-target)', 'host', '(created)', 'digest'];
    expect(await outcome(draft({ covered, params: { created: NOW / 1000 } }))).toBe('400 bad-header');
  });

  test('an HMAC keyed with the public key', async () => {
    const pem = alice.publicKey.export({ type: 'spki', format: 'pem' });
    const forged = createHmac('sha256', pem).update('anything').digest('base64');
    const { signature = '' } = headersOf(draft());
    const header = signature.replace(/signature="[^"]*"/, `signature="${forged}"`);
    expect(await outcome(withHeaders(draft(), { signature: header }))).toBe('401 bad-signature');
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
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const ed25519 = generateKeyPairSync('ed25519');
    for (const key of [pss.publicKey, ed25519.publicKey, alice.privateKey]) {
      expect(await outcome(draft(), async () => found(key))).toBe('401 bad-signature');
    }
  });
});
