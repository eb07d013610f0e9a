import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { retentionLimits } from '../../config/retention-limits.ts';
import { originalKey } from '../../media/keys.ts';
import { type AccountId, type AuditId, parseId, type VideoId } from '../../src/lib/ids.ts';
import {
  createRetention,
  type Freed,
  type Keeping,
  type RetentionClass,
  retentionClasses,
} from '../../src/modules/retention/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { eventually } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { silent } from '../helpers/job-rig.ts';
import { createPeople } from '../helpers/people.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { keyOf, put } from '../helpers/storage-rig.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let server: TestServer;
let ahead = 0;
const clock = { now: () => Date.now() + ahead };

beforeAll(async () => {
  server = await startTestServer({ role: 'none', overrides: { clock } });
});
afterAll(() => server?.close());
afterEach(async () => {
  ahead = 0;
  await server.context.db('retention_runs').delete();
  await server.context.db('notifications').delete();
});

/** The same module, with what each class does in the hands of the test. */
function retentionOf(run: Partial<Record<RetentionClass, () => Promise<Freed>>>) {
  const { db, inTx, audit } = server.context;
  const told: string[] = [];
  const classes = Object.fromEntries(
    retentionClasses.map((name): [RetentionClass, Keeping] => {
      const work = run[name];
      if (!work) return [name, { kind: 'kept' }];
      return [name, { kind: 'swept', days: 1, maxBytes: null, everyMs: HOUR, run: work }];
    }),
  ) as Record<RetentionClass, Keeping>;
  const alarm = async (_tx: unknown, about: { class: RetentionClass }) => void told.push(about.class);
  return { ...createRetention({ db, inTx, clock, log: silent, audit, classes, alarm }), told };
}

const stateOf = async (retention: Pick<ReturnType<typeof retentionOf>, 'list'>, name: RetentionClass) =>
  (await retention.list()).find((one) => one.class === name);

const nothing = async () => ({ rows: 0, bytes: 0 });
const signal = new AbortController().signal;

describe('classes', () => {
  test('run when they are due, and say what they freed last', async () => {
    let runs = 0;
    const retention = retentionOf({
      mails: async () => {
        runs += 1;
        return runs === 1 ? { rows: 7, bytes: 70 } : { rows: 0, bytes: 0 };
      },
    });
    await retention.runDue(signal);
    await retention.runDue(signal);
    expect(runs).toBe(1);
    ahead += HOUR;
    await retention.runDue(signal);
    expect(runs).toBe(2);
    expect(await stateOf(retention, 'mails')).toMatchObject({
      ...{ state: 'ok', failure: null, okAt: expect.any(Date) },
      freed: { rows: 7, bytes: 70 },
      nextAt: expect.any(Date),
    });
    expect(await stateOf(retention, 'audit')).toMatchObject({ state: 'kept', nextAt: null });
  });

  test('that fail are tried again soon, hold up no other, and are told of once', async () => {
    let isBroken = true;
    const retention = retentionOf({
      uploads: async () => {
        if (isBroken) throw new Error('The disk does not answer.');
        return { rows: 1, bytes: 0 };
      },
      mails: nothing,
    });
    await retention.runDue(signal);
    expect(await stateOf(retention, 'uploads')).toMatchObject({
      ...{ state: 'failing', failure: { error: 'The disk does not answer.' } },
    });
    expect(await stateOf(retention, 'mails')).toMatchObject({ state: 'ok' });
    expect(await retention.alarm()).toEqual(['uploads']);
    expect(await retention.alarm()).toEqual([]);
    expect(retention.told).toEqual(['uploads']);
    isBroken = false;
    ahead += retentionLimits.retryMs;
    await retention.runDue(signal);
    expect(await stateOf(retention, 'uploads')).toMatchObject({ state: 'ok', failure: null });
    // The next failure is news again.
    isBroken = true;
    await retention.run('uploads');
    expect(await retention.alarm()).toEqual(['uploads']);
  });

  test('that nobody runs for two days are overdue, whoever looks', async () => {
    const retention = retentionOf({ mails: nothing });
    await retention.run('mails');
    ahead += 48 * HOUR - 60_000;
    expect(await retention.alarm()).toEqual([]);
    ahead += 120_000;
    expect(await stateOf(retention, 'mails')).toMatchObject({ state: 'overdue' });
    expect(await retention.alarm()).toEqual(['mails']);
    expect(await retention.alarm()).toEqual([]);
    await retention.runDue(signal);
    expect(await stateOf(retention, 'mails')).toMatchObject({ state: 'ok' });
  });

  test('are run by one process at a time, and by another once that is dead', async () => {
    const waiting = Promise.withResolvers<Freed>();
    const retention = retentionOf({ mails: () => waiting.promise });
    const first = retention.run('mails');
    await eventually('it runs', async () => (await stateOf(retention, 'mails'))?.state === 'running');
    expect(await retention.run('mails')).toMatchObject({ ok: false, reason: 'busy' });
    waiting.resolve({ rows: 0, bytes: 0 });
    expect(await first).toMatchObject({ ok: true });
    await server.context.db('retention_runs').update({ running_since: new Date(clock.now()) });
    ahead += retentionLimits.staleRunMs + 1_000;
    expect(await retention.run('mails')).toMatchObject({ ok: true });
  });

  test('that are cut off go on at the next turn; those that are asked for do not wait for theirs', async () => {
    let runs = 0;
    const retention = retentionOf({
      mails: async () => {
        runs += 1;
        return { rows: 1, bytes: 0 };
      },
    });
    const stopping = new AbortController();
    const cut = retention.run('mails', stopping.signal);
    stopping.abort();
    await cut;
    await retention.runDue(signal);
    expect(runs).toBe(2);
    const { inTx, audit } = server.context;
    expect(await inTx((tx) => retention.ask(tx, { kind: 'operator' }, 'mails'))).toEqual({ ok: true });
    await retention.runDue(signal);
    expect(runs).toBe(3);
    const page = { maxId: null, minId: null, limit: 1 };
    expect(await audit.list({ action: 'storage' }, page)).toMatchObject([
      { action: 'storage.clean', target: { kind: 'storage', id: 'mails' } },
    ]);
    const stranger = { kind: 'person', accountId: '1' as AccountId, permissions: [], rank: 0 } as const;
    expect(await inTx((tx) => retention.ask(tx, stranger, 'mails'))).toMatchObject({
      reason: 'permission-missing',
    });
    expect(await inTx((tx) => retention.ask(tx, { kind: 'operator' }, 'audit'))).toMatchObject({
      reason: 'kept',
    });
  });
});

describe('what is over', () => {
  let accountId: AccountId;
  beforeAll(async () => {
    accountId = (await createPeople(server).local('alice')).id;
  });
  afterEach(async () => {
    await server.context.db('videos').delete();
    await server.context.db('jobs').delete();
  });

  async function video(facts: Record<string, unknown>): Promise<VideoId> {
    const { db, ids } = server.context;
    const id = ids.next<'video'>();
    await db('videos').insert({
      ...{ id, account_id: accountId, local: true, uri: `http://v.test/${id}`, url: '', state: 'published' },
      ...{ visibility: 'public', media_state: 'ready', published_at: new Date() },
      ...facts,
    });
    return id;
  }

  const ago = (ms: number) => new Date(clock.now() - ms);
  const original = async (at: Date, more: Record<string, unknown> = {}) => {
    const id = await video({ original_bytes: 100, published_at: at, ...more });
    await server.context
      .db('videos')
      .where({ id })
      .update({ original_key: originalKey(id) });
    return id;
  };
  const withOriginal = async () =>
    (await server.context.db('videos').whereNotNull('original_key').orderBy('id').pluck('id')) as VideoId[];

  test('uploaded files go 30 days after their videos were published, once nothing needs them', async () => {
    const { retention, db } = server.context;
    const old = await original(ago(31 * DAY));
    const young = await original(ago(29 * DAY));
    const draft = await original(ago(31 * DAY), { state: 'draft' });
    const working = await original(ago(31 * DAY), { media_stage: 'transcoding' });
    const waiting = await original(ago(31 * DAY));
    await db('jobs').insert({
      ...{ id: 1, name: 'media.remake', queue: 'media', payload: '{}', key: `media.remake:${waiting}` },
    });
    // What was there before the server knew of this bound has its whole time.
    await retention.begin();
    expect(await retention.run('originals')).toMatchObject({ ok: true, freed: { rows: 0 } });
    await db('retention_runs').update({ counts_from: ago(40 * DAY) });
    expect(await retention.run('originals')).toMatchObject({ ok: true, freed: { rows: 1, bytes: 100 } });
    expect(await withOriginal()).toEqual([young, draft, working, waiting]);
    expect(await db('jobs').where({ name: 'media.purge' }).pluck('payload')).toEqual([{ videoId: old }]);
  });

  test('posters of other servers go by age and by size, those of copies and of this server stay', async () => {
    const { db, videos } = server.context;
    const poster = async (facts: Record<string, unknown>, bytes: number) => {
      const id = await video(facts);
      const key = keyOf(id, 'face', 'poster.jpg');
      const asset = { key, video_id: id, role: 'poster', content_type: 'image/jpeg', sha256: '' };
      await db('video_assets').insert({ ...asset, bytes });
      return id;
    };
    const far = {
      local: false,
      media_state: 'waiting',
      media_reason: 'on-demand',
      source_poster_url: 'https://b.test/p.jpg',
    };
    const old = await poster({ ...far, created_at: ago(8 * DAY) }, 10);
    const fresh = await poster({ ...far, created_at: ago(8 * DAY), poster_at: ago(DAY) }, 20);
    const newest = await poster({ ...far, poster_at: ago(HOUR) }, 30);
    const copied = await poster({ ...far, media_state: 'ready', created_at: ago(90 * DAY) }, 40);
    const ours = await poster({ created_at: ago(90 * DAY) }, 50);
    const left = async () => new Set(await db('video_assets').pluck('video_id'));
    const prune = (maxBytes: number) =>
      videos.storageUse.prunePosters({ maxBytes, maxAgeMs: 7 * DAY }, signal);
    expect(await prune(1_000)).toEqual({ rows: 1, bytes: 10 });
    expect(await left()).toEqual(new Set([fresh, newest, copied, ours]));
    // 20 and 30 are more than 40: the older of them goes.
    expect(await prune(40)).toEqual({ rows: 1, bytes: 20 });
    expect(await left()).toEqual(new Set([newest, copied, ours]));
    // Somebody sees them: they are asked for, once.
    const seen = await Promise.all([old, fresh, newest, ours].map((id) => videos.internal(id)));
    for (let n = 0; n < 3; n += 1) videos.wantPosters(seen.flatMap((one) => one ?? []));
    await eventually(
      'they are asked for',
      async () => (await db('jobs').where({ name: 'media.remote-poster' })).length === 2,
    );
    const asked: { videoId: string }[] = await db('jobs')
      .where({ name: 'media.remote-poster' })
      .pluck('payload');
    expect(asked.map(({ videoId }) => videoId).toSorted()).toEqual([old, fresh].toSorted());
  });

  test('dead letters, notifications and sessions go in batches, what is young or lives stays', async () => {
    const { db, retention } = server.context;
    const jobs = Array.from({ length: 4_100 }, (_, n) => ({
      ...{ id: n + 10, name: 'post.refresh', queue: 'default', payload: '{}', state: 'dead' },
      died_at: ago(n < 4_097 ? 91 * DAY : 89 * DAY),
    }));
    await db.batchInsert('jobs', jobs, 1_000);
    expect(await retention.run('jobs')).toMatchObject({ ok: true, freed: { rows: 4_097 } });
    expect(await db('jobs').count('* as count').first()).toEqual({ count: '3' });
    const people = createPeople(server);
    const bob = await people.local('bob');
    const news = { account_id: accountId, from_account_id: bob.id, type: 'follow', group_key: '' };
    await db('notifications').insert([
      { ...news, subject: 'old', created_at: ago(181 * DAY) },
      { ...news, subject: 'young', created_at: ago(179 * DAY) },
    ]);
    expect(await retention.run('notifications')).toMatchObject({ freed: { rows: 1 } });
    expect(await db('notifications').pluck('subject')).toEqual(['young']);
  });

  test('who was refused a remix is forgotten after a year, who waits is left', async () => {
    const { context } = server;
    const author = await createPeople(server).local('author');
    const videoId = await createVideoFactory(context).video(author);
    const row = { video_id: videoId, account_id: accountId, kind: 'duet' };
    const asked = (instrument_uri: string, state: 'refused' | 'waiting', days: number) => ({
      ...{ ...row, id: context.ids.next(), instrument_uri, state, created_at: ago(days * DAY) },
    });
    const { db, retention } = context;
    await db('remix_requests').insert([
      asked('old', 'refused', 366),
      asked('young', 'refused', 364),
      asked('waits', 'waiting', 366),
    ]);
    expect(await retention.run('remix-requests')).toMatchObject({ freed: { rows: 1 } });
    expect((await db('remix_requests').pluck('instrument_uri')).toSorted()).toEqual(['waits', 'young']);
    await db('remix_requests').delete();
  });

  test('what a deed of the staff is taken back by is forgotten after 30 days', async () => {
    const { audit, inTx, retention, staff, undoing } = server.context;
    const page = { maxId: null, minId: null, sinceId: null, limit: 2 };
    const reserve = (name: string) => inTx((tx) => staff.joining.reserveName(tx, operator, name, ''));
    expect(await reserve('long_ago')).toMatchObject({ ok: true });
    ahead += 29 * DAY;
    expect(await reserve('of_now')).toMatchObject({ ok: true });
    expect(await retention.run('undo')).toMatchObject({ ok: true, freed: { rows: 0 } });
    ahead += 2 * DAY;
    expect(await retention.run('undo')).toMatchObject({ ok: true, freed: { rows: 1 } });
    const [ofNow, old] = await audit.list({ action: 'joining-block.add' }, page);
    const undo = (id: AuditId | undefined) =>
      undoing.undo(operator, { auditIds: id ? [id] : [], reason: '' });
    expect(await undo(old?.id)).toMatchObject({ ok: false, reason: 'not-undoable' });
    expect(await undo(ofNow?.id)).toMatchObject({ ok: true });
  });

  test('every class that is swept runs on an empty server', async () => {
    const { retention } = server.context;
    await retention.runDue(signal);
    const states = await retention.list();
    expect(states.map(({ class: name }) => name)).toEqual([...retentionClasses]);
    expect(
      states.filter(({ state }) => state !== 'ok').map(({ class: name, state }) => `${name} ${state}`),
    ).toEqual([...['renditions kept', 'thumbnails kept', 'evidence kept', 'audit kept']]);
  });
});

describe('where the storage removes nothing any more', () => {
  let directory: string;
  let s3: TestS3;
  let broken: TestServer;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vireo-removals-'));
    s3 = await startS3(join(directory, 's3'));
    broken = await startTestServer({
      role: 'all',
      overrides: { clock },
      variables: {
        ...{ S3_ENDPOINT: s3.endpoint, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey },
        ...{ S3_BUCKET: 'vireo-media' },
      },
    });
  });
  afterAll(async () => {
    await broken?.close();
    await s3?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('OP5 metric, badge and notification say so within one period, until it removes again', {
    timeout: 60_000,
  }, async () => {
    const { db, inTx, storage, retention, metrics } = broken.context;
    const admin = await createPeople(broken).local('ada');
    await db('users').where({ account_id: admin.id }).update({ role: 'admin' });
    const videoId = parseId<'video'>('123456789');
    if (videoId === null) throw new Error('Not an id.');
    const key = keyOf(videoId, 'left over');
    await put(storage, key, 'left over');
    s3.refusesRemovals = true;
    await inTx((tx) => broken.context.videos.onDeleted(tx, { videoId }));
    const gauge = async () =>
      /^vireo_retention_failing\{class="removals"\} (\d)/m.exec((await metrics.page()).body)?.[1];
    const badge = async () => (await retention.list()).find((one) => one.class === 'removals');

    await eventually(
      'the removal has failed',
      async () => (await db('jobs').whereNotNull('last_error')).length === 1,
    );
    ahead += 60_000;
    await eventually('the class fails', async () => (await badge())?.state === 'failing');
    expect((await badge())?.failure?.error).toMatch(/1 removals from storage have failed/);
    await eventually('the metric says so', async () => (await gauge()) === '1');
    ahead += 60_000;
    await eventually(
      'the staff is told',
      async () => (await db('notifications').where({ account_id: admin.id })).length > 0,
    );
    const news = await db('notifications').where({ account_id: admin.id });
    expect(news).toMatchObject([{ type: 'admin.upkeep' }]);

    s3.refusesRemovals = false;
    await db('jobs').update({ run_at: new Date(0), run: db.raw('run + 1'), scheduled_run: null });
    await eventually(
      'it is removed',
      async () =>
        (await storage.stat(key)) === null && (await db('jobs').whereNotNull('last_error')).length === 0,
    );
    ahead += retentionLimits.retryMs + 60_000;
    await eventually('all is well', async () => (await badge())?.state === 'ok' && (await gauge()) === '0');
    expect(await db('notifications').where({ account_id: admin.id })).toHaveLength(1);
  });
});
