import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaKey } from '../../media/keys.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createS3Storage } from '../../media/storage/s3.ts';
import { contentTypeOf, type ObjectStorage } from '../../media/storage/storage.ts';
import type { StoreName } from '../../media/storage/switchable.ts';
import { openDatabase } from '../../src/db/database.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { signIn } from '../../src/setup/demo/client.ts';
import { hasBrowser, launchBrowser, openPage, type WatchedPage } from '../helpers/browser.ts';
import { eventually, hurryPurges } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { createPeople, PASSWORD } from '../helpers/people.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { createTestDatabase } from '../helpers/stack.ts';
import { keysOf } from '../helpers/storage-rig.ts';

/** Besides the video itself, so that moving all takes a while. */
const MORE_OBJECTS = 20;
const MORE_BYTES = 200_000;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Two players that fetch the whole clip anew each time they come to its end. */
const page = `<!doctype html><link rel="icon" href="data:,">
<video id="hls" muted playsinline></video><video id="mp4" muted playsinline></video>
<script src="/hls.js"></script>
<script>
  window.seen = { faults: [], watched: { hls: 0, mp4: 0 }, rounds: { hls: 0, mp4: 0 } };
  const videoOf = (name) => document.getElementById(name);
  function watch(name, load) {
    const video = videoOf(name);
    let at = 0;
    const begin = () => { at = 0; load(video); video.playbackRate = 2; video.play().catch((error) => {
      if (error.name !== 'AbortError') seen.faults.push(name + ' ' + error);
    }); };
    video.addEventListener('timeupdate', () => {
      if (video.currentTime > at) seen.watched[name] += video.currentTime - at;
      at = video.currentTime;
    });
    video.addEventListener('ended', () => { seen.rounds[name] += 1; begin(); });
    video.addEventListener('error', () => seen.faults.push(name + ' ' + video.error?.message));
    begin();
  }
  window.start = ({ hls, mp4 }) => {
    let player;
    watch('hls', (video) => {
      player?.destroy();
      player = new Hls({ maxBufferLength: 1, maxMaxBufferLength: 1 });
      player.on(Hls.Events.ERROR, (_, { type, details }) => seen.faults.push('hls ' + type + ' ' + details));
      player.loadSource(hls);
      player.attachMedia(video);
    });
    watch('mp4', (video) => { video.src = mp4; });
  };
</script>`;

interface Seen {
  readonly faults: string[];
  /** Seconds of pictures that were shown, and how often the end was reached. */
  readonly watched: { readonly hls: number; readonly mp4: number };
  readonly rounds: { readonly hls: number; readonly mp4: number };
}

describe.skipIf(!hasBrowser)(
  'OP15 while all media moves to object storage, to another one, and back',
  {
    timeout: 120_000,
  },
  () => {
    let directory: string;
    let s3: TestS3;
    let second: TestS3;
    let server: TestServer;
    let players: Server;
    let browser: Browser;
    let watched: WatchedPage;
    let stores: Record<StoreName, ObjectStorage>;
    let videoId: VideoId;
    /** The digest of every object that viewers may ask for, by key. */
    let digests: Map<string, string>;
    const variables = () => ({
      ...{ S3_ENDPOINT: s3.endpoint, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey },
      ...{ S3_BUCKET: 'vireo-media', SECOND_S3_BUCKET: 'vireo-media', MEDIA_CACHE_MB: '0' },
      ...{ SECOND_S3_ENDPOINT: second.endpoint, SECOND_S3_ACCESS_KEY: second.accessKey },
      SECOND_S3_SECRET_KEY: second.secretKey,
    });

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'vireo-moving-'));
      s3 = await startS3(join(directory, 's3'));
      second = await startS3(join(directory, 'second'));
      // As a server that had no object storage at first.
      const DATABASE_URL = await createTestDatabase();
      const before = openDatabase(DATABASE_URL, 1);
      await before('storage_state').insert({ active: 'files' });
      await before.destroy();
      server = await startTestServer({ role: 'all', variables: { ...variables(), DATABASE_URL } });
      const { db, storage, videos } = server.context;
      await createPeople(server).signedIn('alice');
      const alice = await signIn(server.origin, 'alice', PASSWORD);
      const source = await clip(directory, 'clip.mp4', { seconds: 2, size: '640x360', rate: 30 });
      videoId = (await alice.upload(source, { filename: 'clip.mp4', caption: '' })) as VideoId;
      await eventually('no job is left', async () => {
        await hurryPurges(db);
        return (await db('events')).length === 0 && (await db('jobs')).length === 0;
      });
      const assets = (await videos.internal(videoId))?.assets ?? [];
      digests = new Map(assets.map(({ key, sha256 }) => [key, sha256]));
      for (let n = 0; n < MORE_OBJECTS; n += 1) {
        const bytes = randomBytes(MORE_BYTES);
        const key = mediaKey(videoId, sha256(bytes), '720.mp4');
        await storage.putBytes(key, bytes, { contentType: contentTypeOf(key) });
        digests.set(key, sha256(bytes));
      }
      stores = {
        files: createFileStorage({ root: join(server.dataDir, 'media') }),
        s3: createS3Storage({ ...s3, region: 'us-east-1', bucket: 'vireo-media' }),
        'second-s3': createS3Storage({ ...second, region: 'us-east-1', bucket: 'vireo-media' }),
      };
      players = await servePlayers();
      browser = await launchBrowser();
      const { port } = players.address() as AddressInfo;
      watched = await openPage(browser, `http://127.0.0.1:${port}`);
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      players?.close();
      await server?.close();
      await s3?.close();
      await second?.close();
      await rm(directory, { recursive: true, force: true });
    });

    /** Runs `vireo storage move` beside the server, as an admin does. */
    async function move(to: StoreName): Promise<{ ok: boolean; message: string }> {
      const { config, databaseUrl, redisUrl } = server.context;
      const env = {
        ...{ PATH: process.env.PATH, VIREO_ENV: 'test', DATABASE_URL: databaseUrl, REDIS_URL: redisUrl },
        ...{ ORIGIN: config.origin, DATA_DIR: server.dataDir, REDIS_PREFIX: config.redisPrefix },
        ...variables(),
      };
      const root = fileURLToPath(new URL('../..', import.meta.url));
      const args = ['src/cli/main.ts', '--json', 'storage', 'move', '--to', to];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
      return JSON.parse(stdout);
    }

    const keyOfRole = async (role: string) => {
      const key = (await server.context.videos.internal(videoId))?.assets.find(
        (one) => one.role === role,
      )?.key;
      if (key === undefined) throw new Error(`There is no ${role}.`);
      return key;
    };

    test('players and other clients see no failed request and no wrong byte', async () => {
      const held = await keysOf(stores.files);
      expect(await keysOf(stores.s3)).toEqual([]);
      const answers = watchAnswers(watched.page, server.origin);
      const reader = keepReading(server.origin, digests);
      const urls = { hls: await keyOfRole('hls-master'), mp4: await keyOfRole('mp4') };
      const uncached = await watched.page.context().newCDPSession(watched.page);
      await uncached.send('Network.setCacheDisabled', { cacheDisabled: true });
      await watched.page.goto('/');
      await watched.page.evaluate(
        (urls) => Reflect.get(window, 'start')(urls),
        Object.fromEntries(Object.entries(urls).map(([name, key]) => [name, `${server.origin}/${key}`])),
      );
      const seen = (): Promise<Seen> => watched.page.evaluate(() => Reflect.get(window, 'seen') as Seen);
      const faults = async () => [...reader.faults, ...(await seen()).faults, ...answers.faults];
      const asked = () => ({ files: [], s3: s3.requests, 'second-s3': second.requests });
      const mark = async () => ({
        ...{ ...(await seen()), read: reader.read.length },
        asked: { s3: s3.requests.length, 'second-s3': second.requests.length, files: 0 },
      });
      /** Waits until both players and the reader have gone through all, from the start to the end. */
      const goneThroughSince = async (since: Awaited<ReturnType<typeof mark>>) =>
        eventually('all is fetched once more', async () => {
          const { rounds } = await seen();
          if ((await faults()).length > 0) return true;
          const [hls, mp4] = [rounds.hls - since.rounds.hls, rounds.mp4 - since.rounds.mp4];
          return hls > 1 && mp4 > 1 && new Set(reader.read.slice(since.read)).size === digests.size;
        });

      await eventually('both play', async () => Object.values((await seen()).rounds).every((n) => n > 0));
      expect(await faults()).toEqual([]);
      const way = ['files', 's3', 'second-s3', 'files'] as const;
      for (const [at, to] of way.slice(1).entries()) {
        const from = way[at] ?? 'files';
        const before = await mark();
        expect(await move(to)).toMatchObject({
          ok: true,
          message: expect.stringMatching(`^${held.length} `),
        });
        const moved = await mark();
        expect(await faults()).toEqual([]);
        // All went on while it moved.
        expect(moved.read - before.read).toBeGreaterThan(digests.size);
        for (const player of ['hls', 'mp4'] as const) {
          expect(moved.watched[player] - before.watched[player]).toBeGreaterThan(2);
          expect(moved.rounds[player]).toBeGreaterThan(before.rounds[player]);
        }
        expect(await keysOf(stores[to])).toEqual(held);
        expect(await keysOf(stores[from])).toEqual([]);
        await goneThroughSince(moved);
        const told = asked()
          [to].slice(moved.asked[to])
          .filter((line) => line.startsWith('GET'));
        // Not out of the memory of the server: each round asks the store for each object.
        if (to !== 'files') for (const key of digests.keys()) expect(told.join('\n')).toContain(key);
      }
      await reader.stop();
      expect(await faults()).toEqual([]);
      expect(answers.count()).toBeGreaterThan(40);
      expect(watched.problems).toEqual([]);
    });
  },
);

async function servePlayers(): Promise<Server> {
  const library = await readFile(fileURLToPath(import.meta.resolve('hls.js/dist/hls.min.js')));
  const server = createServer(({ url }, response) => {
    if (url === '/hls.js') response.setHeader('content-type', 'text/javascript').end(library);
    else response.setHeader('content-type', 'text/html').end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Notes every answer to a page that is not what was asked for, and every request without an answer. */
function watchAnswers(page: Page, origin: string) {
  const faults: string[] = [];
  let count = 0;
  page.on('response', (response) => {
    if (!response.url().startsWith(origin)) return;
    count += 1;
    if (![200, 206, 304].includes(response.status())) faults.push(`${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // A browser that has enough of a file for now ends the request itself.
    if (why !== 'net::ERR_ABORTED') faults.push(`${why} ${request.url()}`);
  });
  return { faults, count: () => count };
}

/** Fetches everything again and again, whole and in part, until it is told to stop. */
function keepReading(origin: string, digests: ReadonlyMap<string, string>) {
  const faults: string[] = [];
  const bodies = new Map<string, Buffer>();
  /** Keys, in the order in which they were read. */
  const read: string[] = [];
  let stopping = false;
  async function readOne(key: string, digest: string): Promise<void> {
    const whole = await fetch(`${origin}/${key}`);
    const body = Buffer.from(await whole.arrayBuffer());
    if (whole.status !== 200 || sha256(body) !== digest) faults.push(`${key} ${whole.status}`);
    else bodies.set(key, body);
    const known = bodies.get(key);
    if (!known || known.length < 2) return;
    const [start, end] = [known.length >> 2, known.length >> 1];
    const part = await fetch(`${origin}/${key}`, { headers: { Range: `bytes=${start}-${end}` } });
    const range = Buffer.from(await part.arrayBuffer());
    if (part.status !== 206 || !range.equals(known.subarray(start, end + 1)))
      faults.push(`${key} ${part.status} ${start}-${end}`);
  }
  const done = (async () => {
    while (!stopping) {
      for (const [key, digest] of digests) {
        if (stopping) break;
        await readOne(key, digest).catch((error) => faults.push(`${key} ${error}`));
        read.push(key);
        // Leaves the processor to the others.
        await pause(2);
      }
    }
  })();
  return {
    faults,
    read,
    async stop() {
      stopping = true;
      await done;
    },
  };
}
