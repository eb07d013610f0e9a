import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let author: Person;
let bob: Person;
let video: VideoId;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  author = await people.signedIn('author');
  bob = await people.signedIn('bob');
});
afterAll(() => server?.close());
beforeEach(async () => {
  await server.context.db('videos').delete();
  await server.context.db('events').delete();
  video = await createVideoFactory(server.context).video(author.account);
});

const at = (id: string = video) => `/api/v1/videos/${id}`;
const read = async (as?: Person, id: string = video) => (await client.get(at(id), { as })).body;
const change = (body: object, as: Person = author, id: string = video) => client.patch(at(id), { as, body });
const told = async () => (await server.context.db('events').where({ name: 'video.updated' })).length;
const share = (as: Person, id: string = video) => client.post(`${at(id)}/share`, { as });

describe('what others may do with a video', () => {
  test('is as its author prefers it, and as the video says', async () => {
    const usual = await client.patch('/api/v1/accounts/update_credentials', {
      as: bob,
      body: { source: { permissions: { duet: false } } },
    });
    const defaults = { download: true, duet: false, stitch: true, sound: true, ask: false };
    expect(usual.body.source.permissions).toEqual(defaults);
    const preferences = (await client.get('/api/v1/preferences', { as: bob })).body;
    expect(preferences['posting:default:permissions']).toEqual(defaults);
    const begin = async (more: object) => {
      const body = { filename: 'a.mp4', bytes: 10, ...more };
      const answer = await client.post('/api/v1/videos', { as: bob, body });
      expect(answer.status, answer.text).toBe(200);
      return server.context.videos.ofAuthor(answer.body.video_id, bob.id);
    };
    expect(await begin({})).toMatchObject({ allows: defaults, commentsOpen: true, visibility: 'public' });
    const said = await begin({
      permissions: { duet: true, stitch: false, comment: false, sound: false },
      visibility: 'private',
    });
    expect(said).toMatchObject({
      ...{
        allows: { download: true, duet: true, stitch: false, sound: false, ask: false },
        commentsOpen: false,
      },
      visibility: 'followers',
    });
  });

  test('is changed one by one, and told to other servers once', async () => {
    const before = await read();
    expect(before.permissions).toEqual({
      ...{ comment: true, download: true, duet: true, stitch: true, sound: true, ask: false },
    });
    expect(before.download_url).toBe(before.playback_urls.mp4);
    // Nothing of it is heard.
    expect(before.sound).toBeNull();
    const changed = await change({ permissions: { download: false, stitch: 'false' } });
    expect(changed.body).toMatchObject({
      permissions: { comment: true, download: false, duet: true, stitch: false },
      // What makes other servers take it.
      edited_at: expect.any(String),
    });
    expect(await told()).toBe(1);
    // As it is already.
    await change({ permissions: { download: false } });
    expect(await told()).toBe(1);
    expect((await read(bob)).download_url).toBeNull();
    expect((await read(author)).download_url).toBe(before.playback_urls.mp4);
    const both = await change({ caption: 'New', permissions: { download: true } });
    expect(both.body).toMatchObject({ caption: '<p>New</p>', permissions: { download: true } });
    expect(await told()).toBe(2);
    expect((await change({ permissions: { duet: false } }, bob)).status).toBe(404);
  });

  test('closes the comments, and opens them again', async () => {
    const say = () => client.post(`${at()}/comments`, { as: bob, body: { text: 'Hi' } });
    await change({ permissions: { comment: false } });
    expect((await say()).body.code).toBe('comments-closed');
    await change({ permissions: { comment: true } });
    expect((await say()).status).toBe(200);
  });
});

describe('who may see a video', () => {
  test.for([
    ['public', 'unlisted', 200],
    ['unlisted', 'public', 200],
    ['followers', 'public', 200],
    ['direct', 'private', 200],
    ['public', 'private', 422],
    ['followers', 'direct', 422],
  ] as const)('that other servers know, from %s to %s: %i', async ([from, to, status]) => {
    video = await createVideoFactory(server.context).video(author.account, { visibility: from });
    const answer = await change({ visibility: to });
    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.body.code).toBe('visibility-fixed');
    else expect(answer.body.visibility).toBe(to);
    expect(await told()).toBe(status === 200 ? 1 : 0);
  });

  test('that nobody else was told of yet, is free', async () => {
    await server.context.db('videos').where({ id: video }).update({ unannounced: true });
    expect((await read(bob)).visibility).toBe('public');
    expect((await change({ visibility: 'direct' })).body.visibility).toBe('direct');
    expect((await client.get(at(), { as: bob })).status).toBe(404);
    expect(await told()).toBe(0);
  });
});

describe('sending a video elsewhere', () => {
  const counted = async () => (await read()).stats;

  test('counts once for each person and day, and is no boost', async () => {
    for (const person of [bob, bob, author]) expect((await share(person)).status).toBe(200);
    expect(await counted()).toMatchObject({ shares: 2, reposts: 0 });
    await server.context.db('outward_shares').update({ day: '2026-01-01' });
    expect((await share(bob)).body.stats.shares).toBe(3);
    expect((await client.get(`/api/v1/statuses/${video}`)).body.reblogs_count).toBe(0);
    expect(await server.context.db('events').where({ name: 'share.added' })).toEqual([]);
  });

  test('is for people who are signed in, and for videos that everybody may see', async () => {
    expect((await client.post(`${at()}/share`)).status).toBe(401);
    const secret = await createVideoFactory(server.context).video(author.account, {
      visibility: 'followers',
    });
    expect((await share(bob, secret)).status).toBe(404);
    expect((await share(author, secret)).body.code).toBe('not-public');
  });

  test('is forgotten with the account', async () => {
    const gone = await people.signedIn('gone');
    await share(gone);
    await share(bob);
    await server.context.inTx((tx) => server.context.engagement.dropSomeOf(tx, gone.id, 100));
    expect((await counted()).shares).toBe(1);
  });
});
