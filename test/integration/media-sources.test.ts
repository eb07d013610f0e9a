import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { createPipeline } from '../../media/pipeline.ts';
import type { Progress, VideoOutcome } from '../../media/pipeline-jobs.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import {
  clapper,
  clip,
  corpusFile,
  corpusNote,
  decodeRaw,
  ffmpegRaw,
  ffprobeRaw,
  flashAndBeep,
} from '../helpers/media-samples.ts';

const limits = { maxDurationSeconds: 180, maxBytes: 50 * 1024 * 1024 };
const log = createLogger('silent');
const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });

type Made = Extract<VideoOutcome, { ok: true }>;

let directory: string;
let pipeline: ReturnType<typeof createPipeline>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-sources-'));
  const storage = createFileStorage({ root: join(directory, 'store') });
  pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const workDir = () => join(directory, 'work');

/** Processes a file that must succeed. */
async function process(
  sourcePath: string,
  videoId: string,
  onProgress: (step: Progress) => void = () => undefined,
): Promise<Made> {
  const job = { videoId, sourcePath, workDir: workDir(), limits, onProgress };
  const outcome = await pipeline.processVideo(job);
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome;
}

/** Local path of the asset with this role. */
function stored(role: string, from: Made): string {
  const asset = from.assets.find((candidate) => candidate.role === role);
  if (!asset) throw new Error(`no ${role}`);
  return join(directory, 'store', asset.key);
}

/** The colour of the first pixel as players show it: red, green, blue. */
async function firstPixel(path: string): Promise<number[]> {
  const picture = await decodeRaw('-i', path, '-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo');
  return [...picture.subarray(0, 3)];
}

describe('tracks that start late', () => {
  let original: string;

  beforeAll(async () => {
    original = await clapper(directory, 'clapper.mp4', 2);
  });

  test.each([
    ['picture', ['-itsoffset', '0.5', '-i', 'C', '-i', 'C'], 1.5, 1],
    ['sound', ['-i', 'C', '-itsoffset', '0.5', '-i', 'C'], 1, 1.5],
  ])('%s: it stays where it was', async (name, inputs, flashAt, beepAt) => {
    const path = join(directory, 'late.mp4');
    await ffmpegRaw(
      ...inputs.map((part) => (part === 'C' ? original : part)),
      ...['-map', '0:v', '-map', '1:a', '-c', 'copy', path],
    );
    const made = await process(path, `late${name}`);
    const { flash, beep } = await flashAndBeep(stored('mp4', made));
    expect(Math.abs(flash - flashAt)).toBeLessThan(1 / 60);
    expect(Math.abs(beep - beepAt)).toBeLessThan(1 / 60);
  });
});

describe('colours', () => {
  const sd = ['-vf', 'scale=out_color_matrix=bt601', '-colorspace', 'smpte170m'];
  const hd = ['-vf', 'scale=out_color_matrix=bt709', '-colorspace', 'bt709'];

  test.each([
    ['a picture of standard definition', '320x240', sd],
    ['one that does not say so', '320x240', sd.slice(0, 2)],
    ['one of high definition', '320x240', hd],
    [
      'one of full range',
      '320x240',
      ['-vf', 'scale=out_color_matrix=bt601:out_range=pc', '-pix_fmt', 'yuvj420p'],
    ],
  ])('%s keeps its colours in the video and in the poster', async (name, size, args) => {
    const path = join(directory, 'colour.mkv');
    // The source is RGB, so the conversion asked for is the one that is made.
    await ffmpegRaw(
      '-f',
      'lavfi',
      '-i',
      `color=0xE02060:s=${size}:r=10:d=1,format=rgb24`,
      '-pix_fmt',
      'yuv420p',
      ...args,
      path,
    );
    const made = await process(path, `colour${name.length}`);
    for (const role of ['mp4', 'poster']) {
      const pixel = await firstPixel(stored(role, made));
      [0xe0, 0x20, 0x60].forEach((value, n) => {
        expect(Math.abs((pixel[n] ?? 0) - value), `${role} ${pixel}`).toBeLessThanOrEqual(6);
      });
    }
  });
});

test('high dynamic range is folded into the ordinary one: what is brighter than white is still told apart', async () => {
  const path = join(directory, 'pq.mp4');
  // 100 and 1000 nits side by side, as SMPTE ST 2084 codes them in ten bits.
  const nits = "format=yuv420p10le,geq=lum='if(lt(X,W/2),509,722)':cb=512:cr=512";
  const tags = ['-color_trc', 'smpte2084', '-color_primaries', 'bt2020', '-colorspace', 'bt2020nc'];
  const source = ['-f', 'lavfi', '-i', `color=s=320x240:r=10:d=1,${nits}`];
  await ffmpegRaw(...source, '-c:v', 'libx264', '-pix_fmt', 'yuv420p10le', ...tags, path);
  const made = await process(path, 'pq');
  expect(made.facts.fromHdr).toBe(true);
  const grey = ['-frames:v', '1', '-vf', 'scale=2:1:flags=area', '-pix_fmt', 'gray', '-f', 'rawvideo'];
  const [white = 0, bright = 0] = await decodeRaw('-i', stored('mp4', made), ...grey);
  expect(white).toBeGreaterThan(50);
  expect(bright).toBeGreaterThan(white + 40);
});

/** Those that media-matrix.test.ts does not make. */
describe('odd sources', () => {
  test.each([
    ['sound that ends early', ['-af', 'atrim=end=0.3']],
    ['B-frames', ['-bf', '4', '-g', '7']],
  ])('%s', async (name, args) => {
    const path = await clip(directory, 'odd.mkv', { size: '320x240', args });
    const outcome = await process(path, name.replaceAll(/[^a-z0-9]/gi, ''));
    expect(outcome.facts).toMatchObject({ durationSeconds: 1, hasAudio: true });
    expect(outcome.assets.find(({ role }) => role === 'mp4')?.rung).toBeGreaterThan(0);
  });

  test('a recording of a browser, whose header tells no length', async () => {
    const args = ['-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus', '-live', '1'];
    const path = await clip(directory, 'live.webm', { seconds: 1, args });
    expect((await process(path, 'live')).facts.durationSeconds).toBeCloseTo(1, 5);
  });

  test('one picture under a long sound stands until the sound ends', async () => {
    const path = join(directory, 'slide.mp4');
    await ffmpegRaw(
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=128x96:r=10:d=0.1',
      '-f',
      'lavfi',
      '-i',
      'sine=d=3',
      path,
    );
    expect((await process(path, 'slide')).facts).toMatchObject({ durationSeconds: 3, hasAudio: true });
  });

  test('sound that goes on for a moment after the last picture belongs to the last chunk', async () => {
    const path = join(directory, 'longer-sound.mp4');
    await ffmpegRaw(
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=128x96:r=10:d=1',
      '-f',
      'lavfi',
      '-i',
      'sine=d=1.45',
      path,
    );
    const made = await process(path, 'longer');
    const [rung] = made.chunkIndex.rungs;
    const [offset, length] = rung?.chunks.at(-1) ?? [0, 0];
    expect(offset + length).toBe(made.assets.find(({ role }) => role === 'cmaf')?.size);
    expect(made.facts.durationSeconds).toBe(1);
    const { streams } = await ffprobeRaw(
      stored('hls-master', made),
      '-show_streams',
      '-select_streams',
      'a',
      '-count_packets',
    );
    expect(Number(streams?.[0]?.nb_read_packets)).toBeGreaterThan(65);
  });

  test('a clip is taken whole within the tolerance of the limit, and refused above it', async () => {
    const path = await clip(directory, 'over.mp4', { seconds: 1.4 });
    const job = { videoId: 'over', sourcePath: path, workDir: workDir() };
    const tight = { ...limits, maxDurationSeconds: 1 };
    expect(await pipeline.processVideo({ ...job, limits: tight })).toMatchObject({
      ok: true,
      facts: { durationSeconds: 1.4 },
    });
    const tighter = { ...limits, maxDurationSeconds: 0.8 };
    expect(await pipeline.processVideo({ ...job, limits: tighter })).toMatchObject({
      ok: false,
      reason: 'too-long',
    });
  });
});

describe.skipIf(!corpusFile('ax_hlg_rot90_cut.mp4'))(`real recordings (${corpusNote})`, () => {
  test('HDR of a phone, turned: four sizes of ordinary BT.709', async () => {
    const steps: string[] = [];
    const outcome = await process(corpusFile('ax_hlg_rot90_cut.mp4') ?? '', 'hlg', (step) => {
      steps.push(`${step.stage} ${step.percent}`);
    });
    expect(new Set(steps).size).toBe(steps.length);
    expect(outcome.facts).toMatchObject({ width: 1080, height: 1920, frameRate: 30, fromHdr: true });
    expect(outcome.chunkIndex.rungs.map(({ rung }) => rung)).toEqual([1080, 720, 480, 360]);
    expect(outcome.assets.find(({ role }) => role === 'mp4')).toMatchObject({
      rung: 720,
      width: 720,
      height: 1280,
    });
    const { streams } = await ffprobeRaw(stored('mp4', outcome), '-show_streams');
    expect(streams).toMatchObject([{ pix_fmt: 'yuv420p', color_transfer: 'bt709', color_range: 'tv' }, {}]);
    // All sizes change groups at the same times, or players could not change between them.
    const times = outcome.chunkIndex.rungs.map(({ chunks }) =>
      chunks.map(([, , start, key]) => `${start} ${key}`),
    );
    for (const other of times) expect(other).toEqual(times[0]);
  });
});
