import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { remoteJsonLimits, signatureLimits } from '../../config/limits.ts';
import {
  createKeyResolver,
  type KeyResult,
  type ResolveKey,
  type StoredFailure,
  type StoredKey,
} from '../../federation/inbox/signature/keys.ts';
import { createDocumentLoader } from '../../federation/net/document-loader.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { multikeyOf } from '../helpers/multikey.ts';
import { type Peer, startPeer } from '../helpers/peer.ts';
import { createTestFetch, EVIL, HONEST } from '../helpers/remote-http.ts';

const { publicKey } = generateKeyPairSync('ed25519');
const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
const rsaPem = String(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }),
);

let fetch: SafeFetch;
let honest: Peer;
let evil: Peer;
const rows = new Map<string, StoredKey | StoredFailure>();

beforeEach(async () => {
  rows.clear();
  fetch = createTestFetch();
  [honest, evil] = await Promise.all([startPeer(HONEST), startPeer(EVIL)]);
});
afterEach(() => Promise.all([fetch.close(), honest.close(), evil.close()]));

/** A resolver that remembers nothing but what is in `rows`. */
function createResolver(): ResolveKey {
  const log = createLogger('silent');
  const put = async (row: StoredKey | StoredFailure) => void rows.set(row.keyId, row);
  return createKeyResolver({
    store: { find: async (keyId) => rows.get(keyId), save: put, recordFailure: put },
    fetchDocument: createDocumentLoader({ fetch, log, limits: remoteJsonLimits, ownHost: 'video.example' }),
    clock: { now: () => Date.parse('2026-11-21T12:00:00Z') },
    limits: signatureLimits,
  });
}

const reasonOf = (result: KeyResult) => (result.ok ? `owned by ${result.actorId}` : result.reason);
const keyId = () => honest.url('/users/alice#ed25519-key');

/** An actor of the honest server that lists an Ed25519 key beside its RSA key. */
function withMultikey(key: object = {}, more: object = {}) {
  const id = honest.url('/users/alice');
  const publicKeyMultibase = multikeyOf(publicKey);
  const listed = { id: `${id}#ed25519-key`, type: 'Multikey', controller: id, publicKeyMultibase, ...key };
  const rsa = { id: `${id}#main-key`, owner: id, publicKeyPem: rsaPem };
  return { id, type: 'Person', publicKey: rsa, assertionMethod: [{ id: 'x' }, listed], ...more };
}

describe('Ed25519 keys in assertionMethod (FEP-521a)', () => {
  test('are found, kept, and read back from the store', async () => {
    honest.page('/users/alice', withMultikey());
    const expected = { ok: true, keyId: keyId(), actorId: honest.url('/users/alice'), publicKeyPem: pem };
    expect(await createResolver()(keyId())).toMatchObject({ ...expected, isFresh: true });
    const kept = await createResolver()(keyId());
    expect(kept).toMatchObject({ ...expected, isFresh: false });
    expect(kept.ok && kept.key.equals(publicKey)).toBe(true);
    expect(await createResolver()(honest.url('/users/alice#main-key'))).toMatchObject({
      publicKeyPem: rsaPem,
    });
  });

  test('may have a document of their own, but the actor must list them', async () => {
    const id = honest.url('/keys/2');
    const owner = honest.url('/users/alice');
    const publicKeyMultibase = multikeyOf(generateKeyPairSync('ed25519').publicKey);
    honest.page('/keys/2', { id, type: 'Multikey', controller: owner, publicKeyMultibase });
    honest.page('/users/alice', withMultikey({ id }));
    expect(await createResolver()(id)).toMatchObject({ ok: true, publicKeyPem: pem });
    rows.clear();
    honest.page('/users/alice', withMultikey());
    expect(reasonOf(await createResolver()(id))).toBe('not-listed');
  });

  test('S5 S6 of another controller, another id, another server, or none: not listed', async () => {
    const bob = honest.url('/users/bob');
    for (const change of [{ controller: bob }, { controller: undefined }, { id: `${bob}#ed25519-key` }]) {
      rows.clear();
      honest.page('/users/alice', withMultikey(change));
      expect(reasonOf(await createResolver()(keyId()))).toBe('not-listed');
    }
    rows.clear();
    honest.page('/users/alice', withMultikey({}, { assertionMethod: [keyId(), null, 1] }));
    expect(reasonOf(await createResolver()(keyId()))).toBe('not-listed');
    const foreign = { ...withMultikey(), id: evil.url('/users/eve') };
    evil.page('/users/eve', foreign);
    expect(reasonOf(await createResolver()(evil.url('/users/eve')))).toBe('not-listed');
  });

  test('S10 that are none, or that stand in publicKey as PEM: bad', async () => {
    for (const change of [{ type: 'Key' }, { publicKeyMultibase: 'z6Mk' }, { publicKeyMultibase: 17 }]) {
      rows.clear();
      honest.page('/users/alice', withMultikey(change));
      expect(reasonOf(await createResolver()(keyId()))).toBe('bad-key');
    }
  });
});
