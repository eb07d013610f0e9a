import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dropReferences } from '../../src/db/references.ts';
import { createAnalyticsRig, strangers } from '../helpers/analytics.ts';
import { forgetLimits } from '../helpers/limits.ts';
import type { Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Wednesday; the clocks of Berlin were put back on the Sunday before. */
const WEDNESDAY = Date.parse('2025-10-29T12:00:00Z');

let server: TestServer;
let rig: ReturnType<typeof createAnalyticsRig>;
/** Ids never go back: each test begins on a later day, unless it only watches. */
let today = WEDNESDAY;
let now = today;

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => now } } });
  rig = createAnalyticsRig(server);
});

afterEach(async () => {
  today += 10 * DAY_MS;
  now = today;
  await forgetLimits(server);
});

afterAll(() => server?.close());

const dateOf = (moment: number) => new Date(moment).toISOString().slice(0, 10);

describe('P9 curves and breakdowns', () => {
  const hiddenIn = ({ sources, watch_time, retention }: Record<string, { hidden: string | null }>) =>
    [sources, watch_time, retention].map((one) => one?.hidden);
  const HIDDEN = ['too-few-viewers', 'too-few-viewers', 'too-few-viewers'];
  const SHOWN = [null, null, null];

  test('of fewer than twenty people there are none, and then of all of them', async () => {
    const { author, id } = await rig.authored();
    await rig.watch(id, strangers(19), { ms: 5_000, source: 'tag' });
    const few = await rig.ofVideo(id, author);
    expect([hiddenIn(few), few.retention.points, few.sources.items]).toEqual([HIDDEN, [], []]);
    expect((await rig.ofChannel(author)).sources).toEqual({
      hidden: 'too-few-viewers',
      viewers: null,
      items: [],
    });
    // The same people again, and the author, are nobody else.
    await rig.watch(id, strangers(19), { ms: 10_000 });
    await rig.watch(id, [author.id], { ms: 10_000 });
    expect(hiddenIn(await rig.ofVideo(id, author))).toEqual(HIDDEN);
    await rig.watch(id, strangers(1, 100), { ms: 10_000, source: 'for_you' });
    const body = await rig.ofVideo(id, author);
    expect(hiddenIn(body)).toEqual(SHOWN);
    expect(body.sources).toMatchObject({
      viewers: 20,
      items: [
        { source: 'tag', views: 19 },
        { source: 'for_you', views: 2 },
      ],
    });
    const shares = body.retention.points.map(({ share }: { share: number }) => share);
    expect([shares.length, shares[0], shares[31], shares[32], shares[63]]).toEqual([64, 1, 1, 0.05, 0.05]);
    const playbacks = body.watch_time.buckets.map((one: { playbacks: number }) => one.playbacks);
    expect([playbacks.length, playbacks[10], playbacks[19]]).toEqual([20, 19, 1]);
    // One more is not told of before others are with them, whichever days are asked for.
    now += DAY_MS;
    await rig.watch(id, strangers(1), { ms: 10_000 });
    expect((await rig.ofVideo(id, author)).retention).toEqual(body.retention);
    expect(hiddenIn(await rig.ofVideo(id, author, `?from=${dateOf(now)}`))).toEqual(HIDDEN);
  });

  test('show what clients say was watched; how long it was, where they do not say it', async () => {
    const { author, id } = await rig.authored();
    await rig.watch(id, strangers(10), { ms: 5_000, mask: 'ff00000000000000' });
    await rig.watch(id, strangers(10, 10), { ms: 2_500 });
    const { retention } = await rig.ofVideo(id, author);
    const shares = retention.points.map(({ share }: { share: number }) => share);
    expect(shares).toEqual([...Array(16).fill(0.5), ...Array(40).fill(0), ...Array(8).fill(0.5)]);
  });

  test('people who may be the same on other days do not make up for those who are missing', async () => {
    const { author, id } = await rig.authored();
    const from = `?from=${dateOf(now)}`;
    for (let day = 0; day < 5; day += 1) {
      await rig.watch(id, strangers(10));
      expect(hiddenIn(await rig.ofVideo(id, author, from)), String(day)).toEqual(HIDDEN);
      now += DAY_MS;
    }
    // Of those who are known it is sure that they are others.
    const known = [];
    for (let n = 0; n < 10; n += 1) known.push(await rig.somebody());
    await rig.watch(
      id,
      known.slice(0, 5).map((one) => one.id),
    );
    expect(hiddenIn(await rig.ofVideo(id, author, from))).toEqual(HIDDEN);
    now += DAY_MS;
    await rig.watch(
      id,
      known.slice(0, 5).map((one) => one.id),
    );
    await rig.watch(
      id,
      known.slice(5, 9).map((one) => one.id),
    );
    expect(hiddenIn(await rig.ofVideo(id, author, from))).toEqual(HIDDEN);
    await rig.watch(
      id,
      known.slice(9).map((one) => one.id),
    );
    const body = await rig.ofVideo(id, author, from);
    expect([hiddenIn(body), body.sources.viewers]).toEqual([SHOWN, 20]);
  });

  test('nobody but the author gets any of it, staff neither', async () => {
    const { author, id } = await rig.authored();
    const hidden = await rig.videos.video(author.account, { visibility: 'followers' });
    const moderator = await rig.somebody();
    await server.context.db('users').where({ account_id: moderator.id }).update({ role: 'admin' });
    const stranger = await rig.somebody();
    for (const path of ['analytics', 'analytics/live', 'analytics/export']) {
      const absent = await rig.client.get(`/api/v1/studio/videos/1/${path}`, { as: author });
      for (const as of [stranger, moderator]) {
        for (const video of [id, hidden]) {
          const answer = await rig.client.get(`/api/v1/studio/videos/${video}/${path}`, { as });
          expect([answer.status, answer.body], path).toEqual([404, absent.body]);
        }
      }
      expect((await rig.client.get(`/api/v1/studio/videos/${id}/${path}`)).status).toBe(401);
    }
    const { db } = server.context;
    await db('sessions')
      .where({ account_id: author.id })
      .update({ scopes: ['read:statuses', 'read:accounts'] });
    expect((await rig.client.get('/api/v1/studio/analytics', { as: author })).body.code).toBe(
      'scope-missing',
    );
    await db('sessions')
      .where({ account_id: author.id })
      .update({ scopes: ['read:analytics'] });
    expect((await rig.client.get('/api/v1/studio/analytics', { as: author })).status).toBe(200);
  });
});

describe('as a table', () => {
  const csv = async (path: string, as: Person) => {
    await server.context.analytics.fold();
    const answer = await rig.client.get(`/api/v1/studio/${path}`, { as });
    expect([answer.status, answer.headers['content-type']], answer.text).toEqual([
      200,
      'text/csv; charset=utf-8',
    ]);
    return { lines: answer.text.trimEnd().split('\n'), headers: answer.headers };
  };

  test('the same figures as the answers have, and no formula', async () => {
    const { author, id } = await rig.authored({ caption: '=HYPERLINK("https://evil.test"), said "he"' });
    await rig.watch(id, strangers(20));
    const period = `from=${dateOf(now)}&to=${dateOf(now)}`;
    const series = await csv(`analytics/export?${period}&by=hour`, author);
    expect(series.headers['content-disposition']).toBe(
      `attachment; filename=analytics-series-${dateOf(now)}-${dateOf(now)}.csv`,
    );
    expect(series.headers['cache-control']).toBe('private, no-store');
    expect([series.lines.length, series.lines[0]]).toEqual([
      25,
      'date,starts_at,views,viewers,completions,skips,watched_seconds,average_watched_seconds,likes,comments,reposts,shares,saves,followers_gained,followers_lost',
    ]);
    expect(series.lines[13]).toBe(
      `${dateOf(now)},${dateOf(now)}T12:00:00.000Z,20,20,0,0,100,5,0,0,0,0,0,0,0`,
    );
    const list = await csv(`analytics/export?${period}&table=videos`, author);
    expect(list.lines.slice(1)).toEqual([
      `${id},"'=HYPERLINK(""https://evil.test""), said ""he""",20,20,0,0,100,5,0,0,0,0,0,0`,
    ]);
    const sources = await csv(`videos/${id}/analytics/export?${period}&table=sources`, author);
    expect(sources.lines).toEqual(['source,views,share', 'for_you,20,1']);
    const retention = await csv(`videos/${id}/analytics/export?${period}&table=retention`, author);
    expect([retention.lines.length, retention.lines[32], retention.lines[33]]).toEqual([
      65,
      '0.484375,1',
      '0.5,0',
    ]);
    const watchTime = await csv(`analytics/export?${period}&table=watch_time`, author);
    expect([watchTime.lines[11], watchTime.lines[20]]).toEqual(['50,55,20', '95,,0']);
  });

  test('of too few people there is nothing in it, either', async () => {
    const { author, id } = await rig.authored();
    await rig.watch(id, strangers(19));
    for (const table of ['sources', 'watch_time', 'retention']) {
      expect((await csv(`videos/${id}/analytics/export?table=${table}`, author)).lines, table).toHaveLength(
        1,
      );
    }
    expect((await csv('analytics/export?table=videos', author)).lines[1]).toMatch(/,$/);
    const refused = await rig.client.get(`/api/v1/studio/analytics/export?table=retention`, { as: author });
    expect(refused.body.code).toBe('validation-failed');
  });
});

describe('the list of videos', () => {
  test('page by page, each once, by what is asked for', async () => {
    const { author, id } = await rig.authored();
    const ids = [id];
    for (let n = 0; n < 3; n += 1) ids.push(await rig.videos.video(author.account));
    const views = [2, 3, 1, 2];
    for (const [n, one] of ids.entries()) await rig.watch(one, strangers(views[n] ?? 0));
    await rig.client.post(`/api/v1/statuses/${ids[2]}/favourite`, { as: await rig.somebody() });
    const paged: string[] = [];
    let path = 'analytics/videos?limit=1';
    for (let pages = 0; path !== '' && pages < 6; pages += 1) {
      await server.context.analytics.fold();
      const answer = await rig.client.get(`/api/v1/studio/${path}`, { as: author });
      paged.push(...answer.body.map(({ video }: { video: { id: string } }) => video.id));
      const next = /<([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1];
      path = next ? `analytics/videos${new URL(next).search}` : '';
    }
    expect(paged).toEqual([ids[1], ids[3], ids[0], ids[2]]);
    const liked = await rig.look('analytics/videos?sort=likes&limit=1', author);
    expect(liked[0].video.id).toBe(ids[2]);
    expect(await rig.look('analytics/videos', await rig.somebody())).toEqual([]);
  });
});

describe('what is kept', () => {
  const tables = ['analytics_videos', 'analytics_pending', 'analytics_accounts', 'analytics_tallies'];
  const rowsOf = async (where: object) => {
    const { db } = server.context;
    const known = async (table: string) =>
      (await db(table).columnInfo()) as unknown as Readonly<Record<string, unknown>>;
    const counts = [];
    for (const table of tables) {
      const columns = await known(table);
      const fits = Object.entries(where).filter(([name]) => name in columns);
      if (fits.length > 0) counts.push((await db(table).where(Object.fromEntries(fits))).length);
    }
    return counts.reduce((sum, count) => sum + count, 0);
  };

  test('of a video that is deleted nothing of its own; of an account nothing at all', async () => {
    const { author, id } = await rig.authored();
    const { db, inTx, analytics, auth } = server.context;
    await rig.watch(id, [...strangers(25), (await rig.somebody()).id]);
    await rig.client.post(`/api/v1/statuses/${id}/favourite`, { as: await rig.somebody() });
    await analytics.fold();
    expect(await rowsOf({ video_id: id })).toBeGreaterThanOrEqual(3);
    // Noted, and not yet added when it goes.
    await rig.watch(id, strangers(3, 100));
    expect((await rig.client.delete(`/api/v1/statuses/${id}`, { as: author })).status).toBe(200);
    await db('videos').where({ id }).delete();
    await analytics.fold();
    expect(await rowsOf({ video_id: id })).toBe(0);
    expect((await rig.ofChannel(author)).totals).toMatchObject({ views: 26, likes: 1 });
    const other = await rig.videos.video(author.account);
    await rig.watch(other, strangers(5));
    await analytics.fold();
    expect(await rowsOf({ account_id: author.id })).toBeGreaterThan(0);
    await db('users')
      .where({ account_id: author.id })
      .update({ delete_at: new Date(0) });
    await auth.deleteDue(inTx);
    await inTx((tx) => dropReferences(tx, author.id, 10_000));
    await db('analytics_tallies').insert([
      { video_id: other, at: new Date(now), views: 1 },
      { account_id: author.id, at: new Date(now), followers: 1 },
    ]);
    await analytics.fold();
    expect([await rowsOf({ account_id: author.id }), await rowsOf({ video_id: other })]).toEqual([0, 0]);
  });

  test('several who add up at once, while people watch: each counts once', async () => {
    const { author, id } = await rig.authored();
    const { analytics } = server.context;
    await Promise.all(
      strangers(30).flatMap((one) => [
        rig.watch(id, [one]).then(() => analytics.fold()),
        rig.watch(id, [one]).then(() => analytics.fold()),
      ]),
    );
    const { totals, sources } = await rig.ofVideo(id, author);
    expect(totals).toMatchObject({ views: 30, viewers: 30, watched_seconds: 300 });
    expect(
      sources.items.reduce((sum: number, { views }: { views: number }) => sum + views, 0),
    ).toBeGreaterThanOrEqual(20);
  });

  test('one who holds a video up does not hold up others, nor are its figures lost', async () => {
    const [held, free] = [await rig.authored(), await rig.authored()];
    const { db, analytics } = server.context;
    await rig.watch(held.id, strangers(1));
    await rig.watch(free.id, strangers(1));
    await db.transaction(async (tx) => {
      await tx('videos').where({ id: held.id }).forUpdate().first();
      await analytics.fold();
      expect([await rowsOf({ video_id: free.id }), await rowsOf({ video_id: held.id })]).toEqual([5, 1]);
    });
    expect((await rig.ofVideo(held.id, held.author)).totals.views).toBe(1);
  });

  test('no keys of people longer than the day, and videos of others here not at all', async () => {
    const { author, id } = await rig.authored();
    const { db, analytics } = server.context;
    const remote = await rig.videos.video(await rig.people.remote('far', 'far.test'));
    await rig.watch(id, strangers(2));
    await rig.watch(remote, strangers(2));
    expect(await rowsOf({ video_id: remote })).toBe(0);
    const keys = async () => {
      await analytics.sweep(new AbortController().signal);
      return (await db('analytics_viewers')).length;
    };
    expect(await keys()).toBe(2);
    now += 13 * HOUR_MS;
    expect(await keys()).toBe(0);
    expect((await rig.ofVideo(id, author)).totals.viewers).toBe(2);
  });
});
