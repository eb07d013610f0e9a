import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { videoLimits } from '../../config/limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { eventually } from '../helpers/chaos.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { mp4Costume } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let alice: Person;
let bob: Person;
let ahead = 0;
let persons = 0;

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => Date.now() + ahead } } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
});

beforeEach(async () => {
  alice = await people.signedIn(`alice_${++persons}`);
  bob = await people.signedIn(`bob_${persons}`);
});

afterEach(() => vi.restoreAllMocks());
afterAll(() => server?.close());

const draft = (as = alice, state: 'draft' | 'received' = 'draft'): Promise<VideoId> =>
  videos.video(as.account, { state, awaitsPost: true });
const post = (as: Person, body: object, key?: string) =>
  client.post('/api/v1/statuses', { as, body, headers: key === undefined ? {} : { 'Idempotency-Key': key } });
/** Of media, and of the post that it became. */
const stateOf = async (id: string) =>
  (await server.context.db('videos').where({ id }).orWhere({ media_id: id }).first('state'))?.state;
const postOf = async (mediaId: string): Promise<string> =>
  (await server.context.db('videos').where({ media_id: mediaId }).first('id')).id;
/** Of a draft that would be dropped, did no post hold it. */
const longAgo = () => new Date(Date.now() + ahead - videoLimits.uploadLifetimeMs - 60_000);
const inMinutes = (minutes: number) => new Date(Date.now() + ahead + minutes * 60_000).toISOString();

describe('a post', () => {
  test('is a video, or an answer, and nothing else', async () => {
    const id = await draft();
    const shown = await videos.video(bob.account);
    for (const body of [
      { status: 'Words only' },
      { status: 'Two', media_ids: [id, await draft()] },
      { status: 'A video in a comment', media_ids: [id], in_reply_to_id: shown },
      { status: '', in_reply_to_id: shown },
      { status: 'Vote', media_ids: [id], poll: { options: ['a', 'b'] } },
    ]) {
      const answer = await post(alice, body);
      expect([answer.status, answer.body.code], JSON.stringify(body)).toEqual([422, 'validation-failed']);
    }
    expect(await stateOf(id)).toBe('draft');
  });

  test('A10 P2 of what another uploaded is as absent as what nobody did', async () => {
    const theirs = await draft(bob);
    const [unseen, missing] = [
      await post(alice, { media_ids: [theirs] }),
      await post(alice, { media_ids: ['1'] }),
    ];
    expect([unseen.status, unseen.text]).toEqual([404, missing.text]);
    for (const method of ['get', 'put', 'delete'] as const) {
      expect(
        (
          await client[method](`/api/v1/media/${theirs}`, {
            as: alice,
            ...(method === 'put' ? { body: {} } : {}),
          })
        ).status,
      ).toBe(404);
    }
    expect(await stateOf(theirs)).toBe('draft');
  });

  test('may come as a form, with what clients leave empty', async () => {
    const id = await draft();
    const form = new URLSearchParams([
      ...[
        ['status', 'Hello'],
        ['media_ids[]', id],
        ['sensitive', 'true'],
        ['spoiler_text', 'Loud'],
      ],
      ...[
        ['visibility', 'private'],
        ['in_reply_to_id', ''],
        ['language', ''],
        ['scheduled_at', ''],
      ],
    ] as [string, string][]);
    const answer = await fetch(`${server.origin}/api/v1/statuses`, {
      ...{ method: 'POST', body: form, headers: { Authorization: `Bearer ${alice.token}` } },
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      ...{ id: await postOf(id), sensitive: true, spoiler_text: 'Loud' },
      ...{ visibility: 'private', language: null },
    });
  });
});

test('a post whose video is still being made is there for its author, and for nobody else', async () => {
  const { db } = server.context;
  const id = await draft(alice, 'received');
  await db('videos').where({ id }).update({ media_state: 'waiting' });
  await db('video_assets').where({ video_id: id }).delete();
  expect((await client.get(`/api/v1/statuses/${id}`, { as: alice })).status).toBe(404);
  const posted = await post(alice, { status: 'Soon', media_ids: [id] });
  const path = `/api/v1/statuses/${posted.body.id}`;
  const seen = await client.get(path, { as: alice });
  expect([seen.status, seen.body]).toEqual([200, posted.body]);
  expect(seen.body.media_attachments[0].processing).toMatchObject({ state: 'making' });
  expect((await client.get(`${path}/context`, { as: alice })).body).toEqual({
    ancestors: [],
    descendants: [],
  });
  for (const as of [undefined, bob]) expect((await client.get(path, { as })).status).toBe(404);
  const refused = { state: 'rejected', media_state: 'failed', media_detail: 'It is too long.' };
  await db('videos').where({ id: posted.body.id }).update(refused);
  expect((await client.get(path, { as: alice })).body.media_attachments[0].processing).toMatchObject({
    ...{ state: 'failed', detail: 'It is too long.' },
  });
});

test('says the app it was posted with, now or later, and none where the person needed none', async () => {
  const { db, posts } = server.context;
  const shown = await videos.video(bob.account);
  const app = { client_name: 'Ivy', website: 'https://ivy.test/', redirect_uris: 'https://ivy.test/back' };
  expect((await client.post('/api/v1/apps', { body: app })).status).toBe(200);
  const comment = { status: 'Hi', in_reply_to_id: shown };
  expect((await post(alice, comment)).body.application).toBeNull();
  const { id: appId } = await db('apps').where({ name: 'Ivy' }).first('id');
  await db('sessions').where({ account_id: alice.id }).update({ app_id: appId });
  const application = { name: 'Ivy', website: 'https://ivy.test/' };
  expect((await post(alice, comment)).body.application).toEqual(application);
  const posted = (await post(alice, { media_ids: [await draft()] })).body.id;
  expect((await client.get(`/api/v1/statuses/${posted}`)).body.application).toEqual(application);
  const later = await draft();
  await post(alice, { media_ids: [later], scheduled_at: inMinutes(6) });
  // Apps go, and what was posted with them stays as it was.
  await db('apps').where({ id: appId }).delete();
  ahead += 7 * 60_000;
  await posts.publishDue();
  const { body } = await client.get(`/api/v1/statuses/${await postOf(later)}`);
  expect(body.application).toEqual(application);
});

test('keeps the id of its upload where something is still being made of the video', async () => {
  const { db } = server.context;
  const id = await draft();
  const job = {
    id: '77',
    name: 'media.extras',
    queue: 'media',
    key: `media.extras:${id}`,
    state: 'pending',
    payload: {},
  };
  await db('jobs').insert({ ...job, payload: { videoId: id }, run_at: new Date(Date.now() + 1e9) });
  expect((await post(alice, { media_ids: [id] })).body.id).toBe(id);
  await db('jobs').where({ id: '77' }).delete();
});

describe('Idempotency-Key', () => {
  test('twenty requests at once make one comment, and all get it', async () => {
    const shown = await videos.video(bob.account);
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(alice, { status: 'Once', in_reply_to_id: shown }, key)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await server.context.db('comments').where({ account_id: alice.id })).toHaveLength(1);
  });

  test('a video is posted once, and the second request gets the same answer', async () => {
    const id = await draft();
    const body = { status: 'Once', media_ids: [id] };
    const [first, second] = [await post(alice, body, 'k'), await post(alice, body, 'k')];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect([first.body.id, second.body.id]).toEqual([await postOf(id), await postOf(id)]);
  });

  test('is an account’s own, and a refusal uses none up', async () => {
    const shown = await videos.video(bob.account);
    const id = await draft();
    expect((await post(alice, { media_ids: ['1'] }, 'same')).status).toBe(404);
    expect((await post(alice, { media_ids: [id] }, 'same')).body.id).toBe(await postOf(id));
    const theirs = await post(bob, { status: 'Mine', in_reply_to_id: shown }, 'same');
    expect([theirs.status, theirs.body.content]).toEqual([200, '<p>Mine</p>']);
  });

  test('counts for a day', async () => {
    const shown = await videos.video(bob.account);
    const body = { status: 'Daily', in_reply_to_id: shown };
    const first = await post(alice, body, 'daily');
    await server.context
      .db('idempotency_keys')
      .where({ account_id: alice.id })
      .update({ created_at: new Date(Date.now() - 25 * 3_600_000) });
    const second = await post(alice, body, 'daily');
    expect([second.status, second.body.id === first.body.id]).toEqual([200, false]);
  });
});

describe('a post for later', () => {
  const list = (as = alice) => client.get('/api/v1/scheduled_statuses', { as });

  test('waits, can be moved, and is posted when its time has come', async () => {
    const id = await draft();
    const made = await post(
      alice,
      { status: 'Later #then', media_ids: [id], scheduled_at: inMinutes(10) },
      'later',
    );
    expect(made.body).toMatchObject({
      params: { text: 'Later #then', media_ids: [id] },
      media_attachments: [{ id }],
    });
    expect(
      (await post(alice, { status: 'x', media_ids: [id], scheduled_at: inMinutes(10) }, 'later')).body.id,
    ).toBe(made.body.id);
    const path = `/api/v1/scheduled_statuses/${made.body.id}`;
    const moved = await client.put(path, { as: alice, body: { scheduled_at: inMinutes(30) } });
    expect(moved.status).toBe(200);
    expect((await list()).body).toEqual([moved.body]);
    for (const method of ['get', 'delete'] as const)
      expect((await client[method](path, { as: bob })).status).toBe(404);
    await server.context.posts.publishDue();
    expect(await stateOf(id)).toBe('draft');
    // Its video is held meanwhile.
    expect((await post(alice, { media_ids: [id] })).body.code).toBe('media-in-use');
    expect((await client.delete(`/api/v1/media/${id}`, { as: alice })).body.code).toBe('media-in-use');

    // What was posted while it waited is older than it, so that whoever has seen that is shown it, too.
    const newest = await videos.video(alice.account);
    ahead += 31 * 60_000;
    await Promise.all([server.context.posts.publishDue(), server.context.posts.publishDue()]);
    expect((await client.get(`/api/v1/statuses/${id}`)).status).toBe(404);
    const shown = await client.get(`/api/v1/accounts/${alice.id}/statuses?since_id=${newest}`);
    expect(shown.body).toMatchObject([{ id: await postOf(id), content: expect.stringContaining('Later') }]);
    expect((await list()).body).toEqual([]);
  });

  test('is refused where its time is too near, and can be taken back', async () => {
    const id = await draft();
    const soon = await post(alice, { media_ids: [id], scheduled_at: inMinutes(4) });
    expect([soon.status, soon.body.code]).toEqual([422, 'too-soon']);
    const made = await post(alice, { media_ids: [id], scheduled_at: inMinutes(6) });
    const path = `/api/v1/scheduled_statuses/${made.body.id}`;
    expect((await client.put(path, { as: alice, body: { scheduled_at: inMinutes(1) } })).body.code).toBe(
      'too-soon',
    );
    expect((await client.delete(path, { as: alice })).status).toBe(200);
    expect((await post(alice, { media_ids: [id] })).status).toBe(200);
  });

  test('one that fails for a fault of the server holds back no other, and comes again', async () => {
    const [first, second] = [await draft(), await draft()];
    await post(alice, { media_ids: [first], scheduled_at: inMinutes(6) });
    await post(alice, { media_ids: [second], scheduled_at: inMinutes(7) });
    ahead += 8 * 60_000;
    vi.spyOn(server.context.videos, 'postDraft').mockRejectedValueOnce(new Error('The database went away.'));
    await server.context.posts.publishDue();
    expect([await stateOf(first), await stateOf(second)]).toEqual(['draft', 'published']);
    ahead += 11 * 60_000;
    await server.context.posts.publishDue();
    expect(await stateOf(first)).toBe('published');
  });

  test('of an account that is frozen meanwhile is not posted, and its video is kept for a while', async () => {
    const [id, answered] = [await draft(), await videos.video(bob.account)];
    await post(alice, { status: 'Frozen', media_ids: [id], scheduled_at: inMinutes(6) });
    await post(alice, { status: 'Too', in_reply_to_id: answered, scheduled_at: inMinutes(6) });
    const { db, inTx, posts, videos: module } = server.context;
    await db('accounts').where({ id: alice.id }).update({ frozen: true });
    await db('videos').where({ id }).update({ created_at: longAgo() });
    ahead += 7 * 60_000;
    try {
      await posts.publishDue();
      expect([await stateOf(id), await db('comments').where({ account_id: alice.id })]).toEqual([
        'draft',
        [],
      ]);
    } finally {
      await db('accounts').where({ id: alice.id }).update({ frozen: false });
    }
    expect((await list()).body).toEqual([]);
    await inTx((tx) => module.dropOldDrafts(tx));
    expect(await stateOf(id)).toBe('draft');
  });

  test('that is refused when its time comes leaves its video for a while', async () => {
    const id = await draft();
    await post(alice, { status: 'A puffin', media_ids: [id], scheduled_at: inMinutes(6) });
    await server.context.db('videos').where({ id }).update({ created_at: longAgo() });
    const boss = await people.signedIn('scheduled_boss', 'owner');
    const rule = { name: 'No puffins', action: 'reject', when: { words: ['puffin'] } };
    const made = await client.post('/api/v1/admin/rules', { as: boss, body: rule });
    expect(made.status, made.text).toBe(200);
    ahead += 7 * 60_000;
    await server.context.posts.publishDue();
    await client.delete(`/api/v1/admin/rules/${made.body.id}`, { as: boss });
    await server.context.inTx((tx) => server.context.videos.dropOldDrafts(tx));
    expect(await stateOf(id)).toBe('draft');
    expect((await post(alice, { status: 'A gull', media_ids: [id] })).status).toBe(200);
  });

  test('P2 an answer to what its author may not see any more is dropped', async () => {
    const shown = await videos.video(bob.account);
    await post(alice, { status: 'Late', in_reply_to_id: shown, scheduled_at: inMinutes(6) });
    await server.context.db('videos').where({ id: shown }).update({ visibility: 'followers' });
    ahead += 7 * 60_000;
    await server.context.posts.publishDue();
    expect(await server.context.db('comments').where({ account_id: alice.id })).toEqual([]);
    expect((await list()).body).toEqual([]);
  });
});

describe('media that is never posted', () => {
  test('can be described and taken back', async () => {
    const id = await draft();
    const put = await client.put(`/api/v1/media/${id}`, {
      as: alice,
      body: { description: 'A cat', focus: '-2,1' },
    });
    expect(put.body).toMatchObject({ description: 'A cat', meta: { focus: { x: -1, y: 1 } } });
    expect((await client.delete(`/api/v1/media/${id}`, { as: alice })).status).toBe(200);
    expect((await client.get(`/api/v1/media/${id}`, { as: alice })).status).toBe(404);
    expect(await stateOf(id)).toBeUndefined();
  });

  test('is dropped after a day, but not what a scheduled post holds', async () => {
    const { db, inTx, videos: module } = server.context;
    const [old, held, young] = [await draft(), await draft(), await draft()];
    await post(alice, { media_ids: [held], scheduled_at: inMinutes(60 * 24 * 3) });
    await db('videos').whereIn('id', [old, held]).update({ created_at: longAgo() });
    await db('videos')
      .where({ id: young })
      .update({ created_at: new Date(Date.now() + ahead) });
    await inTx((tx) => module.dropOldDrafts(tx));
    expect([await stateOf(old), await stateOf(held), await stateOf(young)]).toEqual([
      undefined,
      'draft',
      'draft',
    ]);
  });

  test('an upload whose last step was cut off is finished by the sweeper', async () => {
    const { storage, videos: module } = server.context;
    vi.spyOn(storage, 'putFile').mockRejectedValueOnce(new Error('The disk went away.'));
    const form = new FormData();
    form.set('file', new Blob([mp4Costume], { type: 'video/mp4' }), 'a.mp4');
    const sent = await fetch(`${server.origin}/api/v2/media`, {
      ...{ method: 'POST', body: form, headers: { Authorization: `Bearer ${alice.token}` } },
    });
    expect(sent.status).toBe(500);
    const own = () =>
      server.context.db('videos').where({ account_id: alice.id }).first('id', 'state', 'awaits_post');
    expect(await own()).toMatchObject({ state: 'uploading', awaits_post: true });
    const asked = vi.spyOn(module, 'uploadsBefore');
    ahead += 30_000;
    await eventually('the sweeper has come by', () => asked.mock.calls.length > 1);
    await eventually('it is received', async () => (await own())?.state === 'received');
  });
});
