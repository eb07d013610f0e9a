import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { type ComposeJob, composeRemix } from '../../media/remix.ts';
import type { DuetOrder, RemixOrder } from '../../media/remix-plan.ts';
import { createLogger } from '../../src/lib/log.ts';
import { clapper, ffmpegRaw, ffprobeRaw, flashAndBeep, textFile } from '../helpers/media-samples.ts';
import {
  apart,
  colourAt,
  coloursAt,
  LATER,
  ORIGINAL,
  OWN,
  type Quarters,
  quartered,
  tonesIn,
} from '../helpers/remix-samples.ts';

const ffmpeg = createFfmpeg({
  ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log: createLogger('silent') },
});
/** Hertz of the tones of both, far from each other's overtones. */
const TONES = { own: 600, original: 1_700 };

let directory: string;
let own: string;
let original: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-remix-'));
  own = await quartered(directory, 'own.mp4', {
    colours: OWN,
    size: [360, 640],
    seconds: 3,
    tone: TONES.own,
  });
  original = await quartered(directory, 'original.mp4', {
    ...{ colours: ORIGINAL, later: LATER, size: [720, 1_280], seconds: 5, rate: 25, tone: TONES.original },
  });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let made = 0;
async function compose(order: RemixOrder, more: Partial<ComposeJob> = {}) {
  made += 1;
  const outputPath = join(directory, `made-${made}.mp4`);
  const outcome = await composeRemix(ffmpeg, {
    isOriginalMuted: false,
    ...{ ownPath: own, originalPath: original, order, edit: null, outputPath },
    ...{ maxDurationSeconds: 20, maxOriginalSeconds: 60, ...more },
  });
  return { outcome, path: outputPath };
}

async function composed(...of: Parameters<typeof compose>): Promise<string> {
  const { outcome, path } = await compose(...of);
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return path;
}

const duet = (layout: DuetOrder['layout'], more: Partial<DuetOrder> = {}): DuetOrder => ({
  ...{ kind: 'duet', layout, sound: 'mix', volumes: { original: 1, own: 1 } },
  ...more,
});
const stitch = (start: number, end: number): RemixOrder => ({ kind: 'stitch', clip: { start, end } });

/** Width, height, frames and seconds of the picture, and seconds of the sound or null. */
async function shape(path: string) {
  const { streams = [] } = await ffprobeRaw(path, '-count_frames', '-show_streams');
  const all = streams as readonly Record<string, string>[];
  const video = all.find(({ codec_type }) => codec_type === 'video');
  const audio = all.find(({ codec_type }) => codec_type === 'audio');
  return {
    size: `${video?.width}x${video?.height}`,
    frames: Number(video?.nb_read_frames),
    seconds: Number(video?.duration),
    rate: video?.avg_frame_rate,
    sound: audio ? Number(audio.duration) : null,
  };
}

/** Checks the middles of the four quarters of a part of the picture: `x, y, width, height` from 0 to 1. */
async function expectQuarters(
  path: string,
  at: number,
  [x, y, width, height]: readonly [number, number, number, number],
  colours: Quarters,
): Promise<void> {
  const middles = colours.map(
    (_, n) => [x + width * (n % 2 === 0 ? 0.25 : 0.75), y + height * (n < 2 ? 0.25 : 0.75)] as const,
  );
  const found = await coloursAt(path, at, middles);
  for (const [n, colour] of colours.entries()) {
    const where = middles[n]?.map((part) => part.toFixed(2)).join(', ');
    expect(apart(found[n] ?? '', colour), `${found[n]} for ${colour} at ${where}`).toBeLessThan(24);
  }
}

const expectBlack = async (path: string, at: number, x: number, y: number) =>
  expect(apart(await colourAt(path, at, x, y), '0x000000')).toBeLessThan(16);

/** What is heard of both, as a share of the stronger one. */
async function heard(path: string, from: number, seconds: number) {
  const { own: mine, original: theirs } = await tonesIn(path, TONES, from, seconds);
  return {
    own: mine / Math.max(mine, theirs),
    original: theirs / Math.max(mine, theirs),
    loudest: Math.max(mine, theirs),
  };
}

describe('a duet', () => {
  test('stands side by side, upright, as long as the recording', async () => {
    const path = await composed(duet('side_by_side'));
    const made = await shape(path);
    expect(made).toMatchObject({ size: '1080x1920', frames: 90, rate: '30/1' });
    expect(made.seconds).toBeCloseTo(3, 2);
    expect(made.sound).toBeCloseTo(3, 1);
    await expectQuarters(path, 1, [0, 0.25, 0.5, 0.5], OWN);
    await expectQuarters(path, 1, [0.5, 0.25, 0.5, 0.5], ORIGINAL);
    // Both go on at their own pace.
    await expectQuarters(path, 2.5, [0, 0.25, 0.5, 0.5], OWN);
    await expectQuarters(path, 2.5, [0.5, 0.25, 0.5, 0.5], LATER);
    await expectBlack(path, 1, 0.5, 0.1);
    await expectBlack(path, 1, 0.5, 0.9);
  });

  test('stands one above the other, cut to what both have room for', async () => {
    const path = await composed(duet('top_bottom'));
    expect(await shape(path)).toMatchObject({ size: '720x1280', frames: 90 });
    await expectQuarters(path, 1, [0, 0, 1, 0.5], OWN);
    await expectQuarters(path, 1, [0, 0.5, 1, 0.5], ORIGINAL);
  });

  test('lies small over the whole of the original', async () => {
    const path = await composed(duet('picture_in_picture'));
    expect(await shape(path)).toMatchObject({ size: '720x1280', frames: 90 });
    await expectQuarters(path, 1, [0.04, 0.08, 0.36, 0.36], OWN);
    for (const [x, y, colour] of [
      [0.75, 0.25, ORIGINAL[1]],
      [0.25, 0.75, ORIGINAL[2]],
      [0.75, 0.75, ORIGINAL[3]],
    ] as const) {
      expect(apart(await colourAt(path, 1, x, y), colour)).toBeLessThan(24);
    }
  });

  test('is heard as its author wants it', async () => {
    const both = await heard(await composed(duet('top_bottom')), 0.5, 2);
    // Equally loud: the ear, and so the measure, hears the higher tone better.
    expect(both.own).toBe(1);
    expect(both.original).toBeGreaterThan(0.65);
    const quiet = duet('top_bottom', { volumes: { original: 0.25, own: 1 } });
    const mixed = await heard(await composed(quiet), 0.5, 2);
    expect(mixed.own).toBe(1);
    expect(mixed.original).toBeCloseTo(both.original / 4, 1);
    expect(mixed.original).toBeLessThan(0.3);
    const mine = await heard(await composed(duet('top_bottom', { sound: 'own' })), 0.5, 2);
    expect(mine.own).toBe(1);
    expect(mine.original).toBeLessThan(0.01);
    const theirs = await heard(await composed(duet('top_bottom', { sound: 'original' })), 0.5, 2);
    expect(theirs.original).toBe(1);
    expect(theirs.own).toBeLessThan(0.01);
    expect(theirs.loudest).toBeGreaterThan(0.05);
  });

  test('makes do with one sound, and with none', async () => {
    const mute = await quartered(directory, 'mute.mp4', { colours: OWN, size: [360, 640], seconds: 2 });
    const one = await composed(duet('side_by_side'), { ownPath: mute });
    expect((await shape(one)).sound).toBeCloseTo(2, 1);
    expect((await heard(one, 0.2, 1.5)).original).toBe(1);
    expect(
      (await shape(await composed(duet('side_by_side', { sound: 'own' }), { ownPath: mute }))).sound,
    ).toBeNull();
    expect(
      (await shape(await composed(duet('side_by_side'), { ownPath: mute, originalPath: mute }))).sound,
    ).toBeNull();
  });

  test('ends with the original, where that is the shorter one', async () => {
    const path = await composed(duet('top_bottom'), { ownPath: original, originalPath: own });
    expect((await shape(path)).seconds).toBeCloseTo(3, 2);
    expect((await shape(path)).sound).toBeCloseTo(3, 1);
  });

  test('keeps both in step with their own sound, from their first picture on', async () => {
    const clap = await clapper(directory, 'clap.mp4', 3, '640:360');
    for (const sound of ['own', 'original'] as const) {
      const path = await composed(duet('top_bottom', { sound }), { ownPath: clap, originalPath: clap });
      const { flash, beep, frames } = await flashAndBeep(path);
      expect(flash).toBeCloseTo(1, 1);
      expect(Math.abs(beep - flash), sound).toBeLessThan(0.05);
      expect(frames).toBe(90);
    }
  });
});

describe('a stitch', () => {
  test('begins with the chosen part of the original, and goes on with the recording', async () => {
    const path = await composed(stitch(1, 3.5));
    const { size, seconds, sound, frames } = await shape(path);
    expect({ size, frames }).toEqual({ size: '360x640', frames: 165 });
    expect(seconds).toBeCloseTo(5.5, 2);
    expect(sound).toBeCloseTo(5.5, 1);
    const all = [0, 0, 1, 1] as const;
    await expectQuarters(path, 0.5, all, ORIGINAL);
    await expectQuarters(path, 1.5, all, LATER);
    await expectQuarters(path, 3, all, OWN);
    const [before, after] = [await heard(path, 0.2, 2), await heard(path, 2.8, 2)];
    expect(before.original).toBe(1);
    expect(before.own).toBeLessThan(0.01);
    expect(after.own).toBe(1);
    expect(after.original).toBeLessThan(0.01);
  });

  test('shows all of a part of another shape, between bars', async () => {
    const wide = await quartered(directory, 'wide.mp4', {
      ...{ colours: ORIGINAL, size: [640, 360], seconds: 2, rate: 50, args: ['-aspect', '16:9'] },
    });
    const path = await composed(stitch(0, 1), { originalPath: wide });
    // 360 wide, 202 high.
    await expectQuarters(path, 0.5, [0, 0.342, 1, 0.316], ORIGINAL);
    await expectBlack(path, 0.5, 0.5, 0.2);
    await expectBlack(path, 0.5, 0.5, 0.8);
  });

  test('is silent where only one of both is', async () => {
    const mute = await quartered(directory, 'mute-clip.mp4', {
      colours: ORIGINAL,
      size: [360, 640],
      seconds: 2,
    });
    const path = await composed(stitch(0, 1), { originalPath: mute });
    expect((await shape(path)).sound).toBeCloseTo(4, 1);
    expect((await heard(path, 0, 0.9)).loudest).toBeLessThan(0.001);
    expect((await heard(path, 1.2, 2)).own).toBe(1);
  });

  test('keeps of the recording what its author keeps', async () => {
    const cuts = [{ from: 1, to: 1.5 }];
    const path = await composed(stitch(0, 1), { edit: { in: 0.5, out: 2.5, crop: null, cuts } });
    expect((await shape(path)).seconds).toBeCloseTo(2.5, 1);
    const half = { x: 0, y: 0, width: 1, height: 0.5 };
    const upper = await composed(stitch(0, 1), { edit: { in: 0, out: null, crop: half, cuts: [] } });
    expect((await shape(upper)).size).toBe('360x320');
    expect(apart(await colourAt(upper, 2, 0.25, 0.75), OWN[0])).toBeLessThan(24);
  });
});

describe('of odd files', () => {
  test.each([
    ['pixels that are not square', 'wide.mkv', ['-vf', 'setsar=2'], [0, 0.396, 0.5, 0.208]],
    ['turned by a quarter', 'turned.mp4', ['-c', 'copy', '-metadata:s:v', 'rotate=90'], null],
    ['pictures at odd times', 'odd.mkv', ['-vf', "select='not(eq(mod(n,7),3))'", '-vsync', 'vfr'], null],
  ] as const)('a duet is made: %s', async (_what, name, args, quarters) => {
    const flat = await quartered(directory, `flat-${name}.mp4`, {
      ...{ colours: OWN, size: [360, 640], seconds: 2, tone: TONES.own },
    });
    const odd = join(directory, name);
    await ffmpegRaw('-i', flat, ...args, odd);
    const path = await composed(duet('side_by_side'), { ownPath: odd });
    expect(await shape(path)).toMatchObject({ size: '1080x1920', frames: 60, rate: '30/1' });
    expect((await shape(path)).sound).toBeCloseTo(2, 1);
    await expectQuarters(path, 1, [0.5, 0.25, 0.5, 0.5], ORIGINAL);
    if (quarters) await expectQuarters(path, 1, quarters, OWN);
  });

  test('what is no video is refused, and it is told which of both', async () => {
    const text = join(directory, 'text.mp4');
    await textFile(directory, 'text.mp4', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n');
    const mine = await compose(duet('side_by_side'), { ownPath: text });
    expect(mine.outcome).toMatchObject({ ok: false, reason: 'not-a-video' });
    const theirs = await compose(duet('side_by_side'), { originalPath: text });
    expect(theirs.outcome).toMatchObject({ ok: false, reason: 'original-unusable' });
  });

  test('a part outside of the original, and what is too long together, is refused', async () => {
    expect((await compose(stitch(4, 7))).outcome).toMatchObject({ ok: false, reason: 'clip-outside' });
    const long = await compose(stitch(0, 4), { maxDurationSeconds: 6 });
    expect(long.outcome).toMatchObject({ ok: false, reason: 'too-long' });
  });
});
