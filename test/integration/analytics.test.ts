import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
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
const viewsBy = (body: { series: { figures: { views: number } }[] }) =>
  body.series.map(({ figures }) => figures.views);

describe('figures', () => {
  test('are those of the events, each once, whatever is sent again', async () => {
    const { author, id } = await rig.authored();
    const other = await rig.videos.video(author.account);
    const viewer = await rig.somebody();
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
      expect((await rig.client.post('/api/v1/events', { as: viewer, body })).status).toBe(200);
    }
    await rig.watch(id, strangers(2));
    now += HOUR_MS;
    await rig.watch(id, [viewer.id]);
    const expected = { views: 4, viewers: 3, completions: 1, skips: 1, watched_seconds: 28 };
    const mine = await rig.ofVideo(id, author);
    expect(mine.totals).toMatchObject({ ...expected, average_watched_seconds: 5.6 });
    expect(mine.series.at(-1).figures).toMatchObject(expected);
    const all = await rig.ofChannel(author);
    expect(all.totals).toMatchObject({ ...expected, views: 5, viewers: 4, watched_seconds: 32 });
    expect(all.top_videos.map((one: { video: { id: string } }) => one.video.id)).toEqual([id, other]);
    expect(all.top_videos[0].figures).toMatchObject(expected);
    // The same as what everybody is told.
    await server.context.watching.addTallies();
    const shown = await rig.client.get(`/api/v1/videos/${id}`);
    expect(shown.body.stats.views).toBe(4);
  });

  test('of what others do with the video, as it is now, at the time at which they did it', async () => {
    const { author, id } = await rig.authored();
    const [bob, eve] = [await rig.somebody(), await rig.somebody()];
    const act = (as: Person, verb: string) => rig.client.post(`/api/v1/statuses/${id}/${verb}`, { as });
    for (const as of [bob, eve]) for (const verb of ['favourite', 'reblog', 'bookmark']) await act(as, verb);
    await rig.client.post(`/api/v1/videos/${id}/share`, { as: bob });
    const path = `/api/v1/videos/${id}/comments`;
    const first = await rig.client.post(path, { as: bob, body: { text: 'Hi' } });
    await rig.client.post(path, { as: eve, body: { text: 'Ho' } });
    now += 2 * HOUR_MS;
    const day = dateOf(now);
    const hours = async () => {
      const { series } = await rig.ofVideo(id, author, `?by=hour&from=${day}`);
      return [12, 14].map((hour) => series[hour].figures);
    };
    const all = { likes: 2, reposts: 2, saves: 2, comments: 2 };
    expect(await hours()).toMatchObject([all, { likes: 0 }]);
    for (const verb of ['unfavourite', 'unreblog', 'unbookmark']) await act(eve, verb);
    await rig.client.post(`${path}/${first.body.id}/hide`, { as: author });
    expect(await hours()).toMatchObject([{ likes: 1, reposts: 1, saves: 1, comments: 1 }, { likes: 0 }]);
    await rig.client.post(`${path}/${first.body.id}/unhide`, { as: author });
    expect((await rig.ofChannel(author)).totals).toMatchObject({ likes: 1, comments: 2 });
    const { db } = server.context;
    await db('comments').where({ video_id: id }).delete();
    expect((await rig.ofChannel(author)).totals).toMatchObject({ likes: 1, comments: 0 });
    expect(Number((await db('likes').where({ video_id: id }).count('* as n').first())?.n)).toBe(1);
  });

  test('of followers won and lost, and at which video', async () => {
    const { author, id } = await rig.authored();
    const foreign = await rig.authored();
    const [a, b, c] = [await rig.somebody(), await rig.somebody(), await rig.somebody()];
    const follow = (as: Person, body: object = {}) =>
      rig.client.post(`/api/v1/accounts/${author.id}/follow`, { as, body });
    expect((await follow(a, { video_id: id })).status).toBe(200);
    await follow(a, { video_id: id });
    await follow(b);
    for (const video_id of [foreign.id, '12345']) expect((await follow(c, { video_id })).status).toBe(200);
    const { db } = server.context;
    await rig.client.post(`/api/v1/accounts/${author.id}/unfollow`, { as: b });
    // It ends when the database says so.
    await server.context.analytics.fold();
    const lost = await db('analytics_accounts').where({ account_id: author.id, grain: 'day' });
    expect(lost.reduce((sum, row) => sum + Number(row.unfollows), 0)).toBe(1);
    expect((await rig.ofChannel(author)).totals).toMatchObject({ followers_gained: 3 });
    // Of too few viewers nothing is said of who followed at a video.
    expect((await rig.ofVideo(id, author)).totals.followers_gained).toBeNull();
    await rig.watch(id, strangers(20));
    expect((await rig.ofVideo(id, author)).totals.followers_gained).toBe(1);
    await rig.watch(foreign.id, strangers(20));
    expect((await rig.ofVideo(foreign.id, foreign.author)).totals.followers_gained).toBe(0);
  });

  test('of a request that is let in later, once it is', async () => {
    const { author, id } = await rig.authored();
    const { db } = server.context;
    await db('accounts').where({ id: author.id }).update({ locked: true });
    const asking = await rig.somebody();
    await rig.client.post(`/api/v1/accounts/${author.id}/follow`, { as: asking, body: { video_id: id } });
    const gained = async () => {
      await server.context.analytics.fold();
      const rows = await db('analytics_videos').where({ video_id: id, grain: 'day' });
      return rows.reduce((sum, row) => sum + Number(row.followers), 0);
    };
    expect(await gained()).toBe(0);
    await rig.client.post(`/api/v1/follow_requests/${asking.id}/authorize`, { as: author });
    expect(await gained()).toBe(1);
  });
});

describe('periods', () => {
  test('by days of a time zone, of half hours and of 25', async () => {
    const { author, id } = await rig.authored();
    // Sunday 26 October has 25 hours in Berlin: from 22:00 UTC to 23:00 UTC of the next day.
    for (const time of ['2025-10-25T21:59:00Z', '2025-10-25T22:00:00Z', '2025-10-26T22:59:00Z']) {
      now = Date.parse(time);
      await rig.watch(id, strangers(1));
    }
    // Midnight in Kolkata is at half past the hour.
    for (const [n, time] of ['2025-10-28T18:29:00Z', '2025-10-28T18:31:00Z'].entries()) {
      now = Date.parse(time);
      await rig.watch(id, strangers(1, 50 + n));
    }
    now = WEDNESDAY;
    const days = (zone: string) =>
      rig.ofVideo(id, author, `?from=2025-10-25&to=2025-10-29&time_zone=${zone}`).then(viewsBy);
    expect(await days('Europe/Berlin')).toEqual([1, 2, 0, 2, 0]);
    expect(await days('UTC')).toEqual([2, 1, 0, 2, 0]);
    expect(await days('Asia/Kolkata')).toEqual([0, 2, 1, 1, 1]);
    const hours = await rig.ofVideo(
      id,
      author,
      '?by=hour&from=2025-10-26&to=2025-10-26&time_zone=Europe/Berlin',
    );
    expect(hours.series).toHaveLength(25);
    expect([hours.series[0].starts_at, hours.series[24].starts_at]).toEqual([
      '2025-10-25T22:00:00.000Z',
      '2025-10-26T22:00:00.000Z',
    ]);
    expect(viewsBy(hours).flatMap((views, at) => (views > 0 ? [at] : []))).toEqual([0, 24]);
    expect(hours.previous).toMatchObject({ from: '2025-10-25', to: '2025-10-25', totals: { views: 1 } });
    const weeks = await rig.ofVideo(
      id,
      author,
      '?by=week&from=2025-10-20&to=2025-10-29&time_zone=Europe/Berlin',
    );
    expect(weeks.series.map(({ date }: { date: string }) => date)).toEqual(['2025-10-20', '2025-10-27']);
    expect(viewsBy(weeks)).toEqual([3, 2]);
    const months = await rig.ofChannel(author, '?by=month&from=2025-09-01&to=2025-10-31');
    expect([viewsBy(months), months.totals.views]).toEqual([[0, 5], 5]);
    expect(months.previous).toMatchObject({ from: '2025-07-01', to: '2025-08-31', totals: { views: 0 } });
  });

  test('whose hours are not kept any more are told by days', async () => {
    const { author, id } = await rig.authored();
    now = Date.parse('2025-10-01T23:30:00Z');
    await rig.watch(id, strangers(3));
    await server.context.analytics.fold();
    now += 100 * DAY_MS;
    await rig.watch(id, strangers(2));
    await server.context.analytics.fold();
    await server.context.analytics.sweep(new AbortController().signal);
    const { db } = server.context;
    const grains = await db('analytics_videos').where({ video_id: id }).orderBy('at').pluck('grain');
    expect(grains.sort()).toEqual(['day', 'day', 'minute', 'quarter']);
    // By the day of the same date: the hour in which it was is not known any more.
    const berlin = '?by=month&from=2025-10-01&to=2026-01-31&time_zone=Europe/Berlin';
    expect(viewsBy(await rig.ofVideo(id, author, berlin))).toEqual([3, 0, 0, 2]);
    const early = await rig.client.get(
      `/api/v1/studio/videos/${id}/analytics?by=hour&from=2025-10-01&to=2025-10-02`,
      {
        as: author,
      },
    );
    expect([early.status, early.body.details[0].field]).toEqual([422, 'from']);
    // What comes late of a time whose hours are gone is in its day alone.
    await db('analytics_tallies').insert({ video_id: id, at: new Date('2025-10-01T10:00:00Z'), likes: 1 });
    await server.context.analytics.fold();
    expect(await db('analytics_videos').where({ video_id: id, grain: 'quarter' })).toHaveLength(1);
  });

  test.for([
    ...[
      '?from=2025-10-30&to=2025-10-29',
      '?from=yesterday',
      '?by=year',
      '?time_zone=Mars',
      '?from=1999-01-01',
    ],
    ...['?by=hour&from=2025-09-01&to=2025-10-29', '?from=2020-01-01', '?to=2025-02-30'],
  ])('%s is refused', async (query) => {
    const author = await rig.somebody();
    const answer = await rig.client.get(`/api/v1/studio/analytics${query}`, { as: author });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
  });

  test('live: minutes and hours, within seconds', async () => {
    const { author, id } = await rig.authored();
    await rig.watch(id, strangers(2));
    now += 90 * 60_000;
    await rig.watch(id, strangers(3));
    now += 60_000;
    await rig.watch(id, strangers(1, 100));
    for (const path of [`videos/${id}/analytics/live`, 'analytics/live']) {
      const { last_hour, last_48_hours } = await rig.look(path, author);
      expect([last_hour.totals.views, last_48_hours.totals.views]).toEqual([4, 6]);
      const views = last_hour.minutes.map((one: { figures: { views: number } }) => one.figures.views);
      expect([views.length, views.slice(-2)]).toEqual([60, [3, 1]]);
      expect(last_48_hours.hours).toHaveLength(48);
    }
  });
});

describe('an answer', () => {
  test('reads ranges of keys, and takes as many queries as ever, however much there is', async () => {
    const { author, id } = await rig.authored();
    const { db } = server.context;
    const ask = async () => {
      const seen: { sql: string; bindings: never[] }[] = [];
      const listen = (one: { sql: string; bindings: never[] }) => seen.push(one);
      await rig.ofVideo(id, author, '?by=month');
      db.on('query', listen);
      await rig.ofVideo(id, author, '?by=month&time_zone=Asia/Kolkata');
      await rig.ofChannel(author, '?by=day&time_zone=Asia/Kolkata');
      db.removeListener('query', listen);
      return seen.filter(({ sql }) => /analytics_(videos|accounts)/.test(sql));
    };
    await rig.watch(id, strangers(1));
    const few = (await ask()).length;
    const figures = await db('information_schema.columns')
      .where({ table_name: 'analytics_videos', data_type: 'bigint' })
      .whereNotIn('column_name', ['video_id', 'account_id'])
      .pluck('column_name');
    for (const [table, key] of [
      ['analytics_videos', 'video_id, account_id'],
      ['analytics_accounts', 'account_id'],
    ] as const) {
      await db.raw(
        `insert into ${table} (${key}, grain, at, ${figures.join(', ')})
         select ${key.includes('video_id') ? ':id, ' : ''} :author, grain, at, ${figures.map(() => '1').join(', ')}
           from (values ('quarter', interval '15 minutes'), ('day', interval '1 day')) as grains (grain, length),
                generate_series(1, 3000) as n, lateral (select date_bin(length, :now, '2000-01-01') - n * length as at) as begins
         on conflict do nothing`,
        { id, author: author.id, now: new Date(now) },
      );
    }
    await db.raw('analyze analytics_videos, analytics_accounts');
    const reads = await ask();
    expect([reads.length, few]).toEqual([7, 7]);
    for (const { sql, bindings } of reads) {
      const { rows } = await db.raw(`explain ${sql.replace(/\$\d+/g, '?')}`, bindings);
      const plan = rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
      expect(plan).not.toMatch(/Seq Scan on analytics/);
      expect(plan).toMatch(/analytics_(videos|accounts)_(pkey|of_author)/);
    }
  });
});
