import { createPrivateKey } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  doesActorOwnKey,
  signRequest as fedifySign,
  verifyRequest as fedifyVerify,
} from '@fedify/fedify/sig';
import { Create, CryptographicKey } from '@fedify/vocab';
import { preloadedContexts, type RemoteDocument } from '@fedify/vocab-runtime';
import fc from 'fast-check';
// @ts-expect-error the package has no types
import untyped from 'http-signature';
import { describe, expect, test } from 'vitest';
import { signatureLimits } from '../../config/limits.ts';
import { createVerifyRequest } from '../../federation/inbox/signature/verify.ts';
import { signRequest } from '../../federation/outbox/sign.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import { ACTOR, alice, found, KEY_ID } from '../helpers/signed-request.ts';

/** What http-signature needs of a request it signs. */
interface OutgoingRequest {
  readonly method: string;
  readonly path: string;
  getHeader(name: string): string | undefined;
  setHeader(name: string, value: string): void;
}

/** The parts of http-signature 1.4.0 used here; the package has no types. */
interface HttpSignature {
  parseRequest(
    request: { method: string; url: string; headers: IncomingHttpHeaders },
    options: { headers: string[]; clockSkew: number },
  ): { keyId: string };
  verifySignature(parsed: object, publicKeyPem: string): boolean;
  signRequest(
    request: OutgoingRequest,
    options: { key: string; keyId: string; headers: string[]; authorizationHeaderName: string },
  ): void;
}
const httpSignature: HttpSignature = untyped;

const INBOX = new URL('https://video.example/users/bob/inbox?shared=1');
const BODY = '{"type":"Create","content":"é"}';
const publicPem = alice.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privatePem = alice.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const actorDocument = {
  '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
  id: ACTOR,
  type: 'Person',
  preferredUsername: 'alice',
  inbox: `${ACTOR}/inbox`,
  outbox: `${ACTOR}/outbox`,
  publicKey: { id: KEY_ID, owner: ACTOR, publicKeyPem: publicPem },
};

/** Serves the given documents and the bundled contexts; counts as unreachable for everything else. */
function serve(documents: Record<string, object>) {
  return async (url: string): Promise<RemoteDocument> => {
    const document = documents[url.replace(/#.*/, '')] ?? preloadedContexts[url];
    if (document === undefined) throw new Error(`${url} is not served in this test.`);
    return { contextUrl: null, document, documentUrl: url };
  };
}
const documentLoader = serve({ [ACTOR]: actorDocument });
const loaders = { documentLoader, contextLoader: serve({}) };

/** Fedify checks against the machine's clock, so these requests are of this moment. */
const now = Date.now();
const ours = createVerifyRequest({
  origin: INBOX.origin,
  clock: { now: () => now },
  limits: signatureLimits,
});

function ourVerdict(method: string, headers: Record<string, string>, body: string) {
  const request = {
    method,
    path: INBOX.pathname + INBOX.search,
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(body),
  };
  return ours(request, async () => found());
}

const proven = { ok: true, keyId: KEY_ID, actorId: ACTOR };
const mine = (method: 'GET' | 'POST', url = INBOX) =>
  signRequest({
    method,
    url,
    key: alice.privateKey,
    keyId: KEY_ID,
    now,
    ...(method === 'POST' && { body: BODY }),
  });

describe('our signatures', () => {
  test.each(['GET', 'POST'] as const)(
    '%s: http-signature accepts them, and not when changed',
    async (method) => {
      const headers = await mine(method);
      const verify = (url: string, changed: IncomingHttpHeaders) => {
        const required = ['(request-target)', 'host', 'date', ...(method === 'POST' ? ['digest'] : [])];
        const parsed = httpSignature.parseRequest(
          { method, url, headers: changed },
          { headers: required, clockSkew: 600 },
        );
        expect(parsed.keyId).toBe(KEY_ID);
        return httpSignature.verifySignature(parsed, publicPem);
      };
      expect(verify(INBOX.pathname + INBOX.search, headers)).toBe(true);
      expect(verify('/users/mallory/inbox', headers)).toBe(false);
      expect(verify(INBOX.pathname + INBOX.search, { ...headers, host: 'other.example' })).toBe(false);
    },
  );

  test.each(['GET', 'POST'] as const)('%s: Fedify accepts them, and not when changed', async (method) => {
    // Fedify reads only the path of a signed query, so the address has none here.
    const url = new URL(INBOX.pathname, INBOX);
    const headers = await mine(method, url);
    const verify = (target: URL, body: string) =>
      fedifyVerify(new Request(target, { method, headers, ...(method === 'POST' && { body }) }), loaders);
    expect((await verify(url, BODY))?.id?.href).toBe(KEY_ID);
    expect(await verify(new URL('/users/mallory/inbox', url), BODY)).toBeNull();
    if (method === 'POST') expect(await verify(url, BODY.replace('é', 'e'))).toBeNull();
  });

  test('our own verifier accepts them for any path, query and body', async () => {
    const path = fc.webPath();
    const query = fc.webQueryParameters();
    await fc.assert(
      fc.asyncProperty(path, query, fc.uint8Array(), async (pathname, search, body) => {
        const url = new URL(`https://video.example${pathname || '/'}?${search}`);
        const headers = await signRequest({
          method: 'POST',
          url,
          body,
          key: alice.privateKey,
          keyId: KEY_ID,
          now,
        });
        const rawHeaders = Object.entries(headers).flat();
        const request = { method: 'POST', path: url.pathname + url.search, rawHeaders, body };
        expect(await ours(request, async () => found())).toMatchObject(proven);
      }),
      { numRuns: 50 },
    );
  });
});

describe('signatures of others', () => {
  test.each(['GET', 'POST'] as const)(
    '%s by http-signature is accepted, and not when changed',
    async (method) => {
      const body = method === 'POST' ? BODY : '';
      const headers: Record<string, string> = { host: INBOX.host, date: new Date(now).toUTCString() };
      if (body !== '') headers.digest = `SHA-256=${sha256(body).toString('base64')}`;
      const request: OutgoingRequest = {
        method,
        path: INBOX.pathname + INBOX.search,
        getHeader: (name) => headers[name.toLowerCase()],
        setHeader: (name, value) => {
          headers[name.toLowerCase()] = value;
        },
      };
      httpSignature.signRequest(request, {
        key: privatePem,
        keyId: KEY_ID,
        headers: ['(request-target)', ...Object.keys(headers)],
        authorizationHeaderName: 'Signature',
      });
      expect(await ourVerdict(method, headers, body)).toMatchObject(proven);
      expect(await ourVerdict('PUT', headers, body)).toMatchObject({ ok: false });
      // The same in the older place.
      const { signature = '', ...others } = headers;
      const moved = { ...others, authorization: `Signature ${signature}` };
      expect(await ourVerdict(method, moved, body)).toMatchObject(proven);
    },
  );

  test.each(['GET', 'POST'] as const)('%s by Fedify is accepted, and not when changed', async (method) => {
    const der = createPrivateKey(privatePem).export({ type: 'pkcs8', format: 'der' });
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
    const body = method === 'POST' ? BODY : '';
    const request = new Request(INBOX, { method, ...(body !== '' && { body }) });
    const signed = await fedifySign(request, key, new URL(KEY_ID), {
      spec: 'draft-cavage-http-signatures-12',
    });
    const headers = { host: INBOX.host, ...Object.fromEntries(signed.headers) };
    expect(await ourVerdict(method, headers, body)).toMatchObject(proven);
    expect(await ourVerdict(method, headers, `${body} `)).toMatchObject({ ok: false });
  });
});

describe('S5 the pinned Fedify does not believe a key document about its owner', () => {
  const EVIL_KEY = 'https://evil.example/key';
  const keyDocument = {
    '@context': 'https://w3id.org/security/v1',
    id: EVIL_KEY,
    type: 'CryptographicKey',
    owner: ACTOR,
    publicKeyPem: publicPem,
  };
  const post = new Create({ id: new URL(`${ACTOR}/posts/1`), actor: new URL(ACTOR) });

  test('a key on another server that names the victim as its owner is refused', async () => {
    const loader = { ...loaders, documentLoader: serve({ [ACTOR]: actorDocument, [EVIL_KEY]: keyDocument }) };
    const key = await CryptographicKey.fromJsonLd(keyDocument, loader);
    expect(key.ownerId?.href).toBe(ACTOR);
    expect(await doesActorOwnKey(post, key, loader)).toBe(false);
  });

  test('the key that the actor lists is accepted', async () => {
    const key = await CryptographicKey.fromJsonLd({ ...keyDocument, id: KEY_ID }, loaders);
    expect(await doesActorOwnKey(post, key, loaders)).toBe(true);
  });
});
