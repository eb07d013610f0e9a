import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { createPipeline } from '../../media/pipeline.ts';
import type { VideoOutcome } from '../../media/pipeline-jobs.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import { dolbyVisionOnAv1, dolbyVisionOnH264, motionPhoto } from '../helpers/media-boxes.ts';
import { decodeRaw, ffmpegRaw, writeBytes } from '../helpers/media-samples.ts';
import { type Rendition, renditionsOf } from '../helpers/renditions.ts';

/** What people upload (media.md 1.8), one clip for each kind, and what other programs see in what is made of it. */

const limits = { maxDurationSeconds: 180, maxBytes: 50 * 1024 * 1024 };
const log = createLogger('silent');
const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });

let directory: string;
let root: string;
let pipeline: ReturnType<typeof createPipeline>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-matrix-'));
  root = join(directory, 'store');
  pipeline = createPipeline({
    ...{ ffmpeg, storage: createFileStorage({ root }), encoders: createTurns(1), log },
  });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const jobOf = (sourcePath: string, videoId = 'matrix') => ({
  ...{ videoId, sourcePath, workDir: join(directory, 'work'), limits },
});

async function process(sourcePath: string): Promise<Extract<VideoOutcome, { ok: true }>> {
  const outcome = await pipeline.processVideo(jobOf(sourcePath));
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome;
}

const picture = (size: string, rate: number, seconds: number) => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`],
];
const tone = (seconds: number) => ['-f', 'lavfi', '-i', `sine=f=440:r=48000:d=${seconds}`];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

interface Kind {
  readonly file: string;
  readonly args: readonly string[];
  /** Largest first. */
  readonly sizes: readonly string[];
  readonly rate: number;
  readonly frames: number;
  readonly silent?: true;
}

const kinds: Readonly<Record<string, Kind>> = {
  'an odd size in 4:4:4': {
    file: 'odd.mp4',
    args: [
      ...picture('607x1081', 10, 1),
      ...tone(1),
      ...h264,
      '-vf',
      'scale=607:1081',
      '-pix_fmt',
      'yuv444p',
    ],
    ...{ sizes: ['480x854', '360x642'], rate: 10, frames: 10 },
  },
  'VP9 and Opus in WebM': {
    file: 'vp9.webm',
    args: [...picture('160x284', 25, 1), ...tone(1), '-c:v', 'libvpx-vp9', '-deadline', 'realtime'],
    ...{ sizes: ['160x284'], rate: 25, frames: 25 },
  },
  'ProRes and PCM in MOV': {
    file: 'prores.mov',
    args: [...picture('128x96', 24, 1), ...tone(1), '-c:v', 'prores', '-c:a', 'pcm_s24le'],
    ...{ sizes: ['128x96'], rate: 24, frames: 24 },
  },
  'AV1 and Opus in MP4': {
    file: 'av1.mp4',
    args: [
      ...picture('128x96', 30, 1),
      ...tone(1),
      '-c:v',
      'libaom-av1',
      '-cpu-used',
      '8',
      '-c:a',
      'libopus',
    ],
    ...{ sizes: ['128x96'], rate: 30, frames: 30 },
  },
  'an animated GIF': {
    file: 'moving.gif',
    args: picture('118x212', 10, 2),
    ...{ sizes: ['118x212'], rate: 10, frames: 20, silent: true },
  },
  'a frame rate that varies': {
    file: 'varying.mkv',
    args: [
      ...[...picture('128x96', 30, 2), ...tone(2), ...h264],
      ...['-vf', "select='not(between(mod(n,20),5,7))'", '-vsync', 'vfr'],
    ],
    ...{ sizes: ['128x96'], rate: 30, frames: 60 },
  },
  'HEVC of 120 frames a second': {
    file: 'fast.mp4',
    args: [...picture('128x96', 120, 1), ...tone(1), '-c:v', 'libx265', '-preset', 'ultrafast'],
    ...{ sizes: ['128x96'], rate: 60, frames: 60 },
  },
  'pixels twice as wide as high': {
    file: 'wide.mp4',
    args: [...picture('64x108', 10, 1), ...tone(1), '-vf', 'setsar=2/1', ...h264],
    ...{ sizes: ['128x108'], rate: 10, frames: 10 },
  },
  'sound that comes 1.5 s late': {
    file: 'late.mp4',
    args: [...picture('128x96', 10, 2), '-itsoffset', '1.5', ...tone(0.5), ...h264],
    ...{ sizes: ['128x96'], rate: 10, frames: 20 },
  },
  'six channels of AC-3': {
    file: 'surround.mp4',
    args: [...picture('128x96', 10, 1), ...tone(1), ...h264, '-ac', '6', '-c:a', 'ac3'],
    ...{ sizes: ['128x96'], rate: 10, frames: 10 },
  },
  'mono of 16 kHz': {
    file: 'mono.mp4',
    args: [...picture('128x96', 10, 1), ...tone(1), ...h264, '-ac', '1', '-ar', '16000'],
    ...{ sizes: ['128x96'], rate: 10, frames: 10 },
  },
  'PCM of little endian in MOV': {
    file: 'sowt.mov',
    args: [...picture('128x96', 10, 1), ...tone(1), ...h264, '-c:a', 'pcm_s16le'],
    ...{ sizes: ['128x96'], rate: 10, frames: 10 },
  },
  'no sound': {
    file: 'silent.mp4',
    args: [...picture('128x96', 10, 1), ...h264],
    ...{ sizes: ['128x96'], rate: 10, frames: 10, silent: true },
  },
};

/** What other programs must see in every rendition. */
function expectRenditions(found: readonly Rendition[], { sizes, rate, frames, silent }: Kind): void {
  expect(found.filter(({ role }) => role === 'cmaf').map(({ size }) => size)).toEqual(sizes);
  expect(found.map(({ role }) => role)).toContain('mp4');
  for (const rendition of found) {
    expect(rendition, rendition.role).toMatchObject({
      ...{ rate, frames, turned: false, pixelShape: '1:1', sound: silent ? null : '48000 Hz, 2' },
    });
    expect(Math.abs(rendition.seconds - frames / rate), rendition.role).toBeLessThan(1 / rate);
    // The last block of a sound may be filled up (1024 samples), and its first is what the encoder needs to start.
    if (!silent) expect(Math.abs(rendition.soundSeconds - frames / rate)).toBeLessThan(0.05);
  }
}

describe('every rendition has the size, the pictures and the length of its source', () => {
  test.each(Object.entries(kinds))('%s', async (_name, kind) => {
    const path = join(directory, kind.file);
    await ffmpegRaw(...kind.args, path);
    const made = await process(path);
    expect(made.facts).toMatchObject({ frameRate: kind.rate, durationSeconds: kind.frames / kind.rate });
    expectRenditions(await renditionsOf(root, made.assets), kind);
  });

  /** White on the left, black on the right. */
  const upright = () => join(directory, 'upright.mp4');

  beforeAll(async () => {
    const halves = "geq=lum='if(lt(X,W/2),235,16)':cb=128:cr=128";
    await ffmpegRaw('-f', 'lavfi', '-i', `color=s=128x96:r=10:d=1,${halves}`, ...h264, upright());
  });

  test.each([
    ['90', '96x128', [16, 235]],
    ['180', '128x96', null],
    ['270', '96x128', [235, 16]],
  ])('turned by %s degrees against the clock', async (degrees, size, topAndBottom) => {
    const path = join(directory, 'turned.mp4');
    await ffmpegRaw('-i', upright(), '-c', 'copy', '-metadata:s:v', `rotate=${degrees}`, path);
    const made = await process(path);
    const found = await renditionsOf(root, made.assets);
    expectRenditions(found, { ...{ file: '', args: [], silent: true }, sizes: [size], rate: 10, frames: 10 });
    for (const { path } of found) {
      const grid = topAndBottom ? '1:2' : '2:1';
      const args = [
        '-frames:v',
        '1',
        '-vf',
        `scale=${grid}:flags=area`,
        '-pix_fmt',
        'gray',
        '-f',
        'rawvideo',
      ];
      // Grey of full range: 235 is 255, and 16 is 0.
      const [one = 0, other = 0] = await decodeRaw('-i', path, ...args);
      const [expected = 16] = topAndBottom ?? [16];
      expect(one > other).toBe(expected === 235);
      expect(Math.abs(one - other)).toBeGreaterThan(200);
    }
  });

  test.each([
    ['a motion photo, whose larger picture is three stills', motionPhoto, 30, 45],
    ['Dolby Vision on H.264, which plays as that', dolbyVisionOnH264, 10, 10],
  ])('%s', async (_name, make, rate, frames) => {
    const made = await process(await make(directory, 'special.mp4'));
    const found = await renditionsOf(root, made.assets);
    expectRenditions(found, { file: '', args: [], sizes: ['128x96'], rate, frames });
  });

  test('a file that was cut off behind its index gives what is there', async () => {
    const whole = join(directory, 'whole.mp4');
    await ffmpegRaw(...picture('160x120', 10, 2), ...h264, '-g', '10', '-movflags', '+faststart', whole);
    const bytes = await readFile(whole);
    const path = await writeBytes(directory, 'cut.mp4', bytes.subarray(0, bytes.length * 0.7));
    const made = await process(path);
    const found = await renditionsOf(root, made.assets);
    for (const { frames, seconds, size } of found) {
      expect(size).toBe('160x120');
      expect(frames).toBeGreaterThan(10);
      expect(frames).toBeLessThan(20);
      expect(seconds).toBeCloseTo(frames / 10, 2);
    }
  });
});

test('4K of 60 frames a second, upright, is planned with four sizes, and more bits for more frames', async () => {
  const path = join(directory, '4k.mp4');
  await ffmpegRaw('-f', 'lavfi', '-i', 'color=s=2160x3840:r=60:d=0.5', ...h264, path);
  const inspected = await pipeline.inspect(jobOf(path));
  expect(inspected).toMatchObject({
    ok: true,
    plan: {
      ...{ frameRate: 60, durationSeconds: 0.5, audioIndex: null },
      rungs: [
        { width: 1080, height: 1920, maxRateKbps: 7_500 },
        { width: 720, height: 1280, maxRateKbps: 4_200 },
        { width: 480, height: 854, maxRateKbps: 2_100 },
        { width: 360, height: 640, maxRateKbps: 1_200 },
      ],
    },
  });
});

describe('what is no video is refused with a reason', () => {
  test.each([
    ['sound alone', 'sound.m4a', tone(1), 'no-video'],
    [
      'sound with a cover',
      'cover.mp3',
      [...tone(1), ...picture('64x64', 1, 1), '-disposition:v', 'attached_pic', '-c:v', 'mjpeg'],
      'no-video',
    ],
    ['a photo', 'photo.jpg', [...picture('320x240', 1, 1), '-frames:v', '1'], 'not-a-video'],
    ['a GIF of one picture', 'still.gif', [...picture('128x96', 10, 1), '-frames:v', '1'], 'too-short'],
  ])('%s', async (_name, file, args, reason) => {
    const path = join(directory, file);
    await ffmpegRaw(...args, path);
    expect(await pipeline.inspect(jobOf(path))).toMatchObject({ ok: false, reason });
  });

  test('Dolby Vision on AV1, whose format is named', async () => {
    const path = await dolbyVisionOnAv1(directory, 'vision.mp4');
    expect(await pipeline.inspect(jobOf(path))).toMatchObject({
      ...{ ok: false, reason: 'unsupported-codec' },
      detail: expect.stringMatching(/cannot read the video format "dav1"\. Save it as MP4 with H\.264/),
    });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', randomBytes(100_000)],
  ])('%s', async (name, bytes) => {
    const path = await writeBytes(directory, `${name}.mp4`, bytes);
    expect(await pipeline.inspect(jobOf(path))).toMatchObject({ ok: false, reason: 'not-a-video' });
  });
});
