import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { remoteJsonLimits, signatureLimits } from '../../config/limits.ts';
import {
  createKeyResolver,
  type KeyResolverLimits,
  type KeyResult,
  type KeyStore,
  type ResolveKey,
  type StoredFailure,
  type StoredKey,
} from '../../federation/inbox/signature/keys.ts';
import { createDocumentLoader } from '../../federation/net/document-loader.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { type Canary, startCanary } from '../helpers/canary.ts';
import { createTestFetch, EVIL, HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';

const PEM = newPem();
const OTHER_PEM = newPem();

function newPem(type: 'spki' | 'pkcs8' = 'spki', modulusLength = 2048): string {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return (
    type === 'spki' ? publicKey.export({ type, format: 'pem' }) : privateKey.export({ type, format: 'pem' })
  ).toString();
}

type Page = object | number | { redirect: string };

let canary: Canary;
let fetch: SafeFetch;
let honest: Remote;
let evil: Remote;
/** What each server serves, by path: a document, a status, or where it redirects. */
let pages: Record<'honest' | 'evil', Record<string, Page>>;
let now: number;
let store: KeyStore & { rows: Map<string, StoredKey | StoredFailure> };

function serve(name: 'honest' | 'evil', address: string): Promise<Remote> {
  return startRemote(address, (request, response) => {
    const page = pages[name][request.path] ?? 404;
    if (typeof page === 'number') response.writeHead(page).end();
    else if ('redirect' in page) response.writeHead(302, { location: String(page.redirect) }).end();
    else response.writeHead(200, { 'content-type': 'application/activity+json' }).end(JSON.stringify(page));
  });
}

function createMemoryStore(): typeof store {
  const rows = new Map<string, StoredKey | StoredFailure>();
  const put = async (row: StoredKey | StoredFailure) => void rows.set(row.keyId, row);
  return { rows, find: async (keyId) => rows.get(keyId), save: put, recordFailure: put };
}

beforeEach(async () => {
  pages = { honest: {}, evil: {} };
  now = Date.parse('2026-11-21T12:00:00Z');
  canary = await startCanary();
  fetch = createTestFetch();
  honest = await serve('honest', HONEST);
  evil = await serve('evil', EVIL);
  store = createMemoryStore();
});
afterEach(async () => {
  await fetch.close();
  await Promise.all([honest.close(), evil.close(), canary.close()]);
  expect(canary.hits).toEqual([]);
});

function createResolver(limits: Partial<KeyResolverLimits> = {}): ResolveKey {
  const log = createLogger('silent');
  const fetchDocument = createDocumentLoader({
    fetch,
    log,
    limits: remoteJsonLimits,
    ownHost: 'video.example',
  });
  return createKeyResolver({
    store,
    fetchDocument,
    clock: { now: () => now },
    limits: { ...signatureLimits, ...limits },
  });
}

/** An actor document on a server, with one key; parts of it can be replaced. */
function actor(remote: Remote, path = '/users/alice', key: object = {}, more: object = {}) {
  const id = remote.url(path);
  const publicKey = { id: `${id}#main-key`, owner: id, publicKeyPem: PEM, ...key };
  return { id, type: 'Person', inbox: `${id}/inbox`, preferredUsername: 'alice', publicKey, ...more };
}

const reasonOf = (result: KeyResult) => (result.ok ? `owned by ${result.actorId}` : result.reason);
const requests = () => honest.seen.length + evil.seen.length;

describe('keys in the shapes that are in use', () => {
  test('Mastodon: the address of the key is the actor', async () => {
    pages.honest['/users/alice'] = actor(honest);
    const keyId = honest.url('/users/alice#main-key');
    const result = await createResolver()(keyId);
    expect(result).toMatchObject({
      ok: true,
      keyId,
      actorId: honest.url('/users/alice'),
      publicKeyPem: PEM,
      isFresh: true,
      actorDocument: { preferredUsername: 'alice' },
    });
    expect(store.rows.get(keyId)).toMatchObject({ kind: 'key', fetchedAt: now });
    expect(requests()).toBe(1);
  });

  test('GoToSocial: the address of the key serves a stub of the actor', async () => {
    const keyId = honest.url('/users/alice/main-key');
    pages.honest['/users/alice/main-key'] = actor(honest, '/users/alice', { id: keyId });
    pages.honest['/users/alice'] = actor(honest, '/users/alice', { id: keyId });
    expect(await createResolver()(keyId)).toMatchObject({ ok: true, actorId: honest.url('/users/alice') });
  });

  test('a document of the key alone, that names its owner', async () => {
    const keyId = honest.url('/keys/1');
    const owner = honest.url('/users/alice');
    pages.honest['/keys/1'] = { id: keyId, type: 'CryptographicKey', owner, publicKeyPem: OTHER_PEM };
    pages.honest['/users/alice'] = actor(honest, '/users/alice', { id: keyId });
    expect(await createResolver()(keyId)).toMatchObject({ ok: true, actorId: owner, publicKeyPem: PEM });
  });

  test('an actor with several keys, or named in the place of its only key', async () => {
    const second = {
      id: honest.url('/users/alice#second'),
      owner: honest.url('/users/alice'),
      publicKeyPem: OTHER_PEM,
    };
    const first = actor(honest);
    pages.honest['/users/alice'] = {
      ...first,
      publicKey: [first.publicKey, second],
      type: ['Person', 'Thing'],
    };
    pages.honest['/users/bob'] = actor(honest, '/users/bob');
    const resolveKey = createResolver();
    expect(await resolveKey(second.id)).toMatchObject({ ok: true, publicKeyPem: OTHER_PEM });
    expect(reasonOf(await resolveKey(honest.url('/users/alice')))).toBe('not-listed');
    expect(await resolveKey(honest.url('/users/bob'))).toMatchObject({
      ok: true,
      actorId: honest.url('/users/bob'),
    });
  });
});

describe('S5 the owner must list the key', () => {
  test('a key of another server that names the victim as owner', async () => {
    pages.honest['/users/alice'] = actor(honest);
    const owner = honest.url('/users/alice');
    const keyId = evil.url('/key');
    pages.evil['/key'] = { id: keyId, type: 'CryptographicKey', owner, publicKeyPem: OTHER_PEM };
    expect(reasonOf(await createResolver()(keyId))).toBe('not-listed');
    expect(honest.seen).toEqual([]);
  });

  test('an actor document that names the victim as owner of its key', async () => {
    pages.evil['/users/eve'] = actor(evil, '/users/eve', { owner: honest.url('/users/alice') });
    expect(reasonOf(await createResolver()(evil.url('/users/eve#main-key')))).toBe('not-listed');
  });

  test('a key on the same server that its owner does not list', async () => {
    pages.honest['/users/alice'] = actor(honest);
    const keyId = honest.url('/uploads/key');
    const owner = honest.url('/users/alice');
    pages.honest['/uploads/key'] = { id: keyId, type: 'CryptographicKey', owner, publicKeyPem: OTHER_PEM };
    expect(reasonOf(await createResolver()(keyId))).toBe('not-listed');
  });

  test('a listed key whose PEM is none, too weak, private, or too long', async () => {
    const bad = [
      newPem('spki', 1024),
      newPem('pkcs8'),
      generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      `${PEM}${' '.repeat(9_000)}`,
      17,
      null,
    ];
    const resolveKey = createResolver();
    for (const [i, publicKeyPem] of bad.entries()) {
      pages.honest[`/users/u${i}`] = actor(honest, `/users/u${i}`, { publicKeyPem });
      expect(reasonOf(await resolveKey(honest.url(`/users/u${i}#main-key`)))).toBe('bad-key');
    }
  });

  test('an owner that is no actor', async () => {
    const keyId = honest.url('/keys/1');
    const owner = honest.url('/uploads/1');
    pages.honest['/keys/1'] = { id: keyId, type: 'Key', owner, publicKeyPem: PEM };
    pages.honest['/uploads/1'] = actor(honest, '/uploads/1', { id: keyId }, { type: 'Note' });
    expect(reasonOf(await createResolver()(keyId))).toBe('not-listed');
  });

  test('a document that is no actor, or lists nothing', async () => {
    const id = honest.url('/users/alice');
    const resolveKey = createResolver();
    for (const [i, change] of [
      { type: 'Note' },
      { publicKey: [] },
      { publicKey: 'x' },
      { publicKey: null },
      { type: {} },
    ].entries()) {
      pages.honest[`/users/alice?${i}`] = { ...actor(honest), id: `${id}?${i}`, ...change };
      expect(reasonOf(await resolveKey(`${id}?${i}#main-key`))).toBe('not-listed');
    }
  });
});

describe('S6 the key, its document and its actor share one origin', () => {
  test('an actor that lists a key id of another server', async () => {
    const keyId = honest.url('/users/alice#main-key');
    pages.evil['/users/eve'] = actor(evil, '/users/eve', { id: keyId });
    pages.honest['/users/alice'] = actor(honest, '/users/alice', {});
    const resolveKey = createResolver();
    expect(reasonOf(await resolveKey(evil.url('/users/eve#main-key')))).toBe('not-listed');
    expect(reasonOf(await resolveKey(evil.url('/users/eve')))).toBe('not-listed');
    expect(reasonOf(await resolveKey(keyId))).toBe(`owned by ${honest.url('/users/alice')}`);
  });

  test('a key document that claims an id of another server, or of another path that says otherwise', async () => {
    pages.evil['/key'] = actor(honest);
    pages.honest['/users/alice'] = actor(honest);
    pages.honest['/uploads/1'] = actor(honest, '/users/alice', {
      id: honest.url('/uploads/1#main-key'),
      publicKeyPem: OTHER_PEM,
    });
    const resolveKey = createResolver();
    expect(reasonOf(await resolveKey(evil.url('/key#main-key')))).toBe('unusable-document');
    expect(reasonOf(await resolveKey(honest.url('/uploads/1#main-key')))).toBe('not-listed');
    expect(honest.seen.map((request) => request.path)).toEqual(['/uploads/1', '/users/alice']);
  });
});

describe('S7 nobody poses as an actor by redirect', () => {
  test('the address of the victim that leads to another server', async () => {
    pages.honest['/go'] = { redirect: evil.url('/users/eve') };
    pages.evil['/users/eve'] = actor(
      evil,
      '/users/eve',
      { id: honest.url('/go#main-key') },
      { id: honest.url('/go') },
    );
    expect(reasonOf(await createResolver()(honest.url('/go#main-key')))).toBe('unusable-document');
    expect(evil.seen).toEqual([]);
  });

  test('an owner that leads to another actor of the same server', async () => {
    const keyId = honest.url('/keys/1');
    pages.honest['/keys/1'] = {
      id: keyId,
      type: 'Key',
      owner: honest.url('/users/alice'),
      publicKeyPem: PEM,
    };
    pages.honest['/users/alice'] = { redirect: '/users/eve' };
    pages.honest['/users/eve'] = actor(honest, '/users/eve', { id: keyId });
    expect(reasonOf(await createResolver()(keyId))).toBe('not-listed');
  });
});

describe('S14 how often a key is fetched', () => {
  const keyId = () => honest.url('/users/alice#main-key');
  beforeEach(() => {
    pages.honest['/users/alice'] = actor(honest);
  });

  test('once for many calls at the same time, and not again while it is kept', async () => {
    const resolveKey = createResolver();
    const results = await Promise.all(Array.from({ length: 100 }, () => resolveKey(keyId())));
    expect(results.every((result) => result.ok && result.isFresh)).toBe(true);
    expect(await resolveKey(keyId())).toMatchObject({ ok: true, isFresh: false });
    expect(requests()).toBe(1);
    now += signatureLimits.keyMaxAgeMs;
    expect(await resolveKey(keyId())).toMatchObject({ ok: true, isFresh: true });
    expect(requests()).toBe(2);
  });

  test('not at all when another process has it', async () => {
    await createResolver()(keyId());
    expect(await createResolver()(keyId())).toMatchObject({ ok: true, isFresh: false });
    expect(requests()).toBe(1);
  });

  test('a hundred bad signatures cause one fetch', async () => {
    const resolveKey = createResolver();
    await resolveKey(keyId());
    now += signatureLimits.refreshIntervalMs;
    pages.honest['/users/alice'] = actor(honest, '/users/alice', { publicKeyPem: OTHER_PEM });
    for (let i = 0; i < 100; i += 1) await resolveKey(keyId(), { refresh: true });
    await Promise.all(Array.from({ length: 100 }, () => resolveKey(keyId(), { refresh: true })));
    expect(requests()).toBe(2);
    expect(await resolveKey(keyId())).toMatchObject({ ok: true, publicKeyPem: OTHER_PEM });
    now += signatureLimits.refreshIntervalMs;
    expect(await resolveKey(keyId(), { refresh: true })).toMatchObject({ ok: true, isFresh: true });
    expect(requests()).toBe(3);
  });

  test('a key that was fetched a moment ago is not fetched for a bad signature', async () => {
    const resolveKey = createResolver();
    await resolveKey(keyId());
    expect(reasonOf(await resolveKey(keyId(), { refresh: true }))).toBe('refresh-too-soon');
    expect(requests()).toBe(1);
  });

  test('a key that its actor took back is not accepted any more', async () => {
    const resolveKey = createResolver();
    await resolveKey(keyId());
    now += signatureLimits.refreshIntervalMs;
    pages.honest['/users/alice'] = actor(honest, '/users/alice', { id: honest.url('/users/alice#new') });
    expect(reasonOf(await resolveKey(keyId(), { refresh: true }))).toBe('not-listed');
    expect(reasonOf(await resolveKey(keyId()))).toBe('not-listed');
    expect(reasonOf(await createResolver()(keyId()))).toBe('not-listed');
  });

  test('a server that is down keeps its key while it lasts, and is not pestered after', async () => {
    const resolveKey = createResolver();
    await resolveKey(keyId());
    pages.honest['/users/alice'] = 503;
    now += signatureLimits.refreshIntervalMs;
    expect(reasonOf(await resolveKey(keyId(), { refresh: true }))).toBe('unreachable');
    expect(reasonOf(await resolveKey(keyId(), { refresh: true }))).toBe('refresh-too-soon');
    expect(await resolveKey(keyId())).toMatchObject({ ok: true });
    now += signatureLimits.keyMaxAgeMs;
    for (let i = 0; i < 10; i += 1) expect(reasonOf(await resolveKey(keyId()))).toBe('unreachable');
    expect(requests()).toBe(3);
  });

  test.each<[string, Page, number]>([
    ['gone', 410, signatureLimits.failureTtlMs],
    ['gone', { type: 'Tombstone' }, signatureLimits.failureTtlMs],
    ['not-found', 404, signatureLimits.failureTtlMs],
    ['unusable-document', 403, signatureLimits.failureTtlMs],
    ['unreachable', 502, signatureLimits.transientFailureTtlMs],
    ['unreachable', 429, signatureLimits.transientFailureTtlMs],
  ])('a failure (%s) is remembered for a while, by every process', async (reason, page, ttl) => {
    pages.honest['/users/alice'] =
      typeof page === 'number' ? page : { ...page, id: honest.url('/users/alice') };
    const resolveKey = createResolver();
    for (let i = 0; i < 10; i += 1) expect(reasonOf(await resolveKey(keyId()))).toBe(reason);
    expect(reasonOf(await createResolver()(keyId()))).toBe(reason);
    expect(requests()).toBe(1);
    pages.honest['/users/alice'] = actor(honest);
    now += ttl;
    expect(await resolveKey(keyId())).toMatchObject({ ok: true });
  });

  test('F6 invented keys of one server cause a bounded number of fetches', async () => {
    const resolveKey = createResolver({ fetchesPerHost: 3 });
    const reasons: string[] = [];
    for (let i = 0; i < 5; i += 1) reasons.push(reasonOf(await resolveKey(evil.url(`/users/${i}#main-key`))));
    expect(reasons).toEqual([...Array(3).fill('not-found'), ...Array(2).fill('too-many-fetches')]);
    expect(evil.seen.length).toBe(3);
    expect(await resolveKey(keyId())).toMatchObject({ ok: true });
    now += signatureLimits.fetchWindowMs;
    expect(reasonOf(await resolveKey(evil.url('/users/9#main-key')))).toBe('not-found');
  });
});

test.each([
  'https://127.0.0.1:PORT/key',
  'http://127.0.0.1:PORT/key',
  'https://[::1]:PORT/key',
  'https://video.example/ap/users/1#main-key',
  'file:///etc/hostname',
  'mailto:alice@a.example',
])('F6 the key id %s is never fetched', async (keyId) => {
  expect(reasonOf(await createResolver()(keyId.replace('PORT', String(canary.port))))).toBe(
    'unusable-document',
  );
});

test.each(['', 'main-key', `https://a.example/${'k'.repeat(3_000)}`])(
  'the key id %j is refused',
  async (keyId) => {
    expect(reasonOf(await createResolver()(keyId))).toBe('bad-key-id');
    expect(store.rows.size).toBe(0);
  },
);

const fixtures = resolve(process.env.SHARED_DIR ?? '../shared', 'fixtures/ap');
const missing = existsSync(fixtures) ? '' : ` (skipped: ${fixtures} is absent; set SHARED_DIR)`;

test.skipIf(missing)(`S6 an actor that lists the key of another server's admin${missing}`, async () => {
  const text = readFileSync(join(fixtures, 'attack-actor-foreign-key-id.json'), 'utf8')
    .replaceAll('http://remote.example', evil.origin)
    .replaceAll('http://mastodon.example.org', honest.origin);
  const document = JSON.parse(text);
  pages.evil['/users/with_key_id_of_admin-mastodon.example.org'] = document;
  const resolveKey = createResolver();
  expect(reasonOf(await resolveKey(document.id))).toBe('not-listed');
  expect(reasonOf(await resolveKey(document.publicKey.id))).toBe('not-found');
});
