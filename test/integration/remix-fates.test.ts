import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emitter } from '../../src/db/outbox.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { type RemixKind, videoEvents } from '../../src/modules/videos/index.ts';
import { quiet } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { receivePost } from '../helpers/remote-posts.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What becomes of duets and stitches when what they were made from, or whoever made that, is gone. */
let server: TestServer;
let client: Client;
let videos: VideoFactory;
let author: Person;
let bob: Person;
let carol: Person;
let original: VideoId;

const operator = { kind: 'operator' } as const;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  const people = createPeople(server);
  videos = createVideoFactory(server.context);
  [author, bob, carol] = [
    await people.signedIn('author'),
    await people.signedIn('bob'),
    await people.signedIn('carol'),
  ];
});
afterAll(() => server?.close());
beforeEach(async () => {
  await quiet(server);
  await empty(server, 'videos', 'notifications');
  original = await videos.video(author.account);
});

const db = () => server.context.db;
const inTx: TestServer['context']['inTx'] = (work) => server.context.inTx(work);
const read = async (id: string, as?: Person) => (await client.get(`/api/v1/videos/${id}`, { as })).body;
const stateOf = async (id: string) => (await read(id)).remix_of?.state;
const countOf = async (id: string) => (await read(id)).stats.remixes;
const listed = async (id: string) =>
  (await client.get(`/api/v1/videos/${id}/remixes`)).body.map((one: { id: string }) => one.id);
const gone = { state: 'unavailable', video_id: null, url: null, account: null };
const heard = async (as: Person, type: string) =>
  (await client.get(`/api/v1/notifications?types[]=${type}`, { as })).body;

/** A video of somebody that is made from another, published as its last step does. */
async function remix(of: VideoId = original, by = bob, kind: RemixKind = 'duet'): Promise<VideoId> {
  const { remixes, ids } = server.context;
  const videoId = await videos.video(by.account, { state: 'draft' });
  const layout = kind === 'duet' ? ('side_by_side' as const) : null;
  await inTx(async (tx) => {
    const order = { originalId: of, kind, layout, carriesSound: true };
    const outcome = await remixes.attach(tx, { account: by.account, videoId, ...order });
    if (!outcome.ok) throw new Error(outcome.reason);
    await tx('videos').where({ id: videoId }).update({ state: 'published', published_at: tx.fn.now() });
    await emitter(videoEvents, ids)(tx, 'video.published', { videoId });
  });
  await quiet(server);
  return videoId;
}

const remote = (origin: string, more: Partial<Parameters<typeof receivePost>[1]> = {}) =>
  receivePost(server.context, {
    ...{ origin, author: 'dora', number: Number(server.context.ids.next()) % 1e9 },
    ...{ sourceUrl: `${origin}/file.mp4`, remixes: { duet: true, stitch: true, policy: 'open', ask: false } },
    ...more,
  });

describe('a chain of remixes', () => {
  test('leads from each to what it was made from, and is counted link by link', async () => {
    const duet = await remix();
    const stitch = await remix(duet, carol, 'stitch');
    const last = await remix(stitch, author);
    expect([await countOf(original), await countOf(duet), await countOf(stitch)]).toEqual([1, 1, 1]);
    expect([await listed(original), await listed(duet), await listed(stitch)]).toEqual([
      ...[[duet], [stitch], [last]],
    ]);
    expect((await read(last)).remix_of).toMatchObject({ video_id: stitch, account: { acct: 'carol' } });
    expect((await read(stitch)).remix_of).toMatchObject({ video_id: duet, account: { acct: 'bob' } });
    // Each of their authors hears of their own.
    expect(await heard(bob, 'quote')).toMatchObject([{ account: { acct: 'carol' } }]);
    expect(await heard(carol, 'quote')).toMatchObject([{ account: { acct: 'author' } }]);
  });

  test('goes on around one that is deleted', async () => {
    const duet = await remix();
    const stitch = await remix(duet, carol, 'stitch');
    expect((await client.delete(`/api/v1/videos/${duet}`, { as: bob })).status).toBe(200);
    await quiet(server);
    expect([await countOf(original), await listed(original)]).toEqual([0, []]);
    expect((await read(stitch)).remix_of).toMatchObject({ kind: 'stitch', ...gone });
    const again = await remix(stitch, author);
    expect(await stateOf(again)).toBe('available');
    expect((await server.context.counters.recount(true)).miscounts).toEqual([]);
  });

  test('asks the author of what is remixed, whatever the first one allows', async () => {
    const duet = await remix();
    const permission = async () =>
      (await client.get(`/api/v1/videos/${duet}/remix_permission`, { as: carol })).body.duet;
    await db()('videos').where({ id: original }).update({ allows_duet: false });
    expect(await permission()).toMatchObject({ allowed: true });
    await db()('videos').where({ id: duet }).update({ allows_duet: false });
    expect(await permission()).toMatchObject({ allowed: false, reason: 'remix-not-allowed' });
  });
});

describe('an author who deletes a video', () => {
  test('leaves what was made from it, unless they say otherwise', async () => {
    const duet = await remix();
    expect((await client.delete(`/api/v1/videos/${original}`, { as: author })).status).toBe(200);
    await quiet(server);
    expect((await read(duet)).remix_of).toMatchObject({ ...gone, refusal: null });
    expect(await heard(bob, 'vireo.remix_refused')).toEqual([]);
  });

  test('can ask everybody to delete what was made from it, and decides for nobody', async () => {
    const [duet, own] = [await remix(), await remix(original, author)];
    const stitch = await remix(original, carol, 'stitch');
    const path = `/api/v1/videos/${original}?remixes=withdraw`;
    expect((await client.delete(path, { as: bob })).status).toBe(404);
    expect(await stateOf(duet)).toBe('available');
    expect((await client.delete(path, { as: author })).status).toBe(200);
    await quiet(server);
    for (const [id, maker] of [
      [duet, bob],
      [stitch, carol],
    ] as const) {
      expect((await read(id)).remix_of).toMatchObject({
        state: 'refused',
        refusal: 'withdrawn',
        account: null,
      });
      expect(await heard(maker, 'vireo.remix_refused')).toMatchObject([{ type: 'vireo.remix_refused' }]);
    }
    expect(await stateOf(own)).toBe('unavailable');
    expect(await heard(author, 'vireo.remix_refused')).toEqual([]);
    expect(await db()('quote_authorizations')).toEqual([]);
    expect((await server.context.counters.recount(true)).miscounts).toEqual([]);
  });
});

test('an author who takes back what waits for them: its makers hear so, though the job that tells all comes later', async () => {
  const { remixes, clock, videos: all } = server.context;
  await db()('videos').where({ id: original }).update({ remix_asks: true });
  const waiting = async () => {
    const videoId = await videos.video(bob.account, { state: 'held' });
    const about = {
      account: bob.account,
      videoId,
      originalId: original,
      kind: 'stitch',
      layout: null,
      carriesSound: true,
    } as const;
    expect(await inTx((tx) => remixes.attach(tx, about))).toMatchObject({ ok: true, asks: true });
    await db()('videos').where({ id: videoId }).update({ hold: false });
    return videoId;
  };
  const [made, silent] = [await waiting(), await waiting()];
  await inTx(async (tx) => {
    await remixes.withdrawAll(tx, author.id, original);
    await all.remove(tx, original, author.id);
    await remixes.onAwaitsConsent(tx, { videoId: made });
    expect(await remixes.endSilence(tx, clock.now())).toBe(1);
    for (const id of [made, silent]) {
      const row = await tx('videos').where({ id }).first('remix_consent', 'remix_refusal');
      expect(row).toEqual({ remix_consent: 'refused', remix_refusal: 'withdrawn' });
    }
  });
  await quiet(server);
});

test('an author who wants to be asked is asked once, however often it is told that a remix waits', async () => {
  const { db: rows, ids, remixes } = server.context;
  const allowed = { duet: true, stitch: true, policy: 'ask', ask: true } as const;
  const theirs = await remote('https://asks.example', { remixes: allowed });
  const videoId = await videos.video(bob.account, { state: 'held' });
  const about = {
    account: bob.account,
    videoId,
    originalId: theirs,
    kind: 'stitch',
    layout: null,
    carriesSound: true,
  } as const;
  const begun = await inTx((tx) => remixes.attach(tx, about));
  expect(begun).toMatchObject({ ok: true, asks: true });
  await rows('videos').where({ id: videoId }).update({ hold: false });
  const tell = async () => {
    await inTx((tx) => emitter(videoEvents, ids)(tx, 'video.awaits-consent', { videoId }));
    await quiet(server);
    return (await rows('videos').where({ id: videoId }).first('consent_asked_at')).consent_asked_at;
  };
  const since = await tell();
  expect(since).toBeInstanceOf(Date);
  // Who was asked has fourteen days from then on, not from when it was told again.
  expect(await tell()).toEqual(since);
  expect(await rows('activities').where({ type: 'QuoteRequest' })).toHaveLength(1);
});

describe('the staff', () => {
  test('removes an original: its remixes stay without it, and have it again when that is undone', async () => {
    const duet = await remix();
    const target = { kind: 'video', id: original } as const;
    const { measures } = server.context;
    await inTx((tx) =>
      measures.take(tx, operator, { target, measure: 'remove', facts: 'Shown by mistake.' }),
    );
    await quiet(server);
    expect((await read(duet)).remix_of).toMatchObject(gone);
    const permission = await client.get(`/api/v1/videos/${original}/remix_permission`, { as: carol });
    expect(permission.status).toBe(404);
    await inTx((tx) => measures.lift(tx, operator, { target, measure: 'remove', reason: 'It was right.' }));
    await quiet(server);
    expect(await stateOf(duet)).toBe('available');
  });

  test('removes a remix: it is counted and listed no more', async () => {
    const duet = await remix();
    const target = { kind: 'video', id: duet } as const;
    const { measures } = server.context;
    await inTx((tx) =>
      measures.take(tx, operator, { target, measure: 'remove', facts: 'Shown by mistake.' }),
    );
    await quiet(server);
    expect([await countOf(original), await listed(original)]).toEqual([0, []]);
    expect((await client.get(`/api/v1/videos/${duet}`)).status).toBe(404);
    await inTx((tx) => measures.lift(tx, operator, { target, measure: 'remove', reason: 'It was right.' }));
    await quiet(server);
    expect([await countOf(original), await listed(original)]).toEqual([1, [duet]]);
  });

  test('suspends the author of an original: nobody remixes it, and what was made names nobody', async () => {
    const duet = await remix();
    const target = { kind: 'account', id: author.id } as const;
    const { measures } = server.context;
    await inTx((tx) => measures.take(tx, operator, { target, measure: 'suspend', facts: 'Spam.' }));
    await quiet(server);
    expect((await read(duet)).remix_of).toMatchObject(gone);
    const permission = await client.get(`/api/v1/videos/${original}/remix_permission`, { as: carol });
    expect(permission.status).toBe(404);
    await expect(remix(original, carol)).rejects.toThrow('remix-not-found');
    await inTx((tx) => measures.lift(tx, operator, { target, measure: 'suspend', reason: 'It was right.' }));
    await quiet(server);
    expect(await stateOf(duet)).toBe('available');
  });

  test('suspends the server of an original: the same', async () => {
    const host = 'bad.example';
    const theirs = await remote(`https://${host}`);
    const duet = await remix(theirs);
    await inTx((tx) => server.context.remixes.give(tx, duet, `https://${host}/stamps/1`));
    await quiet(server);
    expect(await stateOf(duet)).toBe('available');
    const { domains } = server.context;
    const change = { severity: 'suspend' } as const;
    await inTx((tx) => domains.set(tx, operator, { domain: host, change, reason: 'Spam.' }));
    await quiet(server);
    expect((await read(duet)).remix_of).toMatchObject(gone);
    expect((await client.get(`/api/v1/videos/${duet}`)).status).toBe(200);
    await expect(remix(theirs, carol)).rejects.toThrow('remix-not-found');
  });
});

describe('of a server that knows no duets', () => {
  test('nobody makes one, and is told why', async () => {
    // As PeerTube and every other server that says nothing.
    const silent = await remote('https://peertube.example', {
      remixes: { duet: false, stitch: false, policy: null, ask: false },
    });
    const { body } = await client.get(`/api/v1/videos/${silent}/remix_permission`, { as: bob });
    for (const [kind, what] of [
      ['duet', 'duets'],
      ['stitch', 'stitches'],
    ] as const) {
      expect(body[kind]).toEqual({
        ...{ allowed: false, asks: false, reason: 'remix-not-said' },
        message: `Its server does not say that others may make ${what} of it.`,
      });
    }
  });
});
