import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchStreamLimits } from '../../config/stream-limits.ts';
import { createEnqueue } from '../../src/jobs/enqueue.ts';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import type { Signal } from '../../src/modules/signals/index.ts';
import { type ConsumerDeps, createConsumer } from '../../src/modules/watching/consumer.ts';
import { createWatching, type FreshWatch } from '../../src/modules/watching/index.ts';
import { createIntake, watchStreamKey } from '../../src/modules/watching/intake.ts';
import type { TakenEvent } from '../../src/modules/watching/model.ts';
import { seenBy } from '../../src/modules/watching/seen.ts';
import { createGate, startOwnRedis } from '../helpers/chaos.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { silent } from '../helpers/job-rig.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { redis as asked } from '../helpers/probes.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { storeWatched } from '../helpers/watched.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let author: Person;
let viewer: Person;

beforeAll(async () => {
  // Events go to PostgreSQL at once; the tests of the stream have one of their own.
  server = await startTestServer({ variables: { WATCH_EVENTS: 'database' } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
  viewer = await people.signedIn('viewer');
});

afterAll(() => server?.close());

let prefixes = 0;
/** What is watched, through a stream that nobody else uses; what was stored anew is listed. */
function ownStream(
  more: Partial<Pick<Parameters<typeof createWatching>[0], 'redis' | 'signals' | 'clock'>> = {},
) {
  const { config, ...context } = server.context;
  const fresh: FreshWatch[] = [];
  const prefix = `${config.redisPrefix}-${++prefixes}`;
  const watching = createWatching({
    ...{ ...context, ...more, enqueue: createEnqueue(context.ids) },
    ...{ unlistedDomains: 'shown', instanceSecret: 'x'.repeat(32), redisPrefix: prefix, through: 'redis' },
    onFresh: async (_tx, events) => void fresh.push(...events),
  });
  return {
    watching,
    fresh,
    key: watchStreamKey(prefix),
    store: () => storeWatched({ redis: more.redis ?? context.redis, watching }),
  };
}

const event = (videoId: VideoId, more: object = {}) => ({
  ...{ id: randomUUID(), videoId, kind: 'watch' as const, watchedMs: 4_000 },
  ...{ at: null, source: 'profile' as const, mask: null, ...more },
});

test('stored at once where that is set: what is not there for somebody is ignored, as is what never was', async () => {
  const hidden = await videos.video(author.account, { visibility: 'followers' });
  const open = await videos.video(author.account);
  const send = (video_id: string, more: object = {}) =>
    client.post('/api/v1/events', {
      as: viewer,
      body: { events: [{ id: randomUUID(), video_id, type: 'watch', watched_seconds: 4, ...more }] },
    });
  expect((await send(hidden)).body).toEqual({ accepted: 0, ignored: 1 });
  expect((await send('123')).body).toEqual({ accepted: 0, ignored: 1 });
  expect((await send(open, { mask: '00000000000000ff' })).body).toEqual({ accepted: 1, ignored: 0 });
  for (const mask of ['ff', '00000000000000FF', '00000000000000fg', 5]) {
    expect((await send(open, { mask })).status, String(mask)).toBe(422);
  }
  const rows = await server.context.db('watch_history').where({ account_id: viewer.id }).pluck('video_id');
  expect(rows).toEqual([open]);
});

test('each event is handed on once, with its mask, in the transaction that stores it', async () => {
  const [id, { watching, fresh, store }] = [await videos.video(author.account), ownStream()];
  const watcher = { accountId: viewer.id };
  const one = event(id, { mask: 'f000000000000001' });
  const told = {
    watcher,
    network: '192.0.2',
    events: [one, one, event(id, { kind: 'skip', mask: 'f'.repeat(16) })],
  };
  for (let n = 0; n < 2; n += 1) expect(await watching.report(told)).toEqual({ accepted: 3, ignored: 0 });
  await store();
  expect(fresh).toMatchObject([
    { accountId: viewer.id, videoId: id, isView: true, mask: 'f000000000000001', source: 'profile' },
    { kind: 'skip', isView: false, mask: null },
  ]);
  const [, second] = [await watching.report(told), await store()];
  expect(second).toBeUndefined();
  expect(fresh).toHaveLength(2);
});

test('of somebody whose history is paused the event is nobody’s', async () => {
  const [id, { watching, fresh, store }] = [await videos.video(author.account), ownStream()];
  const paused = await people.signedIn('paused');
  await server.context.inTx((tx) => watching.setSettings(tx, paused.id, { historyPaused: true }));
  await watching.report({ watcher: { accountId: paused.id }, network: null, events: [event(id)] });
  await store();
  expect(fresh).toMatchObject([{ accountId: null, isView: true }]);
});

test('no address and no name of a visitor is in the stream', async () => {
  const [id, { watching, key }] = [await videos.video(author.account), ownStream()];
  const watcher = { accountId: null, visitor: '198.51.100' };
  await watching.report({ watcher, network: '198.51.100', events: [event(id)] });
  const entries = await server.context.redis.xrange(key, '-', '+');
  expect(entries).toHaveLength(1);
  expect(JSON.stringify(entries)).not.toContain('198.51');
});

const taken = (videoId: VideoId): TakenEvent => ({
  ...{ key: 'a'.repeat(32), viewKey: 'b'.repeat(32), accountId: null, videoId, kind: 'watch', watchedMs: 1 },
  ...{ at: 1, receivedAt: 1, source: 'other', network: null, mask: null },
});

test('a stream that holds as much as it may takes no more, until it holds less', async () => {
  const { redis } = server.context;
  const { key } = ownStream();
  const limits = { ...watchStreamLimits, maxBytes: 20_000, restMs: 0 };
  const append = createIntake({ redis, key, log: silent, limits });
  const many = Array.from({ length: 100 }, () => taken('1' as VideoId));
  let entries = 0;
  while (await append(many)) entries += 1;
  expect(entries).toBeGreaterThan(0);
  expect(entries).toBeLessThan(10);
  expect(await redis.xlen(key)).toBe(entries);
  await redis.xtrim(key, 'MAXLEN', 0);
  expect(await append(many)).toBe(true);
});

test('two who consume at once, of whom one is behind: each event counts once', async () => {
  const [id, { watching, fresh, store }] = [await videos.video(author.account), ownStream()];
  const reports = Array.from({ length: 20 }, (_, n) => ({
    ...{
      watcher: { accountId: null, visitor: `192.0.2.${n}` },
      network: null,
      events: [event(id), event(id)],
    },
  }));
  await Promise.all(reports.map(async (report) => [await watching.report(report), await store()]));
  await Promise.all([store(), store(), store()]);
  expect(fresh).toHaveLength(40);
  expect(fresh.filter(({ isView }) => isView)).toHaveLength(20);
});

test('a stream that stands still over midnight: what waits in it counts once all the same', async () => {
  const { db } = server.context;
  const id = await videos.video(author.account);
  let now = Date.now();
  const own = ownStream({ clock: { now: () => now } });
  const watch = () =>
    own.watching.report({
      ...{ watcher: { accountId: null, visitor: '192.0.2.99' }, network: null, events: [event(id)] },
    });
  const keys = () => db('view_keys').where({ day: new Date(today).toISOString().slice(0, 10) });
  const today = now;
  await watch();
  await own.store();
  await watch();
  // Two hours past midnight, the upkeep comes before the consumer does.
  now = (Math.floor(now / DAY_MS) + 1) * DAY_MS + 2 * HOUR_MS;
  const sweep = () => own.watching.sweep(new AbortController().signal);
  await sweep();
  await own.store();
  expect(own.fresh.map(({ isView }) => isView)).toEqual([true, false]);
  // Nothing waits any more; and where something waits for ever, three days later nobody knows its event either.
  expect(await keys()).not.toEqual([]);
  await sweep();
  expect(await keys()).toEqual([]);
  await watch();
  await db('view_keys').insert({ key: randomBytes(16), day: new Date(today) });
  await sweep();
  expect(await keys()).not.toEqual([]);
  now += 3 * DAY_MS;
  await sweep();
  expect(await keys()).toEqual([]);
});

test('who sees what, asked at once, is what the predicate says of each', async () => {
  const { context } = server;
  const friend = await people.signedIn('friend');
  const [blocked, blocks, plain, remote] = await Promise.all([
    people.signedIn('blocked'),
    people.signedIn('blocks'),
    people.signedIn('plain'),
    people.remote('far', 'far.test'),
  ]);
  await people.follow(friend.account, author.account);
  await context.inTx(async (tx) => {
    await context.social.block(tx, author.account, blocked.account);
    await context.social.block(tx, blocks.account, author.account);
    await context.social.blockDomain(tx, plain.id, 'far.test');
  });
  const ids = [
    await videos.video(author.account),
    await videos.video(author.account, { visibility: 'followers' }),
    await videos.video(author.account, { visibility: 'unlisted' }),
    await videos.video(remote),
    await videos.video(friend.account, { visibility: 'followers' }),
    '123' as VideoId,
  ];
  const who: (AccountId | null)[] = [null, ...[friend, blocked, blocks, plain, author].map(({ id }) => id)];
  const pairs = who.flatMap((accountId) => ids.map((videoId) => ({ accountId, videoId })));
  await context.inTx(async (tx) => {
    const durationFor = await seenBy(tx, pairs, 'shown');
    for (const pair of pairs) {
      const isSeen = (await context.videos.forViewer(pair.videoId, pair.accountId)) !== null;
      expect(durationFor(pair) !== undefined, JSON.stringify(pair)).toBe(isSeen);
    }
    expect(pairs.filter((pair) => durationFor(pair) !== undefined).length).toBeGreaterThan(10);
  });
});

/** What followers hear from now on, once all that waits in PostgreSQL is told. */
async function followed() {
  const { signals, moveSignals } = server.context;
  const move = async () => {
    while ((await moveSignals()) > 0);
  };
  await move();
  const position = await signals.end();
  return async (): Promise<readonly Signal[]> => {
    await move();
    return (await signals.read(position)).signals;
  };
}

test('what is stored at once is told to followers, too: once, and when it was', async () => {
  const id = await videos.video(author.account);
  const [heard, at] = [await followed(), new Date(Date.now() - 60_000)];
  const told = { watcher: { accountId: viewer.id }, network: null, events: [event(id, { at }), event(id)] };
  for (let n = 0; n < 2; n += 1) await server.context.watching.report(told);
  const watch = { kind: 'watch', actorId: viewer.id, videoId: id, watchedMs: 4_000 };
  expect(await heard()).toMatchObject([
    { ...watch, at: at.getTime(), isView: true },
    { ...watch, isView: false },
  ]);
});

test('an event that PostgreSQL refuses is set aside alone, as is an entry that nobody can read', async () => {
  const { db, redis } = server.context;
  const [good, bad] = [await videos.video(author.account), await videos.video(author.account)];
  const { watching, fresh, key, store } = ownStream();
  const setAside = () => db('jobs').where({ name: 'watching.store' }).orderBy('id').pluck('payload');
  await db.raw(`alter table watch_history add constraint refused check (video_id <> ${bad})`);
  try {
    for (const id of [good, good, bad, good]) {
      await watching.report({
        watcher: { accountId: viewer.id },
        network: null,
        events: [event(good), event(id)],
      });
    }
    await redis.xadd(key, '*', 'e', '["of another release"]');
    await store();
  } finally {
    await db.raw('alter table watch_history drop constraint refused');
  }
  expect(await redis.xlen(key)).toBe(0);
  expect(fresh.map(({ videoId }) => videoId)).toEqual(Array(7).fill(good));
  const [refused, unread, ...others] = await setAside();
  expect([unread, others]).toEqual([{ entry: '["of another release"]' }, []]);

  const heard = await followed();
  for (let n = 0; n < 2; n += 1) await watching.storeAgain(refused.entry);
  expect(fresh.slice(7)).toMatchObject([{ videoId: bad, accountId: viewer.id, isView: true }]);
  expect(await heard()).toMatchObject([{ kind: 'watch', videoId: bad }]);
  await expect(watching.storeAgain(unread.entry)).rejects.toThrow('cannot be read');
  await db('jobs').where({ name: 'watching.store' }).delete();
});

test('a report that PostgreSQL refuses is told so where it is stored at once, and those beside it are stored', async () => {
  const { db } = server.context;
  const [good, bad] = [await videos.video(author.account), await videos.video(author.account)];
  const send = (video_id: string) =>
    client.post('/api/v1/events', {
      as: viewer,
      body: { events: [{ id: randomUUID(), video_id, type: 'watch', watched_seconds: 4 }] },
    });
  await db.raw(`alter table watch_history add constraint refused check (video_id <> ${bad})`);
  try {
    const [refused, ...others] = await Promise.all([send(bad), send(good), send(good)]);
    expect(refused).toMatchObject({ status: 422, body: { code: 'validation-failed' } });
    expect(others.map(({ status }) => status)).toEqual([200, 200]);
  } finally {
    await db.raw('alter table watch_history drop constraint refused');
  }
});

/** A consumer of its own whose way to store is the test's; one event waits for it. */
async function consumerOf(store: ConsumerDeps['store']) {
  const { inTx, redis, signals } = server.context;
  const { watching, key } = ownStream();
  const events = [event(await videos.video(author.account))];
  await watching.report({ watcher: { accountId: viewer.id }, network: null, events });
  const of = (own: ConsumerDeps['store']) =>
    createConsumer({
      ...{ inTx, redis, key, signals, log: silent, store: own },
      setAside: () => Promise.reject(new Error('Nothing is refused here.')),
      seenBy: async () => () => null,
    });
  return { key, consumer: of(store), other: of };
}

test('of two who consume at once, one waits for its turn', async () => {
  const gate = createGate();
  const { consumer, other } = await consumerOf(async () => {
    await gate.pass();
    return { fresh: [], isSeen: () => true };
  });
  const first = consumer.step();
  await gate.reached;
  const second = other(() => Promise.reject(new Error('It is not its turn.')));
  expect(await second.step()).toBe('elsewhere');
  gate.open();
  expect(await first).toBe('stored');
});

test('where the mark is not where it was found, nothing of the batch is kept', async () => {
  const { db, redis } = server.context;
  const { key, consumer } = await consumerOf(async (tx) => {
    await tx('stream_marks').update({ last_id: '9-9' });
    return { fresh: [], isSeen: () => true };
  });
  await expect(consumer.step()).rejects.toThrow('moved the mark');
  expect(await db('stream_marks').where({ stream: key }).first('last_id')).toEqual({ last_id: '0-0' });
  expect(await redis.xlen(key)).toBe(1);
});

test('of what a worker stored and did not tell of, followers hear what its watcher may see, each once', async () => {
  let isDying = true;
  const { signals } = server.context;
  const addTo: typeof signals.addTo = (...of) => {
    if (isDying) throw new Error('It dies here.');
    signals.addTo(...of);
  };
  const { watching, fresh, store } = ownStream({ signals: { addTo } });
  const [open, hidden] = [
    await videos.video(author.account),
    await videos.video(author.account, { visibility: 'followers' }),
  ];
  const heard = await followed();
  const one = event(open);
  const events = [one, one, event(open), event(hidden)];
  await watching.report({ watcher: { accountId: viewer.id }, network: null, events });
  await expect(store()).rejects.toThrow('It dies here.');
  expect(fresh).toHaveLength(2);
  isDying = false;
  await store();
  const watch = { kind: 'watch', actorId: null, videoId: open };
  expect(await heard()).toMatchObject([
    { ...watch, isView: true },
    { ...watch, isView: false },
  ]);
  expect(fresh).toHaveLength(2);
});

test('a Redis that is full is made room in', async () => {
  const own = await startOwnRedis();
  try {
    await asked(own.url, async (redis) => {
      const { watching, fresh, key, store } = ownStream({ redis });
      const id = await videos.video(author.account);
      const report = () =>
        watching.report({ watcher: { accountId: viewer.id }, network: null, events: [event(id)] });
      await report();
      await store();
      await report();
      await redis.config('SET', 'maxmemory', '1');
      await store();
      expect(fresh).toHaveLength(2);
      expect(await redis.xlen(key)).toBe(0);
    });
  } finally {
    await own.close();
  }
});
