import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prefixesOf } from '../../media/keys.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { eventually, hurryPurges, workLeft } from '../helpers/chaos.ts';
import { corpusFile, corpusNote, ffmpegRaw } from '../helpers/media-samples.ts';
import { receivePost } from '../helpers/remote-posts.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const HOST = '127.0.0.3';
const walk = corpusFile('ax_rotated270_cut.mp4');
const car = corpusFile('intel_car_cut.mp4');

let server: TestServer;
let origin: Server;
let base: string;
let folder: string;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  folder = join(server.dataDir, 'origin');
  await mkdir(folder);
  origin = createServer(async (request, response) => {
    const bytes = await readFile(join(folder, new URL(request.url ?? '', 'http://x').pathname)).catch(
      () => null,
    );
    if (bytes === null) return response.writeHead(404).end();
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (first === undefined) return response.writeHead(200, { 'Content-Type': 'video/mp4' }).end(bytes);
    const part = bytes.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${last}/${bytes.length}`;
    response.writeHead(206, { 'Content-Type': 'video/mp4', 'Content-Range': range }).end(part);
  });
  await new Promise<void>((resolve) => origin.listen(0, HOST, resolve));
  const address = origin.address();
  base = `http://${HOST}:${typeof address === 'object' ? address?.port : 0}`;
});

afterAll(async () => {
  origin.closeAllConnections();
  origin.close();
  await server.close();
});

let posts = 0;

/** Somebody opens a video, and its copy is made to the end. */
async function open(id: VideoId): Promise<void> {
  const { db, inTx, videos } = server.context;
  await inTx((tx) => videos.opened(tx, id));
  await eventually(
    'it is copied, and no job is left',
    async () => {
      await hurryPurges(db);
      const isReady = (await db('videos').where({ id: id }).first()).media_state === 'ready';
      return isReady && (await workLeft(db)) === 0;
    },
    60_000,
  );
}

/** A video of another server that somebody here has opened, copied to the end. */
async function copied(file: string): Promise<VideoId> {
  posts += 1;
  const post = { origin: base, author: `u${posts}`, number: posts, sourceUrl: `${base}/${file}` };
  const id = await receivePost(server.context, post);
  await open(id);
  return id;
}

const keysOf = async (id: VideoId): Promise<string[]> =>
  (
    await server.context
      .db('video_assets')
      .where({ video_id: id })
      .whereNot('role', 'like', 'poster%')
      .pluck('key')
  ).toSorted();

async function stored(id: VideoId): Promise<string[]> {
  const found: string[] = [];
  for (const prefix of prefixesOf(id))
    for await (const { key } of server.context.storage.list(prefix)) found.push(key);
  return found;
}

test.skipIf(!walk || !car)(
  `one recording from two servers is stored once, whatever made the files (${corpusNote})`,
  { timeout: 120_000 },
  async () => {
    const scale = ['-an', '-vf', 'scale=-2:640', '-t', '2', '-c:v', 'libx264', '-preset', 'veryfast'];
    const encode = (input: string, crf: string, name: string) =>
      ffmpegRaw('-i', input, ...scale, '-crf', crf, join(folder, name));
    await encode(walk ?? '', '20', 'one.mp4');
    await encode(walk ?? '', '27', 'two.mp4');
    await encode(car ?? '', '20', 'other.mp4');
    const [one, two, other] = [await copied('one.mp4'), await copied('two.mp4'), await copied('other.mp4')];
    expect(await keysOf(two)).toEqual(await keysOf(one));
    expect((await stored(two)).filter((key) => !key.includes('poster'))).toEqual([]);
    expect((await keysOf(other)).some((key) => key.includes(`/${one}/`))).toBe(false);
    // It is served on when the first of them is gone.
    const { inTx, videos, db } = server.context;
    const first = await videos.internal(one);
    if (first) await inTx((tx) => videos.remove(tx, one, first.accountId));
    await eventually('the deletion was cleaned up', async () => (await db('jobs')).length === 0);
    const mp4 = await db('video_assets').where({ video_id: two, role: 'mp4' }).first('key');
    await eventually(
      'its file is served',
      async () => (await fetch(`${server.origin}/${mp4.key}`)).status === 200,
    );
    // And goes with the last of them.
    const last = await videos.internal(two);
    if (last) await inTx((tx) => videos.remove(tx, two, last.accountId));
    await eventually('nothing is stored for either', async () => {
      return (await stored(one)).length + (await stored(two)).length === 0;
    });
  },
);

test.skipIf(!car)(`a recording that is HLS only is copied (${corpusNote})`, { timeout: 60_000 }, async () => {
  const hls = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-vf',
    'scale=-2:360',
    '-t',
    '3',
    '-g',
    '12',
    '-c:a',
    'aac',
  ];
  const packaging = ['-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'];
  await ffmpegRaw(
    '-i',
    car ?? '',
    ...hls,
    ...packaging,
    '-hls_flags',
    'single_file',
    join(folder, 'list.m3u8'),
  );
  const id = await copied('list.m3u8');
  const video = await server.context.videos.internal(id);
  expect(video?.durationSeconds).toBeCloseTo(3, 0);
  expect(video?.assets.map(({ role }) => role)).toEqual(
    expect.arrayContaining(['mp4', 'cmaf', 'hls-master', 'dash']),
  );

  // Evicted, it is played again once somebody opens it.
  const { db, videos } = server.context;
  const mp4 = async () => (await db('video_assets').where({ video_id: id, role: 'mp4' }).first('key'))?.key;
  const key = await mp4();
  const played = async () =>
    (await fetch(`${server.origin}/${key}`, { headers: { Range: 'bytes=0-99' } })).status;
  expect(await played()).toBe(206);
  await db('videos')
    .where({ id })
    .update({ last_watched_at: new Date(0) });
  await videos.storageUse.prune({ toBytes: 0 });
  expect(await mp4()).toBeUndefined();
  await eventually('its file is gone', async () => (await played()) === 404);
  await open(id);
  expect(await mp4()).toBe(key);
  expect(await played()).toBe(206);
});
