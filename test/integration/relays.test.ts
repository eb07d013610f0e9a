import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { relayLimits } from '../../config/limits.ts';
import { operator } from '../../src/modules/staff/index.ts';
import {
  activityOf,
  createOf,
  eventually,
  followOf,
  letFollow,
  noteOf,
  outcomeOf,
  PUBLIC,
  post,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import type { Peer, PeerActor } from '../helpers/peer.ts';

let rig: Rig;
/** The server of the relay. */
let e: Peer;
/** The server of those who publish. */
let a: Peer;
let relay: PeerActor;
/** Of the server of the relay, but not the relay. */
let mallory: PeerActor;
let carol: PeerActor;
let instanceActor: string;

beforeAll(async () => {
  rig = await startRig();
  ({ a, e, carol, mallory } = rig);
  relay = await e.actor('relay', { type: 'Service' });
  instanceActor = rig.server.context.urls.instanceActor;
});
afterAll(() => rig.close());
beforeEach(() => empty(rig.server, 'videos', 'relays'));

const db = () => rig.server.context.db;
const outcome = (actor: PeerActor, activity: { id: string }) => outcomeOf(rig.server, actor, activity);
const states = async () => (await rig.server.context.relays.list()).map(({ state }) => state);
const videos = () => db()('videos').orderBy('id').pluck('uri');

/** The newest activity of a type that the relay got. */
const gotten = (type: string) =>
  eventually(`a ${type} arrives`, () => e.received.findLast((one) => one.activity.type === type)?.activity);

async function subscribe(address: string, kind?: 'mastodon' | 'litepub') {
  const before = e.received.length;
  const added = await rig.server.context.federation.subscribeToRelay(operator, address, {
    ...(kind && { kind }),
  });
  expect(added).toMatchObject({ ok: true });
  await eventually('the Follow arrives', () => e.received.length > before);
  return gotten('Follow');
}

/** A relay that has let our server in. */
async function listening(): Promise<void> {
  const asked = await subscribe(e.url('/inbox'));
  expect(await outcome(relay, activityOf('Accept', relay, asked))).toBe('applied');
}

function serve<T extends { id: string }>(document: T): T {
  a.page(new URL(document.id).pathname, document);
  return document;
}

describe('a relay is asked', () => {
  test('by its inbox for the public collection, and taken at its word only where it was asked', async () => {
    const asked = await subscribe(e.url('/inbox'));
    expect(asked).toMatchObject({ type: 'Follow', actor: instanceActor, object: PUBLIC });
    expect(await states()).toEqual(['pending']);
    const accept = activityOf('Accept', carol, { ...asked, object: carol.id });
    expect(await outcome(carol, accept)).toMatch(/^refused/);
    expect(await outcome(carol, activityOf('Accept', carol, asked.id))).toBe('refused: not-the-one-asked');
    expect(await states()).toEqual(['pending']);
    expect(await outcome(relay, activityOf('Accept', relay, asked))).toBe('applied');
    expect(await states()).toEqual(['accepted']);
    // From now on the relay is its actor, and not all of its server.
    expect(await outcome(mallory, activityOf('Reject', mallory, asked.id))).toBe(
      'refused: not-the-one-asked',
    );
    expect(await outcome(relay, activityOf('Reject', relay, asked.id))).toBe('applied');
    expect(await states()).toEqual(['rejected']);
  });

  test('by its actor, which may follow our server, too', async () => {
    const asked = await subscribe(relay.id);
    expect(asked).toMatchObject({ type: 'Follow', actor: instanceActor, object: relay.id });
    const { id: _forgotten, ...bare } = asked;
    expect(await outcome(relay, activityOf('Accept', relay, bare))).toBe('applied');
    expect(await states()).toEqual(['accepted']);
    const back = followOf(relay, instanceActor);
    expect(await outcome(relay, back)).toBe('applied');
    const accepted = await gotten('Accept');
    expect(accepted).toMatchObject({ actor: instanceActor, object: { id: back.id, actor: relay.id } });
    expect(await outcome(carol, followOf(carol, instanceActor))).toBe('refused: not-followable');
  });

  test('once, and told when it is not wanted any more', async () => {
    const asked = await subscribe(e.url('/inbox'));
    const { federation, relays, inTx } = rig.server.context;
    expect(await federation.subscribeToRelay(operator, e.url('/inbox'))).toMatchObject({ reason: 'known' });
    expect(await federation.subscribeToRelay(operator, 'nowhere')).toMatchObject({
      reason: 'address-invalid',
    });
    expect(await inTx((tx) => relays.remove(tx, operator, e.url('/inbox')))).toMatchObject({ ok: true });
    const undo = await gotten('Undo');
    expect(undo).toMatchObject({ actor: instanceActor, object: { id: asked.id, object: PUBLIC } });
    expect(await inTx((tx) => relays.remove(tx, operator, e.url('/inbox')))).toMatchObject({
      reason: 'not-found',
    });
  });
});

describe('what a relay passes on', () => {
  test('is asked for at its origin, kept where it is a public video, and is no share', async () => {
    await listening();
    const note = serve(noteOf(carol));
    const lie = { ...note, content: '<p>Forged</p>' };
    expect(await outcome(relay, activityOf('Announce', relay, lie))).toBe('applied');
    const [row] = await db()('videos').select('uri', 'caption_html', 'discovery');
    expect(row).toEqual({ uri: note.id, caption_html: '<p>A clip</p>', discovery: true });
    expect(await db()('shares')).toEqual([]);
    expect((await rig.alice.home()).map(({ uri }) => uri)).toEqual([]);
    // Something to find, and no news to anybody.
    const found = await fetch(`${rig.server.origin}/api/v1/timelines/public?remote=true`);
    expect(((await found.json()) as { uri: string }[]).map(({ uri }) => uri)).toEqual([note.id]);
    expect(await outcome(relay, activityOf('Announce', relay, note.id))).toBe('ignored: known');
    expect(await db()('shares')).toEqual([]);
  });

  test('is nothing else: no text, nothing unlisted, nothing that its origin does not serve, nothing of ours', async () => {
    await listening();
    const text = serve(noteOf(carol, { attachment: [] }));
    const unlisted = serve(noteOf(carol, { to: [carol.followers], cc: [PUBLIC] }));
    const ghost = noteOf(carol);
    for (const note of [text, unlisted, ghost]) {
      expect(await outcome(relay, activityOf('Announce', relay, note)), note.id).toMatch(/^ignored/);
    }
    const ours = `${rig.server.origin}/ap/videos/1`;
    expect(await outcome(relay, activityOf('Announce', relay, ours))).toBe('ignored: object-is-ours');
    expect(await videos()).toEqual([]);
  });

  test('is nothing of a server that was limited here, or whose files are not taken: it is not even asked', async () => {
    await listening();
    const domain = a.host.split(':')[0];
    for (const policy of [{ severity: 'silence' }, { severity: 'noop', reject_media: true }]) {
      await db()('domain_policies').insert({ domain, ...policy });
      const note = serve(noteOf(carol));
      const asked = a.asked().length;
      const told = await outcome(relay, activityOf('Announce', relay, note.id));
      await db()('domain_policies').delete();
      expect([told, a.asked().length]).toEqual(['ignored: domain-limited', asked]);
    }
    expect(await videos()).toEqual([]);
  });

  test('may be a Create, in its own name or in that of the author, which it does not speak for', async () => {
    await listening();
    const own = serve(noteOf(carol));
    const forged = { ...own, content: '<p>Forged</p>' };
    expect(await outcome(relay, activityOf('Create', relay, forged))).toBe('applied');
    const passed = serve(noteOf(carol));
    const create = createOf(carol, { ...passed, content: '<p>Forged</p>' } as never);
    expect((await post(rig.server, relay, create)).status).toBe(202);
    await quiet(rig.server);
    const rows = await db()('videos').orderBy('uri').select('uri', 'caption_html');
    expect(rows.map(({ uri }) => uri).sort()).toEqual([own.id, passed.id].sort());
    expect(new Set(rows.map((row) => row.caption_html))).toEqual(new Set(['<p>A clip</p>']));
    // Nothing else of others does it speak for, and nobody but a relay may pass anything on.
    const before = await videos();
    expect((await post(rig.server, relay, activityOf('Delete', carol, own.id))).status).toBe(202);
    expect((await post(rig.server, mallory, createOf(carol, serve(noteOf(carol))))).status).toBe(401);
    await quiet(rig.server);
    expect(await videos()).toEqual(before);
  });

  test('is delivery and no opinion: it trends once somebody here likes it, and by that alone', async () => {
    await listening();
    const [liked, passed] = [serve(noteOf(carol)), serve(noteOf(carol))];
    for (const note of [passed, liked])
      expect(await outcome(relay, activityOf('Announce', relay, note.id))).toBe('applied');
    const id = async ({ id: uri }: { id: string }) => (await db()('videos').where({ uri }).first('id')).id;
    const trending = async (): Promise<string[]> => {
      const response = await fetch(`${rig.server.origin}/api/v1/trends/statuses`);
      return ((await response.json()) as { uri: string }[]).map(({ uri }) => uri);
    };
    const like = await fetch(`${rig.server.origin}/api/v1/statuses/${await id(liked)}/favourite`, {
      ...{ method: 'POST', headers: { authorization: `Bearer ${rig.alice.token}` } },
    });
    expect(like.status).toBe(200);
    await eventually('it trends', async () => (await trending()).length > 0);
    expect(await trending()).toEqual([liked.id]);
  });

  test('of somebody who is followed here is no discovery', async () => {
    await listening();
    await letFollow(rig, a, carol);
    const note = serve(noteOf(carol));
    expect(await outcome(relay, activityOf('Announce', relay, note.id))).toBe('applied');
    expect(await db()('videos').pluck('discovery')).toEqual([false]);
  });

  test('counts no more once the relay was removed, or turned our server away', async () => {
    const note = serve(noteOf(carol));
    await subscribe(e.url('/inbox'));
    expect(await outcome(relay, activityOf('Announce', relay, note.id))).toBe('ignored: not-followed');
    await db()('relays').delete();
    await listening();
    const { relays, inTx } = rig.server.context;
    await inTx((tx) => relays.remove(tx, operator, relay.id));
    expect(await outcome(relay, activityOf('Announce', relay, note.id))).toBe('ignored: not-followed');
    expect(await videos()).toEqual([]);
  });

  test('sends our server to ask only so often', async () => {
    await listening();
    const before = a.asked().length;
    for (let at = 0; at < relayLimits.fetchesPerHost; at += 1) {
      const { status } = await post(
        rig.server,
        relay,
        activityOf('Announce', relay, a.url(`/nothing/${at}`)),
      );
      expect(status).toBe(202);
    }
    await quiet(rig.server);
    const note = serve(noteOf(carol));
    expect(await outcome(relay, activityOf('Announce', relay, note.id))).toBe('ignored: too-many-hints');
    expect(a.asked().length - before).toBe(relayLimits.fetchesPerHost);
  });

  test('is cut at so many videos a day', async () => {
    await listening();
    await db()('relays').update({ day: db().raw('current_date'), videos_of_day: relayLimits.videosPerDay });
    const note = serve(noteOf(carol));
    expect(await outcome(relay, activityOf('Announce', relay, note.id))).toBe('ignored: too-many-videos');
    await db()('relays').update({ day: db().raw('current_date - 1') });
    const next = serve(noteOf(carol));
    expect(await outcome(relay, activityOf('Announce', relay, next.id))).toBe('applied');
    expect(await db()('relays').pluck('videos_of_day')).toEqual([1]);
  });
});

describe('a relay that is paused', () => {
  test('is passed over and hears nothing of it, and is listened to again', async () => {
    await listening();
    const { relays, inTx } = rig.server.context;
    const address = e.url('/inbox');
    const pause = (isPaused: boolean) => inTx((tx) => relays.pause(tx, operator, address, { isPaused }));
    const before = e.received.length;
    expect(await pause(true)).toMatchObject({ ok: true });
    expect(await pause(true)).toMatchObject({ reason: 'conflict' });
    expect(await relays.accepted(relay.id)).toBeNull();
    expect((await relays.list())[0]).toMatchObject({ state: 'accepted', pausedAt: expect.any(Date) });
    expect(await pause(false)).toMatchObject({ ok: true });
    expect(await relays.accepted(relay.id)).toMatchObject({ pausedAt: null });
    await quiet(rig.server);
    expect(e.received.length).toBe(before);
  });

  test('has what came by it counted, today and all in all', async () => {
    await listening();
    const { relays, inTx } = rig.server.context;
    const id = (await relays.list())[0]?.id;
    if (id === undefined) throw new Error('There is no relay.');
    await inTx((tx) => relays.countVideo(tx, id));
    await db()('relays').update({ day: db().raw('current_date - 1') });
    expect((await relays.list())[0]).toMatchObject({ videos: 1, videosToday: 0 });
    await inTx((tx) => relays.countVideo(tx, id));
    expect((await relays.list())[0]).toMatchObject({
      ...{ videos: 2, videosToday: 1, lastVideoAt: expect.any(Date) },
    });
  });
});
