import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { remixRequestLimits } from '../../config/media-limits.ts';
import { originalKey, prefixesOf } from '../../media/keys.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { type Client, signIn } from '../../src/setup/demo/client.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { eventually, holdWrites, hurryPurges } from '../helpers/chaos.ts';
import { forgetOthers } from '../helpers/emptying.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { clip } from '../helpers/media-samples.ts';
import { type Peer, startPeer } from '../helpers/peer.ts';
import { createPeople, PASSWORD } from '../helpers/people.ts';
import { processesOn } from '../helpers/probes.ts';
import { receivePost } from '../helpers/remote-posts.ts';
import { startTestServer, TEST_PEERS, type TestServer } from '../helpers/server.ts';

const SLOW_MS = 120_000;
const LEASE_SECONDS = 2;

/** The web part runs in this process, every worker in one of its own; they share database, Redis and disk. */
let server: TestServer;
let peer: Peer;
let alice: Client;
/** One that takes a while, and one that is made quickly. */
let recording: string;
let source: string;
const workers: Instance[] = [];

beforeAll(async () => {
  server = await startTestServer({ role: 'web' });
  source = await clip(server.dataDir, 'clip.mp4', { seconds: 2 });
  recording = await clip(server.dataDir, 'long.mp4', { seconds: 4, size: '1280x720', rate: 30 });
  const people = createPeople(server);
  await people.signedIn('alice');
  alice = await signIn(server.origin, 'alice', PASSWORD);
});

afterAll(() => server.close());

beforeEach(async () => {
  peer = await startPeer('127.0.0.2');
});

afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.kill();
  await peer.close();
  await server.context.db('jobs').delete();
  await forgetOthers(server);
});

let logs = 0;

/** Starts a worker and waits until it is at work. */
async function startWorker(): Promise<Instance> {
  const { config, databaseUrl, redisUrl } = server.context;
  const { host, port } = config.listen;
  logs += 1;
  const logFile = join(server.dataDir, `worker-${logs}.log`);
  const worker = await startInstance({
    ...{ host, port, dataDir: server.dataDir, logFile },
    variables: {
      ...{ ROLE: 'worker', VIREO_ENV: 'test', LOG_LEVEL: 'info', MEDIA_CONCURRENCY: '1' },
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, REDIS_PREFIX: config.redisPrefix },
      ...{ ALLOWED_PRIVATE_ADDRESSES: TEST_PEERS, JOB_LEASE_SECONDS: String(LEASE_SECONDS) },
    },
  });
  workers.push(worker);
  const isReady = async () => (await readFile(logFile, 'utf8')).includes('"msg":"ready"');
  await eventually('the worker is ready', async () => worker.child.exitCode !== null || isReady(), SLOW_MS);
  if (worker.child.exitCode !== null) throw new Error(await readFile(logFile, 'utf8'));
  return worker;
}

/** Kills a worker that has come to the given write, and lets others pass there. */
async function killAt(target: Parameters<typeof holdWrites>[1]): Promise<void> {
  const held = await holdWrites(server.context.databaseUrl, target);
  const worker = await startWorker();
  await held.reached();
  await worker.kill();
  await held.cut();
}

/** Makes an account of the peer, which may follow Alice. */
async function remoteAccount(name: string, follows = false) {
  const { accounts, db, inTx, ids } = server.context;
  const actorUri = peer.url(`/users/${name}`);
  const account = await inTx((tx) =>
    accounts.upsertRemote(tx, {
      ...{ actorUri, actorType: 'Person', username: name, domain: peer.host, displayName: name, bioHtml: '' },
      ...{ url: actorUri, inboxUri: `${actorUri}/inbox`, sharedInboxUri: peer.url('/inbox') },
      ...{ followersUri: null, outboxUri: null, featuredUri: null, alsoKnownAs: [] },
      ...{ fields: [], avatarUrl: null, headerUrl: null },
      ...{ locked: false, discoverable: true, indexable: true },
    }),
  );
  if (follows) {
    const pair = { follower_id: account.id, target_id: alice.account.id };
    await db('follows').insert({ id: ids.next(), ...pair, uri: `${actorUri}/follow`, state: 'accepted' });
  }
  return account;
}

const upload = async (path: string) =>
  (await alice.upload(path, { filename: 'clip.mp4', caption: 'Hello' })) as VideoId;

const video = (id: VideoId) => server.context.db('videos').where({ id }).first();

const allJobsDone = () =>
  eventually(
    'no job and no event is left',
    async () => {
      const { db } = server.context;
      await hurryPurges(db);
      // In this order: an event becomes jobs in one transaction.
      const events = await db('events');
      const left = await db('jobs').whereNot({ name: 'deliver.host' }).orWhere({ state: 'dead' });
      return events.length === 0 && left.length === 0;
    },
    SLOW_MS,
  );

/** What lies in the store for a video is what its rows name, each role of each size once. */
async function expectTidy(id: VideoId, original: string | null): Promise<void> {
  const assets: { key: string; role: string; rung: number | null }[] = await server.context
    .db('video_assets')
    .where({ video_id: id });
  const kinds = assets.map(({ role, rung }) => `${role} ${rung}`);
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(kinds).toEqual(expect.arrayContaining([expect.stringMatching('^mp4 '), 'hls-master null']));
  const stored: string[] = [];
  for (const prefix of prefixesOf(id))
    for await (const { key } of server.context.storage.list(prefix)) stored.push(key);
  const named = [...assets.map(({ key }) => key), ...(original === null ? [] : [original])];
  expect(stored.toSorted()).toEqual(named.toSorted());
  expect(await readdir(join(server.dataDir, 'work'))).toEqual([]);
  expect(await encoders()).toEqual([]);
}

/** Processes that read or write what is in the making, with the helpers around them. */
const encoders = async () =>
  (await processesOn(join(server.dataDir, 'work'))).filter((line) => /ffmpeg|bwrap/.test(line));

/** Waits for an encoder that has passed its helpers: before, nothing ties it to the life of the worker. */
const encoderRuns = () =>
  eventually(
    'an encoder runs',
    async () => (await encoders()).some((line) => /^\S*ffmpeg /.test(line) && line.includes('libx264')),
    SLOW_MS,
  );

const deliveriesOf = (id: VideoId) =>
  server.context
    .db('deliveries')
    .join('activities', 'activities.id', 'deliveries.activity_id')
    .join('videos', 'videos.uri', 'activities.object_uri')
    .where({ 'videos.id': id })
    .select('deliveries.state', 'activities.type', 'activities.uri', 'deliveries.inbox_uri');

/** Published once, told once, and nothing left over. */
async function expectPublishedOnce(id: VideoId): Promise<void> {
  await allJobsDone();
  expect(await video(id)).toMatchObject({ state: 'published', media_state: 'ready', media_percent: 100 });
  await expectTidy(id, originalKey(id));
  await eventually('it is delivered', async () => {
    const rows = await deliveriesOf(id);
    return rows.length > 0 && rows.every(({ state }) => state === 'delivered');
  });
  const deliveries = await deliveriesOf(id);
  expect(deliveries).toHaveLength(1);
  expect(deliveries[0]).toMatchObject({ type: 'Create', inbox_uri: peer.url('/inbox') });
  const told = peer.received.map(({ activity }) => activity.id);
  expect(new Set(told)).toEqual(new Set([deliveries[0]?.uri]));
}

describe('OP9 a worker that is killed while it makes a video', { timeout: SLOW_MS }, () => {
  test('leaves no encoder behind, and another one makes the video once', async () => {
    await remoteAccount('bob', true);
    const id = await upload(recording);
    const first = await startWorker();
    await encoderRuns();
    await first.kill();
    await eventually('no encoder runs', async () => (await encoders()).length === 0, LEASE_SECONDS * 1_000);
    expect(await readdir(join(server.dataDir, 'work')), 'the crash left its folder').toHaveLength(1);
    const steps = [
      `new.media_stage = 'storing'`,
      'new.chunk_index is not null and old.chunk_index is null',
      `new.media_state = 'ready'`,
    ];
    for (const condition of steps) {
      await killAt({ table: 'videos', on: 'update', condition });
      expect(await video(id)).toMatchObject({ state: 'published', unannounced: true });
      expect(await server.context.db('events').where({ name: 'video.published' })).toEqual([]);
      expect(await deliveriesOf(id)).toEqual([]);
    }
    await startWorker();
    await expectPublishedOnce(id);
  });

  test('or ends it, or tells of it, or cleans up, changes nothing', async () => {
    await remoteAccount('bob', true);
    const id = await upload(source);
    await killAt({ table: 'video_assets', on: 'insert' });
    expect(await video(id)).toMatchObject({ state: 'received', published_at: null });
    for (const name of ['media.process', 'media.ladder']) {
      await killAt({ table: 'jobs', on: 'delete', condition: `old.name = '${name}'` });
      expect(await video(id)).toMatchObject({ state: 'published', unannounced: true });
    }
    await killAt({ table: 'activities', on: 'insert' });
    expect(await video(id)).toMatchObject({ state: 'published', unannounced: false });
    await killAt({ table: 'video_fingerprints', on: 'insert' });
    await hurryPurges(server.context.db);
    await killAt({ table: 'jobs', on: 'delete', condition: `old.name = 'media.purge'` });
    await startWorker();
    await expectPublishedOnce(id);
  });
});

describe('a worker that is stopped while it makes a video', { timeout: SLOW_MS }, () => {
  test('gives the job back at once, uncounted', async () => {
    await remoteAccount('bob', true);
    const id = await upload(recording);
    const first = await startWorker();
    await encoderRuns();
    await first.stop();
    expect(first.child.exitCode).toBe(0);
    expect(await encoders()).toEqual([]);
    expect(await readdir(join(server.dataDir, 'work'))).toEqual([]);
    const job = await server.context.db('jobs').where({ name: 'media.process' }).first();
    expect(job).toMatchObject({ attempts: 0, lease_owner: null, last_error: null });
    await startWorker();
    await expectPublishedOnce(id);
  });
});

describe('a worker that is killed while it delivers', { timeout: SLOW_MS }, () => {
  test('before the answer or after it: the receiver gets the same activity again, and no other', async () => {
    await remoteAccount('bob', true);
    const id = await upload(source);
    peer.script('hang');
    const first = await startWorker();
    await eventually('the peer is told', () => peer.received.length === 1, SLOW_MS);
    await first.kill();
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'queued' }]);
    await killAt({ table: 'deliveries', on: 'update', condition: `new.state = 'delivered'` });
    expect(peer.received).toHaveLength(2);
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'queued' }]);
    await startWorker();
    await expectPublishedOnce(id);
    expect(peer.received).toHaveLength(3);
    await eventually('the pump sleeps', async () => (await server.context.db('jobs')).length === 0);
  });
});

describe('a worker that is killed while it copies a remote video', { timeout: SLOW_MS }, () => {
  /** Serves the clip; the first download stalls half way. */
  async function stallingOrigin(): Promise<{ url: string; downloads: () => number }> {
    const { size } = await stat(source);
    const bytes = await readFile(source);
    let downloads = 0;
    const origin = createServer((_request, response: ServerResponse) => {
      downloads += 1;
      response.writeHead(200, { 'Content-Type': 'video/mp4', 'Content-Length': size });
      if (downloads === 1) response.write(bytes.subarray(0, Math.floor(size / 2)));
      else createReadStream(source).pipe(response);
    });
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.3', resolve));
    onTestFinished(() => {
      origin.closeAllConnections();
      origin.close();
    });
    const address = origin.address();
    if (address === null || typeof address === 'string') throw new Error('The origin has no port.');
    return { url: `http://127.0.0.3:${address.port}/clip.mp4`, downloads: () => downloads };
  }

  test('half way: the next one fetches it anew and keeps one copy', async () => {
    const origin = await stallingOrigin();
    const { db } = server.context;
    const post = { origin: peer.url(''), author: 'carol', number: 1, sourceUrl: origin.url };
    const id = await receivePost(server.context, post);
    // As if somebody had opened it: nobody here follows its author.
    await db('videos').where({ id }).update({ last_watched_at: new Date() });
    const first = await startWorker();
    await eventually('half of it has arrived', async () => (await downloaded()) > 0, SLOW_MS);
    await first.kill();
    expect(await video(id)).toMatchObject({ media_state: 'working', media_stage: 'downloading' });
    await killAt({ table: 'videos', on: 'update', condition: `new.media_state = 'ready'` });
    await startWorker();
    await allJobsDone();
    expect(await video(id)).toMatchObject({ state: 'published', media_state: 'ready', original_key: null });
    await expectTidy(id, null);
    expect(origin.downloads()).toBe(3);
    expect(await db('activities').where({ object_uri: peer.url('/videos/1') })).toEqual([]);
  });

  /** Bytes of the download that is under way. */
  async function downloaded(): Promise<number> {
    const work = join(server.dataDir, 'work');
    const [dir] = await readdir(work).catch(() => []);
    if (dir === undefined) return 0;
    return stat(join(work, dir, 'source')).then(
      ({ size }) => size,
      () => 0,
    );
  }
});

describe('a worker that is killed while it takes back what was made from a video', {
  timeout: SLOW_MS,
}, () => {
  const MADE = 230;
  const PORTION = remixRequestLimits.withdrawnAtOnce;

  /** Stitches of an original of Alice, by somebody here and by somebody of another server, each with its stamp. */
  async function remixed() {
    const { accounts, db, ids, urls } = server.context;
    const factory = createVideoFactory(server.context);
    const author = await accounts.byActorUri(alice.account.uri);
    if (!author) throw new Error('There is no alice.');
    const makers = [
      await createPeople(server).signedIn('bert'),
      { account: await remoteAccount('bob', true) },
    ];
    const original = await factory.video(author);
    const { uri: originalUri } = await video(original);
    const stamps: string[] = [];
    for (let at = 0; at < MADE; at += 1) {
      const { account } = makers[at % 2] ?? { account: author };
      const id = await factory.video(account);
      const stampId = ids.next();
      stamps.push(stampId);
      const remix = { remix_of_id: original, remix_of_uri: originalUri, remix_kind: 'stitch' };
      await db('videos')
        .where({ id })
        .update({ ...remix, remix_consent: 'given', remix_stamp_uri: urls.quoteAuthorization(stampId) });
      await db('quote_authorizations').insert({
        ...{ id: stampId, video_id: original, account_id: account.id, kind: 'stitch' },
        instrument_uri: (await video(id)).uri,
      });
    }
    return { author, original, stamps };
  }

  test('has done a portion whole or nothing of it, and the next one tells each of the others once', async () => {
    const { db, inTx, remixes, videos, urls } = server.context;
    const { author, original, stamps } = await remixed();
    await inTx(async (tx) => {
      await remixes.withdrawAll(tx, author.id, original);
      await videos.remove(tx, original, author.id);
    });
    const refused = () => db('videos').where({ remix_refusal: 'withdrawn' }).pluck('id');
    expect(await refused()).toEqual([]);
    // One of the second portion.
    await killAt({ table: 'withdrawn_stamps', on: 'delete', condition: `old.id = ${stamps[PORTION + 50]}` });
    expect(await refused()).toHaveLength(PORTION);
    expect(await db('withdrawn_stamps').pluck('id')).toHaveLength(MADE - PORTION);
    await startWorker();
    await allJobsDone();
    expect(await refused()).toHaveLength(MADE);
    expect(await db('remix_withdrawals')).toEqual([]);
    const told = await db('activities').where({ type: 'Delete' }).pluck('object_uri');
    const uris = stamps.map((id) => urls.quoteAuthorization(id));
    expect(told.filter((uri) => uris.includes(uri)).toSorted()).toEqual(uris.toSorted());
    expect(await db('notifications').where({ type: 'vireo.remix_refused' })).toHaveLength(MADE / 2);
  });
});
