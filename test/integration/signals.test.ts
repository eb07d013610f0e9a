import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import {
  accountSignals,
  createSignalLog,
  createSignalMover,
  type Signal,
  tellSignals,
  videoSignals,
} from '../../src/modules/signals/index.ts';
import { createGate, eventually, type Gate, startOwnRedis } from '../helpers/chaos.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { silent } from '../helpers/job-rig.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { redis as asked } from '../helpers/probes.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let author: Person;
let position: string;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
  position = await server.context.signals.end();
});

afterAll(() => server?.close());

/** All signals from where this file stands, once `last` is among them. */
async function heard(last: (signal: Signal) => boolean): Promise<Signal[]> {
  const all: Signal[] = [];
  return eventually('the signal is there', async () => {
    const page = await server.context.signals.read(position);
    expect(page.isGap).toBe(false);
    ({ position } = page);
    all.push(...page.signals);
    return all.some(last) ? all : null;
  });
}

describe('what followers hear', () => {
  test('what somebody does with a video, each once it is committed', async () => {
    const viewer = await people.signedIn('viewer');
    const id = await videos.video(author.account);
    const at = { as: viewer };
    await client.post(`/api/v1/statuses/${id}/favourite`, at);
    await client.post(`/api/v1/statuses/${id}/bookmark`, at);
    await client.post(`/api/v1/statuses/${id}/bookmark`, at);
    await client.post(`/api/v1/statuses/${id}/unbookmark`, at);
    await client.post(`/api/v1/statuses/${id}/reblog`, at);
    await client.post(`/api/v1/videos/${id}/not_interested`, at);
    await client.post(`/api/v1/accounts/${author.id}/mute`, at);
    await client.post(`/api/v1/accounts/${author.id}/follow`, at);
    await client.post('/api/v1/reports', { ...at, body: { account_id: author.id, status_ids: [id] } });
    await client.post(`/api/v1/accounts/${author.id}/block`, at);
    const all = await heard(({ kind }) => kind === 'block');
    const told = all.flatMap((one) => ('actorId' in one && one.actorId === viewer.id ? [one] : []));
    const of = (kind: Signal['kind']) => told.filter((one) => one.kind === kind);
    expect(of('like')).toMatchObject([{ videoId: id, on: true }]);
    expect(of('save')).toMatchObject([
      { videoId: id, on: true },
      { videoId: id, on: false },
    ]);
    expect(of('share')).toMatchObject([{ videoId: id, on: true }]);
    expect(of('not-interested')).toMatchObject([{ videoId: id, on: true }]);
    expect(of('mute')).toMatchObject([{ targetId: author.id, on: true }]);
    expect(of('follow')[0]).toMatchObject({ targetId: author.id, on: true });
    expect(of('report')).toMatchObject([{ videoId: id }]);
    expect(of('block')).toMatchObject([{ targetId: author.id, on: true }]);
  });

  test('watches after they are stored, once, and as a view only the first of the hour', async () => {
    const viewer = await people.signedIn('watcher');
    const id = await videos.video(author.account);
    const event = () => ({ id: randomUUID(), video_id: id, type: 'watch', watched_seconds: 4 });
    const first = event();
    for (const one of [first, first, event()]) {
      await client.post('/api/v1/events', { as: viewer, body: { events: [one] } });
    }
    await client.post(`/api/v1/statuses/${id}/favourite`, { as: viewer });
    const all: Signal[] = [];
    await eventually('both watches are there', async () => {
      const page = await server.context.signals.read(position);
      ({ position } = page);
      all.push(...page.signals.filter((one) => one.kind === 'watch'));
      return all.length >= 2;
    });
    expect(all).toMatchObject([
      { actorId: viewer.id, videoId: id, watchedMs: 4_000, isView: true },
      { actorId: viewer.id, videoId: id, watchedMs: 4_000, isView: false },
    ]);
    expect(await server.context.db('watch_history').where({ account_id: viewer.id })).toMatchObject([
      { times: 1 },
    ]);
  });

  test('of an account of another server, its domain before what it does', async () => {
    const remote = await people.remote('eve', 'far.test');
    const id = await videos.video(author.account);
    const { inTx, engagement } = server.context;
    await inTx((tx) =>
      engagement.like(tx, remote, { videoId: id as VideoId }, { uri: 'urn:like', emoji: null }),
    );
    const all = await heard((one) => one.kind === 'like' && one.actorId === remote.id);
    const kinds = all.filter((one) => ('id' in one && one.id === remote.id) || 'actorId' in one);
    expect(kinds.at(-2)).toMatchObject({ kind: 'account', id: remote.id, domain: 'far.test' });
  });

  test('facts of videos: of public ones what they are, of others that they are not there', async () => {
    const { db } = server.context;
    const [open, hidden] = [
      await videos.video(author.account),
      await videos.video(author.account, { visibility: 'unlisted' }),
    ];
    await db('video_tags').insert({ tag: 'birds', video_id: open });
    expect(await videoSignals(db, [open, hidden])).toMatchObject([
      { kind: 'video', id: open, authorId: author.id, domain: '', tags: ['birds'], sensitive: false },
      { kind: 'video-removed', id: hidden },
    ]);
    expect(await accountSignals(db, [author.id])).toMatchObject([
      { kind: 'account', id: author.id, domain: '' },
    ]);
  });
});

test('the log: each follower by its own position, and a gap where what it missed is gone', async () => {
  const own = await startOwnRedis();
  try {
    await asked(own.url, async (redis) => {
      const log = createSignalLog({ redis, prefix: 'own', log: silent });
      const signal = (id: string): Signal => ({ kind: 'video-removed', at: 1, id });
      const empty = await log.read(null);
      expect(empty).toEqual({ signals: [], position: '0-0', isGap: false });
      await log.publish([signal('1'), signal('2')]);
      const first = await log.read(null);
      expect(first.signals).toEqual([signal('1'), signal('2')]);
      await log.publish([signal('3')]);
      expect(await log.read(first.position)).toMatchObject({ signals: [signal('3')], isGap: false });
      await redis.flushall();
      expect(await log.read(first.position)).toEqual({ signals: [], position: '0-0', isGap: true });
      // Positions begin with a millisecond: what Redis takes in the one that it lost would lie before them.
      const lostMs = Number(first.position.split('-')[0]);
      await eventually('a later millisecond', async () => {
        const [seconds, micros] = await redis.time();
        return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000) > lostMs;
      });
      await log.publish([signal('4')]);
      expect(await log.read(first.position)).toMatchObject({ signals: [signal('4')], isGap: true });
      expect(await log.read('0-0')).toMatchObject({ signals: [signal('4')], isGap: false });
    });
  } finally {
    await own.close();
  }
});

test('signals are told by one process at a time: what is taken back is not told before it was done', async () => {
  const url = await createTestDatabase();
  const db = openDatabase(url);
  try {
    const tell = (id: string) => db.transaction((tx) => tellSignals(tx, [{ kind: 'video-removed', id }]));
    const [told, gate]: [Signal[], Gate] = [[], createGate()];
    const take = async (signals: readonly Signal[]) => void told.push(...signals);
    const slow = async (signals: readonly Signal[]) => {
      await gate.pass();
      await take(signals);
    };
    await tell('1');
    const first = createSignalMover({ db, log: silent, signals: { publish: slow } })();
    await gate.reached;
    await tell('2');
    const other = createSignalMover({ db, log: silent, signals: { publish: take } });
    expect(await other()).toBe(0);
    gate.open();
    await first;
    expect(await other()).toBe(1);
    expect(told.map((one) => 'id' in one && one.id)).toEqual(['1', '2']);
  } finally {
    await db.destroy();
    await dropTestDatabase(url);
  }
});

test('signals that Redis does not take stay, and are told in their order once it does', async () => {
  const url = await createTestDatabase();
  const db = openDatabase(url);
  try {
    const ids = ['1', '2', '3'];
    await db.transaction((tx) =>
      tellSignals(
        tx,
        ids.map((id) => ({ kind: 'video-removed', id })),
      ),
    );
    const waiting = async () => (await db('signals_waiting')).length;
    const away = { publish: () => Promise.reject(new Error('away')) };
    await expect(createSignalMover({ db, log: silent, signals: away })()).rejects.toThrow('away');
    expect(await waiting()).toBe(3);
    const told: Signal[] = [];
    const there = { publish: async (signals: readonly Signal[]) => void told.push(...signals) };
    expect(await createSignalMover({ db, log: silent, signals: there })()).toBe(3);
    expect(told.map((one) => 'id' in one && one.id)).toEqual(ids);
    expect(await waiting()).toBe(0);
  } finally {
    await db.destroy();
    await dropTestDatabase(url);
  }
});

test('where too many wait, the older half is dropped, and every follower begins anew from PostgreSQL', async () => {
  const url = await createTestDatabase();
  const db = openDatabase(url);
  const limits = { toldAtOnce: 100, maxWaiting: 10 };
  const { redis, config } = server.context;
  const log = createSignalLog({ redis, prefix: `${config.redisPrefix}-lost`, log: silent });
  try {
    const tell = (from: number, to: number) =>
      db.transaction((tx) =>
        tellSignals(
          tx,
          Array.from({ length: to - from + 1 }, (_, n) => ({ kind: 'video-removed', id: String(from + n) })),
        ),
      );
    const waiting = async () =>
      (await db('signals_waiting').orderBy('id').pluck('signal')).map(({ id }) => id);
    const warned: unknown[] = [];
    const heard = { ...silent, warn: (...of: unknown[]) => void warned.push(of) };
    const away = createSignalMover({
      ...{ db, limits, log: heard },
      signals: { publish: () => Promise.reject(new Error('away')) },
    });
    await tell(1, 10);
    await expect(away()).rejects.toThrow('away');
    expect([await waiting(), warned]).toEqual([['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'], []]);
    await tell(11, 11);
    await expect(away()).rejects.toThrow('away');
    expect(await waiting()).toEqual(['7', '8', '9', '10', '11', undefined]);
    expect(warned).toMatchObject([[{ dropped: 6, maxWaiting: 10 }, expect.any(String)]]);

    const there = createSignalMover({ db, limits, log: silent, signals: log });
    expect([await there(), await there()]).toEqual([6, 0]);
    for (const position of [null, '0-0']) {
      const page = await log.read(position);
      expect(page.isGap).toBe(true);
      expect(page.signals.map((one) => 'id' in one && one.id)).toEqual(['7', '8', '9', '10', '11']);
      expect(await log.read(page.position)).toMatchObject({ signals: [], isGap: false });
    }
  } finally {
    await db.destroy();
    await dropTestDatabase(url);
  }
});
