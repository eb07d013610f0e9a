import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** OP11: whoever is suspended is gone everywhere at once, and is back everywhere when that is taken back. */
let server: TestServer;
let client: ReturnType<typeof clientOf>;
let gull: Person;
let fan: Person;
let friend: Person;
let moderator: Person;
let videoId: VideoId;
let fansVideo: VideoId;
let mediaPath: string;
let cookie: string;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  const { context } = server;
  client = clientOf(server.origin);
  const people = createPeople(server);
  gull = await people.signedIn('herringgull');
  fan = await people.signedIn('fan');
  friend = await people.signedIn('friend');
  moderator = await people.signedIn('mo', 'moderator');
  cookie = await people.tokenOf(gull.account, 'cookie');
  const playable = await createClipFactory(context);
  videoId = await playable(gull.account, { caption: 'herringgull dives #seabirds', tags: ['seabirds'] });
  fansVideo = await playable(fan.account, { caption: 'of the fan' });
  await people.follow(await people.remote('far'), gull.account);
  await people.follow(fan.account, gull.account);
  await people.follow(friend.account, fan.account);
  await people.follow(gull.account, fan.account);
  await client.post(`/api/v1/statuses/${videoId}/reblog`, { as: fan });
  await client.post(`/api/v1/statuses/${fansVideo}/favourite`, { as: gull });
  await client.post(`/api/v1/statuses/${fansVideo}/reblog`, { as: gull });
  await client.post(`/api/v1/videos/${fansVideo}/comments`, {
    as: gull,
    body: { text: 'herringgull was here' },
  });
  const key: string = await context
    .db('video_assets')
    .where({ video_id: videoId, role: 'mp4' })
    .first('key')
    .then((row) => row.key);
  mediaPath = `/${key}`;
  await settled();
});

afterAll(() => server?.close());

/** Nothing is left to be told. */
async function settled(): Promise<void> {
  await vi.waitFor(
    async () => expect(await server.context.db('events').count('* as count').first()).toEqual({ count: '0' }),
    { timeout: 20_000, interval: 50 },
  );
}

interface Place {
  readonly path: () => string;
  readonly as?: () => Person;
  readonly headers?: Readonly<Record<string, string>>;
}

const ACTIVITY = { Accept: 'application/activity+json' };
const by = () => fan;

/** Where somebody may meet the account, what it posted, or what it did. */
const places: Readonly<Record<string, Place>> = {
  profile: { path: () => `/api/v1/accounts/${gull.id}`, as: by },
  'profile by name': { path: () => '/api/v1/accounts/lookup?acct=herringgull', as: by },
  'its posts': { path: () => `/api/v1/accounts/${gull.id}/statuses`, as: by },
  post: { path: () => `/api/v1/statuses/${videoId}`, as: by },
  video: { path: () => `/api/v1/videos/${videoId}` },
  home: { path: () => '/api/v1/timelines/home', as: by },
  'home of somebody who follows the booster': { path: () => '/api/v1/timelines/home', as: () => friend },
  'all videos': { path: () => '/api/v1/timelines/public' },
  hashtag: { path: () => '/api/v1/timelines/tag/seabirds' },
  'for you': { path: () => '/api/v1/feed?feed=for_you', as: () => friend },
  search: { path: () => '/api/v2/search?q=herringgull&type=accounts', as: by },
  directory: { path: () => '/api/v1/directory?order=new', as: by },
  followers: { path: () => `/api/v1/accounts/${fan.id}/followers`, as: () => friend },
  following: { path: () => `/api/v1/accounts/${fan.id}/following`, as: () => friend },
  'boosts of others': { path: () => `/api/v1/accounts/${fan.id}/statuses`, as: () => friend },
  'who boosted': { path: () => `/api/v1/statuses/${fansVideo}/reblogged_by`, as: by },
  'who liked': { path: () => `/api/v1/statuses/${fansVideo}/favourited_by`, as: by },
  comments: { path: () => `/api/v1/videos/${fansVideo}/comments`, as: () => friend },
  notifications: { path: () => '/api/v1/notifications', as: by },
  media: { path: () => mediaPath },
  embed: { path: () => `/embed/${videoId}` },
  oembed: {
    path: () => `/api/oembed?url=${encodeURIComponent(`${server.origin}/@herringgull/${videoId}`)}`,
  },
  webfinger: {
    path: () => `/.well-known/webfinger?resource=acct:herringgull@${new URL(server.origin).host}`,
  },
  outbox: { path: () => `/ap/users/${gull.id}/outbox?page=true`, headers: ACTIVITY },
  'followers of the actor': { path: () => `/ap/users/${gull.id}/followers`, headers: ACTIVITY },
  object: { path: () => `/ap/videos/${videoId}`, headers: ACTIVITY },
};

/** What each place shows of it: nothing, where it is absent. */
async function shown(): Promise<Record<string, boolean>> {
  const found: Record<string, boolean> = {};
  for (const [name, { path, as, headers = {} }] of Object.entries(places)) {
    const answer = await client.get(path(), { as: as?.(), headers });
    const text = `${answer.text ?? ''}`;
    const names = text.includes('herringgull') || text.includes(videoId) || text.includes(gull.id);
    found[name] = answer.status === 200 && (name === 'media' || names);
  }
  return found;
}

async function counters() {
  const { db, engagement, social } = server.context;
  const followers = await db('accounts')
    .whereIn('id', [gull.id, fan.id, friend.id])
    .orderBy('id')
    .select('id', 'followers_count', 'following_count', 'statuses_count', 'state');
  const stats = await engagement.statsOf([videoId, fansVideo]);
  const follows = await db('follows').orderBy('id').select('follower_id', 'target_id', 'state');
  return { followers, stats: [...stats.values()], follows, followed: await social.isFollowedHere(gull.id) };
}

/** What other servers are told about the account itself. */
async function told(): Promise<{ readonly type: string; readonly object: object }[]> {
  const about = { account_id: gull.id, object_uri: gull.account.actorUri };
  const bodies: string[] = await server.context.db('activities').where(about).orderBy('id').pluck('body');
  return bodies.map((body) => JSON.parse(body));
}

const act = (verb: string, body: object) =>
  client.post(`/api/v1/admin/accounts/${gull.id}/${verb}`, { as: moderator, body });

describe('OP11 an account that is suspended', () => {
  test('is seen nowhere from that moment on, and everywhere again once it is taken back', async () => {
    const [before, counted] = [await shown(), await counters()];
    // A place that shows nothing of it now would prove nothing later.
    expect(before).toEqual(Object.fromEntries(Object.keys(places).map((name) => [name, true])));

    const answer = await act('action', { type: 'suspend', text: 'Sold feathers.' });
    expect([answer.status, answer.body.action]).toEqual([200, 'suspend']);
    expect(await shown()).toEqual(Object.fromEntries(Object.keys(places).map((name) => [name, false])));

    const document = await client.get(`/ap/users/${gull.id}`, { headers: ACTIVITY });
    expect(document.body).toMatchObject({ suspended: true, publicKey: { owner: gull.account.actorUri } });
    expect(document.body).not.toHaveProperty('summary');
    for (const asking of [{ as: gull }, { cookie }]) {
      const own = await client.get('/api/v1/accounts/verify_credentials', asking);
      expect(own.status).toBe(401);
    }
    const signIn = { body: { login: 'herringgull', password: 'correct horse battery' } };
    const refused = await client.post('/api/v1/sessions', signIn);
    expect([refused.status, refused.body.code]).toEqual([403, 'suspended']);
    await settled();
    expect(await told()).toMatchObject([{ type: 'Update', object: { suspended: true } }]);
    expect(await shown()).toEqual(Object.fromEntries(Object.keys(places).map((name) => [name, false])));

    expect((await act('unsuspend', { text: 'A mistake.' })).status).toBe(200);
    expect(await shown()).toEqual(before);
    expect(await counters()).toEqual(counted);
    await settled();
    expect(await told()).toHaveLength(2);
    expect((await told())[1]?.object).not.toHaveProperty('suspended');
    const back = await client.get(`/ap/users/${gull.id}`, { headers: ACTIVITY });
    expect(back.body).not.toHaveProperty('suspended');
    expect((await server.context.counters.recount(true)).wrong).toBe(0);
  }, 60_000);
});

describe('an account that is frozen', () => {
  test('reads, appeals and takes its data with it, and does nothing else', async () => {
    await act('action', { type: 'disable', text: 'Wait.' });
    const people = createPeople(server);
    const again = { token: await people.tokenOf(gull.account) };
    expect((await client.get('/api/v1/timelines/home', { as: again })).status).toBe(200);
    const like = await client.post(`/api/v1/statuses/${fansVideo}/bookmark`, { as: again });
    expect([like.status, like.body.code]).toEqual([403, 'frozen']);
    const strikes = await client.get('/api/v1/strikes', { as: again });
    expect(strikes.body[0]).toMatchObject({
      action: 'disable',
      text: 'Wait.',
      counts: true,
      automated: false,
    });
    const path = `/api/v1/strikes/${strikes.body[0].id}/appeal`;
    const appeal = await client.post(path, { as: again, body: { text: 'I did wait.' } });
    expect([appeal.status, appeal.body.appeal?.state]).toEqual([200, 'pending']);
    await act('enable', { text: '' });
    expect((await client.post(`/api/v1/statuses/${fansVideo}/bookmark`, { as: again })).status).toBe(200);
  });
});

describe('an account that is limited', () => {
  test('is in public lists for its followers only, and is told so', async () => {
    await act('action', { type: 'silence', text: 'Too loud.' });
    const sees = async (path: string, as?: Person) =>
      (await client.get(path, { as })).text.includes(`"${videoId}"`);
    expect(await sees('/api/v1/timelines/public')).toBe(false);
    expect(await sees('/api/v1/timelines/public', fan)).toBe(true);
    expect(await sees('/api/v1/timelines/tag/seabirds')).toBe(false);
    expect((await client.get(`/api/v1/videos/${videoId}`)).status).toBe(200);
    await act('unsilence', { text: '' });
    await act('action', { type: 'no_discovery', text: 'Not for everybody.' });
    expect(await sees('/api/v1/timelines/public')).toBe(false);
    const found = await client.get('/api/v2/search?q=herringgu&type=accounts', { as: friend });
    expect(found.body.accounts).toEqual([]);
    await act('show_in_discovery', { text: '' });
    expect(await sees('/api/v1/timelines/public')).toBe(true);
    const people = createPeople(server);
    const again = { token: await people.tokenOf(gull.account) };
    await settled();
    const told = await client.get('/api/v1/notifications?types[]=moderation_warning', { as: again });
    const actions = told.body.map(
      (one: { moderation_warning: { action: string } }) => one.moderation_warning.action,
    );
    expect(actions).toEqual(['no_discovery', 'silence', 'disable']);
  });
});

describe('a video that is removed', () => {
  test('is gone with its files, and back with them', async () => {
    const remove = await client.post(`/api/v1/admin/videos/${videoId}/action`, {
      ...{ as: moderator, body: { type: 'remove', text: 'Feathers.' } },
    });
    expect(remove.status).toBe(200);
    const statuses = async () => [
      (await client.get(`/api/v1/videos/${videoId}`)).status,
      (await client.get(mediaPath)).status,
      (await client.get(`/ap/videos/${videoId}`, { headers: ACTIVITY })).status,
    ];
    expect(await statuses()).toEqual([404, 404, 404]);
    // Nor by an address that was signed before, for its author or a server.
    const { mediaUrls } = server.context;
    const signed = mediaUrls.objectUrl(mediaPath.slice(1), { state: 'draft', visibility: 'public' });
    expect(signed).toContain('/media/s/');
    expect((await client.get(new URL(signed).pathname)).status).toBe(404);
    const undo = `/api/v1/admin/measures/${remove.body.id}/undo`;
    expect((await client.post(undo, { as: moderator, body: { text: 'A mistake.' } })).status).toBe(200);
    expect(await statuses()).toEqual([200, 200, 200]);
  });
});
