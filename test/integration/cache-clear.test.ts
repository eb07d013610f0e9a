import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counterLimits } from '../../config/counter-limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createStandings } from '../../src/modules/recommending/standing.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { keepTrends } from '../helpers/trends-kept.ts';

/** What is only at hand goes from Redis and comes back; whatever else lies there stays. */
let server: TestServer;
let ana: Account;
let video: VideoId;
let keeper: ReturnType<TestServer['context']['trending']['keeper']>;
const abort = new AbortController();

beforeAll(async () => {
  server = await startTestServer({ role: 'none' });
  ana = await createPeople(server).local('ana');
  video = await createVideoFactory(server.context).video(ana);
  keeper = server.context.trending.keeper();
});
afterAll(async () => {
  abort.abort();
  await keeper?.stop();
  await server?.close();
});

const prefix = () => server.context.config.redisPrefix;
const keys = async (): Promise<string[]> => (await server.context.redis.keys(`${prefix()}:*`)).sort();
const isCache = (key: string): boolean =>
  /^(?:feed|counts|trends):(?!keeper)/.test(key.slice(prefix().length + 1));

async function clear(wish: { kind?: 'slates' | 'counts' | 'trends'; dryRun?: boolean } = {}) {
  const done = await server.context.maintenance.clearCaches(operator, { kind: null, dryRun: false, ...wish });
  if (!done.ok) throw new Error(done.detail);
  return Object.fromEntries(done.caches.map(({ kind, entries, bytes }) => [kind, { entries, bytes }]));
}

const standings = () =>
  createStandings({ redis: server.context.redis, prefix: prefix(), clock: server.context.clock });
const SLATE = { explored: {}, weightsVersion: 'w', settingsVersion: 's' };
async function offer(mark: number): Promise<void> {
  const madeAt = server.context.clock.now();
  await standings().offer(ana.id, mark, { ...SLATE, id: server.context.ids.next(), ids: [video], madeAt });
}

const turn = (): Promise<void> => keepTrends(keeper, abort.signal);

test('caches are told of, tried and cleared, and nothing else is touched', async () => {
  const { redis, counters, db } = server.context;
  await offer(0);
  for (let reads = 0; reads <= counterLimits.hotReads; reads += 1) await counters.of([video]);
  await turn();
  // What waits there to be done or counted.
  await redis.xadd(`${prefix()}:watched`, '*', 'e', 'something');
  await redis.set(`${prefix()}:limit:sign-in:somebody`, 3);
  await redis.set(`${prefix()}:feeder`, 'of another kind');
  const before = await keys();
  const others = before.filter((key) => !isCache(key));
  expect(others).toContain(`${prefix()}:trends:keeper`);

  const tried = await clear({ dryRun: true });
  expect(tried.slates).toMatchObject({ entries: 1 });
  expect(tried.trends?.entries).toBeGreaterThan(0);
  expect(tried.trends?.bytes).toBeGreaterThan(0);
  expect(await keys()).toEqual(expect.arrayContaining(others));
  expect(await standings().of(ana.id)).toMatchObject({ slate: { ids: [video] } });
  expect(await db('audit_log').where({ action: 'maintenance.clear-cache' })).toEqual([]);

  expect(Object.keys(await clear())).toEqual(['slates', 'counts', 'trends']);
  const left = await keys();
  expect(left.filter((key) => !isCache(key))).toEqual(others);
  expect(left.filter(isCache)).toEqual([`${prefix()}:feed:${ana.id}`]);
  expect(await clear({ dryRun: true })).toEqual({
    ...{ slates: { entries: 0, bytes: 0 }, counts: { entries: 0, bytes: 0 } },
    trends: { entries: 0, bytes: 0 },
  });
  expect(await db('audit_log').where({ action: 'maintenance.clear-cache' }).select('detail')).toEqual([
    { detail: { kinds: ['slates', 'counts', 'trends'] } },
  ]);

  // Whoever keeps trends writes them again; what was being chosen meanwhile by what was before is not offered.
  await turn();
  expect((await clear({ dryRun: true })).trends).toEqual(tried.trends);
  await offer(0);
  expect(await standings().of(ana.id)).toMatchObject({ slate: null });
});

test('counts that everybody asks for go, one kind alone, and are read again', async () => {
  const { redis, counters } = server.context;
  const key = `${prefix()}:counts:${video}`;
  await redis.set(key, JSON.stringify({ likes: 9 }));
  await offer((await standings().of(ana.id))?.mark ?? 0);
  expect(await clear({ kind: 'counts' })).toEqual({ counts: { entries: 1, bytes: expect.any(Number) } });
  expect(await redis.exists(key)).toBe(0);
  expect(await standings().of(ana.id)).toMatchObject({ slate: { ids: [video] } });
  expect((await counters.of([video])).has(video)).toBe(true);
});

describe('feeds that are made anew', () => {
  const mark = async () => (await standings().of(ana.id))?.mark;
  /** Whether it stands in a list of trends. */
  async function trends(): Promise<boolean> {
    const { redis } = server.context;
    const lists: string[] = [];
    for (const key of await redis.keys(`${prefix()}:trends:*`))
      if ((await redis.type(key)) === 'zset') lists.push(key);
    const places = await Promise.all(lists.map((key) => redis.zscore(key, video)));
    return places.some((place) => place !== null);
  }

  test('of one person: it is on record, and something else is chosen', async () => {
    const { maintenance, db } = server.context;
    await offer((await mark()) ?? 0);
    const before = await mark();
    expect(await maintenance.feeds.ofAccount(operator, ana.id, { dryRun: true })).toMatchObject({
      people: 1,
    });
    expect(await mark()).toBe(before);
    await maintenance.feeds.ofAccount(operator, ana.id, { dryRun: false });
    expect(await standings().of(ana.id)).toMatchObject({ slate: null });
    expect(await mark()).not.toBe(before);
    expect(await db('audit_log').where({ action: 'maintenance.rebuild-feed' }).pluck('target_id')).toEqual([
      `feed of ${ana.id}`,
    ]);
  });

  test('of all: whoever keeps trends reads again what PostgreSQL holds, and what no log told of counts', async () => {
    const { maintenance, db, ids } = server.context;
    await turn();
    const people = createPeople(server);
    // Brought by hand, as from a backup of one table: nothing tells of it.
    for (const name of ['ben', 'cleo', 'dora']) {
      const { id: account_id } = await people.local(name);
      const id = ids.next();
      await db('likes').insert({ id, account_id, video_id: video, uri: `${server.origin}/likes/${id}` });
    }
    await turn();
    expect(await trends()).toBe(false);
    const asked = maintenance.feeds.ofAll(operator, { dryRun: false });
    let isOver = false;
    const turns = (async () => {
      while (!isOver) await keeper.turn(abort.signal);
    })();
    try {
      expect(await asked).toMatchObject({ ok: true, trends: true });
    } finally {
      isOver = true;
      await turns;
    }
    expect(await trends()).toBe(true);
  });
});
