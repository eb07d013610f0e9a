import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dropReferences } from '../../src/db/references.ts';
import { createEnqueue } from '../../src/jobs/enqueue.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { storeWatched } from '../helpers/watched.ts';

const HOUR_MS = 3_600_000;

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let author: Person;
let now = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => now } } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
});

afterEach(async () => {
  now += 2 * HOUR_MS;
  await forgetLimits(server);
});

afterAll(() => server?.close());

let names = 0;
const somebody = () => people.signedIn(`somebody_${++names}`);
const video = (facts: Parameters<VideoFactory['video']>[1] = {}) => videos.video(author.account, facts);
/** A video of five seconds: a view from 1.25 s on. */
const event = (videoId: VideoId, more: object = {}) => ({
  id: randomUUID(),
  video_id: videoId,
  type: 'view',
  ...more,
});
const send = (events: readonly object[], asking: Parameters<Client['post']>[1] = {}) =>
  client.post('/api/v1/events', { body: { events }, ...asking });

const settle = () => storeWatched(server.context);

/** As a request that was let in before. */
const lateEvent = (videoId: VideoId) => ({
  ...{ id: randomUUID(), videoId, kind: 'watch' as const, watchedMs: 100 },
  ...{ at: null, source: 'other' as const, mask: null },
});

async function countsOf(videoId: VideoId) {
  await settle();
  await server.context.watching.addTallies();
  const row = await server.context.db('video_views').where({ video_id: videoId }).first();
  const [views, completions, skips, ms] = ['views', 'completions', 'skips', 'watched_ms'].map((name) =>
    Number(row?.[name] ?? 0),
  );
  return { views, completions, skips, ms };
}

async function historyOf(person: Person) {
  await settle();
  const answer = await client.get('/api/v1/history', { as: person });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.entries;
}

describe('views', () => {
  test('one for each person, video and hour, whatever is sent again', async () => {
    const [id, viewer, other] = [await video(), await somebody(), await somebody()];
    const first = event(id, { watched_seconds: 2 });
    for (const events of [
      [first],
      [first],
      [first, event(id)],
      [event(id, { type: 'watch', watched_seconds: 4 })],
    ]) {
      const answer = await send(events, { as: viewer });
      expect(answer.body).toEqual({ accepted: events.length, ignored: 0 });
    }
    expect(await countsOf(id)).toEqual({ views: 1, completions: 0, skips: 0, ms: 4_000 });
    await send([event(id)], { as: other });
    now += HOUR_MS;
    await send([first, event(id)], { as: viewer });
    expect(await countsOf(id)).toMatchObject({ views: 3 });
    const shown = await client.get(`/api/v1/videos/${id}`);
    const none = { likes: 0, comments: 0, shares: 0, reposts: 0, saves: 0, remixes: 0 };
    expect(shown.body.stats).toEqual({ views: 3, ...none });
  });

  test('of people who are not signed in: by network, whatever they say of their browser, and no address is stored', async () => {
    const id = await video();
    const from = (address: string, agent = 'Browser') =>
      send([event(id)], { from: address, headers: { 'User-Agent': agent } });
    await from('198.51.100.1');
    await from('198.51.100.77');
    expect((await countsOf(id)).views).toBe(1);
    await from('198.51.100.1', 'Other browser');
    expect((await countsOf(id)).views).toBe(1);
    await from('203.0.113.1');
    expect((await countsOf(id)).views).toBe(2);
    const { db } = server.context;
    for (const table of ['watch_seen', 'view_keys', 'view_salts', 'view_tallies']) {
      const { rows } = await db.raw('select row_to_json(kept)::text as text from ?? as kept', [table]);
      for (const { text } of rows) expect(text).not.toMatch(/198\.51|203\.0|browser/i);
    }
  });

  test('of people who have not confirmed their address: counted as of nobody, and not noted', async () => {
    const [id, viewer] = [await video(), await somebody()];
    const { db } = server.context;
    await db('accounts').where({ id: viewer.id }).update({ state: 'pending' });
    await db('users').where({ account_id: viewer.id }).update({ unconfirmed: true });
    const answer = await send([event(id)], { as: viewer });
    expect([answer.status, answer.body]).toEqual([200, { accepted: 1, ignored: 0 }]);
    expect((await countsOf(id)).views).toBe(1);
    expect(await db('watch_history').where({ account_id: viewer.id })).toEqual([]);
  });

  test.each<[number, object, object]>([
    [20, { type: 'view' }, { views: 1, ms: 0 }],
    [20, { type: 'view', watched_seconds: 2.9 }, { views: 0, ms: 0 }],
    [20, { type: 'watch', watched_seconds: 3 }, { views: 1, ms: 3_000 }],
    [8, { type: 'watch', watched_seconds: 1.9 }, { views: 0, ms: 1_900 }],
    [8, { type: 'watch', watched_seconds: 2 }, { views: 1, ms: 2_000 }],
    [8, { type: 'skip', watched_seconds: 2.5 }, { views: 0, skips: 1, ms: 2_500 }],
    [8, { type: 'complete' }, { views: 1, completions: 1, ms: 0 }],
    [8, { type: 'complete', watched_seconds: 7 }, { views: 1, completions: 0 }],
    [8, { type: 'watch', watched_seconds: 86_400 }, { views: 1, ms: 80_000 }],
  ])('%i s long, %j: %j', async (duration_seconds, told, counts) => {
    const id = await video();
    await server.context.db('videos').where({ id }).update({ duration_seconds });
    await send([event(id, told)]);
    expect(await countsOf(id)).toMatchObject(counts);
  });

  test('of a video that the viewer may not see nothing is counted, and it is as if there were none', async () => {
    const viewer = await somebody();
    const hidden = await video({ visibility: 'followers' });
    const absent = '123' as VideoId;
    for (const asking of [{ as: viewer }, {}]) {
      for (const id of [hidden, absent]) {
        expect((await send([event(id)], asking)).body).toEqual({ accepted: 1, ignored: 0 });
      }
    }
    expect(await countsOf(hidden)).toEqual({ views: 0, completions: 0, skips: 0, ms: 0 });
    expect(await server.context.db('watch_history').where({ account_id: viewer.id })).toEqual([]);
    await people.follow(viewer.account, author.account);
    await send([event(hidden)], { as: viewer });
    expect(await countsOf(hidden)).toMatchObject({ views: 1 });
  });

  test('twenty people at once, and several who add up: each counts once', async () => {
    const id = await video();
    const events = Array.from({ length: 20 }, () => event(id));
    const { watching } = server.context;
    await Promise.all([
      ...events.flatMap((one, n) =>
        [1, 2].map(() =>
          send([one], { from: `192.0.${n}.1` }).then(async () => {
            await settle();
            await watching.addTallies();
          }),
        ),
      ),
    ]);
    expect(await countsOf(id)).toMatchObject({ views: 20 });
    const days = await server.context.db('video_view_days').where({ video_id: id });
    expect(days.map(({ views }) => Number(views))).toEqual([20]);
  });

  test('a like that holds its video up does not hold up views, nor they it', async () => {
    const [id, other] = [await video(), await video()];
    const { db, watching } = server.context;
    await send([event(id), event(other)]);
    await settle();
    await db.transaction(async (tx) => {
      await tx('videos').where({ id }).forUpdate().first();
      await watching.addTallies();
      expect(Number((await db('video_views').where({ video_id: other }).first())?.views)).toBe(1);
    });
    expect(await countsOf(id)).toMatchObject({ views: 1 });
  });
});

describe('what a client may send', () => {
  test('times of its own clock, within a day', async () => {
    const [id, viewer] = [await video(), await somebody()];
    const at = (ms: number) => new Date(now + ms).toISOString();
    const told = [at(-60_000), at(3 * HOUR_MS), at(-48 * HOUR_MS)];
    await send(
      told.map((moment) => event(id, { at: moment })),
      { as: viewer },
    );
    const [entry] = await historyOf(viewer);
    expect([entry.first_watched_at, entry.watched_at]).toEqual([at(-24 * HOUR_MS), at(0)]);
  });

  test.each<[string, unknown]>([
    ['none', { events: [] }],
    ['too many', { events: Array.from({ length: 101 }, () => event('1' as VideoId)) }],
    ['no list', { events: 'x' }],
    ['no id', { events: [{ video_id: '1', type: 'view' }] }],
    ['a short id', { events: [{ ...event('1' as VideoId), id: 'short' }] }],
    ['another type', { events: [{ ...event('1' as VideoId), type: 'like' }] }],
    ['a negative time', { events: [{ ...event('1' as VideoId), watched_seconds: -1 }] }],
    ['no time', { events: [{ ...event('1' as VideoId), at: 'yesterday' }] }],
    ['no id of a video', { events: [{ ...event('1' as VideoId), video_id: "1'--" }] }],
  ])('%s: refused', async (_name, body) => {
    const answer = await client.post('/api/v1/events', { body });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
  });

  test('too much: refused before it is read', async () => {
    const body = JSON.stringify({ events: [], more: 'x'.repeat(70_000) });
    const answer = await client.post('/api/v1/events', { body, headers: { 'Content-Type': 'text/plain' } });
    expect([answer.status, answer.body.code]).toEqual([413, 'too-large']);
  });

  test('a hundred at once', async () => {
    const [id, viewer] = [await video(), await somebody()];
    const events = Array.from({ length: 100 }, () => event(id, { type: 'watch', watched_seconds: 0.1 }));
    expect((await send(events, { as: viewer })).body).toEqual({ accepted: 100, ignored: 0 });
    expect(await countsOf(id)).toMatchObject({ views: 0, ms: 10_000 });
  });

  test('A5 beacons of our own pages, by cookie; none of another site, signed in or not', async () => {
    const [id, viewer] = [await video(), await somebody()];
    const cookie = await people.tokenOf(viewer.account, 'cookie');
    const beacon = (origin: string | undefined, session?: string) =>
      client.post('/api/v1/events', {
        body: JSON.stringify({ events: [event(id)] }),
        headers: { 'Content-Type': 'text/plain;charset=UTF-8', ...(origin ? { Origin: origin } : {}) },
        ...(session ? { cookie: session } : {}),
      });
    for (const session of [undefined, cookie]) {
      for (const origin of ['https://evil.test', 'null', `${server.origin}.evil.test`]) {
        const answer = await beacon(origin, session);
        expect([answer.status, answer.body.code], origin).toEqual([403, 'cross-site']);
      }
    }
    expect(await countsOf(id)).toMatchObject({ views: 0 });
    expect((await beacon(server.origin)).status).toBe(200);
    expect((await beacon(server.origin, cookie)).status).toBe(200);
    expect(await countsOf(id)).toMatchObject({ views: 2 });
    expect(await historyOf(viewer)).toHaveLength(1);
    // No other route reads text for JSON.
    const other = await client.patch('/api/v1/feed_settings', {
      body: JSON.stringify({ history_paused: true }),
      headers: { 'Content-Type': 'text/plain', Origin: server.origin },
      cookie,
    });
    expect(other.body.history_paused ?? false).toBe(false);
  });
});

describe('P9 the history', () => {
  test('the last first, page by page, each video once, and nobody else’s', async () => {
    const [viewer, other] = [await somebody(), await somebody()];
    const ids = [await video(), await video(), await video(), await video()];
    for (const id of [...ids, ids[0] as VideoId]) {
      now += 1_000;
      await send([event(id, { type: 'complete', watched_seconds: 5 })], { as: viewer });
    }
    const order = [ids[0], ids[3], ids[2], ids[1]];
    const entries = await historyOf(viewer);
    expect(entries.map(({ video: { id } }: { video: { id: string } }) => id)).toEqual(order);
    expect(entries[0]).toMatchObject({ times: 1, completed: true, watched_seconds: 0 });
    const pages: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await client.get(`/api/v1/history?limit=2${more}`, { as: viewer });
      pages.push(...body.entries.map((entry: { video: { id: string } }) => entry.video.id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(pages).toEqual(order);
    expect(await historyOf(other)).toEqual([]);
    const { body } = await client.get('/api/v1/history?limit=2', { as: viewer });
    const foreign = await client.get(`/api/v1/history?cursor=${body.next_cursor}`, { as: other });
    expect([foreign.status, foreign.body.code]).toEqual([400, 'cursor-invalid']);
  });

  test('without what was left at once, and what is out of sight now', async () => {
    const viewer = await somebody();
    const [left, gone, kept] = [await video(), await video(), await video()];
    await send([event(left, { type: 'skip', watched_seconds: 0.5 }), event(gone), event(kept)], {
      as: viewer,
    });
    await server.context.db('videos').where({ id: gone }).update({ visibility: 'followers' });
    expect((await historyOf(viewer)).map((entry: { video: { id: string } }) => entry.video.id)).toEqual([
      kept,
    ]);
  });

  test('one is forgotten, or all of it; what is sent again does not bring it back', async () => {
    const viewer = await somebody();
    const [first, second, third] = [await video(), await video(), await video()];
    const events = [event(first), event(second), event(third)];
    await send(events, { as: viewer });
    await settle();
    expect((await client.delete(`/api/v1/history/${first}`, { as: viewer })).status).toBe(200);
    expect((await client.delete(`/api/v1/history/${first}`, { as: viewer })).status).toBe(404);
    const skipped = await video();
    await send([event(skipped, { type: 'skip', watched_seconds: 0.5 })], { as: viewer });
    await settle();
    expect((await client.delete(`/api/v1/history/${skipped}`, { as: viewer })).status).toBe(200);
    expect(await historyOf(viewer)).toHaveLength(2);
    expect((await client.delete('/api/v1/history', { as: viewer })).status).toBe(200);
    await send(events, { as: viewer });
    expect(await historyOf(viewer)).toEqual([]);
    expect((await countsOf(first)).views).toBe(1);
  });

  test('paused: views count, and nothing is noted', async () => {
    const [id, viewer] = [await video(), await somebody()];
    const settings = (body: object) => client.patch('/api/v1/feed_settings', { as: viewer, body });
    expect((await settings({ history_paused: 'true' })).body).toMatchObject({
      history_paused: true,
      for_you_list: true,
    });
    await send([event(id)], { as: viewer });
    expect(await historyOf(viewer)).toEqual([]);
    expect((await countsOf(id)).views).toBe(1);
    expect((await settings({ for_you_list: false })).body).toMatchObject({
      history_paused: true,
      for_you_list: false,
    });
    expect((await settings({ history_paused: false })).body.history_paused).toBe(false);
    await send([event(id)], { as: viewer });
    expect(await historyOf(viewer)).toHaveLength(1);
  });
});

describe('not interested', () => {
  test('kept once, listed to nobody else, and taken back', async () => {
    const [id, viewer, other] = [await video(), await somebody(), await somebody()];
    const hidden = await video({ visibility: 'followers' });
    const path = `/api/v1/videos/${id}/not_interested`;
    for (let n = 0; n < 2; n += 1) {
      expect((await client.post(path, { as: viewer })).body).toEqual({ not_interested: true });
    }
    const list = async (person: Person) =>
      (await client.get('/api/v1/not_interested', { as: person })).body.videos.map(
        (one: { id: string }) => one.id,
      );
    expect(await list(viewer)).toEqual([id]);
    expect(await list(other)).toEqual([]);
    expect((await client.post(`/api/v1/videos/${hidden}/not_interested`, { as: viewer })).status).toBe(404);
    expect((await client.delete(path, { as: viewer })).body).toEqual({ not_interested: false });
    expect(await list(viewer)).toEqual([]);
  });
});

describe('what is kept, and until when', () => {
  test('an account that is deleted takes all of it along', async () => {
    const [id, viewer] = [await video(), await somebody()];
    await send([event(id)], { as: viewer });
    await client.post(`/api/v1/videos/${id}/not_interested`, { as: viewer });
    await client.patch('/api/v1/feed_settings', { as: viewer, body: { for_you_list: true } });
    for (let n = 0; n < 3; n += 1) await video();
    await client.get('/api/v1/timelines/for_you?limit=1', { as: viewer });
    await settle();
    const { db, auth, inTx } = server.context;
    const tables = ['watch_history', 'not_interested', 'feed_settings', 'feed_places'];
    const rows = async () =>
      Promise.all(tables.map(async (table) => (await db(table).where({ account_id: viewer.id })).length));
    expect(await rows()).toEqual([1, 1, 1, 1]);
    await db('users')
      .where({ account_id: viewer.id })
      .update({ delete_at: new Date(0) });
    await auth.deleteDue(inTx);
    // What was under way when the account went is stored as nobody's.
    const { watching } = server.context;
    const late = { watcher: { accountId: viewer.id }, network: null, events: [lateEvent(id)] };
    expect(await watching.report(late)).toEqual({ accepted: 1, ignored: 0 });
    await settle();
    await inTx((tx) => dropReferences(tx, viewer.id, 1_000));
    expect(await rows()).toEqual([0, 0, 0, 0]);
    expect((await countsOf(id)).views).toBe(1);
  });

  test('what was set aside is nobody’s once its account is deleted, and others keep what is theirs beside it', async () => {
    const [id, viewer, other] = [await video(), await somebody(), await somebody()];
    const { db, inTx, ids } = server.context;
    const key = (digit: string) => digit.repeat(32);
    const of = (accountId: string, digit: string) => [
      ...[now, accountId, null],
      [[key(digit), key(digit), id, 1, 4_000, now, 8, null]],
    ];
    const entries = [
      JSON.stringify([of(viewer.id, 'a')]),
      JSON.stringify([of(other.id, 'b')]),
      JSON.stringify([of(viewer.id, 'c'), of(other.id, 'd')]),
      `of another release, by "${viewer.id}"`,
    ];
    const enqueue = createEnqueue(ids);
    await inTx((tx) =>
      enqueue(
        tx,
        entries.map((entry) => ({ name: 'watching.store' as const, payload: { entry } })),
      ),
    );
    await db('jobs').where({ name: 'watching.store' }).orderBy('id').limit(1).update({ state: 'dead' });
    expect(await inTx((tx) => dropReferences(tx, viewer.id, 2))).toBe(2);
    await inTx((tx) => dropReferences(tx, viewer.id, 1_000));
    const left: string[] = await db('jobs').where({ name: 'watching.store' }).orderBy('id').pluck('payload');
    expect(left).toEqual(entries.map((entry) => ({ entry: entry.replaceAll(`"${viewer.id}"`, 'null') })));
    const [, , both = ''] = entries;
    expect(both).toContain(`"${viewer.id}"`);
    await db('jobs').where({ name: 'watching.store' }).delete();
  });

  test('salts go with the day, keys an hour later, and what tells repetitions after three days', async () => {
    const [id, viewer] = [await video(), await somebody()];
    await send([event(id)]);
    await send([event(id)], { as: viewer });
    const { db, watching } = server.context;
    await settle();
    const left = async () => {
      await watching.sweep(new AbortController().signal);
      const events = Number((await db('watch_seen').count('* as count').first())?.count);
      const keys = Number((await db('view_keys').count('* as count').first())?.count);
      const salts = Number((await db('view_salts').count('* as count').first())?.count);
      return { hasEvents: events > 0, hasKeys: keys > 0, hasSalts: salts > 0 };
    };
    expect(await left()).toEqual({ hasEvents: true, hasKeys: true, hasSalts: true });
    // To the last second of the day by UTC, and past it, wherever PostgreSQL thinks that it is.
    now = Date.parse(`${new Date(now).toISOString().slice(0, 10)}T23:59:59Z`);
    expect(await left()).toEqual({ hasEvents: true, hasKeys: true, hasSalts: true });
    now += 1_000;
    expect(await left()).toEqual({ hasEvents: true, hasKeys: true, hasSalts: false });
    now += HOUR_MS;
    expect(await left()).toEqual({ hasEvents: true, hasKeys: false, hasSalts: false });
    now += 2.5 * 24 * HOUR_MS;
    expect(await left()).toEqual({ hasEvents: true, hasKeys: false, hasSalts: false });
    now += 24 * HOUR_MS;
    expect(await left()).toEqual({ hasEvents: false, hasKeys: false, hasSalts: false });
    expect((await countsOf(id)).views).toBe(2);
  });
});
