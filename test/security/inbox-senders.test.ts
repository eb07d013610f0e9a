import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followOf, quiet, type Rig, startRig, withoutEffect } from '../helpers/activities.ts';
import { type PeerActor, send, type WireRequest } from '../helpers/peer.ts';
import { type Draft, digestOf, draft } from '../helpers/signed-request.ts';

let rig: Rig;
/** Actor id of a person of our server. */
let alice: string;

beforeAll(async () => {
  rig = await startRig({ REMOTE_KEY_MIN_BITS: '1024' });
  alice = rig.alice.account.uri;
});
afterAll(() => rig.close());

/** A Follow of alice, signed by the older draft as the sender's software does it. */
function followBy(
  actor: PeerActor,
  d: Draft & { key: KeyObject; keyId: string; digestName?: string },
): WireRequest & { id: string } {
  const follow = followOf(actor, alice);
  const body = Buffer.from(JSON.stringify(follow));
  const { keyId, ...more } = d;
  const { rawHeaders } = draft({
    ...more,
    path: '/inbox',
    body,
    headers: {
      host: new URL(rig.server.origin).host,
      date: new Date().toUTCString(),
      digest: `${d.digestName ?? 'SHA-256'}=${digestOf(body)}`,
      ...d.headers,
    },
    params: { keyId, ...d.params },
  });
  const headers = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [],
  );
  return { id: follow.id, path: '/inbox', body, headers };
}

/** What became of it. */
async function outcomeOf(request: WireRequest & { id: string }): Promise<string | undefined> {
  const { server } = rig;
  const { status, body } = await send(server.origin, request);
  if (status !== 202) return `${status} ${body}`;
  await quiet(server);
  return (await server.context.federation.explain(request.id))[0]?.state;
}

const pemOf = (key: KeyObject) => String(key.export({ type: 'spki', format: 'pem' }));

describe('senders as they are in use are all understood', () => {
  test('Mastodon: the key is a part of the actor', async () => {
    const actor = await rig.a.actor('mastodon');
    expect(await outcomeOf(followBy(actor, { key: actor.privateKey, keyId: actor.keyId }))).toBe('applied');
  });

  test('GoToSocial: a stub under /main-key, and the name hs2019', async () => {
    const id = rig.a.url('/users/gts');
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const keyId = `${id}/main-key`;
    const publicKey = { id: keyId, owner: id, publicKeyPem: pemOf(keys.publicKey) };
    const actor = await rig.a.actor('gts', { publicKey });
    rig.a.page('/users/gts/main-key', { id, type: 'Person', preferredUsername: 'gts', publicKey });
    const request = followBy(actor, { key: keys.privateKey, keyId, params: { algorithm: 'hs2019' } });
    expect(await outcomeOf(request)).toBe('applied');
  });

  test('PeerTube in test mode: the key is named by the actor, and has 1024 bits', async () => {
    const id = rig.a.url('/users/peertube');
    const keys = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const publicKey = { id: `${id}#main-key`, owner: id, publicKeyPem: pemOf(keys.publicKey) };
    const actor = await rig.a.actor('peertube', { publicKey });
    expect(await outcomeOf(followBy(actor, { key: keys.privateKey, keyId: id }))).toBe('applied');
  });

  test('S10 even then, a smaller key is not trusted', async () => {
    const id = rig.a.url('/users/small');
    const keys = generateKeyPairSync('rsa', { modulusLength: 1016 });
    const publicKey = { id: `${id}#main-key`, owner: id, publicKeyPem: pemOf(keys.publicKey) };
    const actor = await rig.a.actor('small', { publicKey });
    const request = followBy(actor, { key: keys.privateKey, keyId: `${id}#main-key` });
    const { server, a, e } = rig;
    const allowed = { asked: ['/users/small'], remembersKey: true };
    const answer = await withoutEffect(server, [a, e], () => send(server.origin, request), allowed);
    expect(answer.status).toBe(401);
  });

  test('Lemmy: created and expires in place of a date', async () => {
    const actor = await rig.a.actor('lemmy');
    const created = Math.floor(Date.now() / 1000);
    const request = followBy(actor, {
      key: actor.privateKey,
      keyId: actor.keyId,
      covered: ['(request-target)', '(created)', '(expires)', 'content-type', 'digest', 'host'],
      params: { algorithm: 'hs2019', created, expires: created + 3_600 },
    });
    expect(await outcomeOf(request)).toBe('applied');
  });

  test('no name of the algorithm, and a digest in small letters', async () => {
    const actor = await rig.a.actor('plain');
    const request = followBy(actor, {
      key: actor.privateKey,
      keyId: actor.keyId,
      params: { algorithm: undefined },
      digestName: 'sha-256',
    });
    expect(await outcomeOf(request)).toBe('applied');
  });

  test('a document of the key alone', async () => {
    const id = rig.a.url('/users/alone');
    const keyId = rig.a.url('/keys/alone');
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKey = { id: keyId, owner: id, publicKeyPem: pemOf(keys.publicKey) };
    const actor = await rig.a.actor('alone', { publicKey });
    rig.a.page('/keys/alone', { ...publicKey, type: 'CryptographicKey' });
    expect(await outcomeOf(followBy(actor, { key: keys.privateKey, keyId }))).toBe('applied');
  });
});
