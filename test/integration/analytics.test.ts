import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dropReferences } from '../../src/db/references.ts';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
/** A Wednesday; the clocks of Berlin were put back on the Sunday before. */
const WEDNESDAY = Date.parse('2025-10-29T12:00:00Z');
let now = WEDNESDAY;

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => now } } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
});

afterEach(async () => {
  now = WEDNESDAY;
  await forgetLimits(server);
});

afterAll(() => server?.close());

let names = 0;
const somebody = () => people.signedIn(`somebody_${++names}`);

/** An author with a video of ten seconds. */
async function authored(facts: Parameters<VideoFactory['video']>[1] = {}) {
  const author = await somebody();
  const id = await videos.video(author.account, facts);
  await server.context.db('videos').where({ id }).update({ duration_seconds: 10 });
  return { author, id };
}

const strangers = (count: number, first = 0) =>
  Array.from({ length: count }, (_, n) => ({ visitor: `198.51.${first + n}.0` }));

type Told = { kind?: 'view' | 'watch' | 'complete' | 'skip'; ms?: number; source?: 'tag' | 'for_you' };

/** As requests that were let in. */
async function watch(
  id: VideoId,
  by: readonly ({ visitor: string } | AccountId)[],
  { kind = 'watch', ms = 5_000, source = 'for_you' }: Told = {},
): Promise<void> {
  await Promise.all(
    by.map((who) =>
      server.context.watching.report({
        watcher: typeof who === 'string' ? { accountId: who } : { accountId: null, ...who },
        events: [{ id: randomUUID(), videoId: id, kind, watchedMs: ms, at: null, source }],
      }),
    ),
  );
}

async function look(path: string, as: Person) {
  await server.context.analytics.fold();
  const answer = await client.get(`/api/v1/studio/${path}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}
const ofVideo = (id: VideoId, as: Person, query = '') => look(`videos/${id}/analytics${query}`, as);
const ofChannel = (as: Person, query = '') => look(`analytics${query}`, as);
const viewsBy = (body: { series: { figures: { views: number } }[] }) =>
  body.series.map(({ figures }) => figures.views);

describe('figures', () => {
  test('are those of the events, each once, whatever is sent again', async () => {
    const { author, id } = await authored();
    const other = await videos.video(author.account);
    const viewer = await somebody();
    const body = {
      events: [
        { id: randomUUID(), video_id: id, type: 'view', source: 'tag' },
        { id: randomUUID(), video_id: id, type: 'complete', watched_seconds: 10, source: 'tag' },
        { id: randomUUID(), video_id: id, type: 'watch', watched_seconds: 12.5, source: 'tag' },
        { id: randomUUID(), video_id: id, type: 'skip', watched_seconds: 0.5, source: 'for_you' },
        { id: randomUUID(), video_id: other, type: 'watch', watched_seconds: 4 },
      ],
    };
    for (let n = 0; n < 3; n += 1) {
      expect((await client.post('/api/v1/events', { as: viewer, body })).status).toBe(200);
    }
    await watch(id, strangers(2));
    now += HOUR_MS;
    await watch(id, [viewer.id]);
    const expected = { views: 4, viewers: 3, completions: 1, skips: 1, watched_seconds: 28 };
    const mine = await ofVideo(id, author);
    expect(mine.totals).toMatchObject({ ...expected, average_watched_seconds: 5.6 });
    expect(mine.series.at(-1).figures).toMatchObject(expected);
    const all = await ofChannel(author);
    expect(all.totals).toMatchObject({ ...expected, views: 5, viewers: 4, watched_seconds: 32 });
    expect(all.top_videos.map((one: { video: { id: string } }) => one.video.id)).toEqual([id, other]);
    expect(all.top_videos[0].figures).toMatchObject(expected);
    // The same as what everybody is told.
    await server.context.watching.addTallies();
    const shown = await client.get(`/api/v1/videos/${id}`);
    expect(shown.body.stats.views).toBe(4);
  });

  test('of what others do with the video, as it is now, at the time at which they did it', async () => {
    const { author, id } = await authored();
    const [bob, eve] = [await somebody(), await somebody()];
    const act = (as: Person, verb: string) => client.post(`/api/v1/statuses/${id}/${verb}`, { as });
    for (const as of [bob, eve]) for (const verb of ['favourite', 'reblog', 'bookmark']) await act(as, verb);
    await client.post(`/api/v1/videos/${id}/share`, { as: bob });
    const path = `/api/v1/videos/${id}/comments`;
    const first = await client.post(path, { as: bob, body: { text: 'Hi' } });
    await client.post(path, { as: eve, body: { text: 'Ho' } });
    now += 2 * HOUR_MS;
    const hours = async () => {
      const { series } = await ofVideo(id, author, '?by=hour&from=2025-10-29');
      return [12, 14].map((hour) => series[hour].figures);
    };
    const all = { likes: 2, reposts: 2, saves: 2, comments: 2 };
    expect(await hours()).toMatchObject([all, { likes: 0 }]);
    for (const verb of ['unfavourite', 'unreblog', 'unbookmark']) await act(eve, verb);
    await client.post(`${path}/${first.body.id}/hide`, { as: author });
    expect(await hours()).toMatchObject([{ likes: 1, reposts: 1, saves: 1, comments: 1 }, { likes: 0 }]);
    await client.post(`${path}/${first.body.id}/unhide`, { as: author });
    expect((await ofChannel(author)).totals).toMatchObject({ likes: 1, comments: 2 });
    const { db } = server.context;
    await db('comments').where({ video_id: id }).delete();
    expect((await ofChannel(author)).totals).toMatchObject({ likes: 1, comments: 0 });
    expect(Number((await db('likes').where({ video_id: id }).count('* as n').first())?.n)).toBe(1);
  });

  test('of followers won and lost, and at which video', async () => {
    const { author, id } = await authored();
    const foreign = await authored();
    const [a, b, c] = [await somebody(), await somebody(), await somebody()];
    const follow = (as: Person, body: object = {}) =>
      client.post(`/api/v1/accounts/${author.id}/follow`, { as, body });
    expect((await follow(a, { video_id: id })).status).toBe(200);
    await follow(a, { video_id: id });
    await follow(b);
    for (const video_id of [foreign.id, '12345']) expect((await follow(c, { video_id })).status).toBe(200);
    const { db } = server.context;
    await client.post(`/api/v1/accounts/${author.id}/unfollow`, { as: b });
    // It ends when the database says so.
    await server.context.analytics.fold();
    const lost = await db('analytics_accounts').where({ account_id: author.id, grain: 'day' });
    expect(lost.reduce((sum, row) => sum + Number(row.unfollows), 0)).toBe(1);
    expect((await ofChannel(author)).totals).toMatchObject({ followers_gained: 3 });
    // Of too few viewers nothing is said of who followed at a video.
    expect((await ofVideo(id, author)).totals.followers_gained).toBeNull();
    await watch(id, strangers(20));
    expect((await ofVideo(id, author)).totals.followers_gained).toBe(1);
    await watch(foreign.id, strangers(20));
    expect((await ofVideo(foreign.id, foreign.author)).totals.followers_gained).toBe(0);
  });

  test('of a request that is let in later, once it is', async () => {
    const { author, id } = await authored();
    const { db } = server.context;
    await db('accounts').where({ id: author.id }).update({ locked: true });
    const asking = await somebody();
    await client.post(`/api/v1/accounts/${author.id}/follow`, { as: asking, body: { video_id: id } });
    const gained = async () => {
      await server.context.analytics.fold();
      const rows = await db('analytics_videos').where({ video_id: id, grain: 'day' });
      return rows.reduce((sum, row) => sum + Number(row.followers), 0);
    };
    expect(await gained()).toBe(0);
    await client.post(`/api/v1/follow_requests/${asking.id}/authorize`, { as: author });
    expect(await gained()).toBe(1);
  });
});

describe('periods', () => {
  test('by days of a time zone, of half hours and of 25', async () => {
    const { author, id } = await authored();
    // Sunday 26 October has 25 hours in Berlin: from 22:00 UTC to 23:00 UTC of the next day.
    for (const time of ['2025-10-25T21:59:00Z', '2025-10-25T22:00:00Z', '2025-10-26T22:59:00Z']) {
      now = Date.parse(time);
      await watch(id, strangers(1));
    }
    // Midnight in Kolkata is at half past the hour.
    for (const time of ['2025-10-28T18:29:00Z', '2025-10-28T18:31:00Z']) {
      now = Date.parse(time);
      await watch(id, strangers(1));
    }
    now = WEDNESDAY;
    const days = (zone: string) =>
      ofVideo(id, author, `?from=2025-10-25&to=2025-10-29&time_zone=${zone}`).then(viewsBy);
    expect(await days('Europe/Berlin')).toEqual([1, 2, 0, 2, 0]);
    expect(await days('UTC')).toEqual([2, 1, 0, 2, 0]);
    expect(await days('Asia/Kolkata')).toEqual([0, 2, 1, 1, 1]);
    const hours = await ofVideo(id, author, '?by=hour&from=2025-10-26&to=2025-10-26&time_zone=Europe/Berlin');
    expect(hours.series).toHaveLength(25);
    expect([hours.series[0].starts_at, hours.series[24].starts_at]).toEqual([
      '2025-10-25T22:00:00.000Z',
      '2025-10-26T22:00:00.000Z',
    ]);
    expect(viewsBy(hours).flatMap((views, at) => (views > 0 ? [at] : []))).toEqual([0, 24]);
    expect(hours.previous).toMatchObject({ from: '2025-10-25', to: '2025-10-25', totals: { views: 1 } });
    const weeks = await ofVideo(id, author, '?by=week&from=2025-10-20&to=2025-10-29&time_zone=Europe/Berlin');
    expect(weeks.series.map(({ date }: { date: string }) => date)).toEqual(['2025-10-20', '2025-10-27']);
    expect(viewsBy(weeks)).toEqual([3, 2]);
    const months = await ofChannel(author, '?by=month&from=2025-09-01&to=2025-10-31');
    expect([viewsBy(months), months.totals.views]).toEqual([[0, 5], 5]);
    expect(months.previous).toMatchObject({ from: '2025-07-01', to: '2025-08-31', totals: { views: 0 } });
  });

  test('whose hours are not kept any more are told by days', async () => {
    const { author, id } = await authored();
    now = Date.parse('2025-10-01T23:30:00Z');
    await watch(id, strangers(3));
    await server.context.analytics.fold();
    now += 100 * DAY_MS;
    await watch(id, strangers(2));
    await server.context.analytics.fold();
    await server.context.analytics.sweep(new AbortController().signal);
    const { db } = server.context;
    const grains = await db('analytics_videos').where({ video_id: id }).orderBy('at').pluck('grain');
    expect(grains.sort()).toEqual(['day', 'day', 'minute', 'quarter']);
    // By the day of the same date: the hour in which it was is not known any more.
    const berlin = '?by=month&from=2025-10-01&to=2026-01-31&time_zone=Europe/Berlin';
    expect(viewsBy(await ofVideo(id, author, berlin))).toEqual([3, 0, 0, 2]);
    const early = await client.get(`/api/v1/studio/videos/${id}/analytics?by=hour&from=2025-10-01&to=2025-10-02`, {
      as: author,
    });
    expect([early.status, early.body.details[0].field]).toEqual([422, 'from']);
    // What comes late of a time whose hours are gone is in its day alone.
    await db('analytics_tallies').insert({ video_id: id, at: new Date('2025-10-01T10:00:00Z'), likes: 1 });
    await server.context.analytics.fold();
    expect(await db('analytics_videos').where({ video_id: id, grain: 'quarter' })).toHaveLength(1);
  });

  test.for([
    ...['?from=2025-10-30&to=2025-10-29', '?from=yesterday', '?by=year', '?time_zone=Mars', '?from=1999-01-01'],
    ...['?by=hour&from=2025-09-01&to=2025-10-29', '?from=2020-01-01', '?to=2025-02-30'],
  ])('%s is refused', async (query) => {
    const author = await somebody();
    const answer = await client.get(`/api/v1/studio/analytics${query}`, { as: author });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
  });

  test('live: minutes and hours, within seconds', async () => {
    const { author, id } = await authored();
    await watch(id, strangers(2));
    now += 90 * 60_000;
    await watch(id, strangers(3));
    now += 60_000;
    await watch(id, strangers(1, 100));
    for (const path of [`videos/${id}/analytics/live`, 'analytics/live']) {
      const { last_hour, last_48_hours } = await look(path, author);
      expect([last_hour.totals.views, last_48_hours.totals.views]).toEqual([4, 6]);
      const views = last_hour.minutes.map((one: { figures: { views: number } }) => one.figures.views);
      expect([views.length, views.slice(-2)]).toEqual([60, [3, 1]]);
      expect(last_48_hours.hours).toHaveLength(48);
    }
  });
});

describe('P9 curves and breakdowns', () => {
  const hiddenIn = ({ sources, watch_time, retention }: Record<string, { hidden: string | null }>) =>
    [sources, watch_time, retention].map((one) => one?.hidden);
  const HIDDEN = ['too-few-viewers', 'too-few-viewers', 'too-few-viewers'];
  const SHOWN = [null, null, null];

  test('of fewer than twenty people there are none, and then of all of them', async () => {
    const { author, id } = await authored();
    await watch(id, strangers(19), { ms: 5_000, source: 'tag' });
    const few = await ofVideo(id, author);
    expect([hiddenIn(few), few.retention.points, few.sources.items]).toEqual([HIDDEN, [], []]);
    expect((await ofChannel(author)).sources).toEqual({ hidden: 'too-few-viewers', viewers: null, items: [] });
    // The same people again, and the author, are nobody else.
    await watch(id, strangers(19), { ms: 10_000 });
    await watch(id, [author.id], { ms: 10_000 });
    expect(hiddenIn(await ofVideo(id, author))).toEqual(HIDDEN);
    await watch(id, strangers(1, 100), { ms: 10_000, source: 'for_you' });
    const body = await ofVideo(id, author);
    expect(hiddenIn(body)).toEqual(SHOWN);
    expect(body.sources).toMatchObject({ viewers: 20, items: [{ source: 'tag', views: 19 }, { source: 'for_you', views: 2 }] });
    const shares = body.retention.points.map(({ share }: { share: number }) => share);
    expect([shares.length, shares[0], shares[31], shares[32], shares[63]]).toEqual([64, 1, 1, 0.05, 0.05]);
    const playbacks = body.watch_time.buckets.map((one: { playbacks: number }) => one.playbacks);
    expect([playbacks.length, playbacks[10], playbacks[19]]).toEqual([20, 19, 1]);
    // One more is not told of before others are with them, whichever days are asked for.
    now += DAY_MS;
    await watch(id, strangers(1), { ms: 10_000 });
    expect((await ofVideo(id, author)).retention).toEqual(body.retention);
    expect(hiddenIn(await ofVideo(id, author, '?from=2025-10-30'))).toEqual(HIDDEN);
  });

  test('people who may be the same on other days do not make up for those who are missing', async () => {
    const { author, id } = await authored();
    for (let day = 0; day < 5; day += 1) {
      await watch(id, strangers(10));
      expect(hiddenIn(await ofVideo(id, author, '?from=2025-10-29')), String(day)).toEqual(HIDDEN);
      now += DAY_MS;
    }
    // Of those who are known it is sure that they are others.
    const known = [];
    for (let n = 0; n < 10; n += 1) known.push(await somebody());
    await watch(id, known.slice(0, 5).map((one) => one.id));
    expect(hiddenIn(await ofVideo(id, author, '?from=2025-10-29'))).toEqual(HIDDEN);
    now += DAY_MS;
    await watch(id, known.slice(0, 5).map((one) => one.id));
    await watch(id, known.slice(5, 9).map((one) => one.id));
    expect(hiddenIn(await ofVideo(id, author, '?from=2025-10-29'))).toEqual(HIDDEN);
    await watch(id, known.slice(9).map((one) => one.id));
    const body = await ofVideo(id, author, '?from=2025-10-29');
    expect([hiddenIn(body), body.sources.viewers]).toEqual([SHOWN, 20]);
  });

  test('nobody but the author gets any of it, staff neither', async () => {
    const { author, id } = await authored();
    const hidden = await videos.video(author.account, { visibility: 'followers' });
    const moderator = await somebody();
    await server.context.db('users').where({ account_id: moderator.id }).update({ role: 'admin' });
    const stranger = await somebody();
    for (const path of ['analytics', 'analytics/live', 'analytics.csv']) {
      const absent = await client.get(`/api/v1/studio/videos/1/${path}`, { as: author });
      for (const as of [stranger, moderator]) {
        for (const video of [id, hidden]) {
          const answer = await client.get(`/api/v1/studio/videos/${video}/${path}`, { as });
          expect([answer.status, answer.body], path).toEqual([404, absent.body]);
        }
      }
      expect((await client.get(`/api/v1/studio/videos/${id}/${path}`)).status).toBe(401);
    }
    const narrow = await people.tokenOf(author.account, 'bearer', ['read:statuses']);
    const answer = await client.get('/api/v1/studio/analytics', { headers: { Authorization: `Bearer ${narrow}` } });
    expect([answer.status, answer.body.code]).toEqual([403, 'scope-missing']);
  });
});
