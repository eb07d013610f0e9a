import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mediaKey } from '../../media/keys.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { type Db, openDatabase, transactions } from '../../src/db/database.ts';
import { createEnqueue } from '../../src/jobs/enqueue.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type AccountId, createIds, type VideoId } from '../../src/lib/ids.ts';
import { createLogger } from '../../src/lib/log.ts';
import { measureUse, storageUse } from '../../src/modules/storage/use.ts';
import { purgeObjects } from '../../src/modules/videos/purge.ts';
import { type CacheDeps, cachedBytes, makeRoom, pruneCache } from '../../src/modules/videos/remote-cache.ts';
import { onOpened } from '../../src/modules/videos/remote-modes.ts';
import { purgesOf, shareCopy } from '../../src/modules/videos/shared-copies.ts';
import { keepAtHand } from '../../src/modules/videos/viral.ts';
import { jobRun } from '../helpers/job-run.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

const MAX = 1_000;
const DAY = 24 * 3_600_000;

let url: string;
let db: Db;
let folder: string;
let storage: ReturnType<typeof createFileStorage>;
let deps: CacheDeps;
let accountId: AccountId;
const ids = createIds(systemClock, 0);
const run = jobRun();

beforeAll(async () => {
  url = await createTestDatabase();
  db = openDatabase(url, 10);
  accountId = ids.next<'account'>();
  await db('accounts').insert({
    ...{ id: accountId, username: 'bob', username_key: 'bob', domain: 'b.test', actor_type: 'Person' },
    ...{ actor_uri: 'https://b.test/bob', inbox_uri: 'https://b.test/bob/inbox' },
  });
});
afterAll(async () => {
  await db.destroy();
  await dropTestDatabase(url);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vireo-cache-'));
  storage = createFileStorage({ root: folder });
  deps = {
    ...{ db, inTx: transactions(db), enqueue: createEnqueue(ids), cache: { maxBytes: MAX, maxAgeMs: 0 } },
  };
});
afterEach(async () => {
  await db.raw('truncate videos, jobs cascade');
  await rm(folder, { recursive: true });
});

interface Facts {
  readonly local?: boolean;
  readonly createdAt?: Date;
  readonly watchedAt?: Date | null;
  readonly state?: string;
  readonly reason?: string | null;
  readonly visibility?: string;
  readonly source?: string;
}

async function video(facts: Facts = {}): Promise<VideoId> {
  const id = ids.next<'video'>();
  const local = facts.local ?? false;
  await db('videos').insert({
    ...{ id, account_id: accountId, local, uri: `https://b.test/${id}`, url: '', state: 'published' },
    ...{ visibility: facts.visibility ?? 'public', media_state: facts.state ?? 'waiting' },
    ...{ media_reason: facts.reason ?? null, source_sha256: facts.source ?? null },
    ...{ created_at: facts.createdAt ?? new Date(), last_watched_at: facts.watchedAt ?? null },
    ...{ published_at: new Date(), source_url: `https://b.test/${id}.mp4` },
  });
  return id;
}

const names = { mp4: '720.mp4', poster: 'poster.jpg', captions: 'en.vtt' };

/** Stores an object of so many bytes, with the row that names it. */
async function addObject(
  from: Db,
  id: VideoId,
  bytes: number,
  role: keyof typeof names = 'mp4',
): Promise<string> {
  const sha256 = createHash('sha256').update(`${id} ${role} ${bytes}`).digest('hex');
  const key = mediaKey(id, sha256, names[role]);
  const content_type = { mp4: 'video/mp4', poster: 'image/jpeg', captions: 'text/vtt' }[role];
  await storage.putBytes(key, Buffer.alloc(bytes), { contentType: content_type });
  await from('video_assets').insert({ key, video_id: id, role, content_type, bytes, sha256 });
  return key;
}

/** Copies a video as the job does: room first, then the rows, in one transaction. */
async function copy(id: VideoId, bytes: number) {
  return deps.inTx(async (tx) => {
    const room = await makeRoom(deps, tx, bytes, id);
    if (!room.ok) return room;
    await addObject(tx, id, bytes);
    await tx('videos').where({ id }).update({ media_state: 'ready', media_reason: null });
    return room;
  });
}

async function ready(bytes: number, facts: Facts = {}): Promise<VideoId> {
  const id = await video({ ...facts, state: 'ready' });
  await addObject(db, id, bytes);
  return id;
}

async function objects(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list('media/')) keys.push(key);
  return keys.toSorted();
}

/** Runs the purges that wait, as the worker does. */
async function purge(): Promise<void> {
  const jobs: { payload: { videoId: VideoId } }[] = await db('jobs')
    .where({ name: 'media.purge' })
    .select('payload');
  for (const { payload } of jobs)
    await purgeObjects({ db, storage, inTx: transactions(db), clock: systemClock }, payload.videoId, run);
  await db('jobs').where({ name: 'media.purge' }).delete();
}

const stateOf = (id: VideoId) => db('videos').where({ id }).first('media_state', 'media_reason');
const EVICTED = { media_state: 'waiting', media_reason: 'evicted' };
const ago = (ms: number) => new Date(Date.now() - ms);

describe('the cache', () => {
  test('OP4 fed with three times its cap never holds more, and lets the least recently watched go', async () => {
    const all: VideoId[] = [];
    for (let n = 0; n < 30; n += 1) {
      const id = await video({ createdAt: ago((100 - n) * 60_000) });
      all.push(id);
      expect(await copy(id, 100)).toMatchObject({ ok: true });
      expect(await cachedBytes(db)).toBeLessThanOrEqual(MAX);
      await purge();
    }
    const states = await Promise.all(all.map(stateOf));
    const here = all.filter((_, n) => states[n]?.media_state === 'ready');
    expect(here).toEqual(all.slice(-here.length));
    expect(here.length).toBeGreaterThanOrEqual(9);
    expect(await objects()).toHaveLength(here.length);
    expect(states[0]).toEqual(EVICTED);
  });

  test('holds its cap while several copies arrive at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => video()));
    await Promise.all(all.map((id) => copy(id, 300)));
    expect(await cachedBytes(db)).toBeLessThanOrEqual(MAX);
    expect(await cachedBytes(db)).toBeGreaterThanOrEqual(600);
  });

  test('keeps what was watched lately, and lets older ones go first', async () => {
    const old = await ready(400, { createdAt: ago(9 * DAY), watchedAt: ago(DAY) });
    const unwatched = await ready(400, { createdAt: ago(2 * DAY) });
    const watched = await ready(200, { createdAt: ago(10 * DAY), watchedAt: ago(60_000) });
    await copy(await video(), 300);
    expect(await Promise.all([old, unwatched, watched].map(stateOf))).toMatchObject([
      { media_state: 'ready' },
      EVICTED,
      { media_state: 'ready' },
    ]);
  });

  test('leaves what spreads fast for as long as it does, and has it fetched again where it is gone', async () => {
    const fast = await ready(400, { createdAt: ago(9 * DAY) });
    const slow = await ready(400, { createdAt: ago(2 * DAY) });
    const gone = await video({ reason: 'evicted' });
    const viral = {
      ...{ ...deps, mediaModesOf: async () => ['replicate' as const], mediaRefusals: async () => [] },
      ...{ clock: systemClock, lazyRungs: false, log: createLogger('silent') },
    };
    const tell = (until: Date) => deps.inTx((tx) => keepAtHand(viral, tx, [fast, gone], until));
    expect((await tell(new Date(Date.now() + DAY))).toSorted()).toEqual([fast, gone].toSorted());
    expect(await tell(new Date(Date.now() + DAY)), 'once is enough').toEqual([]);
    expect(await stateOf(gone)).toEqual({ media_state: 'waiting', media_reason: null });
    await db('videos').where({ id: fast }).update({ last_watched_at: null });

    expect(await pruneCache(deps, { unwatchedForMs: DAY, dryRun: true })).toMatchObject({ videos: 1 });
    await copy(await video(), 300);
    expect(await Promise.all([fast, slow].map(stateOf))).toMatchObject([{ media_state: 'ready' }, EVICTED]);
    await db('viral_videos')
      .where({ video_id: fast })
      .update({ until: ago(1) });
    await copy(await video(), 600);
    expect(await stateOf(fast)).toEqual(EVICTED);
  });

  test('takes no copy where everything is being watched', async () => {
    const watched = await ready(900, { watchedAt: new Date() });
    expect(await copy(await video(), 200)).toMatchObject({ ok: false, reason: 'cache-full' });
    expect(await stateOf(watched)).toMatchObject({ media_state: 'ready' });
  });

  test('gives itself to a copy that is larger than all of it, and never evicts what is being made', async () => {
    const other = await ready(500);
    const large = await video();
    expect(await copy(large, 5_000)).toMatchObject({ ok: true, evicted: [other] });
    expect(await deps.inTx((tx) => makeRoom(deps, tx, 10, large))).toMatchObject({ reason: 'cache-full' });
    expect(await stateOf(large)).toMatchObject({ media_state: 'ready' });
  });

  test('never touches videos of this server, nor counts them', async () => {
    const mine = await ready(9_000, { local: true, createdAt: ago(900 * DAY) });
    expect(await cachedBytes(db)).toBe(0);
    await pruneCache(deps, { toBytes: 0, unwatchedForMs: 1 });
    expect(await stateOf(mine)).toMatchObject({ media_state: 'ready' });
  });

  test('leaves poster and description, and brings the copy back when somebody opens it', async () => {
    const id = await ready(400);
    const poster = await addObject(db, id, 50, 'poster');
    await pruneCache(deps, { toBytes: 0 });
    await purge();
    expect(await objects()).toEqual([poster]);
    expect(await stateOf(id)).toEqual(EVICTED);
    const modes = {
      ...{ ...deps, mediaModesOf: async () => ['replicate' as const] },
      mediaRefusals: async () => [],
    };
    expect(await deps.inTx((tx) => onOpened(modes, tx, id))).toBe(true);
    expect(await stateOf(id)).toEqual({ media_state: 'waiting', media_reason: null });
    const jobs = await db('jobs').where({ name: 'media.replicate' });
    expect(jobs).toMatchObject([{ payload: { videoId: id } }]);
    // Once is enough, however many open it.
    await deps.inTx((tx) => onOpened(modes, tx, id));
    expect(await db('jobs').where({ name: 'media.replicate' })).toMatchObject([{ run: jobs[0].run }]);
    expect(await copy(id, 400)).toMatchObject({ ok: true });
    expect(await objects()).toHaveLength(2);
  });

  test('lets go by age, and tells beforehand what would go', async () => {
    const old = await ready(100, { createdAt: ago(40 * DAY) });
    const seen = await ready(100, { createdAt: ago(40 * DAY), watchedAt: ago(3 * DAY) });
    const fresh = await ready(100);
    const pruning = { unwatchedForMs: 30 * DAY };
    expect(await pruneCache(deps, { ...pruning, dryRun: true })).toEqual({ videos: 1, bytes: 100 });
    expect(await pruneCache(deps, { ...pruning, toBytes: 150, dryRun: true })).toEqual({
      videos: 2,
      bytes: 200,
    });
    expect(await Promise.all([old, seen, fresh].map(stateOf))).toMatchObject(
      Array(3).fill({ media_state: 'ready' }),
    );
    expect(await pruneCache(deps, pruning)).toEqual({ videos: 1, bytes: 100 });
    expect(await stateOf(old)).toEqual(EVICTED);
    expect(await pruneCache(deps, { toBytes: 150 })).toEqual({ videos: 1, bytes: 100 });
    expect(await Promise.all([seen, fresh].map(stateOf))).toMatchObject([EVICTED, { media_state: 'ready' }]);
  });
});

describe('videos of the same file', () => {
  const SOURCE = 'ab'.repeat(32);
  const share = (id: VideoId, source = SOURCE) => deps.inTx((tx) => shareCopy(tx, id, source));
  const keysOf = (id: VideoId) => db('video_assets').where({ video_id: id }).orderBy('key').pluck('key');

  test('share its objects, which count once and go with the last of them', async () => {
    const donor = await ready(400, { source: SOURCE });
    const other = await video();
    expect(await share(other)).toBe(donor);
    expect(await stateOf(other)).toEqual({ media_state: 'ready', media_reason: null });
    expect(await keysOf(other)).toEqual(await keysOf(donor));
    expect(await cachedBytes(db)).toBe(400);
    expect((await db('videos').where({ id: other }).first()).source_sha256).toBe(SOURCE);

    await deps.inTx(async (tx) => {
      await deps.enqueue(tx, await purgesOf(tx, donor));
      await tx('videos').where({ id: donor }).delete();
    });
    await purge();
    expect(await objects()).toEqual(await keysOf(other));

    await pruneCache(deps, { toBytes: 0 });
    expect(await db('jobs').where({ name: 'media.purge' }).pluck('key')).toEqual(
      expect.arrayContaining([`purge:${donor}`, `purge:${other}`]),
    );
    await purge();
    expect(await objects()).toEqual([]);
  });

  test('keep their own posters', async () => {
    const donor = await ready(400, { source: SOURCE });
    await addObject(db, donor, 10, 'poster');
    const [bare, posed] = [await video(), await video()];
    const own = await addObject(db, posed, 20, 'poster');
    await share(bare);
    await share(posed);
    expect(await keysOf(bare)).toEqual(await keysOf(donor));
    expect(await keysOf(posed)).toContain(own);
    expect(await keysOf(posed)).toHaveLength(2);
  });

  test.each<[string, Facts, Facts]>([
    ['another file', { source: 'cd'.repeat(32) }, {}],
    ['one that is not ready', { source: SOURCE, state: 'working' }, {}],
    ['one for followers', { source: SOURCE, visibility: 'followers' }, {}],
    ['anything, for followers', { source: SOURCE }, { visibility: 'followers' }],
  ])('do not share with %s', async (_name, donor, mine) => {
    const id = await video({ state: 'ready', ...donor });
    await addObject(db, id, 100);
    const other = await video(mine);
    expect(await share(other)).toBeNull();
    expect(await keysOf(other)).toEqual([]);
  });

  test('do not share with one that has captions, nor with one that is being changed', async () => {
    const donor = await ready(100, { source: SOURCE });
    const other = await video();
    const changing = await db.transaction();
    await changing('videos').where({ id: donor }).forUpdate().first();
    expect(await share(other)).toBeNull();
    await changing.rollback();
    await addObject(db, donor, 5, 'captions');
    expect(await share(other)).toBeNull();
  });

  test('of which one is evicted leave the objects to the other', async () => {
    const donor = await ready(400, { source: SOURCE, createdAt: ago(DAY) });
    const other = await video({ local: true });
    await share(other);
    await pruneCache(deps, { toBytes: 0 });
    await purge();
    expect(await stateOf(donor)).toEqual(EVICTED);
    expect(await objects()).toEqual(await keysOf(other));
    await measureUse({ db, inTx: transactions(db), clock: systemClock });
    const { kinds } = await storageUse(db);
    expect(kinds).toContainEqual({ kind: 'renditions', objects: 1, bytes: 400 });
    expect(kinds).toContainEqual({ kind: 'remote-videos', objects: 0, bytes: 0 });
  });
});
