import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AssetRole } from '../../media/asset.ts';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { createPipeline } from '../../media/pipeline.ts';
import type { Made } from '../../media/pipeline-jobs.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { contentTypeOf } from '../../media/storage/storage.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import { hasBrowser, launchBrowser, openPage, untilInPage } from '../helpers/browser.ts';
import { corpusFile, corpusNote, decodeRaw } from '../helpers/media-samples.ts';
import { lumaOf, type Plane, ssim } from '../helpers/ssim.ts';

/** The picture that is compared: every clip has 30 a second, and changes all the time. */
const FRAME = 37;
const FRAME_RATE = 30;
/** So many before and after it are compared too: it must be the frame itself. */
const NEIGHBOURS = 2;
/** Below this, something other than the encoder has changed the picture. */
const LIKE = 0.9;

const players = {
  'hls.js': 'hls-master',
  'the browser, a plain MP4': 'mp4',
  'the browser, HLS': 'hls-master',
  'Shaka Player, DASH': 'dash',
} as const satisfies Record<string, AssetRole>;
type Player = keyof typeof players;

/** Real recordings: one that is turned and has sound, and one without sound in two sizes. */
const clips = ['ax_rotated270_cut.mp4', 'intel_walk.mkv'];

const page = `<!doctype html><link rel="icon" href="data:,"><video muted playsinline></video>
<script src="/hls.js"></script><script src="/shaka.js"></script>`;

describe.skipIf(!hasBrowser || !corpusFile(clips[0] ?? ''))(`played by others (${corpusNote})`, () => {
  const made = new Map<string, Made>();
  const decoded = new Map<string, Plane[]>();
  let directory: string;
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vireo-playback-'));
    const root = join(directory, 'store');
    for (const name of clips) made.set(name, await makeVideo(directory, root, name));
    server = await serve(root);
    browser = await launchBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    await rm(directory, { recursive: true, force: true });
  });

  describe.each(clips)('%s', (clip) => {
    test.for(Object.entries(players))(
      '%s shows the picture of its source',
      async ([player, role], { skip }) => {
        const { port } = server.address() as AddressInfo;
        const { page, problems, close } = await openPage(browser, `http://127.0.0.1:${port}`);
        await page.goto('/');
        const cannot = player === 'the browser, HLS' && !(await playsHls(page));
        skip(cannot, 'This browser does not play HLS by itself.');
        const key = made.get(clip)?.assets.find((asset) => asset.role === role)?.key;
        await play(page, player as Player, `/${key}`);
        const shown = await pictureAt(page, (FRAME + 0.5) / FRAME_RATE);
        const { width, height } = shown;
        const frames = `${clip} ${width}x${height}`;
        const expected = decoded.get(frames) ?? (await framesOf(clip, width, height));
        decoded.set(frames, expected);
        const found = expected.map((frame) => ssim(shown, frame));
        // The frame itself, not one before or after it.
        expect(found.indexOf(Math.max(...found))).toBe(NEIGHBOURS);
        expect(found[NEIGHBOURS]).toBeGreaterThan(LIKE);
        expect(problems).toEqual([]);
        await close();
      },
    );
  });
});

/** The sizes that are made first of a clip, by the real pipeline. */
async function makeVideo(directory: string, root: string, name: string): Promise<Made> {
  const log = createLogger('silent');
  const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });
  const storage = createFileStorage({ root });
  const pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
  const outcome = await pipeline.processFirst({
    ...{ videoId: name.replaceAll(/[^a-z0-9]/g, ''), sourcePath: corpusFile(name) ?? name },
    workDir: join(directory, 'work'),
    limits: { maxDurationSeconds: 180, maxBytes: 50 * 1024 * 1024 },
    onCopied: async () => undefined,
  });
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome;
}

/** What is stored, in ranges, and the players. */
async function serve(root: string): Promise<Server> {
  const library = (name: string) => readFile(fileURLToPath(import.meta.resolve(name)));
  const fixed = new Map<string, [string, string | Buffer]>([
    ['/', ['text/html', page]],
    ['/hls.js', ['text/javascript', await library('hls.js/dist/hls.min.js')]],
    ['/shaka.js', ['text/javascript', await library('shaka-player/dist/shaka-player.dash.js')]],
  ]);
  const server = createServer(async ({ url = '', headers }, response) => {
    const [type, body] = fixed.get(url) ?? [contentTypeOf(url), await readFile(join(root, url))];
    response.setHeader('content-type', type);
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    if (from === undefined) return response.end(body);
    const last = to ? Math.min(Number(to), body.length - 1) : body.length - 1;
    const range = `bytes ${from}-${last}/${body.length}`;
    const part = body.slice(Number(from), last + 1);
    response.writeHead(206, { 'content-range': range, 'content-length': part.length }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function playsHls(page: Page): Promise<boolean> {
  return page.evaluate(
    () => document.querySelector('video')?.canPlayType('application/vnd.apple.mpegurl') !== '',
  );
}

/** Plays until pictures move. */
async function play(page: Page, player: Player, url: string): Promise<void> {
  await page.evaluate(
    async ({ player, url }) => {
      const video = document.querySelector('video');
      if (!video) throw new Error('no video');
      if (player === 'hls.js') {
        const Hls = Reflect.get(window, 'Hls');
        const hls = new Hls();
        hls.loadSource(url);
        hls.attachMedia(video);
      } else if (player === 'Shaka Player, DASH') {
        const { Player } = Reflect.get(window, 'shaka');
        const shaka = new Player();
        await shaka.attach(video);
        await shaka.load(url);
      } else video.src = url;
      await video.play();
    },
    { player, url },
  );
  await untilInPage(page, () => Number(document.querySelector('video')?.currentTime) > 0.2);
}

/** The brightness of what is shown at a time. */
async function pictureAt(page: Page, seconds: number): Promise<Plane> {
  const shown = await page.evaluate(async (seconds) => {
    const video = document.querySelector('video');
    if (!video) throw new Error('no video');
    video.pause();
    const seek = (to: number) => {
      const arrived = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
      video.currentTime = to;
      return arrived;
    };
    await seek(0);
    // Players seek by themselves as well, and the end of a seek does not say that its picture is shown.
    const presented = new Promise<void>((resolve) => {
      const look: VideoFrameRequestCallback = (_now, { mediaTime }) => {
        if (mediaTime <= seconds && seconds - mediaTime < 1 / 30) resolve();
        else video.requestVideoFrameCallback(look);
      };
      video.requestVideoFrameCallback(look);
    });
    await Promise.all([seek(seconds), presented]);
    const { videoWidth: width, videoHeight: height } = video;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    context?.drawImage(video, 0, 0);
    const bytes = new Uint8Array(context?.getImageData(0, 0, width, height).data.buffer ?? new ArrayBuffer());
    const encoded = (bytes as unknown as { toBase64(): string }).toBase64();
    return { width, height, encoded };
  }, seconds);
  const { width, height } = shown;
  return { width, height, pixels: lumaOf(Buffer.from(shown.encoded, 'base64'), 4) };
}

/** The frames of a clip around the one that is compared, in a size, as ffmpeg decodes them. */
async function framesOf(clip: string, width: number, height: number): Promise<Plane[]> {
  const [from, to] = [FRAME - NEIGHBOURS, FRAME + NEIGHBOURS];
  const filters = `fps=${FRAME_RATE}:start_time=0,select='between(n,${from},${to})',scale=${width}:${height}`;
  const args = ['-vf', `${filters},format=rgb24`, '-vsync', 'passthrough', '-f', 'rawvideo'];
  // The end is for the reader: what follows is not decoded.
  const decoded = await decodeRaw('-t', '1.5', '-i', corpusFile(clip) ?? clip, ...args);
  const size = width * height * 3;
  return Array.from({ length: 2 * NEIGHBOURS + 1 }, (_, n) => {
    const pixels = lumaOf(decoded.subarray(n * size, (n + 1) * size), 3);
    return { width, height, pixels };
  });
}
