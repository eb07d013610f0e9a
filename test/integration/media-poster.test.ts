import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { createPipeline } from '../../media/pipeline.ts';
import { reencodeImage } from '../../media/poster.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import { appendTo, ffmpegRaw, ffprobeRaw, pngBomb, randomFile, textFile } from '../helpers/media-samples.ts';

const log = createLogger('silent');
const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-poster-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function picture(name: string, size: string, ...args: string[]): Promise<string> {
  const path = join(directory, name);
  await ffmpegRaw('-f', 'lavfi', '-i', `testsrc2=s=${size}`, '-frames:v', '1', ...args, `file:${path}`);
  return path;
}

const outputPath = () => join(directory, 'out.jpg');

describe('pictures from other servers', () => {
  test.each([
    ['a JPEG', 'a.jpg', '400x300', 400, 300, 'L'],
    ['a PNG, upright and large', 'b.png', '1440x2560', 720, 1280, 'T'],
    ['a WebP', 'c.webp', '300x300', 300, 300, 'L'],
    ['a tiny one', 'd.png', '8x6', 8, 6, 'L'],
  ])('%s becomes a clean JPEG', async (_name, file, size, width, height, flag) => {
    const sourcePath = await picture(file, size);
    const outcome = await reencodeImage(ffmpeg, { sourcePath, outputPath: outputPath() });
    expect(outcome).toMatchObject({ ok: true, width, height });
    expect(outcome.ok && outcome.blurhash[0]).toBe(flag);
    const { streams } = await ffprobeRaw(outputPath(), '-show_streams');
    expect(streams).toMatchObject([{ codec_name: 'mjpeg', width, height, color_range: 'pc' }]);
    expect(await readdir(directory)).not.toContain('blurhash.rgba');
  });

  // security.md M3, M7
  test('what hangs on the picture is gone', async () => {
    const sourcePath = await picture('poly.jpg', '64x64', '-metadata', 'comment=secret');
    await appendTo(sourcePath, '<script>alert(1)</script>');
    await reencodeImage(ffmpeg, { sourcePath, outputPath: outputPath() });
    const bytes = await readFile(outputPath());
    expect(bytes.includes('script')).toBe(false);
    expect(bytes.includes('secret')).toBe(false);
    expect(bytes.includes('Lavc')).toBe(false);
  });

  test.each([
    ['SVG', () => textFile(directory, 'x.jpg', '<svg xmlns="http://www.w3.org/2000/svg"/>'), 'not-a-picture'],
    ['HTML', () => textFile(directory, 'x.jpg', '<!doctype html>'), 'not-a-picture'],
    ['nothing', () => textFile(directory, 'x.jpg', ''), 'not-a-picture'],
    ['random bytes', () => randomFile(directory, 'x.jpg', 5_000), 'not-a-picture'],
    ['a GIF', () => picture('x.gif', '64x64'), 'not-a-picture'],
    ['a JPEG of three bytes', () => textFile(directory, 'x.jpg', '\u00ff'), 'not-a-picture'],
    ['a PNG of 7000 pixels a side', () => picture('wide.png', '7000x7000'), 'broken'],
    ['a PNG of 40 000 pixels a side', () => pngBomb(directory, 'bomb.png'), 'broken'],
  ])('%s is refused', async (_name, create, reason) => {
    const outcome = await reencodeImage(ffmpeg, { sourcePath: await create(), outputPath: outputPath() });
    expect(outcome).toMatchObject({ ok: false, reason });
  });
});

test('processPoster stores the picture under a public key of its video', async () => {
  const storage = createFileStorage({ root: join(directory, 'store') });
  const pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
  const sourcePath = await picture('remote.png', '200x100');
  const outcome = await pipeline.processPoster({
    videoId: '7',
    sourcePath,
    workDir: join(directory, 'work'),
  });
  if (!outcome.ok) throw new Error(outcome.reason);
  expect(outcome.assets).toMatchObject([
    { role: 'poster', contentType: 'image/jpeg', width: 200, height: 100 },
    { role: 'poster-webp', contentType: 'image/webp', width: 200, height: 100 },
  ]);
  for (const { key, size } of outcome.assets) {
    expect(key).toMatch(/^media\/7\/[0-9a-f]{24}-poster\.(jpg|webp)$/);
    expect(await storage.stat(key)).toMatchObject({ size });
  }
});
