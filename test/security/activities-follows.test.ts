import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { activityOf, createOf, eventually, followOf, noteOf } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { type Circle, startCircle } from '../helpers/inbox-rig.ts';
import type { PeerActor } from '../helpers/peer.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: Circle;
let server: TestServer;
let carol: PeerActor;
/** Of the same server as carol. */
let mole: PeerActor;
let mallory: PeerActor;
/** Actor id of a person of our server, who follows carol and mallory. */
let alice: string;
let outcome: Circle['outcome'];
let followersOfAlice: Circle['followersOfAlice'];

beforeAll(async () => {
  rig = await startCircle();
  ({ server, carol, mallory, mole, outcome, followersOfAlice } = rig);
  alice = rig.alice.account.uri;
});
afterAll(() => rig.close());
beforeEach(() => empty(server, 'videos'));

describe('V4 only the follower takes a Follow back', () => {
  test('by id, embedded, or posing as the own one', async () => {
    const follow = followOf(carol, alice);
    expect(await outcome(carol, follow)).toBe('applied');
    const undo = (actor: PeerActor, object: unknown) => outcome(actor, activityOf('Undo', actor, object));
    for (const actor of [mallory, mole]) {
      expect(await undo(actor, follow)).toBe('refused: not-the-one-who-did-it');
      expect(await undo(actor, { ...follow, actor: undefined })).toBe('refused: not-the-one-who-did-it');
      expect(await undo(actor, follow.id)).toBe('ignored: nothing-to-undo');
      expect(await undo(actor, { ...follow, actor: [actor.id, carol.id] })).toBe('ignored: nothing-to-undo');
    }
    expect(await followersOfAlice()).toEqual([carol.id]);
  });

  test('an Undo of anything else has no effect', async () => {
    expect(await outcome(carol, followOf(carol, alice))).toBe('applied');
    const like = { type: 'Like', actor: carol.id, object: alice };
    expect(await outcome(carol, activityOf('Undo', carol, like))).toBe('ignored: nothing-to-undo');
    const invite = { type: 'Invite', actor: carol.id, object: alice };
    expect(await outcome(carol, activityOf('Undo', carol, invite))).toBe('ignored: unsupported-undo');
    const elsewhere = followOf(carol, mallory.id);
    expect(await outcome(carol, activityOf('Undo', carol, elsewhere))).toBe('ignored: not-ours');
    expect(await followersOfAlice()).toEqual([carol.id]);
  });

  test.for(['by id', 'embedded', 'embedded without its id'] as const)(
    'the follower does, %s',
    async (how) => {
      const follow = followOf(carol, alice);
      expect(await outcome(carol, follow)).toBe('applied');
      const { id: _, ...nameless } = follow;
      const named = { 'by id': follow.id, embedded: follow, 'embedded without its id': nameless };
      expect(await outcome(carol, activityOf('Undo', carol, named[how]))).toBe('applied');
      expect(await followersOfAlice()).toEqual([]);
    },
  );

  test('also when the Undo overtakes the Follow', async () => {
    const follow = followOf(carol, alice);
    await outcome(carol, activityOf('Undo', carol, follow));
    expect(await outcome(carol, follow)).toBe('ignored: undone');
    expect(await followersOfAlice()).toEqual([]);
    // Another wish later is another wish.
    expect(await outcome(carol, followOf(carol, alice))).toBe('applied');
    expect(await followersOfAlice()).toEqual([carol.id]);
  });
});

describe('a Follow', () => {
  const follows = () => server.context.db('follows').count();

  test('of somebody elsewhere, of nobody, or of the server itself has no effect', async () => {
    const before = await follows();
    expect(await outcome(mallory, followOf(mallory, carol.id))).toBe('ignored: not-ours');
    expect(await outcome(mallory, followOf(mallory, `${server.origin}/ap/users/1`))).toBe(
      'ignored: not-ours',
    );
    expect(await outcome(mallory, followOf(mallory, `${server.origin}/actor`))).toBe(
      'refused: not-followable',
    );
    expect(await follows()).toEqual(before);
  });

  test('of a suspended account has no effect', async () => {
    const before = await follows();
    const me = server.context.db('accounts').where({ actor_uri: alice });
    await me.clone().update({ state: 'suspended' });
    expect(await outcome(mallory, followOf(mallory, alice))).toBe('ignored: target-not-active');
    await me.update({ state: 'active' });
    expect(await follows()).toEqual(before);
  });

  test('of a locked account waits', async () => {
    const me = server.context.db('accounts').where({ actor_uri: alice });
    await me.clone().update({ locked: true });
    const before = await followersOfAlice();
    expect(await outcome(mallory, followOf(mallory, alice))).toBe('applied');
    await me.update({ locked: false });
    expect(await followersOfAlice()).toEqual(before);
    expect(rig.e.received.map(({ activity }) => activity.type)).not.toContain('Accept');
  });
});

describe('V5 nobody is followed who did not accept', () => {
  let daves = 0;

  /** Alice asks somebody new of A, who does not answer. */
  async function asked(): Promise<{
    dave: PeerActor;
    id: string;
    request: { id: string };
    isFollowed(): Promise<boolean>;
  }> {
    daves += 1;
    const dave = await rig.a.actor(`dave${daves}`);
    const id = (await rig.alice.find(dave.handle))?.id ?? '';
    expect(await rig.alice.follow(id)).toMatchObject({ following: false, requested: true });
    const { activity } = await eventually('the Follow arrives', () =>
      rig.a.received.findLast((one) => one.activity.object === dave.id),
    );
    return {
      dave,
      id,
      request: activity,
      isFollowed: async () => (await rig.alice.relationship(id)).following,
    };
  }

  test('another server or another account does not accept in their place', async () => {
    const { dave, request, isFollowed } = await asked();
    for (const impostor of [mallory, mole]) {
      const posing = { ...request, object: impostor.id };
      const { id: _, ...nameless } = request;
      for (const object of [request, request.id, posing, nameless]) {
        const accept = activityOf('Accept', impostor, object);
        expect(await outcome(impostor, accept)).toMatch(
          /^(refused: not-the-one-asked|ignored: unknown-actor)$/,
        );
      }
    }
    expect(await isFollowed()).toBe(false);
    expect(await outcome(dave, createOf(dave, noteOf(dave)))).toBe('ignored: not-followed');
  });

  test('another account does not reject in their place', async () => {
    const { dave, request, isFollowed } = await asked();
    expect(await outcome(dave, activityOf('Accept', dave, request))).toBe('applied');
    expect(await outcome(mallory, activityOf('Reject', mallory, request))).not.toBe('applied');
    expect(await outcome(mole, activityOf('Reject', mole, request.id))).not.toBe('applied');
    expect(await isFollowed()).toBe(true);
    expect(await outcome(dave, activityOf('Reject', dave, request))).toBe('applied');
    expect(await isFollowed()).toBe(false);
  });

  test('an Accept that nobody asked for does nothing, whatever it names', async () => {
    const stranger = await rig.e.actor('stranger');
    expect(await outcome(stranger, followOf(stranger, alice))).toBe('applied');
    const invented = { type: 'Follow', actor: alice, object: stranger.id };
    const objects = [
      invented,
      { ...invented, id: `${server.origin}/ap/follows/1` },
      `${server.origin}/ap/follows/1`,
      alice,
    ];
    for (const object of objects) {
      expect(await outcome(stranger, activityOf('Accept', stranger, object))).toBe(
        'ignored: no-such-request',
      );
    }
    expect(await outcome(stranger, createOf(stranger, noteOf(stranger)))).toBe('ignored: not-followed');
  });

  test('an Accept twice is one', async () => {
    const { dave, request, isFollowed } = await asked();
    expect(await outcome(dave, activityOf('Accept', dave, request))).toBe('applied');
    expect(await outcome(dave, activityOf('Accept', dave, request))).toBe('applied');
    expect(await isFollowed()).toBe(true);
    expect(await server.context.db('follows').where({ uri: request.id })).toHaveLength(1);
  });

  test('an Accept of something else than a Follow is none of a Follow', async () => {
    const { dave, isFollowed } = await asked();
    const invitation = { type: 'Invite', actor: alice, object: dave.id };
    expect(await outcome(dave, activityOf('Accept', dave, invitation))).toBe('ignored: no-such-request');
    expect(await isFollowed()).toBe(false);
  });

  test('an Accept of a request that was taken back does nothing', async () => {
    const { dave, id, request, isFollowed } = await asked();
    await rig.alice.unfollow(id);
    expect(await outcome(dave, activityOf('Accept', dave, request))).toBe('ignored: no-such-request');
    await rig.alice.follow(id);
    expect(await outcome(dave, activityOf('Accept', dave, request))).toBe('ignored: no-such-request');
    expect(await isFollowed()).toBe(false);
  });
});
