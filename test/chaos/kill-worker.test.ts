import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFileStorage } from '../../media/storage/files.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createIds, type Id } from '../../src/lib/ids.ts';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { freePort, type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { eventually } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { testVariables } from '../helpers/server.ts';
import { dropTestDatabase } from '../helpers/stack.ts';

/**
 * A worker is killed without warning in the middle of each kind of long work. The next one must finish it,
 * once: nothing lost, nothing double, nothing left lying about.
 */
const PEER = '127.0.0.3';
const PATIENCE_MS = 120_000;
const ids = createIds(systemClock, 1_000);

let directory: string;
let long: string;
let short: string;
let variables: Record<string, string>;
let db: Db;
let web: Instance;
let worker: Instance;
let peer: Server;
let answer: RequestListener;
let workers = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-chaos-'));
  long = await clip(directory, 'long.mp4', { seconds: 8, size: '1080x1920', rate: 30 });
  short = await clip(directory, 'short.mp4', { seconds: 1 });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

beforeEach(async () => {
  const host = '127.0.0.2';
  variables = { ...(await testVariables(host, await freePort(host))), DATA_DIR: join(directory, 'data') };
  db = openDatabase(variables.DATABASE_URL ?? '', 2);
  web = await start('web');
  worker = await start('worker');
  peer = createServer((req, res) => answer(req, res));
  await new Promise<void>((resolve) => peer.listen(0, PEER, resolve));
});
afterEach(async () => {
  await Promise.all([web.stop(), worker.stop()]);
  peer.closeAllConnections();
  peer.close();
  await db.destroy();
  await dropTestDatabase(variables.DATABASE_URL ?? '');
  await rm(join(directory, 'data'), { recursive: true, force: true });
});

function start(role: 'web' | 'worker'): Promise<Instance> {
  workers += 1;
  return startInstance({
    host: variables.HOST ?? '',
    port: Number(variables.PORT),
    dataDir: variables.DATA_DIR ?? '',
    logFile: join(directory, `${role}-${workers}.log`),
    variables: { ...variables, ROLE: role },
  });
}

async function killAndRestart(): Promise<void> {
  await worker.kill();
  worker = await start('worker');
}

const peerOrigin = () => `http://${PEER}:${(peer.address() as AddressInfo).port}`;

/** An account of the peer, as if it had been looked up. */
async function remoteAccount(): Promise<Id<'account'>> {
  const id = ids.next<'account'>();
  const uri = `${peerOrigin()}/users/rita`;
  await db('accounts').insert({
    id,
    username: 'rita',
    username_key: 'rita',
    domain: new URL(uri).host,
    actor_uri: uri,
    actor_type: 'Person',
    url: uri,
    inbox_uri: `${uri}/inbox`,
    fetched_at: new Date(),
  });
  return id;
}

/** What a finished video must look like, however often its making was cut off. */
async function expectOneWhole(videoId: string): Promise<void> {
  await eventually(
    'no work is left',
    async () => (await db('jobs').count('* as n').first())?.n === '0',
    PATIENCE_MS,
  );
  const video = await db('videos').where({ id: videoId }).first();
  expect(video).toMatchObject({ state: 'published', media_state: 'ready', media_percent: 100 });
  const assets = await db('video_assets').where({ video_id: videoId });
  const places = assets.map((asset) => `${asset.role} ${asset.rung}`);
  expect(new Set(places).size).toBe(places.length);
  for (const role of ['mp4', 'hls-master', 'poster']) {
    expect(assets.filter((asset) => asset.role === role)).toHaveLength(1);
  }
  const stored = [];
  const storage = createFileStorage({ root: join(variables.DATA_DIR ?? '', 'media') });
  for await (const object of storage.list('media/')) stored.push(object.key);
  expect(stored.sort()).toEqual(assets.map((asset) => asset.key).sort());
  expect(await readdir(join(variables.DATA_DIR ?? '', 'work'))).toEqual([]);
}

/** Encoders that work for this server; they name its work folder in their arguments or their sandbox. */
async function encoders(): Promise<number> {
  const own = join(variables.DATA_DIR ?? '', 'work');
  let found = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes('ffmpeg') && line.includes(own)) found += 1;
  }
  return found;
}

async function percentOf(alice: Client, videoId: string): Promise<number> {
  const { state, stage, percent } = await alice.processing(videoId);
  return state === 'processing' && stage === 'transcoding' ? percent : 0;
}

describe('kill -9 of the worker', { timeout: 240_000 }, () => {
  test('during transcode: the next one publishes the video, once', async () => {
    const alice = await signUp(web.origin, 'alice', 'a good password');
    const videoId = await alice.upload(long, { caption: 'Cut off' });
    await eventually(
      'it is being transcoded',
      async () => (await percentOf(alice, videoId)) >= 8,
      PATIENCE_MS,
    );
    expect(await encoders()).toBeGreaterThan(0);
    await killAndRestart();
    await eventually('the second try runs', async () => (await percentOf(alice, videoId)) >= 8, PATIENCE_MS);
    await killAndRestart();
    await eventually(
      'it is published',
      async () => (await alice.processing(videoId)).state === 'published',
      PATIENCE_MS,
    );
    await expectOneWhole(videoId);
    expect(await db('activities').where({ type: 'Create' })).toHaveLength(1);
    await eventually('no encoder is left', async () => (await encoders()) === 0);
  });

  test('during delivery: the follower gets the activity, once in effect', async () => {
    const received: string[] = [];
    const held = Promise.withResolvers<void>();
    answer = (req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        received.push(JSON.parse(body).id);
        // The first one is never answered: it is in the air when the worker dies.
        if (received.length === 1) held.resolve();
        else res.writeHead(202).end();
      });
    };
    const alice = await signUp(web.origin, 'alice', 'a good password');
    await db('follows').insert({
      id: ids.next(),
      follower_id: await remoteAccount(),
      target_id: alice.account.id,
      uri: `${peerOrigin()}/follows/1`,
      state: 'accepted',
    });
    const videoId = await alice.upload(short, { caption: 'To be delivered' });
    await held.promise;
    expect(await db('deliveries').first()).toMatchObject({ state: 'queued' });
    await killAndRestart();
    await eventually(
      'it is delivered',
      async () => (await db('deliveries').first())?.state === 'delivered',
      PATIENCE_MS,
    );
    await expectOneWhole(videoId);
    expect(await db('deliveries')).toHaveLength(1);
    expect(received).toHaveLength(2);
    expect(new Set(received)).toEqual(new Set([`${web.origin}/ap/videos/${videoId}#create`]));
  });

  test('during replication: the copy is made, once', async () => {
    const { size } = await stat(short);
    const stalled = Promise.withResolvers<void>();
    let requests = 0;
    answer = (req, res) => {
      if (!req.url?.endsWith('.mp4')) return void res.writeHead(404).end();
      requests += 1;
      res.writeHead(200, { 'content-type': 'video/mp4', 'content-length': size });
      if (requests > 1) return void createReadStream(short).pipe(res);
      createReadStream(short, { end: Math.floor(size / 2) })
        .on('end', stalled.resolve)
        .pipe(res, { end: false });
    };
    const videoId = ids.next<'video'>();
    const uri = `${peerOrigin()}/videos/1`;
    await db('videos').insert({
      id: videoId,
      account_id: await remoteAccount(),
      local: false,
      uri,
      url: uri,
      state: 'published',
      visibility: 'public',
      media_state: 'waiting',
      source_url: `${peerOrigin()}/1.mp4`,
      published_at: new Date(),
    });
    await db('events').insert({
      id: ids.next(),
      name: 'video.discovered',
      payload: JSON.stringify({ videoId }),
    });
    await stalled.promise;
    await killAndRestart();
    await eventually(
      'it is copied',
      async () => (await db('videos').where({ id: videoId }).first())?.media_state === 'ready',
      PATIENCE_MS,
    );
    await expectOneWhole(videoId);
    expect(requests).toBe(2);
  });
});
