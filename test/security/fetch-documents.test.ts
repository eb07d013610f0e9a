import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Note } from '@fedify/vocab';
import { type FetchError, preloadedContexts } from '@fedify/vocab-runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { remoteJsonLimits, signatureLimits } from '../../config/limits.ts';
import { createVerifyRequest } from '../../federation/inbox/signature/verify.ts';
import {
  createDocumentLoader,
  type LoadDocument,
  type SignGet,
} from '../../federation/net/document-loader.ts';
import { createFedifyLoaders } from '../../federation/net/fedify-loaders.ts';
import { signRequest } from '../../federation/outbox/sign.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { type Canary, startCanary } from '../helpers/canary.ts';
import { createTestFetch, EVIL, HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';

const AS = 'https://www.w3.org/ns/activitystreams';

interface Page {
  body?: string | object;
  type?: string;
  status?: number;
  location?: string;
}

let canary: Canary;
let fetch: SafeFetch;
let honest: Remote;
let evil: Remote;
let pages: Record<string, Page>;

function serve(address: string): Promise<Remote> {
  return startRemote(address, (request, response) => {
    const {
      body = '',
      type = 'application/activity+json',
      status,
      location,
    } = pages[address + request.path] ?? { status: 404 };
    const headers = {
      ...(type !== '' && { 'content-type': type }),
      ...(location !== undefined && { location }),
    };
    response.writeHead(status ?? 200, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

beforeEach(async () => {
  pages = {};
  canary = await startCanary();
  fetch = createTestFetch();
  honest = await serve(HONEST);
  evil = await serve(EVIL);
});
afterEach(async () => {
  await fetch.close();
  await Promise.all([honest.close(), evil.close(), canary.close()]);
  expect(canary.hits).toEqual([]);
});

const loaderWith = (sign?: SignGet): LoadDocument =>
  createDocumentLoader({
    fetch,
    log: createLogger('silent'),
    limits: remoteJsonLimits,
    ownHost: 'video.example',
    ...(sign && { sign }),
  });

async function load(url: string): Promise<string> {
  const result = await loaderWith()(url);
  return result.ok ? result.url : result.reason;
}

const note = (id: string) => ({ '@context': AS, id, type: 'Note', content: 'hello' });

describe('O5 only ActivityPub types speak for a server', () => {
  test.each([
    'application/activity+json',
    'Application/Activity+JSON; charset=utf-8',
    `application/ld+json; profile="${AS}"`,
    `application/ld+json;profile=${AS}`,
    `application/ld+json; charset=utf-8; profile="https://www.w3.org/ns/json-ld#compacted ${AS}"`,
  ])('%s is read', async (type) => {
    const id = honest.url('/note');
    pages[`${HONEST}/note`] = { body: note(id), type };
    const result = await loaderWith()(id);
    expect(result).toMatchObject({ ok: true, url: id, document: { content: 'hello' }, contentType: type });
  });

  test.each([
    '',
    'application/json',
    'application/ld+json',
    'application/ld+json; profile="https://www.w3.org/ns/json-ld"',
    `application/ld+json; profile="${AS}evil"`,
    'text/html',
    'text/plain; application/activity+json',
    'image/png',
    'video/mp4',
    'application/octet-stream',
    'application/activity+jsonp',
    'application/activity+json, text/html',
  ])('"%s" is refused', async (type) => {
    pages[`${HONEST}/note`] = { body: note(honest.url('/note')), type };
    expect(await load(honest.url('/note'))).toBe('wrong-content-type');
  });
});

describe('O3 a document speaks for the address that serves it', () => {
  test('fragments do not count', async () => {
    pages[`${HONEST}/note`] = { body: note(honest.url('/note#part')) };
    expect(await load(honest.url('/note#other'))).toBe(honest.url('/note'));
    expect(honest.seen.map((request) => request.path)).toEqual(['/note']);
  });

  test('another id on the same origin is asked for once', async () => {
    pages[`${HONEST}/@alice/1`] = { body: note(honest.url('/note')) };
    pages[`${HONEST}/note`] = { body: { ...note(honest.url('/note')), content: 'the real one' } };
    const result = await loaderWith()(honest.url('/@alice/1'));
    expect(result).toMatchObject({
      ok: true,
      url: honest.url('/note'),
      document: { content: 'the real one' },
    });
    expect(honest.seen.map((request) => request.path)).toEqual(['/@alice/1', '/note']);
  });

  test('an id that is not stable, is absent or belongs to another server is refused', async () => {
    pages[`${HONEST}/a`] = { body: note(honest.url('/b')) };
    pages[`${HONEST}/b`] = { body: note(honest.url('/a')) };
    pages[`${HONEST}/lost`] = { body: note(honest.url('/nowhere')) };
    pages[`${EVIL}/note`] = { body: note(honest.url('/real')) };
    pages[`${HONEST}/real`] = { body: note(honest.url('/real')) };
    expect(await load(honest.url('/a'))).toBe('id-mismatch');
    expect(await load(honest.url('/lost'))).toBe('not-found');
    const before = honest.seen.length;
    expect(await load(evil.url('/note'))).toBe('id-mismatch');
    expect(honest.seen.length).toBe(before);
    for (const id of [undefined, null, 7, '', 'note', ['x'], 'javascript:alert(1)']) {
      pages[`${HONEST}/odd`] = { body: { ...note(''), id } };
      expect(await load(honest.url('/odd'))).toBe('id-mismatch');
    }
  });

  test('O6 redirects may lead to another address of the server, never to another server', async () => {
    pages[`${HONEST}/old`] = { status: 301, location: '/new' };
    pages[`${HONEST}/new`] = { body: note(honest.url('/new')) };
    pages[`${HONEST}/away`] = { status: 302, location: evil.url('/note') };
    pages[`${EVIL}/note`] = { body: note(honest.url('/away')) };
    expect(await load(honest.url('/old'))).toBe(honest.url('/new'));
    expect(honest.seen.map((request) => request.path)).toEqual(['/old', '/new']);
    expect(await load(honest.url('/away'))).toBe('blocked-url');
    expect(evil.seen).toEqual([]);
  });

  test('F7 parameters of an address are its own: they go to its server as they are, and lead nowhere', async () => {
    const elsewhere = `http://127.0.0.9:${canary.port}/`;
    const path = `/note?x=&proxy=${encodeURIComponent(elsewhere)}&url=${elsewhere}`;
    pages[HONEST + path] = { body: note(honest.url(path)) };
    expect(await load(honest.url(path))).toBe(honest.url(path));
    expect(honest.seen.map((request) => request.path)).toEqual([path]);
  });

  test('F8 our own documents are not fetched', async () => {
    expect(await load('https://video.example/ap/videos/1')).toBe('own-host');
    expect(await load('https://VIDEO.example:443/ap/videos/1')).toBe('own-host');
    pages[`${HONEST}/note`] = { body: note('https://video.example/ap/videos/1') };
    expect(await load(honest.url('/note'))).toBe('id-mismatch');
  });

  const fixtures = resolve(process.env.SHARED_DIR ?? '../shared', 'fixtures/ap');
  const missing = existsSync(fixtures) ? '' : ` (skipped: ${fixtures} is absent; set SHARED_DIR)`;
  test.skipIf(missing)(`a spoofed object among the uploads of a server is refused${missing}`, async () => {
    const text = await readFile(join(fixtures, 'attack-spoofed-object.json'), 'utf8');
    pages[`${EVIL}/media/spoof.json`] = { body: text.replaceAll('https://patch.cx', honest.origin) };
    expect(await load(evil.url('/media/spoof.json'))).toBe('id-mismatch');
    pages[`${HONEST}/media/spoof.json`] = {
      body: text.replaceAll('https://patch.cx', honest.origin),
      type: 'application/json',
    };
    expect(await load(honest.url('/media/spoof.json'))).toBe('wrong-content-type');
    pages[`${HONEST}/media/spoof.json`] = { body: text.replaceAll('https://patch.cx', honest.origin) };
    expect(await load(honest.url('/media/spoof.json'))).toBe('not-found');
  });
});

describe('F1 and F3 what the loader never reaches', () => {
  test.each([
    'https://127.0.0.1:PORT/',
    'http://127.0.0.9:PORT/',
    'https://[::1]:PORT/',
    'file:///etc/hostname',
    'note',
    '',
  ])('%s, asked for, named as id, or redirected to', async (target) => {
    const url = target.replace('PORT', String(canary.port));
    expect(await load(url)).toMatch(/^blocked-/);
    pages[`${HONEST}/id`] = { body: note(url) };
    expect(await load(honest.url('/id'))).toBe('id-mismatch');
    pages[`${HONEST}/to`] = { status: 302, location: url };
    expect((await loaderWith()(honest.url('/to'))).ok).toBe(false);
  });
});

describe('answers that are no document', () => {
  test.each([
    [404, 'not-found'],
    [410, 'gone'],
    [401, 'refused'],
    [403, 'refused'],
    [429, 'server-error'],
    [500, 'server-error'],
    [204, 'bad-response'],
    [400, 'bad-response'],
  ])('status %i', async (status, reason) => {
    pages[`${HONEST}/note`] = { status };
    expect(await load(honest.url('/note'))).toBe(reason);
  });

  test.each<[string, string, string]>([
    ['R1 a body over the cap', `"${'x'.repeat(remoteJsonLimits.maxBytes)}"`, 'too-large'],
    ['R1 ten thousand levels', `{"id":${'['.repeat(10_000)}`, 'too-deep'],
    [
      'R1 a hundred thousand keys',
      JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [i, 0]))),
      'too-many-items',
    ],
    [
      'R1 many keys',
      JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [i, 0]))),
      'too-many-items',
    ],
    ['R1 a long array', JSON.stringify({ items: Array(1_001).fill(0) }), 'too-many-items'],
    ['an array', '[]', 'bad-json'],
    ['a string', '"note"', 'bad-json'],
    ['null', 'null', 'bad-json'],
    ['HTML', '<!doctype html>', 'bad-json'],
    ['nothing', '', 'bad-json'],
  ])('%s', async (_name, body, reason) => {
    pages[`${HONEST}/note`] = { body };
    expect(await load(honest.url('/note'))).toBe(reason);
  });

  test('R2 keys that reach a prototype are gone from a document', async () => {
    const id = honest.url('/note');
    pages[`${HONEST}/note`] = {
      body: `{"id":"${id}","__proto__":{"isAdmin":true},"tag":[{"constructor":{"x":1}}]}`,
    };
    const result = await loaderWith()(id);
    expect(result.ok && result.document).toEqual({ id, tag: [{}] });
  });
});

test('signed requests verify, and are signed anew for each hop', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyId = 'https://video.example/actor#main-key';
  const sign: SignGet = ({ method, url }) =>
    signRequest({ method, url, key: privateKey, keyId, now: Date.now() });
  pages[`${HONEST}/old?a=b`] = { status: 302, location: '/new?c=d' };
  pages[`${HONEST}/new?c=d`] = { body: note(honest.url('/id')) };
  pages[`${HONEST}/id`] = { body: note(honest.url('/id')) };
  expect((await loaderWith(sign)(honest.url('/old?a=b'))).ok).toBe(true);

  const verifyRequest = createVerifyRequest({
    origin: new URL(honest.url('/')).origin,
    clock: { now: Date.now },
    limits: signatureLimits,
  });
  const found = {
    ok: true,
    key: publicKey,
    keyId,
    actorId: 'https://video.example/actor',
    isFresh: true,
  } as const;
  expect(honest.seen.map((request) => request.path)).toEqual(['/old?a=b', '/new?c=d', '/id']);
  for (const request of honest.seen)
    expect(await verifyRequest(request, async () => found)).toMatchObject({ ok: true });
});

describe('R3 Fedify reads the web through our loader only', () => {
  const loaders = () => createFedifyLoaders(loaderWith());

  test('contexts come from the bundle; an unknown one is an error and no request', async () => {
    const contextLoader = loaders().contextLoaderFactory();
    for (const [url, document] of Object.entries(preloadedContexts)) {
      expect(await contextLoader(url)).toEqual({ contextUrl: null, documentUrl: url, document });
    }
    for (const url of [honest.url('/context'), 'https://evil.example/ns', '__proto__', 'constructor', '']) {
      await expect(contextLoader(url)).rejects.toThrow();
    }
    expect(honest.seen).toEqual([]);
  });

  test('a note with an unknown context is not read, and nothing is asked for', async () => {
    const options = {
      documentLoader: loaders().documentLoaderFactory(),
      contextLoader: loaders().contextLoaderFactory(),
    };
    const nested = Array.from({ length: 50 }, (_, i) => honest.url(`/context/${i}`));
    await expect(
      Note.fromJsonLd({ ...note(honest.url('/note')), '@context': [AS, ...nested] }, options),
    ).rejects.toThrow();
    expect((await Note.fromJsonLd(note(honest.url('/note')), options)).content).toBe('hello');
    expect(honest.seen).toEqual([]);
  });

  test('documents go through the loader, whichever identity asks, and errors carry the status', async () => {
    const key = { keyId: new URL('https://video.example/k'), privateKey: {} as CryptoKey };
    const both = [loaders().documentLoaderFactory(), loaders().authenticatedDocumentLoaderFactory(key)];
    pages[`${HONEST}/note`] = { body: note(honest.url('/note')) };
    pages[`${HONEST}/gone`] = { status: 410 };
    for (const documentLoader of both) {
      expect(await documentLoader(honest.url('/note'))).toMatchObject({ documentUrl: honest.url('/note') });
      expect(await documentLoader(AS)).toMatchObject({ document: preloadedContexts[AS] });
      const status = (path: string) =>
        documentLoader(path).catch((error: FetchError) => error.response?.status);
      expect(await status(honest.url('/gone'))).toBe(410);
      expect(await status(honest.url('/none'))).toBe(404);
      expect(await status(`https://127.0.0.1:${canary.port}/`)).toBeUndefined();
    }
  });
});
