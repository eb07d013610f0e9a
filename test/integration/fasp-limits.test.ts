import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { faspLimits } from '../../config/fasp-limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { empty } from '../helpers/emptying.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type FaspRig, startAcceptedFasp } from '../helpers/fasp-rig.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { EVIL, HONEST, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What auxiliary services may cost: how much they may send, ask for and answer, and that each has what is its own alone. */
let server: TestServer;
let fasp: FaspRig;
let other: FaspRig;
let author: Person;

const SHARING = '/data_sharing/v0';
const ANNOUNCE = `POST ${SHARING}/announcements`;
const PROVIDERS = [
  'fasp_subscriptions',
  'fasp_backfills',
  'fasp_shared',
  'fasp_news',
  'told_posts',
  'videos',
];

beforeAll(async () => {
  server = await startTestServer({
    role: 'all',
    // No worker takes its jobs: each is run here, one after another.
    variables: { ALLOWED_PRIVATE_ADDRESSES: `${HONEST},${EVIL}`, QUEUES: 'mail' },
  });
  fasp = await startAcceptedFasp(server, EVIL, ['data_sharing', 'trends']);
  other = await startAcceptedFasp(server, HONEST, ['data_sharing']);
  for (const one of [fasp, other]) {
    await one.use('data_sharing');
    one.answers[ANNOUNCE] = { status: 204 };
  }
  await fasp.use('trends');
  author = await createPeople(server).signedIn('author');
  await db()('accounts').where({ id: author.id }).update({ indexable: true, discoverable: true });
});
afterAll(async () => {
  await fasp?.close();
  await other?.close();
  await server?.close();
});
beforeEach(async () => {
  await empty(server, ...PROVIDERS);
  await db()('fasp_providers').update({ tell_at: null, tell_failures: 0 });
  await db()('fasp_capabilities').update({ ask_at: null, ask_failures: 0, ask_failure: null });
  for (const one of [fasp, other]) one.seen.length = 0;
});

const db = () => server.context.db;
const lifecycle = (more: object = {}) => ({ category: 'content', subscriptionType: 'lifecycle', ...more });
const subscribe = (by: FaspRig, more: object = {}) =>
  by.call('POST', `${SHARING}/event_subscriptions`, lifecycle(more));
const backfill = (by: FaspRig, maxCount: number) =>
  by.call('POST', `${SHARING}/backfill_requests`, { category: 'content', maxCount });
const idIn = (json: unknown, of: 'subscription' | 'backfillRequest') =>
  (json as Record<typeof of, { id: string }>)[of].id;
const sizes = () =>
  fasp.seen
    .filter(({ path }) => path.endsWith('/announcements'))
    .map(({ json }) => (json as { objectUris: string[] }).objectUris.length);
async function published(count: number): Promise<VideoId[]> {
  const factory = createVideoFactory(server.context);
  const ids: VideoId[] = [];
  for (let one = 0; one < count; one += 1) ids.push(await factory.video(author.account));
  return ids;
}
/** Whoever subscribed hears of these. */
const heard = async (ids: readonly VideoId[]) => {
  for (const videoId of ids)
    await server.context.inTx((tx) => server.context.fasp.on.onVideo(tx, { videoId }));
};

describe('a body', () => {
  const send = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${server.origin}/fasp${path}`, {
      ...{ method: 'POST', body: body as string },
      headers: { 'content-type': 'application/json', ...headers },
    });

  test('is so large at most, before anybody asks who sent it, and not compressed', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(faspLimits.maxBytes) });
    for (const path of [
      '/registration',
      `${SHARING}/event_subscriptions`,
      '/debug/v0/callback/responses',
      '/nothing',
    ])
      expect((await send(path, large)).status, path).toBe(413);
    const packed = gzipSync(JSON.stringify({ name: 'x' }));
    expect((await send('/registration', packed, { 'content-encoding': 'gzip' })).status).toBe(400);
    expect(await db()('fasp_providers').count('* as count').first()).toMatchObject({ count: '2' });
  });

  test('that asks to be let in comes so often from one network', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.77' };
    const statuses: number[] = [];
    for (let one = 0; one <= faspLimits.registrationsPerHour; one += 1)
      statuses.push((await send('/registration', '{}', headers)).status);
    expect(statuses).toEqual([...statuses.slice(1).map(() => 422), 429]);
    expect((await send('/registration', '{}', { 'x-forwarded-for': '203.0.114.77' })).status).toBe(422);
  });
});

describe('what a provider asks to be told', () => {
  test('is so many subscriptions, each provider for itself', async () => {
    const made: string[] = [];
    for (let one = 0; one < faspLimits.maxSubscriptions; one += 1)
      made.push(idIn((await subscribe(fasp)).json, 'subscription'));
    expect(await subscribe(fasp)).toMatchObject({ status: 429, isSigned: true });
    expect((await subscribe(other)).status).toBe(201);
    expect((await fasp.call('DELETE', `${SHARING}/event_subscriptions/${made[0]}`)).status).toBe(204);
    expect((await subscribe(fasp)).status).toBe(201);
  });

  test('is so many requests for what was before at once, of so much', async () => {
    for (let one = 0; one < faspLimits.maxBackfills; one += 1)
      expect((await backfill(fasp, faspLimits.maxBackfill + 1)).status).toBe(201);
    expect(await backfill(fasp, 1)).toMatchObject({ status: 429, isSigned: true });
    expect((await backfill(other, 1)).status).toBe(201);
    expect(new Set(await db()('fasp_backfills').where({ provider_id: fasp.id }).pluck('remaining'))).toEqual(
      new Set([faspLimits.maxBackfill]),
    );
    // What was sent to its end makes room.
    await fasp.run('fasp.tell');
    expect((await backfill(fasp, 1)).status).toBe(201);
  });

  test('is ended and gone on with by itself alone', async () => {
    const subscription = idIn((await subscribe(fasp)).json, 'subscription');
    await published(2);
    const asked = idIn((await backfill(fasp, 1)).json, 'backfillRequest');
    await fasp.run('fasp.tell');
    const end = `${SHARING}/event_subscriptions/${subscription}`;
    const more = `${SHARING}/backfill_requests/${asked}/continuation`;
    expect([(await other.call('DELETE', end)).status, (await other.call('POST', more)).status]).toEqual([
      404, 404,
    ]);
    expect(await db()('fasp_subscriptions').pluck('id')).toEqual([subscription]);
    expect(await db()('fasp_backfills').pluck('remaining')).toEqual([0]);
    expect([(await fasp.call('POST', more)).status, (await fasp.call('DELETE', end)).status]).toEqual([
      204, 204,
    ]);
  });

  test('is nothing of what another one hears', async () => {
    await subscribe(fasp);
    const [id] = await published(1);
    await heard(id ? [id] : []);
    await other.run('fasp.tell');
    await fasp.run('fasp.tell');
    expect([other.seen.length, sizes()]).toEqual([0, [1]]);
  });

  test('comes in batches of so many, whatever size it wants, and so many batches in one turn', async () => {
    await subscribe(fasp, { maxBatchSize: 100_000 });
    const ids = await published(faspLimits.maxBatch + 5);
    await heard(ids);
    await fasp.run('fasp.tell');
    expect(sizes()).toEqual([faspLimits.maxBatch, 5]);
    fasp.seen.length = 0;
    await backfill(fasp, faspLimits.maxBackfill);
    await fasp.run('fasp.tell');
    expect(sizes()).toEqual([faspLimits.perBackfill, 5]);
    fasp.seen.length = 0;
    await db()('fasp_subscriptions').update({ max_batch: 1 });
    await db()('fasp_shared').delete();
    await heard(ids);
    expect(await fasp.run('fasp.tell')).toBeInstanceOf(Date);
    expect(sizes()).toHaveLength(faspLimits.batchesPerTurn);
    expect(await db()('fasp_news')).toHaveLength(ids.length - faspLimits.batchesPerTurn);
  });

  test('is what many reacted to within its time, and not before', async () => {
    const threshold = { timeframe: 15, likes: 1, shares: 9, replies: 9 };
    await subscribe(fasp, { subscriptionType: 'trends', threshold });
    const [now = '', long = ''] = await published(2);
    const fan = await createPeople(server).remote('fan');
    const like = (video_id: string, id: string) =>
      db()('likes').insert({ id, account_id: fan.id, video_id, uri: `https://remote.test/likes/${id}` });
    await like(now, server.context.ids.next<'like'>());
    // By its number made an hour ago.
    const old = BigInt(server.context.ids.next<'like'>()) - ((60n * 60_000n) << 22n);
    await like(long, String(old));
    await server.context.fasp.watchTrends();
    expect(await db()('fasp_news').pluck('object_id')).toEqual([now]);
  });
});

describe('what a provider answers', () => {
  test('is read as far as the best so many', async () => {
    const content = Array.from({ length: faspLimits.trendsCount + 5 }, (_, one) => ({
      ...{ uri: `https://far.example/${one}`, rank: 50 },
    }));
    fasp.answers['GET /trends/v0/content'] = { status: 200, body: { content } };
    fasp.answers['GET /trends/v0/hashtags'] = { status: 200, body: { hashtags: [] } };
    await fasp.run('fasp.trends');
    expect(await db()('told_posts')).toHaveLength(faspLimits.trendsCount);
  });

  test('is waited for so long, and no longer, however it goes on', { timeout: 60_000 }, async () => {
    const slow = await dripping();
    await fasp.run('fasp.trends');
    expect(slow.remote.seen).toHaveLength(1);
    await slow.close();
    const trends = { provider_id: fasp.id, capability: 'trends' };
    expect(await db()('fasp_capabilities').where(trends).first()).toMatchObject({ ask_failures: 1 });
  });

  test('about people is waited for so long after nobody waits for it any more', async () => {
    const search = { provider_id: fasp.id, capability: 'account_search', version: '0.1' };
    await db()('fasp_capabilities').insert({ ...search, enabled: true, told: true });
    const slow = await dripping();
    expect(await server.context.fasp.people.search('teapot', async () => true)).toEqual([]);
    await vi.waitFor(() => expect(slow.isOver()).toBe(true), { timeout: 20_000, interval: 50 });
    await slow.close();
  });
});

/** The provider answers a sign at a time from now on, and never comes to an end. */
async function dripping() {
  let isOver = false;
  const remote = await startRemote(EVIL, (_, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 200);
    response.on('close', () => {
      clearInterval(drip);
      isOver = true;
    });
  });
  const at = (base_url: string) => db()('fasp_providers').where({ id: fasp.id }).update({ base_url });
  await at(remote.origin);
  return {
    remote,
    isOver: () => isOver,
    async close(): Promise<void> {
      await at(fasp.remote.origin);
      await remote.close();
    },
  };
}

describe('the staff', () => {
  test('accepts so many', async () => {
    const { fasp: module, ids, inTx } = server.context;
    const row = await db()('fasp_providers').where({ id: fasp.id }).first();
    const copies = (state: string, count: number) =>
      Array.from({ length: count }, () => ({ ...row, id: ids.next<'fasp'>(), info: null, state }));
    const [waiting] = copies('waiting', 1);
    await db()('fasp_providers').insert([...copies('accepted', faspLimits.maxAccepted - 2), waiting]);
    expect(await inTx((tx) => module.providers.accept(tx, operator, waiting.id))).toMatchObject({
      reason: 'too-many',
    });
    await db()('fasp_providers').whereNotIn('id', [fasp.id, other.id]).delete();
  });
});
