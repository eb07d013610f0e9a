import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EditList } from '../../media/edit-list.ts';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { createPipeline } from '../../media/pipeline.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import { clapper, decodeRaw, ffmpegRaw, ffprobeRaw, flashAndBeep } from '../helpers/media-samples.ts';

const limits = { maxDurationSeconds: 4, maxBytes: 50 * 1024 * 1024 };
const log = createLogger('silent');
const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });

let directory: string;
let pipeline: ReturnType<typeof createPipeline>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-edit-'));
  const storage = createFileStorage({ root: join(directory, 'store') });
  pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let made = 0;
async function make(sourcePath: string, edit: EditList) {
  made += 1;
  const workDir = join(directory, 'work');
  const outcome = await pipeline.processVideo({ videoId: `v${made}`, sourcePath, workDir, limits, edit });
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  const stored = (role: string) => {
    const asset = outcome.assets.find((one) => one.role === role);
    if (!asset) throw new Error(`no ${role}`);
    return join(directory, 'store', asset.key);
  };
  return { ...outcome, stored };
}

const sizeOf = async (path: string) => {
  const { streams } = await ffprobeRaw(path, '-select_streams', 'v', '-show_entries', 'stream=width,height');
  return streams?.[0];
};

describe('an edit list', () => {
  test('cuts picture and sound at the same frame, of a file that is too long as a whole', async () => {
    const source = await clapper(directory, 'clapper.mp4', 6);
    const { facts, stored } = await make(source, { in: 1.5, out: 4, crop: null, cuts: [] });
    expect(facts).toMatchObject({ durationSeconds: 2.5, width: 640, height: 360 });
    for (const role of ['mp4', 'cmaf']) {
      const { flash, beep, frames } = await flashAndBeep(stored(role));
      // What flashed and beeped at the second second does so half a second after the beginning.
      expect(flash, role).toBeCloseTo(0.5, 1);
      expect(Math.abs(beep - flash), role).toBeLessThan(0.05);
      expect(frames, role).toBe(75);
    }
    expect(Number((await ffprobeRaw(stored('mp4'), '-show_format')).format?.duration)).toBeCloseTo(2.5, 1);
  });

  test('leaves out what lies between, of picture and sound alike', async () => {
    const source = await clapper(directory, 'takes.mp4', 6);
    const cuts = [
      { from: 0.5, to: 1.7 },
      { from: 1.9, to: 3.5 },
    ];
    const { facts, stored } = await make(source, { in: 0.2, out: 5.2, crop: null, cuts });
    expect(facts.durationSeconds).toBeCloseTo(2.2, 1);
    const { flash, beep, frames } = await flashAndBeep(stored('mp4'));
    // The flash of the fourth second: 0.3 s before the first cut, 0.2 s between both, and half a second more.
    expect(flash).toBeCloseTo(1, 1);
    expect(Math.abs(beep - flash)).toBeLessThan(0.06);
    expect(frames).toBe(66);
  });

  test('crops what is shown: every size, and the poster', async () => {
    // Left half black, right half white, and told to be turned by a quarter: white is above then.
    const flat = join(directory, 'halves.mp4');
    await ffmpegRaw(
      ...[
        '-f',
        'lavfi',
        '-i',
        "color=black:s=640x360:r=30:d=2,geq=lum='if(gte(X,320),235,16)':cb=128:cr=128",
      ],
      ...['-pix_fmt', 'yuv420p', '-preset', 'ultrafast', flat],
    );
    const turned = join(directory, 'turned.mp4');
    await ffmpegRaw('-i', flat, '-c', 'copy', '-metadata:s:v', 'rotate=90', turned);
    for (const [source, crop, size] of [
      [flat, { x: 0.5, y: 0, width: 0.5, height: 1 }, { width: 320, height: 360 }],
      [turned, { x: 0, y: 0, width: 1, height: 0.5 }, { width: 360, height: 320 }],
    ] as const) {
      const { facts, stored } = await make(source, { in: 0, out: null, crop, cuts: [] });
      expect(facts).toMatchObject(size);
      expect(await sizeOf(stored('cmaf'))).toMatchObject(size);
      expect(await sizeOf(stored('mp4'))).toMatchObject(size);
      expect(await sizeOf(stored('poster'))).toMatchObject(size);
      const pixels = ['-frames:v', '1', '-vf', 'scale=1:1', '-pix_fmt', 'gray', '-f', 'rawvideo'];
      const [grey = 0] = await decodeRaw('-i', stored('mp4'), ...pixels);
      // All of what is left is white.
      expect(grey).toBeGreaterThan(200);
    }
  });
});
