import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readingLimits } from '../../config/limits.ts';
import {
  activityOf,
  contentOf,
  createOf,
  eventually,
  letFollow,
  noteOf,
  OWN_TABLES,
  outcomeOf,
  PUBLIC,
  publish,
  quiet,
  type Rig,
  startRig,
  summed,
} from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { jobRun } from '../helpers/job-run.ts';
import type { Peer, PeerActor } from '../helpers/peer.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';

let rig: Rig;
let a: Peer;
let carol: PeerActor;
let api: Client;
let reader: Person;

beforeAll(async () => {
  rig = await startRig();
  ({ a, carol } = rig);
  api = clientOf(rig.server.origin);
  reader = await createPeople(rig.server).signedIn('reader');
});
afterAll(() => rig.close());
beforeEach(() => empty(rig.server, 'videos'));

const db = () => rig.server.context.db;
const pathOf = (uri: string) => new URL(uri).pathname;
const uris = () => db()('videos').orderBy('id', 'desc').pluck('uri');
const comments = () => db()('comments').orderBy('id').pluck('uri');

/** Lets the server of a document serve it. */
function serve<T extends { id: string }>(document: T, peer: Peer = a): T {
  peer.page(pathOf(document.id), document);
  return document;
}

const replyOf = (author: PeerActor, inReplyTo: string, more: object = {}) =>
  noteOf(author, { inReplyTo, attachment: [], content: '<p>Nice</p>', ...more });

async function search(q: string, as: Person | null = reader, more = '&resolve=true') {
  const answer = await api.get(`/api/v2/search?q=${encodeURIComponent(q)}${more}`, as ? { as } : {});
  const { accounts = [], statuses = [] } = answer.body;
  return {
    status: answer.status,
    accounts: accounts.map(({ uri }: { uri: string }) => uri),
    statuses: statuses.map(({ uri }: { uri: string }) => uri),
  };
}

describe('a pasted web address', () => {
  test('of an account of another server brings it', async () => {
    const dave = await a.actor('dave');
    expect(await search(dave.id)).toEqual({ status: 200, accounts: [dave.id], statuses: [] });
  });

  test('of a video brings it, by its id and by its page, for who may ask', async () => {
    const note = noteOf(carol);
    const page = a.url('/@carol/1');
    a.page('/@carol/1', { ...note, url: page });
    serve({ ...note, url: page });
    expect(await search(page, null)).toMatchObject({ status: 200, statuses: [] });
    expect(await search(page, reader, '')).toMatchObject({ statuses: [] });
    expect(await uris()).toEqual([]);
    expect(await search(page)).toEqual({ status: 200, accounts: [], statuses: [note.id] });
    expect(await search(note.id, null, '')).toMatchObject({ statuses: [note.id] });
    expect(await search(note.id, reader, '&resolve=true&type=accounts')).toMatchObject({ statuses: [] });
  });

  test('of a comment brings the thread above it', async () => {
    const video = serve(noteOf(carol));
    const first = serve(replyOf(carol, video.id));
    const second = serve(replyOf(carol, first.id));
    expect(await search(second.id)).toMatchObject({ statuses: [second.id] });
    expect(await uris()).toEqual([video.id]);
    expect(await comments()).toEqual([first.id, second.id]);
  });

  test('of something for followers, of a text, or of nothing brings nothing', async () => {
    const secret = serve(noteOf(carol, { to: [carol.followers], cc: [] }));
    const text = serve(noteOf(carol, { attachment: [] }));
    for (const id of [secret.id, text.id, a.url('/nothing'), 'https://', 'http://[::1']) {
      expect(await search(id), id).toEqual({ status: 200, accounts: [], statuses: [] });
    }
    expect(await uris()).toEqual([]);
  });

  test('of this server leads to what is here, and is never asked for', async () => {
    const { id, uri } = await publish(rig);
    const hidden = await publish(rig, { visibility: 'followers' });
    const { origin } = rig.server;
    for (const address of [uri, `${origin}/@alice/${id}`]) {
      expect(await search(address, null, ''), address).toMatchObject({ statuses: [uri] });
    }
    expect(await search(`${origin}/@alice`)).toMatchObject({ accounts: [rig.alice.account.uri] });
    for (const address of [
      hidden.uri,
      `${origin}/@reader/${id}`,
      `${origin}/ap/videos/1`,
      `${origin}/feed`,
    ]) {
      expect(await search(address), address).toEqual({ status: 200, accounts: [], statuses: [] });
    }
  });

  test('of a blocked server is refused, and one that is away is said to be', async () => {
    const { instances, inTx } = rig.server.context;
    await inTx((tx) => instances.setPolicy(tx, 'blocked.test', { severity: 'suspend' }));
    expect(await search('https://blocked.test/1')).toMatchObject({ status: 403 });
    a.page('/broken', 503);
    expect(await search(a.url('/broken'))).toMatchObject({ status: 502 });
  });
});

describe('the first follow of an account', () => {
  test('brings its newest videos to their own time, and what it pinned, once', async () => {
    const erin = await a.actor('erin', { featured: a.url('/users/erin/featured') });
    const days = Array.from({ length: readingLimits.backfillVideos + 3 }, (_, day) => day);
    const notes = days.map((day) =>
      noteOf(erin, { published: new Date(Date.UTC(2025, 0, 60 - day)).toISOString() }),
    );
    const [pinned, boosted] = [
      serve(noteOf(erin, { published: '2020-01-01T00:00:00Z' })),
      serve(noteOf(carol)),
    ];
    const half = notes.slice(0, 10);
    const rest = notes.slice(10).map((note) => serve(note));
    a.page('/users/erin/outbox', {
      id: `${erin.id}/outbox`,
      type: 'OrderedCollection',
      first: `${erin.id}/p1`,
    });
    a.page('/users/erin/p1', {
      ...{ id: `${erin.id}/p1`, type: 'OrderedCollectionPage', next: `${erin.id}/p2` },
      orderedItems: [activityOf('Announce', erin, boosted.id), ...half.map((note) => createOf(erin, note))],
    });
    a.page('/users/erin/p2', {
      ...{ id: `${erin.id}/p2`, type: 'OrderedCollectionPage' },
      orderedItems: rest.map((note) => activityOf('Create', erin, note.id)),
    });
    a.page('/users/erin/featured', {
      ...{ id: `${erin.id}/featured`, type: 'OrderedCollection', orderedItems: [pinned.id] },
    });
    await publish(rig, { caption: 'News' });
    await letFollow(rig, a, erin);
    await quiet(rig.server);
    const newest = notes.slice(0, readingLimits.backfillVideos).map(({ id }) => id);
    const [news, ...older] = (await rig.alice.home()).map(({ uri }) => uri);
    expect(news).toContain('/ap/videos/');
    expect(older).toEqual(newest.slice(0, older.length));
    expect((await uris()).slice(1)).toEqual([...newest, pinned.id]);
    const published = await db()('videos').where({ uri: newest[0] }).first('published_at');
    expect(published.published_at.toISOString()).toBe('2025-03-01T00:00:00.000Z');
    const pins = await db()('pins').join('videos', 'videos.id', 'pins.video_id').pluck('videos.uri');
    expect(pins).toEqual([pinned.id]);

    // A worker that was killed after its last step does all of it again, to no effect.
    const { id: accountId } = await db()('accounts').where({ actor_uri: erin.id }).first('id');
    // Upkeep adds up what was counted, whenever that is.
    await summed(rig.server);
    const before = await contentOf(db(), OWN_TABLES);
    const run = jobRun({ signal: AbortSignal.timeout(20_000) });
    await rig.server.context.handlers['outbox.backfill']({ accountId }, run);
    expect(await contentOf(db(), OWN_TABLES)).toEqual(before);

    const asked = a.asked().length;
    const people = createPeople(rig.server);
    const other = await people.signedIn('other');
    await api.post(`/api/v1/accounts/${await idOf(erin)}/follow`, { as: other });
    await quiet(rig.server);
    const request = a.received.findLast((one) => one.activity.type === 'Follow')?.activity;
    expect(await outcomeOf(rig.server, erin, activityOf('Accept', erin, request))).toBe('applied');
    await quiet(rig.server);
    expect(a.asked().slice(asked)).toEqual([]);
  });

  test('of a channel brings what it announces as its own', async () => {
    const owner = await a.actor('owner');
    const channel = await a.actor('channel', { type: 'Group' });
    const id = a.url('/videos/watch/1');
    serve({
      ...{ id, type: 'Video', name: 'On a channel', duration: 'PT5S', published: '2025-01-01T00:00:00Z' },
      attributedTo: [
        { type: 'Person', id: owner.id },
        { type: 'Group', id: channel.id },
      ],
      ...{ to: [PUBLIC], cc: [owner.followers] },
      url: [{ type: 'Link', mediaType: 'video/mp4', href: a.url('/1.mp4'), height: 480 }],
    });
    a.page('/users/channel/outbox', {
      ...{ id: `${channel.id}/outbox`, type: 'OrderedCollection' },
      orderedItems: [
        activityOf('Announce', channel, id),
        activityOf('Announce', channel, noteOf(rig.mallory).id),
      ],
    });
    await letFollow(rig, a, channel);
    await quiet(rig.server);
    expect(await uris()).toEqual([id]);
    const [author] = await db()('videos').join('accounts', 'accounts.id', 'account_id').pluck('actor_uri');
    expect(author).toBe(channel.id);
  });

  const idOf = async (actor: PeerActor) =>
    (await db()('accounts').where({ actor_uri: actor.id }).first('id')).id as string;
});

describe('opening the comments of a video elsewhere', () => {
  test('brings what its server lists, once in a while, and shows it to whoever looks next', async () => {
    const frank = await a.actor('frank');
    const [video, other] = [noteOf(frank), serve(noteOf(frank))];
    const first = serve(replyOf(frank, video.id));
    const second = serve(replyOf(carol, first.id));
    const foreign = serve(replyOf(rig.mallory, video.id), rig.e);
    const elsewhere = replyOf(frank, other.id);
    const secret = replyOf(frank, video.id, { to: [frank.followers], cc: [] });
    const replies = `${video.id}/replies`;
    serve({ ...video, replies, context: `${video.id}/context` });
    // The second before what it answers; both servers' words in one list.
    a.page(pathOf(replies), {
      id: replies,
      type: 'Collection',
      items: [second.id, foreign.id, elsewhere, secret],
    });
    a.page(`${pathOf(video.id)}/context`, {
      ...{ id: `${video.id}/context`, type: 'OrderedCollection', orderedItems: [first] },
    });
    expect(await search(video.id)).toMatchObject({ statuses: [video.id] });
    const { id } = await db()('videos').where({ uri: video.id }).first('id');
    const look = async () => (await api.get(`/api/v1/statuses/${id}/context`)).body.descendants;
    expect(await look()).toEqual([]);
    await quiet(rig.server);
    expect((await look()).map(({ uri }: { uri: string }) => uri)).toEqual([first.id, second.id]);
    const asked = a.asked().length;
    await look();
    await quiet(rig.server);
    expect(a.asked()).toHaveLength(asked);
    expect(rig.e.asked()).not.toContain(pathOf(foreign.id));
  });
});

describe('a video whose file is gone', () => {
  /** A video that is here, after its job has asked for it. */
  async function refreshed(page: object | number) {
    const note = noteOf(carol);
    serve(note);
    await search(note.id);
    const { id } = await db()('videos').where({ uri: note.id }).first('id');
    const ask = async (now: object | number) => {
      a.page(pathOf(note.id), now);
      const { enqueue, inTx } = await jobs();
      await inTx((tx) =>
        enqueue(tx, { name: 'post.refresh', payload: { videoId: id }, key: `refresh:${id}` }),
      );
      await quiet(rig.server);
      return (await uris()).includes(note.id);
    };
    return { here: await ask(page), ask, note };
  }

  const jobs = async () => {
    const { createEnqueue } = await import('../../src/jobs/enqueue.ts');
    const { ids, inTx } = rig.server.context;
    return { enqueue: createEnqueue(ids), inTx };
  };

  test('goes with its post where that is gone, and comes back with no late Create', async () => {
    const { here, note } = await refreshed(410);
    expect(here).toBe(false);
    await letFollow(rig, a, carol);
    expect(await outcomeOf(rig.server, carol, createOf(carol, note))).toBe('ignored: deleted');
  });

  test('is what a download that finds no file leads to', async () => {
    const copying = await startRig({ REMOTE_VIDEO: 'replicate' });
    try {
      const { server, carol: author } = copying;
      await letFollow(copying, copying.a, author);
      const there = serve(noteOf(author), copying.a);
      const gone = noteOf(author);
      copying.a.page(pathOf(gone.id), 410);
      for (const note of [there, gone]) {
        expect(await outcomeOf(server, author, createOf(author, note))).toBe('applied');
      }
      const left = () => server.context.db('videos').pluck('uri');
      await eventually('the deleted one is gone', async () => (await left()).length === 1);
      expect(await left()).toEqual([there.id]);
      await eventually('the other one was asked for', () => copying.a.asked().includes(pathOf(there.id)));
    } finally {
      await copying.close();
    }
  });

  test('stays after one 404, and goes after hours of them', async () => {
    const { here, ask, note } = await refreshed(404);
    expect(here).toBe(true);
    expect(await ask(404)).toBe(true);
    expect(await ask(note)).toBe(true);
    expect(await ask(404)).toBe(true);
    await db()('videos')
      .where({ uri: note.id })
      .update({ missing_since: new Date(Date.now() - 7 * 3_600_000) });
    expect(await ask(404)).toBe(false);
  });

  test('stays where its server refuses an answer', async () => {
    expect((await refreshed(403)).here).toBe(true);
  });

  test('its author is gone only when the server says 410', async () => {
    const { lookup } = rig.server.context.federation;
    const gina = await a.actor('gina');
    expect(await lookup.actor(gina.id)).toMatchObject({ ok: true });
    const state = async () => (await db()('accounts').where({ actor_uri: gina.id }).first('state')).state;
    a.page('/users/gina', 404);
    expect(await lookup.actor(gina.id, { anew: true })).toMatchObject({ reason: 'not-found' });
    expect(await state()).toBe('active');
    a.page('/users/gina', 410);
    expect(await lookup.actor(gina.id, { anew: true })).toMatchObject({ reason: 'not-found' });
    expect(await state()).toBe('deleted');
  });
});
