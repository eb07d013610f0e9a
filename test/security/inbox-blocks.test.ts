import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, followOf, outcomeOf, quiet } from '../helpers/activities.ts';
import { type InboxRig, startInboxRig, without } from '../helpers/inbox-rig.ts';
import { type Peer, type PeerActor, send, signedPost } from '../helpers/peer.ts';
import { EVIL } from '../helpers/remote-http.ts';
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

const MINUTE = 60_000;

beforeAll(async () => {
  rig = await startInboxRig();
  ({ server, a, e, carol, mallory, refused } = rig);
  alice = rig.alice.account.uri;
  // From here on her key is known.
  expect(await outcomeOf(server, carol, followOf(carol, alice))).toBe('applied');
});
afterAll(() => rig.close());

describe('S15 blocked servers are refused before anything is fetched', () => {
  const block = (domain: string) =>
    server.context.inTx((tx) => server.context.instances.setPolicy(tx, domain, { severity: 'suspend' }));

  test.each([
    'evil.test',
    'sub.evil.test',
    'EVIL.TEST',
    'evil.test.',
    'Deep.Sub.Evil.Test.',
    'evil.test:8443',
    'evil%2Etest',
    'xn--bcher-kva.test',
    'B%C3%9CCHER.test',
  ])('named as %s', async (host) => {
    await block('evil.test');
    await block('bücher.test');
    const id = `https://${host}/users/m`;
    const actor = { ...mallory, id, keyId: `${id}#main-key` };
    expect(await refused(signedPost(actor, `${server.origin}/inbox`, followOf(actor, alice)))).toBe(403);
  });

  test('by a server that answers, whose key is known and right', async () => {
    await block(EVIL);
    const known = signedPost(mallory, `${server.origin}/inbox`, followOf(mallory, alice));
    expect(await refused(known)).toBe(403);
    const stranger = await e.actor('stranger');
    expect(await refused(signedPost(stranger, `${server.origin}/inbox`, followOf(stranger, alice)))).toBe(
      403,
    );
    await server.context.inTx((tx) => server.context.instances.removePolicy(tx, EVIL));
    await eventually('she is heard again', async () => (await send(server.origin, known)).status === 202);
  });

  test.each(['suspended', 'deleted'])('and so is an account that is %s here', async (state) => {
    await quiet(server);
    const row = server.context.db('accounts').where({ actor_uri: mallory.id });
    await row.clone().update({ state });
    // The key is old enough to be fetched again, were it asked for.
    rig.ahead = 50 * 60 * MINUTE;
    try {
      const now = Date.now() + rig.ahead;
      const request = signedPost(mallory, `${server.origin}/inbox`, followOf(mallory, alice), { now });
      expect(await refused(request)).toBe(403);
    } finally {
      rig.ahead = 0;
      await row.update({ state: 'active' });
    }
  });
});

describe('S17 deletions of accounts', () => {
  const deletion = (id: string) => ({ id: `${id}#delete`, type: 'Delete', actor: id, object: id });

  test('of a stranger are waved through: no key is fetched, nothing is stored', async () => {
    const id = a.url('/users/never-seen');
    const stranger = { ...carol, id, keyId: `${id}#main-key` };
    expect(await refused(signedPost(stranger, `${server.origin}/inbox`, deletion(id)))).toBe(202);
  });

  test('of a stranger are the only thing waved through', async () => {
    const id = a.url('/users/no-one');
    const stranger = { ...carol, id, keyId: `${id}#main-key` };
    const others = [
      { ...deletion(id), object: `${id}/notes/1` },
      { ...deletion(id), type: 'Update' },
      { ...deletion(id), object: carol.id },
    ];
    for (const [at, activity] of others.entries()) {
      const keyId = a.url(`/users/no-one-${at}#main-key`);
      const request = signedPost(stranger, `${server.origin}/inbox`, activity, { keyId });
      expect(await refused(request, { asked: [`/users/no-one-${at}`], remembersKey: true })).toBe(401);
    }
  });

  test('of a living account by somebody else are refused', async () => {
    const inbox = `${server.origin}/inbox`;
    a.page('/gone-too', 410);
    const elsewhere = { key: mallory.privateKey, keyId: a.url('/gone-too') };
    const pretended = signedPost(carol, inbox, deletion(carol.id), elsewhere);
    expect(await refused(pretended, { asked: ['/gone-too'], remembersKey: true })).toBe(401);
    expect(await refused(signedPost(mallory, inbox, deletion(carol.id)))).toBe(401);
    const forged = signedPost(carol, inbox, deletion(carol.id), { key: mallory.privateKey });
    expect(await refused(forged)).toBe(401);
    expect(await refused(without(forged, 'signature'))).toBe(401);
  });

  test('by an account whose key is gone with it count once its own address answers 410', async () => {
    const ghost = await a.actor('ghost');
    expect(await outcomeOf(server, ghost, followOf(ghost, alice))).toBe('applied');
    await server.context
      .db('remote_keys')
      .where({ key_uri: ghost.keyId })
      .update({ checked_at: new Date(0) });
    a.page('/users/ghost', 404);
    const inbox = `${server.origin}/inbox`;
    const missing = { asked: ['/users/ghost'], remembersKey: true };
    rig.ahead = 60 * 60 * MINUTE;
    try {
      const changes = () => ({ now: Date.now() + rig.ahead, key: mallory.privateKey });
      expect(await refused(signedPost(ghost, inbox, deletion(ghost.id), changes()), missing)).toBe(401);
      rig.ahead += 60 * MINUTE;
      a.page('/users/ghost', 410);
      const other = { ...deletion(ghost.id), object: `${ghost.id}/notes/1` };
      expect(await refused(signedPost(ghost, inbox, other, changes()), missing)).toBe(401);
      expect(
        (await send(server.origin, signedPost(ghost, inbox, deletion(ghost.id), changes()))).status,
      ).toBe(202);
      await quiet(server);
    } finally {
      rig.ahead = 0;
    }
    expect(await server.context.accounts.byActorUri(ghost.id)).toMatchObject({ state: 'deleted' });
    const again = { ...deletion(ghost.id), id: `${ghost.id}#delete-again` };
    expect(await refused(signedPost(ghost, inbox, again))).toBe(202);
  });
});
