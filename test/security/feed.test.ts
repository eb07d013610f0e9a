import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { storeWatched } from '../helpers/watched.ts';

let server: TestServer;
let client: Client;
let people: People;
let viewers: Record<'anonymous' | 'stranger' | 'pending' | 'follower' | 'blocked', Person | undefined>;
/** By the name of who posted them and whom they are for. */
const posted = new Map<string, VideoId>();

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  const videos = createVideoFactory(server.context);
  const [author, stranger, pending, follower, blocked] = await Promise.all(
    ['author', 'stranger', 'pending', 'follower', 'blocked'].map((name) => people.signedIn(name)),
  );
  if (!author || !stranger || !pending || !follower || !blocked) throw new Error('Somebody is missing.');
  viewers = { anonymous: undefined, stranger, pending, follower, blocked };
  const authors: Record<string, Account> = {
    author: author.account,
    remote: await people.remote('remote', 'a.test'),
    suspended: await people.local('suspended'),
    gone: await people.remote('gone', 'c.test'),
    closed: await people.remote('closed', 'closed.test'),
  };
  for (const [name, account] of Object.entries(authors)) {
    await people.follow(follower.account, account, 'accepted');
    await people.follow(pending.account, account, 'pending');
    for (const visibility of ['public', 'unlisted', 'followers'] as const) {
      posted.set(`${name} ${visibility}`, await videos.video(account, { visibility }));
    }
    posted.set(`${name} unfinished`, await videos.video(account, { state: 'received' }));
  }
  const { db } = server.context;
  await people.suspend(authors.suspended as Account);
  await db('accounts').where({ id: authors.gone?.id }).update({ state: 'deleted' });
  await db('domain_policies').insert({ domain: 'closed.test', severity: 'suspend' });
  const answer = await client.post(`/api/v1/accounts/${blocked.id}/block`, { as: author });
  expect(answer.status).toBe(200);
});

afterEach(() => forgetLimits(server));
afterAll(() => server?.close());

const named = (ids: readonly string[]) =>
  [...posted].flatMap(([name, id]) => (ids.includes(id) ? [name] : [])).sort();

/** What each of them may find in each feed: the rule, written a second time. */
const OPEN = ['author public', 'remote public'];
const EXPECTED: Record<string, Record<keyof typeof viewers, string[]>> = {
  local: {
    ...{ anonymous: ['author public'], stranger: ['author public'], pending: ['author public'] },
    ...{ follower: ['author public'], blocked: [] },
  },
  federated: {
    ...{ anonymous: OPEN, stranger: OPEN, pending: OPEN, follower: OPEN, blocked: ['remote public'] },
  },
  for_you: {
    ...{ anonymous: OPEN, stranger: OPEN, pending: OPEN, blocked: ['remote public'] },
    follower: [
      ...['author followers', 'author public', 'author unlisted'],
      ...['remote followers', 'remote public', 'remote unlisted'],
    ],
  },
  following: {
    ...{ anonymous: [], stranger: [], pending: [], blocked: [] },
    follower: [
      ...['author followers', 'author public', 'author unlisted'],
      ...['remote followers', 'remote public', 'remote unlisted'],
    ],
  },
};

describe('P1 P7 what a feed shows', () => {
  test.each(Object.keys(EXPECTED))('%s', async (feed) => {
    for (const [name, viewer] of Object.entries(viewers) as [keyof typeof viewers, Person | undefined][]) {
      if (feed === 'following' && !viewer) continue;
      const answer = await client.get(`/api/v1/feed?feed_type=${feed}&limit=40`, { as: viewer });
      expect(answer.status, answer.text).toBe(200);
      const ids = answer.body.videos.map((video: { id: string }) => video.id);
      expect(named(ids), name).toEqual(EXPECTED[feed]?.[name]);
      const again = await client.get('/api/v1/timelines/for_you?limit=40', { as: viewer });
      if (feed === 'for_you')
        expect(named(again.body.map((status: { id: string }) => status.id))).toEqual(named(ids));
    }
  });

  test('what was chosen while it could be seen is not shown once it cannot', async () => {
    const viewer = viewers.stranger;
    const first = await client.get('/api/v1/feed?limit=1', { as: viewer });
    const shown = named([first.body.videos[0].id]);
    const left = shown[0] === 'author public' ? 'remote public' : 'author public';
    const { db } = server.context;
    const row = { id: posted.get(left) };
    await db('videos').where(row).update({ visibility: 'followers' });
    const next = await client.get(`/api/v1/feed?limit=40&cursor=${first.body.next_cursor}`, { as: viewer });
    expect(next.body.videos).toEqual([]);
    await db('videos').where(row).update({ visibility: 'public' });
    const back = await client.get(`/api/v1/feed?limit=40&cursor=${first.body.next_cursor}`, { as: viewer });
    expect(named(back.body.videos.map((video: { id: string }) => video.id))).toEqual([left]);
  });
});

describe('P1 P2 what a history tells', () => {
  test('of no video that is out of sight, and of no difference between such and none', async () => {
    for (const viewer of [viewers.anonymous, viewers.follower]) {
      const events = [...posted.values(), '1' as VideoId].map((video_id) => ({
        id: randomUUID(),
        video_id,
        type: 'view',
      }));
      const told: Record<string, unknown> = {};
      for (const event of events) {
        const answer = await client.post('/api/v1/events', { as: viewer, body: { events: [event] } });
        told[event.video_id] = answer.body;
      }
      for (const [name, id] of posted) {
        const open = await client.get(`/api/v1/videos/${id}`, { as: viewer });
        expect(told[id], name).toEqual(open.status === 200 ? { accepted: 1, ignored: 0 } : told['1']);
      }
      if (!viewer) continue;
      await storeWatched(server.context);
      const { body } = await client.get('/api/v1/history?limit=40', { as: viewer });
      expect(body.entries.length).toBeGreaterThan(0);
      for (const { video } of body.entries) {
        expect((await client.get(`/api/v1/videos/${video.id}`, { as: viewer })).status).toBe(200);
      }
    }
  });
});

describe('P9 who learns what somebody watches', () => {
  test('nobody but that person: not the author, not the staff, not in any answer about the video or the person', async () => {
    const [viewer, owner] = [viewers.follower, await people.signedIn('boss', 'owner')];
    if (!viewer) throw new Error('Nobody watches.');
    const id = posted.get('author public');
    const event = { id: randomUUID(), video_id: id, type: 'complete', watched_seconds: 5 };
    await client.post('/api/v1/events', { as: viewer, body: { events: [event] } });
    await storeWatched(server.context);
    await client.post(`/api/v1/videos/${id}/not_interested`, { as: viewer });
    for (const as of [owner, viewers.stranger]) {
      for (const path of ['/api/v1/history', '/api/v1/not_interested']) {
        const answer = await client.get(`${path}?account_id=${viewer.id}`, { as });
        expect(JSON.stringify(answer.body), path).not.toContain(viewer.id);
      }
      const settings = await client.get('/api/v1/feed_settings', { as });
      expect(settings.body).toMatchObject({ history_paused: false, for_you_list: true, sliders: {} });
      for (const path of [
        `/api/v1/videos/${id}`,
        `/api/v1/statuses/${id}`,
        `/api/v1/accounts/${viewer.id}`,
      ]) {
        const { text } = await client.get(path, { as });
        expect(text, path).not.toMatch(/watched|history|not_interested/);
      }
    }
    const apps = await client.get('/api/v1/history', { as: viewer });
    expect(apps.body.entries.map(({ video }: { video: { id: string } }) => video.id)).toContain(id);
    await server.context
      .db('sessions')
      .where({ account_id: viewer.id })
      .update({ scopes: ['read:bookmarks', 'write:bookmarks'] });
    expect((await client.get('/api/v1/history', { as: viewer })).body.code).toBe('scope-missing');
    await server.context
      .db('sessions')
      .where({ account_id: viewer.id })
      .update({ scopes: ['read', 'write'] });
  });
});
