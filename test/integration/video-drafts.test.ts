import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Tx } from '../../src/db/database.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { raceForRow } from '../helpers/row-race.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let alice: Person;
let bob: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  const people = createPeople(server);
  alice = await people.signedIn('alice');
  bob = await people.signedIn('bob');
});
afterAll(() => server?.close());
beforeEach(async () => {
  await server.context.db('videos').delete();
  await server.context.db('idempotency_keys').delete();
});

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const begin = (more: object, as: Person = alice) =>
  client.post('/api/v1/videos', { as, body: { filename: 'a.mp4', bytes: 10, ...more } });
const at = (id: string, rest = '') => `/api/v1/videos/${id}${rest}`;
const read = (id: string, as?: Person) => client.get(at(id), { as });
const change = (id: string, body: object, as: Person = alice) => client.patch(at(id), { as, body });
const publish = (id: string, as: Person = alice, headers: Record<string, string> = {}) =>
  client.post(at(id, '/publish'), { as, headers });
const waiting = () => server.context.db('scheduled_posts');
/** A draft that can be played. */
const draft = async (caption = 'A clip'): Promise<VideoId> => {
  const facts = { state: 'draft', awaitsPost: true, caption } as const;
  const id = await createVideoFactory(server.context).video(alice.account, facts);
  await server.context.db('videos').where({ id }).update({ keeps_draft: true });
  return id;
};

/** Has every video be two days old, and drops what nobody keeps. */
const sweepLater = async () => {
  await server.context.db('videos').update({ created_at: new Date(Date.now() - 48 * 3_600_000) });
  await server.context.inTx((tx) => server.context.videos.dropOldDrafts(tx));
};

describe('a draft', () => {
  test('is written, changed and posted by its author, and is nobody else’s', async () => {
    const made = await begin({ caption: 'Soon #one', draft: true, visibility: 'unlisted' });
    const { video_id: id } = made.body;
    expect((await read(id, alice)).body).toMatchObject({
      ...{ id, status: 'uploading', hashtags: ['one'], visibility: 'unlisted', scheduled_at: null },
      edited_at: null,
    });
    expect((await read(id, bob)).status).toBe(404);
    expect((await change(id, { caption: 'Mine' }, bob)).status).toBe(404);
    expect((await publish(id, bob)).status).toBe(404);
    const changed = await change(id, { caption: 'Soon #two', visibility: 'private', alt_text: 'A bird' });
    expect(changed.body).toMatchObject({ hashtags: ['two'], visibility: 'private', edited_at: null });

    const ready = await draft();
    await change(ready, { caption: 'Here #three', alt_text: 'A bird', permissions: { duet: false } });
    const posted = await publish(ready);
    expect(posted.body).toMatchObject({
      ...{ status: 'published', hashtags: ['three'], alt_text: 'A bird', edited_at: null },
      permissions: { duet: false, download: true },
    });
    expect(posted.body.id).not.toBe(ready);
    expect((await read(posted.body.id, bob)).status).toBe(200);
    expect((await publish(posted.body.id)).body.code).toBe('posted-before');
    expect((await change(posted.body.id, { scheduled_at: inMinutes(10) })).body.code).toBe('posted-before');
  });

  test('is posted once for each key', async () => {
    const id = await draft();
    const key = { 'Idempotency-Key': 'one' };
    const [first, again] = [await publish(id, alice, key), await publish(id, alice, key)];
    expect([again.status, again.body.id]).toEqual([200, first.body.id]);
    expect((await publish(id)).status).toBe(404);
  });

  test('is kept for as long as its author wants, unlike media that nobody posts', async () => {
    const kept = await draft();
    const media = await createVideoFactory(server.context).video(alice.account, {
      state: 'draft',
      awaitsPost: true,
    });
    await server.context.db('videos').update({ created_at: new Date(Date.now() - 48 * 3_600_000) });
    await server.context.inTx((tx) => server.context.videos.dropOldDrafts(tx));
    expect((await read(kept, alice)).status).toBe(200);
    expect((await read(media, alice)).status).toBe(404);
  });
});

describe('a video with a time', () => {
  test('waits for it, says so to its author, and is posted with what it says then', async () => {
    const time = inMinutes(10);
    const made = await begin({ caption: 'Later', scheduled_at: time, permissions: { stitch: false } });
    const { video_id: id } = made.body;
    expect((await read(id, alice)).body.scheduled_at).toBe(time);
    const listed = await client.get('/api/v1/scheduled_statuses', { as: alice });
    expect(listed.body).toMatchObject([{ scheduled_at: time, params: { text: 'Later', media_ids: [id] } }]);
    const later = inMinutes(20);
    const changed = await change(id, { caption: 'Later #tag', visibility: 'unlisted', scheduled_at: later });
    expect(changed.body).toMatchObject({ scheduled_at: later, caption: expect.stringContaining('Later') });
    // As a worker leaves it.
    await server.context.db('uploads').delete();
    await server.context.db('videos').where({ id }).update({ state: 'draft', media_state: 'ready' });
    await waiting().update({ scheduled_at: new Date(Date.now() - 1_000) });
    await server.context.posts.publishDue();
    const [row] = await server.context.db('videos');
    expect((await read(row.id, bob)).body).toMatchObject({
      ...{ hashtags: ['tag'], visibility: 'unlisted', scheduled_at: null, permissions: { stitch: false } },
    });
  });

  test('by the Mastodon API says in the video API what it will say', async () => {
    const id = await draft('');
    const time = inMinutes(10);
    const body = { status: 'Then', media_ids: [id], scheduled_at: time, visibility: 'private' };
    expect((await client.post('/api/v1/statuses', { as: alice, body })).status).toBe(200);
    expect((await read(id, alice)).body).toMatchObject({
      ...{ caption: '<p>Then</p>', visibility: 'private', scheduled_at: time },
    });
  });

  test('can be left a draft, or posted at once', async () => {
    const id = await draft('Words');
    await change(id, { scheduled_at: inMinutes(10) });
    expect(await waiting()).toHaveLength(1);
    expect((await change(id, { scheduled_at: null })).body.scheduled_at).toBeNull();
    expect(await waiting()).toEqual([]);
    await server.context.db('videos').update({ created_at: new Date(Date.now() - 48 * 3_600_000) });
    await server.context.inTx((tx) => server.context.videos.dropOldDrafts(tx));
    await change(id, { scheduled_at: inMinutes(10) });
    const posted = await publish(id);
    expect(posted.body).toMatchObject({ status: 'published', caption: '<p>Words</p>', scheduled_at: null });
    expect(await waiting()).toEqual([]);
  });

  test('stays a draft where it was one, by whichever API it is taken back', async () => {
    const id = await draft('Words');
    const body = { status: 'Then', media_ids: [id], scheduled_at: inMinutes(10) };
    const scheduled = await client.post('/api/v1/statuses', { as: alice, body });
    expect(
      (await client.delete(`/api/v1/scheduled_statuses/${scheduled.body.id}`, { as: alice })).status,
    ).toBe(200);
    await sweepLater();
    expect((await read(id, alice)).status).toBe(200);
  });

  test('becomes no kept draft where it was none, and is dropped a day after it is taken back', async () => {
    const id = await createVideoFactory(server.context).video(alice.account, {
      state: 'draft',
      awaitsPost: true,
    });
    const count = (kept: boolean) => server.context.videos.draftCount(alice.id, kept);
    expect([await count(false), await count(true)]).toEqual([1, 0]);
    await change(id, { scheduled_at: inMinutes(10) });
    expect([await count(false), await count(true)]).toEqual([0, 1]);
    await sweepLater();
    await change(id, { scheduled_at: null });
    expect([await count(false), await count(true)]).toEqual([1, 0]);
    await server.context.inTx((tx) => server.context.videos.dropOldDrafts(tx));
    expect((await read(id, alice)).status).toBe(200);
    await sweepLater();
    expect((await read(id, alice)).status).toBe(404);
  });

  test('that is changed twice at once keeps both, and so does its post', async () => {
    const id = await draft('Words');
    await change(id, { scheduled_at: inMinutes(10) });
    const lock = (tx: Tx) => tx('videos').where({ id }).forUpdate().first('id');
    const start = () =>
      Promise.all([
        change(id, { visibility: 'private' }),
        change(id, { caption: 'Others' }),
        change(id, { alt_text: 'A bird' }),
      ]);
    const answers = await raceForRow(server, { lock, start, waiting: 3 });
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await read(id, alice)).body).toMatchObject({
      ...{ visibility: 'private', caption: '<p>Others</p>', alt_text: 'A bird' },
    });
    expect((await waiting().first()).post).toMatchObject({ visibility: 'followers', text: 'Others' });
  });

  test.for(['scheduled', 'posted'] as const)('or is %s as it is changed, keeps its audience', async (how) => {
    const id = await draft('Words');
    const lock = (tx: Tx) => tx('videos').where({ id }).update({ visibility: 'followers' });
    const start = () => (how === 'posted' ? publish(id) : change(id, { scheduled_at: inMinutes(10) }));
    const answer = await raceForRow(server, { lock, start, waiting: 1 });
    expect([answer.status, answer.body.visibility]).toEqual([200, 'private']);
    if (how === 'scheduled') expect((await waiting().first()).post.visibility).toBe('followers');
  });

  test('too soon is refused, and nothing is made', async () => {
    const refused = await begin({ scheduled_at: inMinutes(1) });
    expect(refused.body.code).toBe('too-soon');
    expect(await server.context.db('videos')).toEqual([]);
    const id = await draft('Words');
    const changed = await change(id, { caption: 'Others', scheduled_at: inMinutes(1) });
    expect(changed.body.code).toBe('too-soon');
    expect((await read(id, alice)).body.caption).toBe('<p>Words</p>');
  });
});
