import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  createProof,
  signRequest as fedifySign,
  verifyRequest as fedifyVerify,
  verifyProof as fedifyVerifyProof,
  signObject,
} from '@fedify/fedify/sig';
import { Create, DataIntegrityProof, Multikey, Note } from '@fedify/vocab';
import { preloadedContexts, type RemoteDocument } from '@fedify/vocab-runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signatureLimits } from '../../config/limits.ts';
import { createVerifyProof } from '../../federation/inbox/signature/object-proof.ts';
import { createVerifyRequest } from '../../federation/inbox/signature/verify.ts';
import { signRequest } from '../../federation/outbox/sign.ts';
import { multikeyOf } from '../helpers/multikey.ts';
import { withProof } from '../helpers/object-proof.ts';
import { ACTOR, alice, found, KEY_ID } from '../helpers/signed-request.ts';

const INBOX = new URL('https://video.example/users/bob/inbox?shared=1');
const BODY = '{"type":"Create","content":"é"}';
const ED25519_KEY_ID = `${ACTOR}#ed25519-key`;
const ed25519 = generateKeyPairSync('ed25519');

const actorDocument = {
  '@context': [
    'https://www.w3.org/ns/activitystreams',
    'https://w3id.org/security/v1',
    'https://w3id.org/security/multikey/v1',
  ],
  id: ACTOR,
  type: 'Person',
  preferredUsername: 'alice',
  inbox: `${ACTOR}/inbox`,
  outbox: `${ACTOR}/outbox`,
  publicKey: {
    id: KEY_ID,
    owner: ACTOR,
    publicKeyPem: String(alice.publicKey.export({ type: 'spki', format: 'pem' })),
  },
  assertionMethod: [
    {
      id: ED25519_KEY_ID,
      type: 'Multikey',
      controller: ACTOR,
      publicKeyMultibase: multikeyOf(ed25519.publicKey),
    },
  ],
};

/** Serves the actor and the bundled contexts; counts as unreachable for everything else. */
async function load(url: string): Promise<RemoteDocument> {
  const document = url.replace(/#.*/, '') === ACTOR ? actorDocument : preloadedContexts[url];
  if (document === undefined) throw new Error(`${url} is not served in this test.`);
  return { contextUrl: null, document, documentUrl: url };
}
const loaders = { documentLoader: load, contextLoader: load };

/** Fedify checks against the machine's clock, so these requests are of this moment. */
const now = Date.now();
const clock = { now: () => now };
const ours = createVerifyRequest({ origin: INBOX.origin, clock, limits: signatureLimits });
const proven = { ok: true, keyId: KEY_ID, actorId: ACTOR };

function importForFedify(key: KeyObject, algorithm: 'Ed25519' | 'RSA'): Promise<CryptoKey> {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const name = algorithm === 'RSA' ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : 'Ed25519';
  return crypto.subtle.importKey('pkcs8', der, name, true, ['sign']);
}

describe('RFC 9421 requests', () => {
  const mine = (method: 'GET' | 'POST') =>
    signRequest({
      ...{ method, url: INBOX, key: alice.privateKey, keyId: KEY_ID, now, scheme: 'rfc9421' },
      ...(method === 'POST' && { body: BODY }),
    });

  test.each(['GET', 'POST'] as const)(
    'ours by %s: Fedify accepts them, and not when changed',
    async (method) => {
      const headers = await mine(method);
      const verify = (url: string | URL, body: string) =>
        fedifyVerify(new Request(url, { method, headers, ...(method === 'POST' && { body }) }), {
          ...loaders,
          spec: 'rfc9421',
        });
      expect((await verify(INBOX, BODY))?.id?.href).toBe(KEY_ID);
      expect(await verify(new URL('/users/mallory/inbox', INBOX), BODY)).toBeNull();
      expect(await verify(INBOX.href.replace('shared=1', 'shared=2'), BODY)).toBeNull();
      if (method === 'POST') expect(await verify(INBOX, BODY.replace('é', 'e'))).toBeNull();
    },
  );

  test.each(['GET', 'POST'] as const)('Fedify’s by %s are accepted, and not when changed', async (method) => {
    const body = method === 'POST' ? BODY : '';
    const request = new Request(INBOX, { method, ...(body !== '' && { body }) });
    const key = await importForFedify(alice.privateKey, 'RSA');
    const signed = await fedifySign(request, key, new URL(KEY_ID), { spec: 'rfc9421' });
    const rawHeaders = Object.entries({ host: INBOX.host, ...Object.fromEntries(signed.headers) }).flat();
    const verdict = (change: object) =>
      ours(
        { method, path: INBOX.pathname + INBOX.search, rawHeaders, body: Buffer.from(body), ...change },
        async () => found(),
      );
    expect(await verdict({})).toMatchObject(proven);
    expect(await verdict({ body: Buffer.from(`${body} `) })).toMatchObject({ ok: false });
    expect(await verdict({ path: INBOX.pathname })).toMatchObject({ ok: false });
    expect(await verdict({ method: 'PUT' })).toMatchObject({ ok: false });
  });

  test('Fedify’s that cover too little are refused, though Fedify accepts them', async () => {
    const key = await importForFedify(alice.privateKey, 'RSA');
    const rfc9421 = { components: [{ value: '@authority', params: {} }] };
    const request = new Request(INBOX, { method: 'GET' });
    const signed = await fedifySign(request, key, new URL(KEY_ID), { spec: 'rfc9421', rfc9421 });
    expect((await fedifyVerify(signed, { ...loaders, spec: 'rfc9421' }))?.id?.href).toBe(KEY_ID);
    const rawHeaders = Object.entries({ host: INBOX.host, ...Object.fromEntries(signed.headers) }).flat();
    const taken = { method: 'GET', path: INBOX.pathname + INBOX.search, rawHeaders, body: Buffer.alloc(0) };
    expect(await ours(taken, async () => found())).toMatchObject({ reason: 'not-covered' });
  });

  test('our own verifier accepts ours for any path, query and body', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.webPath(),
        fc.webQueryParameters(),
        fc.uint8Array(),
        async (pathname, search, body) => {
          const url = new URL(`https://video.example${pathname || '/'}?${search}`);
          const headers = await signRequest({
            ...{ method: 'POST', url, body, key: alice.privateKey, keyId: KEY_ID, now, scheme: 'rfc9421' },
          });
          const rawHeaders = Object.entries({ host: url.host, ...headers }).flat();
          const request = { method: 'POST', path: url.pathname + url.search, rawHeaders, body };
          expect(await ours(request, async () => found())).toMatchObject(proven);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('object integrity proofs', () => {
  const activity = new Create({
    id: new URL('https://a.example/activities/1'),
    actor: new URL(ACTOR),
    object: new Note({
      id: new URL('https://a.example/notes/1'),
      attribution: new URL(ACTOR),
      content: 'é & "1"',
    }),
  });
  const foundKey = async () =>
    ({ ok: true, key: ed25519.publicKey, keyId: ED25519_KEY_ID, actorId: ACTOR, isFresh: true }) as const;
  const verifyProof = createVerifyProof({ clock, limits: signatureLimits });

  test('Fedify’s are accepted, and not when changed', async () => {
    const key = await importForFedify(ed25519.privateKey, 'Ed25519');
    const signed = await signObject(activity, key, new URL(ED25519_KEY_ID), loaders);
    const sent = await signed.toJsonLd({ ...loaders, format: 'compact' });
    const document = JSON.parse(JSON.stringify(sent));
    expect(document.proof.cryptosuite).toBe('eddsa-jcs-2022');
    expect(await verifyProof(document, ACTOR, foundKey)).toMatchObject({ ok: true, actorId: ACTOR });
    expect(await verifyProof({ ...document, type: 'Update' }, ACTOR, foundKey)).toMatchObject({
      reason: 'bad-proof',
    });
    const proof = await createProof(activity, key, new URL(ED25519_KEY_ID), loaders);
    expect(proof.proofValue).toHaveLength(64);
  });

  test('those of the tests’ own signer are accepted by Fedify, so that it is a fair one', async () => {
    const plain = JSON.parse(JSON.stringify(await activity.toJsonLd({ ...loaders, format: 'compact' })));
    const document = withProof(plain, ED25519_KEY_ID, ed25519.privateKey, {
      context: 'implied',
      created: '2026-11-21T12:00:00Z',
    });
    const { '@context': _context, ...bare } = document.proof as Record<string, unknown>;
    const proof = await DataIntegrityProof.fromJsonLd(
      { '@context': 'https://w3id.org/security/data-integrity/v1', ...bare },
      loaders,
    );
    const listed = {
      '@context': 'https://w3id.org/security/multikey/v1',
      ...actorDocument.assertionMethod[0],
    };
    const key = await Multikey.fromJsonLd(listed, loaders);
    const options = { ...loaders, keyCache: { get: async () => key, set: () => Promise.resolve() } };
    expect((await fedifyVerifyProof(document, proof, options))?.id?.href).toBe(ED25519_KEY_ID);
    expect(await fedifyVerifyProof({ ...document, type: 'Update' }, proof, options)).toBeNull();
  });
});
