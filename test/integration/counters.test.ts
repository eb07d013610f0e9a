import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counterLimits } from '../../config/counter-limits.ts';
import { vireo } from '../../src/cli/program.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { type Counts, NO_COUNTS } from '../../src/modules/counters/counts.ts';
import { createHotCounts } from '../../src/modules/counters/hot.ts';
import { createGate, eventually, waitingForLocks } from '../helpers/chaos.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { storeWatched } from '../helpers/watched.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let [author, viewer]: Person[] = [];

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
  viewer = await people.signedIn('viewer');
});

afterAll(() => server?.close());

/** A video that was watched, liked, saved, passed on and sent on once. */
async function liked(): Promise<VideoId> {
  if (!author || !viewer) throw new Error('Nobody is there.');
  const id = await videos.video(author.account);
  const at = { as: viewer };
  const event = { id: randomUUID(), video_id: id, type: 'watch', watched_seconds: 4 };
  for (const path of [`statuses/${id}/favourite`, `statuses/${id}/bookmark`, `statuses/${id}/reblog`]) {
    expect((await client.post(`/api/v1/${path}`, at)).status, path).toBe(200);
  }
  await client.post('/api/v1/events', { ...at, body: { events: [event] } });
  await storeWatched(server.context);
  await server.context.watching.addTallies();
  return id;
}

async function command(...args: string[]) {
  const { context, dataDir } = server;
  const out: string[] = [];
  const err: string[] = [];
  const code = await vireo(['--json', ...args], {
    env: {
      ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
      ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl },
      REDIS_PREFIX: context.config.redisPrefix,
    },
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr: { write: (text: string) => err.push(text) > 0 },
  });
  expect([code, err]).toEqual([0, []]);
  return JSON.parse(out.join('')) as { message: string; rows: Record<string, unknown>[] };
}

describe('vireo counters recount', () => {
  test('says what is wrong and changes nothing; sets it right; then all is right', async () => {
    const [id, other] = [await liked(), await liked()];
    const { db } = server.context;
    const right = await server.context.counters.of([id, other]);
    expect(right.get(id)).toEqual({ ...NO_COUNTS, views: 1, likes: 1, reposts: 1, saves: 1 });
    expect((await command('counters', 'recount', '--dry-run')).rows).toEqual([]);

    await db('video_stats').where({ video_id: id }).update({ likes: 7, saves: 0 });
    await db('video_stats').where({ video_id: other }).delete();
    await db('video_views').where({ video_id: id }).update({ views: 3, watched_ms: 0 });
    await db('accounts').where({ id: author?.id }).update({ followers_count: 5 });
    const wrong = [
      { of: 'video', id, counter: 'likes', stored: 7, counted: 1 },
      { of: 'video', id, counter: 'saves', stored: 0, counted: 1 },
      { of: 'video', id: other, counter: 'likes', stored: 0, counted: 1 },
      { of: 'video', id: other, counter: 'saves', stored: 0, counted: 1 },
      { of: 'video', id: other, counter: 'shares', stored: 0, counted: 1 },
      { of: 'video', id, counter: 'views', stored: 3, counted: 1 },
      { of: 'video', id, counter: 'watched_ms', stored: 0, counted: 4_000 },
      { of: 'account', id: author?.id, counter: 'followers_count', stored: 5, counted: 0 },
    ];
    for (const args of [['--dry-run'], []]) {
      const { rows } = await command('counters', 'recount', ...args);
      expect(rows).toHaveLength(wrong.length);
      expect(rows).toEqual(expect.arrayContaining(wrong));
    }
    expect((await command('counters', 'recount')).rows).toEqual([]);
    expect(await server.context.counters.of([id, other])).toEqual(right);
  });

  test('beside people who go on: what is written meanwhile is neither missed nor counted twice', async () => {
    if (!author) throw new Error('Nobody is there.');
    const id = await videos.video(author.account);
    const { inTx, engagement, counters, db } = server.context;
    const likers = await Promise.all(Array.from({ length: 12 }, (_, n) => people.signedIn(`liker_${n}`)));
    await Promise.all([
      ...likers.map(({ account }) => inTx((tx) => engagement.like(tx, account, { videoId: id }))),
      ...Array.from({ length: 4 }, () => counters.recount(false)),
    ]);
    expect(await db('video_stats').where({ video_id: id }).first('likes')).toEqual({ likes: 12 });
  });

  test('a like that is not committed yet, while a wrong count is set right, counts once', async () => {
    if (!author || !viewer) throw new Error('Nobody is there.');
    const { inTx, engagement, counters, db } = server.context;
    const [id, liker] = [await videos.video(author.account), viewer.account];
    await db('video_stats').insert({ video_id: id, likes: 7 }).onConflict('video_id').merge();
    const gate = createGate();
    const liking = inTx(async (tx) => {
      await engagement.like(tx, liker, { videoId: id });
      await gate.pass();
    });
    await gate.reached;
    const counting = counters.recount(false);
    await eventually('the recount waits for it', async () => (await waitingForLocks(db)) > 0);
    gate.open();
    await Promise.all([liking, counting]);
    expect(await db('video_stats').where({ video_id: id }).first('likes')).toEqual({ likes: 1 });
  });

  test('a video that is being deleted is waited for, and left out', async () => {
    if (!author || !viewer) throw new Error('Nobody is there.');
    const { inTx, engagement, counters, db } = server.context;
    const [id, liker] = [await videos.video(author.account), viewer.account];
    await inTx((tx) => engagement.like(tx, liker, { videoId: id }));
    await db('video_stats').where({ video_id: id }).delete();
    const gate = createGate();
    const deleting = inTx(async (tx) => {
      await tx('videos').where({ id }).delete();
      await gate.pass();
    });
    await gate.reached;
    const counting = counters.recount(false);
    await eventually('the recount waits for it', async () => (await waitingForLocks(db)) > 0);
    gate.open();
    await deleting;
    expect((await counting).miscounts.filter((one) => one.id === id)).toEqual([]);
  });
});

describe('counts of what everybody asks for', () => {
  const id = '1' as VideoId;

  test('come from Redis, and equal the rows once they are old', async () => {
    let asked = 0;
    let likes = 1;
    const load = async (ids: readonly VideoId[]): Promise<Map<VideoId, Counts>> => {
      asked += ids.length;
      return new Map(ids.map((one) => [one, { ...NO_COUNTS, likes }]));
    };
    const { redis } = server.context;
    const { of: read } = createHotCounts({ redis, prefix: server.context.config.redisPrefix, load });
    const likesOf = async () => (await read([id])).get(id)?.likes;
    for (let n = 0; n < counterLimits.hotReads - 1; n += 1) expect(await likesOf()).toBe(1);
    expect(asked).toBe(counterLimits.hotReads - 1);
    await likesOf();
    const key = `${server.context.config.redisPrefix}:counts:1`;
    await eventually('it is in Redis', async () => (await redis.exists(key)) === 1);
    const before = asked;
    likes = 2;
    expect(await likesOf()).toBe(1);
    expect(asked).toBe(before);
    await redis.del(key);
    expect(await likesOf()).toBe(2);
    // It ends by itself: nothing else ever takes it away.
    const left = await eventually('it is there again', async () => {
      const ms = await redis.pttl(key);
      return ms === -2 ? null : { ms };
    });
    expect(left.ms).toBeGreaterThan(0);
    expect(left.ms).toBeLessThanOrEqual(counterLimits.keptMs);
  });

  test('whoever likes a hot video sees that at once, and so does whoever read it just before', async () => {
    const one = await liked();
    const likesOf = async () => (await server.context.counters.of([one])).get(one)?.likes;
    for (let n = 0; n < 2 * counterLimits.hotReads; n += 1) expect(await likesOf()).toBe(1);
    const { redis, config } = server.context;
    const key = `${config.redisPrefix}:counts:${one}`;
    await eventually('it is in Redis', async () => (await redis.exists(key)) === 1);
    for (const [does, likes] of [
      ['unfavourite', 0],
      ['favourite', 1],
      ['unfavourite', 0],
    ] as const) {
      const { body } = await client.post(`/api/v1/statuses/${one}/${does}`, { as: viewer });
      expect(body.favourites_count, does).toBe(likes);
      expect(await likesOf(), does).toBe(likes);
    }
  });

  test('what was read before a change is not kept after it', async () => {
    const { redis, config } = server.context;
    const gate = createGate();
    let isHeld = false;
    const { of: read, changed } = createHotCounts({
      ...{ redis, prefix: config.redisPrefix },
      load: async () => {
        if (isHeld) await gate.pass();
        return new Map([[id, NO_COUNTS]]);
      },
    });
    for (let n = 0; n < counterLimits.hotReads; n += 1) await read([id]);
    changed([id]);
    isHeld = true;
    const slow = read([id]);
    await gate.reached;
    changed([id]);
    gate.open();
    await slow;
    expect(await redis.exists(`${config.redisPrefix}:counts:${id}`)).toBe(0);
  });

  test('what is in Redis and no count is not believed', async () => {
    const { redis } = server.context;
    const { redisPrefix: prefix } = server.context.config;
    const { of: read } = createHotCounts({
      redis,
      prefix,
      load: async () => new Map([[id, { ...NO_COUNTS, likes: 5 }]]),
    });
    for (const text of ['{"likes":"x"}', '[]', 'null', '{']) {
      await redis.set(`${prefix}:counts:1`, text);
      for (let n = 0; n < counterLimits.hotReads; n += 1) await read([id]);
      await redis.set(`${prefix}:counts:1`, text);
      expect((await read([id])).get(id)?.likes, text).toBe(5);
    }
  });
});
