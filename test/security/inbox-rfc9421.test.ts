import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inboxLimits } from '../../config/limits.ts';
import { followOf, quiet, withoutEffect } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { type InboxRig, startInboxRig } from '../helpers/inbox-rig.ts';
import { multikeyOf } from '../helpers/multikey.ts';
import { type Peer, type PeerActor, send, type WireRequest } from '../helpers/peer.ts';
import { EVIL } from '../helpers/remote-http.ts';
import { rfc9421Post, signatureOf } from '../helpers/rfc9421-request.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: InboxRig;
let server: TestServer;
let a: Peer;
let e: Peer;
/** Her key is known to the server. */
let carol: PeerActor;
/** A valid actor with bad intentions. */
let mallory: PeerActor;
/** Actor id of a person of our server. */
let alice: string;
let refused: InboxRig['refused'];
let inbox: string;

const MINUTE = 60_000;
const ed25519 = generateKeyPairSync('ed25519');

beforeAll(async () => {
  rig = await startInboxRig();
  ({ server, a, e, carol, mallory, refused } = rig);
  alice = rig.alice.account.uri;
  inbox = `${server.origin}/inbox`;
});
afterAll(() => rig.close());

/** What became of an activity that the gate must take. */
async function taken(request: WireRequest, id: string): Promise<string | undefined> {
  const { status, body } = await send(server.origin, request);
  if (status !== 202) return `${status} ${body}`;
  await quiet(server);
  return (await server.context.federation.explain(id))[0]?.state;
}

const byCarol = (d: Parameters<typeof rfc9421Post>[3] = {}) =>
  rfc9421Post(carol, inbox, followOf(carol, alice), d);

test('an honest Follow is taken, by RSA and by Ed25519', async () => {
  const follow = followOf(carol, alice);
  expect(await taken(rfc9421Post(carol, inbox, follow), follow.id)).toBe('applied');
  const id = a.url('/users/erin');
  const keyId = `${id}#ed25519-key`;
  const listed = {
    id: keyId,
    type: 'Multikey',
    controller: id,
    publicKeyMultibase: multikeyOf(ed25519.publicKey),
  };
  const erin = await a.actor('erin', { assertionMethod: [listed] });
  const signing = { key: ed25519.privateKey, hash: null, params: { keyid: keyId, alg: 'ed25519' } };
  const second = followOf(erin, alice);
  expect(await taken(rfc9421Post(erin, inbox, second, signing), second.id)).toBe('applied');
});

describe('RFC 9421 signatures that prove nothing', () => {
  test.each([
    ['S1 no digest', ['@method', '@target-uri']],
    ['S3 no method', ['@target-uri', 'content-digest']],
    ['S3 no target', ['@method', 'content-digest']],
    ['S4 no host', ['@method', '@path', 'content-digest']],
    ['S3 nothing', []],
  ])('%s', async (_name, components) => {
    expect(await refused(byCarol({ components }))).toBe(401);
  });

  test('S2 the body is not the one that was signed', async () => {
    const body = Buffer.from(JSON.stringify(followOf(carol, alice)));
    expect(await refused({ ...byCarol(), body })).toBe(401);
  });

  test('S3 S4 another inbox or another host was signed', async () => {
    expect(await refused({ ...byCarol(), path: `${new URL(alice).pathname}/inbox` })).toBe(401);
    expect(await refused(byCarol({ target: 'http://other.example/inbox' }))).toBe(401);
    expect(await refused(byCarol({ headers: { host: 'other.example' } }))).toBe(401);
  });

  test('S5 the key is another actor’s', async () => {
    const theirs = rfc9421Post(mallory, inbox, followOf(mallory, alice));
    expect((await send(server.origin, theirs)).status).toBe(202);
    expect(await refused(rfc9421Post(mallory, inbox, followOf(carol, alice)))).toBe(401);
    expect(await refused(byCarol({ key: mallory.privateKey }))).toBe(401);
  });

  test('S6 S7 the key is of another server, or the actor’s address leads to another actor', async () => {
    const foreign = { key: mallory.privateKey, params: { keyid: mallory.keyId } };
    expect(await refused(byCarol(foreign))).toBe(401);
    a.page('/users/moved', { redirect: e.url('/users/mallory') });
    const id = a.url('/users/moved');
    const moved = { ...mallory, id, keyId: `${id}#main-key` };
    const request = rfc9421Post(moved, inbox, followOf(moved, alice));
    expect(await refused(request, { asked: ['/users/moved'], remembersKey: true })).toBe(401);
  });

  test('S10 a name that is not the key’s', async () => {
    expect(await refused(byCarol({ params: { alg: 'hmac-sha256' } }))).toBe(401);
    expect(await refused(byCarol({ params: { alg: 'ed25519' } }))).toBe(401);
  });

  test.each(['signature', 'signature-input', 'content-digest'])('S11 two %s headers', async (name) => {
    const request = byCarol();
    const value = request.headers.find(([header]) => header === name)?.[1] ?? '';
    expect(await refused({ ...request, headers: [...request.headers, [name, value]] })).toBe(400);
  });

  test('S12 two signatures, one valid by mallory and one that names carol', async () => {
    const activity = followOf(carol, alice);
    const body = Buffer.from(JSON.stringify(activity));
    const created = Math.floor(Date.now() / 1000);
    const forged = signatureOf({
      ...{ label: 'forged', body, target: inbox, key: mallory.privateKey },
      params: { created, keyid: carol.keyId },
    });
    expect(await refused(rfc9421Post(mallory, inbox, body, { more: [forged] }))).toBe(400);
    // Of one server both are tried, and what is proven is who they are of.
    const dave = await a.actor('dave');
    const first = followOf(dave, alice);
    expect(await taken(rfc9421Post(dave, inbox, first), first.id)).toBe('applied');
    expect(await refused(rfc9421Post(dave, inbox, body, { more: [forged] }))).toBe(401);
  });
});

describe('RFC 9421 replays and floods', () => {
  test('S8 the same bytes a second time, and two hours later', async () => {
    const request = byCarol();
    expect((await send(server.origin, request)).status).toBe(202);
    expect(await refused(request)).toBe(202);
    await quiet(server);
    rig.ahead = 120 * MINUTE;
    try {
      await empty(server, 'inbox_activities');
      expect(await refused(request)).toBe(401);
    } finally {
      rig.ahead = 0;
    }
  });

  test('S14 a flood of bad signatures causes at most one fetch of the key', async () => {
    rig.ahead = 30 * MINUTE;
    try {
      const now = Date.now() + rig.ahead;
      const flood = () =>
        Promise.all(
          Array.from({ length: 50 }, () => send(server.origin, byCarol({ key: mallory.privateKey, now }))),
        );
      const allowed = { asked: ['/users/carol'], remembersKey: true };
      const first = await withoutEffect(server, [a, e], flood, allowed);
      expect(new Set(first.map(({ status }) => status))).toEqual(new Set([401]));
      await withoutEffect(server, [a, e], flood);
    } finally {
      rig.ahead = 0;
    }
  });
});

describe('RFC 9421 before any key is asked for', () => {
  test('S15 a blocked server is refused, whichever of two signatures is its own', async () => {
    await server.context.inTx((tx) => server.context.instances.setPolicy(tx, EVIL, { severity: 'suspend' }));
    expect(await refused(rfc9421Post(mallory, inbox, followOf(mallory, alice)))).toBe(403);
    const stranger = await e.actor('stranger');
    expect(await refused(rfc9421Post(stranger, inbox, followOf(stranger, alice)))).toBe(403);
    const body = Buffer.from(JSON.stringify(followOf(carol, alice)));
    const theirs = signatureOf({ label: 'x', body, target: inbox, params: { keyid: mallory.keyId } });
    expect(await refused(rfc9421Post(carol, inbox, body, { more: [theirs] }))).toBe(400);
    await server.context.inTx((tx) => server.context.instances.removePolicy(tx, EVIL));
    rig.ahead += inboxLimits.refusalRememberedMs;
  });

  test('S17 the deletion of a stranger is waved through; of a living account by another it is not', async () => {
    const deletion = (id: string) => ({ id: `${id}#delete`, type: 'Delete', actor: id, object: id });
    const id = a.url('/users/never-seen');
    const stranger = { ...carol, id, keyId: `${id}#main-key` };
    expect(await refused(rfc9421Post(stranger, inbox, deletion(id)))).toBe(202);
    expect(await refused(rfc9421Post(mallory, inbox, deletion(carol.id)))).toBe(401);
  });

  test('S17 of two keys, one that is gone does not speak for the account of the other', async () => {
    a.page('/users/left', 410);
    const id = carol.id;
    const body = Buffer.from(JSON.stringify({ id: `${id}#delete`, type: 'Delete', actor: id, object: id }));
    // The first names carol and covers too little to count; the second is by an account that is gone.
    const gone = signatureOf({
      ...{ label: 'gone', body, target: inbox, key: mallory.privateKey },
      params: { created: Math.floor(Date.now() / 1000), keyid: a.url('/users/left') },
    });
    const request = rfc9421Post(carol, inbox, body, { components: ['@method'], more: [gone] });
    expect(await refused(request, { asked: ['/users/left'], remembersKey: true })).toBe(401);
  });
});
