import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emitter } from '../../src/db/outbox.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { RemixKind } from '../../src/modules/videos/index.ts';
import { videoEvents } from '../../src/modules/videos/index.ts';
import { quiet } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let author: Person;
let bob: Person;
let original: VideoId;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
  bob = await people.signedIn('bob');
});
afterAll(() => server?.close());
beforeEach(async () => {
  await quiet(server);
  await empty(server, 'videos', 'notifications');
  original = await videos.video(author.account);
});

const db = () => server.context.db;
const read = async (id: string, as?: Person) => (await client.get(`/api/v1/videos/${id}`, { as })).body;
const listed = async (id: string = original, as?: Person) => {
  const { body } = await client.get(`/api/v1/videos/${id}/remixes`, { as });
  return body.map((video: { id: string }) => video.id);
};

/** A video of somebody that is made from another, published as its last step does. */
async function remix(
  of: VideoId = original,
  by: Person = bob,
  kind: RemixKind = 'duet',
  facts: Parameters<VideoFactory['video']>[1] = {},
): Promise<VideoId> {
  const { inTx, remixes, ids } = server.context;
  const videoId = await videos.video(by.account, { ...facts, state: 'draft' });
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

describe('who may make a remix', () => {
  const permission = async (as: Person, id: string = original) => {
    const { status, body } = await client.get(`/api/v1/videos/${id}/remix_permission`, { as });
    return status === 200 ? [body.duet.reason ?? 'yes', body.stitch.reason ?? 'yes'] : status;
  };
  const set = (changes: object) => db()('videos').where({ id: original }).update(changes);

  test('is for its author to say, of each kind by itself', async () => {
    expect(await permission(bob)).toEqual(['yes', 'yes']);
    await set({ allows_duet: false });
    expect(await permission(bob)).toEqual(['remix-not-allowed', 'yes']);
    const { body } = await client.get(`/api/v1/videos/${original}/remix_permission`, { as: bob });
    expect(body.duet.message).toBe('Its author does not let others make duets of it.');
    await set({ allows_stitch: false });
    expect(await permission(bob)).toEqual(['remix-not-allowed', 'remix-not-allowed']);
    // One’s own needs nobody’s leave.
    expect(await permission(author)).toEqual(['yes', 'yes']);
    await expect(remix()).rejects.toThrow('remix-not-allowed');
  });

  test.each([
    ['unlisted', ['yes', 'yes'], ['yes', 'yes']],
    ['followers', 404, ['remix-not-public', 'remix-not-public']],
    ['direct', 404, ['remix-not-public', 'remix-not-public']],
  ] as const)('of what is %s', async (visibility, others, own) => {
    await set({ visibility });
    expect(await permission(bob)).toEqual(others);
    expect(await permission(author)).toEqual(own);
  });

  test('of what cannot be seen is nobody', async () => {
    const { inTx, social } = server.context;
    await set({ state: 'removed' });
    expect(await permission(bob)).toBe(404);
    await set({ state: 'published' });
    for (const [by, target] of [
      [author, bob],
      [bob, author],
    ] as const) {
      await inTx((tx) => social.block(tx, by.account, target.account));
      expect(await permission(bob)).toBe(404);
      await expect(remix()).rejects.toThrow('remix-not-found');
      await inTx((tx) => social.unblock(tx, by.account, target.account));
    }
    await db()('accounts').where({ id: author.id }).update({ state: 'suspended' });
    expect(await permission(bob)).toBe(404);
    await db()('accounts').where({ id: author.id }).update({ state: 'active' });
    expect(await permission(bob)).toEqual(['yes', 'yes']);
  });
});

describe('what a video was made from', () => {
  test('is told by both of its entities, and inside once', async () => {
    const duet = await remix();
    const again = await remix(duet, author, 'stitch');
    expect((await read(duet)).remix_of).toEqual({
      ...{ kind: 'duet', layout: 'side_by_side', state: 'available', video_id: original },
      ...{ url: (await read(original)).url, unpublished: false, refusal: null },
      account: expect.objectContaining({ acct: 'author', id: author.id }),
    });
    const status = (await client.get(`/api/v1/statuses/${again}`)).body;
    expect(status.video.remix_of).toMatchObject({ kind: 'stitch', layout: null, video_id: duet });
    expect(status.quote).toMatchObject({
      state: 'accepted',
      quoted_status: { id: duet, quote: { state: 'accepted', quoted_status_id: original } },
    });
    expect((await read(original)).remix_of).toBeNull();
    expect((await client.get(`/api/v1/statuses/${original}`)).body.quote).toBeNull();
  });

  test('is unavailable to whoever may not see it, and once it is gone', async () => {
    const duet = await remix();
    const gone = { state: 'unavailable', video_id: null, url: null, account: null };
    await db()('videos').where({ id: original }).update({ visibility: 'followers' });
    expect((await read(duet)).remix_of).toMatchObject(gone);
    const quote = async () => (await client.get(`/api/v1/statuses/${duet}`)).body.quote;
    expect(await quote()).toEqual({ state: 'unauthorized', quoted_status: null });
    expect((await read(duet, author)).remix_of).toMatchObject({ state: 'available', video_id: original });
    expect((await client.delete(`/api/v1/videos/${original}`, { as: author })).status).toBe(200);
    expect((await read(duet)).remix_of).toMatchObject({ kind: 'duet', ...gone });
    expect(await quote()).toEqual({ state: 'deleted', quoted_status: null });
  });
});

describe('the remixes of a video', () => {
  test('are listed, newest first and page by page, as far as each may see them', async () => {
    const made = [await remix(), await remix(original, bob, 'stitch'), await remix(original, author)];
    const secret = await remix(original, bob, 'duet', { visibility: 'followers' });
    expect(await listed()).toEqual(made.toReversed());
    expect(await listed(original, bob)).toEqual([secret, ...made.toReversed()]);
    const page = await client.get(`/api/v1/videos/${original}/remixes?limit=2`);
    expect(page.body.map(({ id }: { id: string }) => id)).toEqual([made[2], made[1]]);
    expect(page.headers.link).toContain(`max_id=${made[1]}`);
    await db()('videos').where({ id: original }).update({ visibility: 'followers' });
    expect((await client.get(`/api/v1/videos/${original}/remixes`, { as: bob })).status).toBe(404);
  });

  test('are counted exactly, whatever becomes of them', async () => {
    const count = async () => (await read(original)).stats.remixes;
    const update = (id: VideoId, changes: object) => db()('videos').where({ id }).update(changes);
    const [one, two] = [await remix(), await remix()];
    const stored = async () =>
      (await db()('video_stats').where({ video_id: original }).first('remixes'))?.remixes ?? 0;
    expect([await stored(), await count()]).toEqual([2, 2]);
    await update(one, { visibility: 'followers' });
    expect(await stored()).toBe(1);
    await update(one, { visibility: 'unlisted' });
    await update(two, { state: 'removed' });
    expect(await stored()).toBe(1);
    await update(two, { state: 'published' });
    await update(two, { remix_consent: 'refused' });
    expect(await stored()).toBe(1);
    await client.delete(`/api/v1/videos/${one}`, { as: bob });
    expect(await stored()).toBe(0);
    await remix();
    expect((await server.context.counters.recount(true)).miscounts).toEqual([]);
    await db()('video_stats').where({ video_id: original }).update({ remixes: 7 });
    expect((await server.context.counters.recount(false)).miscounts).toEqual([
      { of: 'video', id: original, counter: 'remixes', stored: 7, counted: 1 },
    ]);
    expect(await stored()).toBe(1);
    // With two of its remixes, all at once.
    await remix();
    await empty(server, 'videos');
    expect(await db()('video_stats')).toEqual([]);
  });
});

describe('a remix that waits as a draft', () => {
  test('has a stamp for the address that it gets as a post', async () => {
    const draft = await videos.video(bob.account, { state: 'draft', awaitsPost: true });
    const { inTx, remixes } = server.context;
    const about = { account: bob.account, videoId: draft, originalId: original };
    await inTx((tx) =>
      remixes.attach(tx, { ...about, kind: 'duet', layout: 'side_by_side', carriesSound: true }),
    );
    const posted = await client.post('/api/v1/statuses', { as: bob, body: { media_ids: [draft] } });
    expect(posted.status, posted.text).toBe(200);
    expect(posted.body.id).not.toBe(draft);
    await quiet(server);
    expect(await listed()).toEqual([posted.body.id]);
    const headers = { accept: 'application/activity+json' };
    const note = await (await fetch(posted.body.uri, { headers })).json();
    const stamp = await (await fetch(note.quoteAuthorization, { headers })).json();
    expect(stamp).toMatchObject({
      ...{ type: 'QuoteAuthorization', interactingObject: note.id, interactionTarget: note.quote },
      attributedTo: (await client.get(`/api/v1/accounts/${author.id}`)).body.uri,
    });
  });
});

describe('the author of the original', () => {
  const heard = async (as: Person = author) =>
    (await client.get('/api/v1/notifications?types[]=quote', { as })).body;

  test('hears of it once, and not of their own', async () => {
    const duet = await remix();
    await remix(original, author);
    expect(await heard()).toMatchObject([
      { type: 'quote', account: { id: bob.id }, status: { id: duet, quote: { state: 'accepted' } } },
    ]);
    expect((await client.get('/api/v1/notifications?types[]=mention', { as: author })).body).toEqual([]);
  });

  test('may take it back: then it is counted, listed and named no more', async () => {
    const duet = await remix();
    const path = `/api/v1/videos/${original}/remixes/${duet}`;
    expect((await client.delete(path, { as: bob })).status).toBe(404);
    expect((await client.delete(path, { as: author })).status).toBe(200);
    await quiet(server);
    expect((await client.delete(path, { as: author })).status).toBe(422);
    expect(await listed()).toEqual([]);
    expect((await read(original)).stats.remixes).toBe(0);
    expect((await read(duet)).remix_of).toMatchObject({ state: 'refused', account: null, video_id: null });
    expect(await heard()).toEqual([]);
    expect(await db()('quote_authorizations')).toEqual([]);
  });
});
