import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportLimits, videoLimits } from '../../config/limits.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { activityOf, createOf, letFollow, noteOf, quiet, type Rig, startRig } from '../helpers/activities.ts';
import type { PeerActor } from '../helpers/peer.ts';
import { createPostProbe } from '../helpers/posts.ts';

let rig: Rig;
let probe: ReturnType<typeof createPostProbe>;
let carol: PeerActor;
/** Of the same server as carol. */
let mole: PeerActor;
let mallory: PeerActor;
let alice: Account;

beforeAll(async () => {
  rig = await startRig();
  probe = createPostProbe(rig);
  ({ carol, mallory } = rig);
  mole = await rig.a.actor('mole');
  alice = await probe.account(rig.alice.account.uri);
});
afterAll(() => rig.close());

const db = () => rig.server.context.db;
const known = async (actor: PeerActor) => {
  const found = await rig.server.context.federation.lookup.actor(actor.id);
  if (!found.ok) throw new Error(found.detail);
  return found.account;
};
const followPairs = async (a: Account, b: Account) =>
  (await rig.server.context.social.relationships(a.id, [b.id]))[0];

describe('a Block', () => {
  test('ends follows both ways and hides each from the other, until it is taken back', async () => {
    const dave = await rig.a.actor('dave-who-blocks');
    await letFollow(rig, rig.a, dave);
    await probe.follows(dave);
    const note = noteOf(dave);
    expect(await probe.outcome(dave, createOf(dave, note))).toBe('applied');
    const video = await probe.publish();
    const reply = await probe.reply(dave, video.uri);
    const shown = async () => ({
      home: (await rig.alice.home()).map(({ uri }) => uri).includes(note.id),
      thread: (await probe.thread(video, alice.id)).includes(reply.id),
      theirs: (await rig.server.context.videos.forViewer(video.id, (await known(dave)).id)) !== null,
    });
    expect(await shown()).toEqual({ home: true, thread: true, theirs: true });
    const block = activityOf('Block', dave, alice.actorUri);
    expect(await probe.outcome(dave, block)).toBe('applied');
    expect(await shown()).toEqual({ home: false, thread: false, theirs: false });
    expect(await followPairs(alice, await known(dave))).toMatchObject({
      following: false,
      followedBy: false,
    });
    const page = { maxId: null, minId: null, limit: 9 };
    expect(await rig.server.context.videos.ofAccount((await known(dave)).id, alice.id, page)).toEqual([]);
    expect(await probe.does('Follow', dave, alice.actorUri)).toBe('refused: blocked');
    expect(await probe.does('Undo', mole, block)).toBe('refused: not-the-one-who-did-it');
    expect(await probe.does('Undo', mole, block.id)).toBe('ignored: nothing-to-undo');
    expect((await shown()).thread).toBe(false);
    expect(await probe.does('Undo', dave, block)).toBe('applied');
    expect(await shown()).toEqual({ home: false, thread: true, theirs: true });
  });

  test('twice is one, and of somebody elsewhere none of ours', async () => {
    const dave = await rig.a.actor('dave-who-blocks-twice');
    expect(await probe.does('Block', dave, alice.actorUri)).toBe('applied');
    expect(await probe.does('Block', dave, alice.actorUri)).toBe('ignored: known');
    expect(await probe.does('Block', dave, carol.id)).toBe('ignored: not-ours');
    expect(await probe.does('Block', dave, `${rig.server.origin}/actor`)).toBe('ignored: not-blockable');
  });

  test('V8 is told to the server of the blocked, and to no other', async () => {
    const { inTx, social } = rig.server.context;
    const [blocked, bystander] = [await rig.a.actor('blocked'), await rig.e.actor('bystander')];
    await probe.follows(bystander);
    const [before, target] = [rig.e.received.length, await known(blocked)];
    await inTx((tx) => social.block(tx, alice, target));
    await quiet(rig.server);
    const told = (peer: Rig['a']) => peer.received.filter(({ activity }) => activity.type === 'Block');
    expect(told(rig.a).map(({ activity }) => activity.object)).toEqual([blocked.id]);
    expect(rig.e.received.slice(before)).toEqual([]);
    await inTx((tx) => social.unblock(tx, alice, target));
    await quiet(rig.server);
    expect(rig.a.received.at(-1)?.activity).toMatchObject({ type: 'Undo', object: { type: 'Block' } });
  });
});

describe('V6 a Move', () => {
  let moves = 0;

  /** Somebody whom alice follows, and the account that person goes on as. */
  async function movers(knows = true) {
    moves += 1;
    const from = await rig.a.actor(`from${moves}`);
    const to = await rig.e.actor(`to${moves}`, { alsoKnownAs: knows ? [from.id] : [] });
    await letFollow(rig, rig.a, from);
    return { from, to };
  }
  const follows = async (actor: PeerActor) => {
    const pair = { follower_id: alice.id, target_id: (await known(actor)).id };
    return (await db()('follows').where(pair).first())?.state ?? null;
  };
  const sends = (from: PeerActor, target: string, object = from.id) =>
    probe.does('Move', from, object, { target });

  test('takes followers along where both accounts say so', async () => {
    const { from, to } = await movers();
    expect(await sends(from, to.id)).toBe('applied');
    expect([await follows(from), await follows(to)]).toEqual([null, 'pending']);
  });

  test('does nothing where the new account does not know the old one', async () => {
    const { from, to } = await movers(false);
    await known(to);
    expect(await sends(from, to.id)).toBe('refused: target-does-not-know-it');
    // Asked anew, whatever was known of it.
    rig.e.page(new URL(to.id).pathname, { ...to.document, alsoKnownAs: [from.id] });
    expect(await sends(from, to.id)).toBe('applied');
  });

  test('of another account does nothing', async () => {
    const { from, to } = await movers();
    expect(await sends(mallory, to.id, from.id)).toBe('refused: not-the-owner');
    expect(await sends(mole, to.id, from.id)).toBe('refused: not-the-owner');
    expect(await follows(from)).toBe('accepted');
  });

  test('to nowhere, to itself, or to one that is not there does nothing', async () => {
    const { from } = await movers();
    expect(await probe.does('Move', from, from.id)).toBe('ignored: no-target');
    expect(await sends(from, from.id)).toBe('ignored: no-target');
    expect(await sends(from, `${from.id}/nobody`)).toBe('ignored: target-not-found');
  });

  test('happens once in a month, and never in a circle or a chain', async () => {
    const { from, to } = await movers();
    const third = await rig.e.actor(`third${moves}`, { alsoKnownAs: [from.id, to.id] });
    expect(await sends(from, to.id)).toBe('applied');
    expect(await sends(from, third.id)).toBe('refused: moved-before');
    rig.a.page(new URL(from.id).pathname, { ...from.document, alsoKnownAs: [to.id] });
    expect(await sends(to, from.id)).toBe('refused: target-is-no-end');
    const late = await rig.a.actor(`late${moves}`);
    await letFollow(rig, rig.a, late);
    rig.a.page(new URL(from.id).pathname, { ...from.document, alsoKnownAs: [late.id] });
    expect(await sends(late, from.id)).toBe('refused: target-is-no-end');
    const { id } = await known(from);
    await db()('accounts')
      .where({ id })
      .update({ moved_at: db().raw(`now() - interval '31 days'`) });
    expect(await sends(from, third.id)).toBe('applied');
  });

  test('does not shake off a block', async () => {
    const { inTx, social } = rig.server.context;
    const { from, to } = await movers();
    const [old, next] = [await known(from), await known(to)];
    await inTx((tx) => social.follow(tx, next, alice));
    await inTx((tx) => social.block(tx, alice, old));
    expect(await sends(from, to.id)).toBe('applied');
    expect(await followPairs(alice, next)).toMatchObject({
      blocking: true,
      following: false,
      followedBy: false,
    });
    expect(await probe.does('Follow', to, alice.actorUri)).toBe('refused: blocked');
  });
});

describe('V7 a Flag', () => {
  const reports = () => db()('reports').orderBy('id');

  test('opens one report that keeps ids alone', async () => {
    const video = await probe.publish();
    const secret = await probe.publish({ visibility: 'followers', caption: 'A secret' });
    const foreign = await probe.reply(carol, video.uri);
    const instance = await rig.e.actor('reporting-server', { type: 'Application' });
    const named = [
      alice.actorUri,
      video.uri,
      secret.uri,
      foreign.id,
      `${rig.server.origin}/ap/videos/1`,
      'x',
    ];
    const content = '<p>Look at <b>this</b></p><script>x</script>';
    const report = activityOf('Flag', instance, named, { content });
    expect(await probe.outcome(instance, report)).toBe('applied');
    expect(await probe.outcome(instance, report)).toBe('applied');
    const [row, ...others] = await reports();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      target_id: alice.id,
      video_ids: [video.id, secret.id],
      comment_ids: [],
      comment: 'Look at this',
      forwarded: false,
      state: 'open',
    });
    expect(JSON.stringify(row)).not.toContain('secret');
  });

  test('names one post or account by its id alone', async () => {
    const video = await probe.publish();
    const before = (await reports()).length;
    expect(await probe.does('Flag', mole, video.uri)).toBe('applied');
    expect(await probe.does('Flag', mole, alice.actorUri)).toBe('applied');
    expect((await reports()).slice(before)).toMatchObject([
      { target_id: alice.id, video_ids: [video.id] },
      { target_id: alice.id, video_ids: [] },
    ]);
  });

  test('of nobody here is ignored', async () => {
    for (const object of [carol.id, `${rig.server.origin}/ap/videos/1`, undefined]) {
      expect(await probe.does('Flag', mallory, object)).toBe('ignored: not-ours');
    }
  });

  test('counts against the whole server it comes from', async () => {
    const flood = await rig.e.actor('flood');
    const [one, more] = [await known(flood), await rig.e.actor('more-of-the-flood')];
    const { ids } = rig.server.context;
    const rows = Array.from({ length: reportLimits.perReporterPerDay }, (_, at) => {
      const uri = `${flood.id}/flags/${at}`;
      return { id: ids.next(), reporter_id: one.id, target_id: alice.id, uri };
    });
    await db()('reports').insert(rows);
    expect(await probe.does('Flag', flood, alice.actorUri)).toBe('ignored: too-many-reports');
    expect(await probe.does('Flag', more, alice.actorUri)).toBe('ignored: too-many-reports');
    expect(await probe.does('Flag', mole, alice.actorUri)).toBe('applied');
  });
});

describe('V8 Add and Remove', () => {
  /** An author with a list of pinned posts, whom alice follows. */
  async function author(name: string): Promise<{ pinner: PeerActor; featured: string }> {
    const featured = rig.a.url(`/users/${name}/featured`);
    const pinner = await rig.a.actor(name, { featured });
    await letFollow(rig, rig.a, pinner);
    return { pinner, featured };
  }
  const pins = (actor: PeerActor) =>
    db()('pins')
      .join('videos', 'videos.id', 'pins.video_id')
      .join('accounts', 'accounts.id', 'pins.account_id')
      .where('accounts.actor_uri', actor.id)
      .pluck('videos.uri');

  test('count for the own list and the own posts only', async () => {
    const { pinner, featured } = await author('pinner');
    const note = noteOf(pinner);
    expect(await probe.outcome(pinner, createOf(pinner, note))).toBe('applied');
    const add = (actor: PeerActor, target: unknown, object = note.id, type = 'Add') =>
      probe.does(type, actor, object, { target });
    expect(await add(mole, featured)).toMatch(/^(refused: not-their-collection|ignored: unknown-actor)$/);
    expect(await add(mallory, featured)).toBe('refused: not-their-collection');
    expect(await add(pinner, `${pinner.id}/other`)).toBe('refused: not-their-collection');
    expect(await add(pinner, undefined)).toBe('refused: not-their-collection');
    const video = await probe.publish();
    expect(await add(pinner, featured, video.uri)).toBe('refused: not-the-author');
    expect(await add(pinner, featured, `${pinner.id}/notes/none`)).toBe('ignored: unknown-object');
    expect(await pins(pinner)).toEqual([]);
    expect(await add(pinner, { id: featured })).toBe('applied');
    expect(await add(pinner, featured)).toBe('applied');
    expect(await pins(pinner)).toEqual([note.id]);
    expect(await add(mallory, featured, note.id, 'Remove')).toBe('refused: not-their-collection');
    expect(await pins(pinner)).toEqual([note.id]);
    expect(await add(pinner, featured, note.id, 'Remove')).toBe('applied');
    expect(await pins(pinner)).toEqual([]);
  });

  test('keep a list short, and what is not for everybody out of it', async () => {
    const { pinner, featured } = await author('pins-many');
    const outcomes: string[] = [];
    for (let at = 0; at <= videoLimits.maxPins; at += 1) {
      const note = noteOf(pinner);
      await probe.outcome(pinner, createOf(pinner, note));
      outcomes.push(await probe.does('Add', pinner, note.id, { target: featured }));
    }
    expect(outcomes).toEqual([...Array(videoLimits.maxPins).fill('applied'), 'ignored: too-many-pins']);
    const secret = noteOf(pinner, { to: [pinner.followers], cc: [] });
    await probe.outcome(pinner, createOf(pinner, secret));
    expect(await probe.does('Add', pinner, secret.id, { target: featured })).toBe('ignored: not-public');
  });
});

describe('V8 a QuoteRequest', () => {
  const stamps = (videoId: string) => db()('quote_authorizations').where({ video_id: videoId });
  const answerTo = async (peer: Rig['a'], id: string) => {
    await quiet(rig.server);
    return peer.received.find(({ activity }) => activity.object?.id === id)?.activity;
  };

  test('of an open video is answered with a stamp that can be checked', async () => {
    const video = await probe.publish();
    const instrument = `${carol.id}/quotes/1`;
    const request = activityOf('QuoteRequest', carol, video.uri, { instrument });
    expect(await probe.outcome(carol, request)).toBe('applied');
    const accept = await answerTo(rig.a, request.id);
    expect(accept).toMatchObject({ type: 'Accept', actor: alice.actorUri, result: expect.any(String) });
    const headers = { accept: 'application/activity+json' };
    const stamp = await (await fetch(accept.result, { headers })).json();
    expect(stamp).toMatchObject({
      type: 'QuoteAuthorization',
      attributedTo: alice.actorUri,
      interactingObject: instrument,
      interactionTarget: video.uri,
    });
    expect(await probe.does('QuoteRequest', carol, video.uri, { instrument: { id: instrument } })).toBe(
      'applied',
    );
    expect(await stamps(video.id)).toHaveLength(1);
  });

  test('nobody asks for, or uses up, the post of another', async () => {
    const video = await probe.publish();
    const instrument = `${carol.id}/quotes/2`;
    expect(await probe.does('QuoteRequest', mallory, video.uri, { instrument })).toBe(
      'refused: not-their-post',
    );
    expect(await probe.does('QuoteRequest', mallory, video.uri)).toBe('ignored: no-instrument');
    expect(await stamps(video.id)).toEqual([]);
    // Another account of the same server may speak for it as far as we can know; that takes nothing away.
    await probe.does('QuoteRequest', mole, video.uri, { instrument });
    const request = activityOf('QuoteRequest', carol, video.uri, { instrument });
    expect(await probe.outcome(carol, request)).toBe('applied');
    expect(await answerTo(rig.a, request.id)).toMatchObject({ type: 'Accept' });
    expect(await stamps(video.id)).toMatchObject([{ account_id: (await known(carol)).id }]);
  });

  test('V8 an activity id that somebody else used first is still the sender’s own', async () => {
    const video = await probe.publish();
    const like = activityOf('Like', carol, video.uri);
    expect(await probe.outcome(mallory, { ...like, actor: mallory.id } as typeof like)).toMatch(/^400 /);
    expect(await probe.outcome(mole, { ...like, actor: mole.id } as typeof like)).toBe('applied');
    expect(await probe.outcome(carol, like)).not.toContain('ignored');
    expect(await db()('likes').where({ video_id: video.id })).toHaveLength(2);
  });

  test('of a video for followers is turned down, to a follower', async () => {
    const secret = await probe.publish({ visibility: 'followers' });
    const fan = await rig.a.actor('fan-who-quotes');
    await probe.follows(fan);
    const request = activityOf('QuoteRequest', fan, secret.uri, { instrument: `${fan.id}/quotes/1` });
    expect(await probe.outcome(fan, request)).toBe('applied');
    expect(await answerTo(rig.a, request.id)).toMatchObject({ type: 'Reject' });
    expect(await stamps(secret.id)).toEqual([]);
  });
});
