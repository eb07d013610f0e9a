import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Signal } from '../../src/modules/signals/index.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { eventually, holdWrites, type OwnRedis, startOwnRedis } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { testPort } from '../helpers/stack.ts';
import { storeWatched } from '../helpers/watched.ts';

const SLOW_MS = 120_000;
const HOST = '127.0.0.1';

let own: OwnRedis;
let redis: Redis;
let server: TestServer;
let watcher: Person;
const ids: VideoId[] = [];

beforeAll(async () => {
  own = await startOwnRedis();
  redis = new Redis(own.url);
  redis.on('error', () => undefined);
  server = await startTestServer({ variables: { REDIS_URL: own.url, REDIS_PREFIX: 'own' } });
  const people = createPeople(server);
  const author = await people.signedIn('author');
  watcher = await people.signedIn('watcher');
  const videos = createVideoFactory(server.context);
  for (let n = 0; n < 3; n += 1) ids.push(await videos.video(author.account));
});

afterAll(async () => {
  await server?.close();
  redis?.disconnect();
  await own?.close();
});

/** A worker of the server, as a process of its own. */
async function startWorker(): Promise<Instance> {
  const { context, dataDir, origin } = server;
  return startInstance({
    ...{ host: HOST, port: await testPort(HOST), dataDir, logFile: `${dataDir}/worker.log` },
    variables: {
      ...{ VIREO_ENV: 'test', ROLE: 'worker', ORIGIN: origin, LOG_LEVEL: 'silent' },
      ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: own.url, REDIS_PREFIX: 'own' },
    },
  });
}

const event = (n: number) => ({
  ...{ id: randomUUID(), videoId: ids[n % ids.length] as VideoId, kind: 'watch' as const, watchedMs: 3_000 },
  ...{ at: null, source: 'other' as const, mask: null },
});

/** Reports of nobody and of somebody; each is acknowledged, and each comes twice. */
async function report(count: number): Promise<void> {
  const { watching } = server.context;
  for (let n = 0; n < count; n += 1) {
    const who = n % 2 === 0 ? { accountId: watcher.id } : { accountId: null, visitor: `192.0.2.${n}` };
    const told = { watcher: who, network: '192.0.2', events: [event(n), event(n + 1)] };
    for (let times = 0; times < 2; times += 1) {
      expect(await watching.report(told)).toEqual({ accepted: 2, ignored: 0 });
    }
  }
}

async function sums() {
  const { db } = server.context;
  const [seen, tallied, counted, noted, folded] = await Promise.all([
    db('watch_seen').count('* as count').first(),
    db('view_tallies').sum('watched_ms as ms').first(),
    db('video_views').sum('watched_ms as ms').first(),
    db('analytics_tallies').sum('watched_ms as ms').first(),
    db('analytics_videos').where({ grain: 'day' }).sum('watched_ms as ms').first(),
  ]);
  const sum = (...rows: ({ ms?: string } | undefined)[]) =>
    rows.reduce((all, row) => all + Number(row?.ms ?? 0), 0);
  return { events: Number(seen?.count), ms: sum(tallied, counted), toldAuthors: sum(noted, folded) };
}

test('what was acknowledged counts once, though the worker is killed before and after it commits', {
  timeout: SLOW_MS,
}, async () => {
  const { context } = server;
  const markMoves = { table: 'stream_marks', on: 'update' } as const;
  await report(30);
  const entries = await redis.xlen('own:watched');
  expect(entries).toBeGreaterThan(0);

  // Written last: of what it stored nothing is committed.
  const before = await holdWrites(context.databaseUrl, markMoves);
  const first = await startWorker();
  await before.reached();
  await first.kill();
  await before.cut();
  expect(await sums()).toEqual({ events: 0, ms: 0, toldAuthors: 0 });
  expect(await redis.xlen('own:watched')).toBe(entries);

  // Committed; but Redis has heard of nothing yet, neither to cut the stream nor to tell of it.
  const after = await holdWrites(context.databaseUrl, markMoves);
  const second = await startWorker();
  await after.reached();
  await redis.client('PAUSE', 60_000, 'WRITE');
  await after.release();
  await eventually('the mark has moved', async () => (await sums()).events > 0);
  await second.kill();
  await redis.client('UNPAUSE');
  expect(await sums()).toEqual({ events: 60, ms: 180_000, toldAuthors: 180_000 });
  expect(await redis.xlen('own:watched')).toBe(entries);

  await report(5);
  await storeWatched(context);
  expect(await sums()).toEqual({ events: 70, ms: 210_000, toldAuthors: 210_000 });
  expect(await redis.xlen('own:watched')).toBe(0);
  const heard: Signal[] = [];
  for (let position: string | null = null; ; ) {
    const page = await context.signals.read(position);
    heard.push(...page.signals);
    if (page.position === position) break;
    ({ position } = page);
  }
  // Followers hear of all of it; of what was sent twice before the worker died, maybe twice.
  const watches = heard.filter(({ kind }) => kind === 'watch').length;
  expect(watches).toBeGreaterThanOrEqual(70);
  expect(watches).toBeLessThanOrEqual(130);
});

test('a Redis that lost everything, or is away: nothing is counted twice, and new events are stored', {
  timeout: SLOW_MS,
}, async () => {
  const { context } = server;
  const { events } = await sums();
  await redis.flushall();
  await report(2);
  await storeWatched(context);
  expect((await sums()).events).toBe(events + 4);

  await own.kill();
  await eventually('the server has noticed', () => context.redis.status !== 'ready');
  await report(2);
  expect((await sums()).events).toBe(events + 8);
});
