import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thumbHashToApproximateAspectRatio } from 'thumbhash';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { compareFingerprints, fingerprintSound } from '../../media/fingerprint.ts';
import { gainFor, measureLoudness } from '../../media/loudness.ts';
import { compareVideos, hashVideo } from '../../media/phash.ts';
import { makePoster, reencodeImage } from '../../media/poster.ts';
import { makePreview } from '../../media/preview.ts';
import { makeStoryboard, planStoryboard } from '../../media/storyboard.ts';
import { createLogger } from '../../src/lib/log.ts';
import { clip, corpusFile, corpusNote, decodeRaw, ffmpegRaw, ffprobeRaw } from '../helpers/media-samples.ts';

const ffmpeg = createFfmpeg({
  ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2 },
  log: createLogger('silent'),
});

let directory: string;
/** Four seconds, 640 x 360, ten pictures a second: red in its last second. */
let video: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-products-'));
  const red = "drawbox=color=red:t=fill:enable='gte(t,3)'";
  video = await clip(directory, 'video.mp4', { seconds: 4, size: '640x360', args: ['-vf', red] });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const inDirectory = (name: string) => join(directory, name);
const format = async (path: string) => (await ffprobeRaw(path, '-show_streams')).streams ?? [];

/** One picture of a file as three bytes: its average colour. */
const colourOf = async (path: string, ...from: string[]) => {
  const onePixel = ['-frames:v', '1', '-vf', 'scale=1:1', '-pix_fmt', 'rgb24', '-f', 'rawvideo'];
  return [...(await decodeRaw(...from, '-i', path, ...onePixel))];
};

describe('posters', () => {
  const job = (name: string, atSeconds?: number) => ({
    ...{ mp4Path: video, durationSeconds: 4, width: 640, height: 360, outputPath: inDirectory(name) },
    ...(atSeconds === undefined ? {} : { atSeconds }),
  });

  test('come as JPEG and, smaller, as WebP, with a hash that keeps the proportions', async () => {
    const poster = await makePoster(ffmpeg, job('poster.jpg'));
    if (!poster.ok) throw new Error(poster.reason);
    expect(poster.webpPath).toBe(inDirectory('poster.webp'));
    const shape = { width: 640, height: 360 };
    expect(await format(inDirectory('poster.jpg'))).toMatchObject([{ codec_name: 'mjpeg', ...shape }]);
    expect(await format(poster.webpPath)).toMatchObject([{ codec_name: 'webp', ...shape }]);
    const sizes = await Promise.all([poster.webpPath, inDirectory('poster.jpg')].map((path) => stat(path)));
    expect(sizes[0]?.size).toBeLessThan(sizes[1]?.size ?? 0);
    const hash = Buffer.from(poster.thumbhash, 'base64');
    expect(hash.length).toBeLessThan(32);
    expect(thumbHashToApproximateAspectRatio(hash)).toBeCloseTo(16 / 9, 0);
    const [jpeg, webp] = await Promise.all(
      [inDirectory('poster.jpg'), poster.webpPath].map((path) => colourOf(path)),
    );
    const apart = (jpeg ?? []).map((value, n) => Math.abs(value - (webp?.[n] ?? Infinity)));
    expect(Math.max(...apart)).toBeLessThan(6);
  });

  test.each([
    ['a chosen time', 3.5],
    ['a time after the end: the last picture', 99],
  ])('%s', async (_name, atSeconds) => {
    expect(await makePoster(ffmpeg, job('chosen.jpg', atSeconds))).toMatchObject({ ok: true });
    const [red = 0, green = 255] = await colourOf(inDirectory('chosen.webp'));
    expect(red).toBeGreaterThan(200);
    expect(green).toBeLessThan(50);
  });

  test('a time before the start is the first picture', async () => {
    expect(await makePoster(ffmpeg, job('early.jpg', -5))).toMatchObject({ ok: true });
  });

  test('an uploaded picture becomes the same set, flat and clean', async () => {
    const sourcePath = inDirectory('upload.png');
    const source = 'color=blue@0.2:s=300x600,format=rgba';
    await ffmpegRaw('-f', 'lavfi', '-i', source, '-frames:v', '1', '-metadata', 'comment=secret', sourcePath);
    const poster = await reencodeImage(ffmpeg, { sourcePath, outputPath: inDirectory('upload.jpg') });
    if (!poster.ok) throw new Error(poster.reason);
    expect(thumbHashToApproximateAspectRatio(Buffer.from(poster.thumbhash, 'base64'))).toBeLessThan(1);
    // The bit that tells of transparency.
    expect((Buffer.from(poster.thumbhash, 'base64')[2] ?? 0) & 0x80).toBe(0);
    const bytes = await readFile(poster.webpPath);
    expect(bytes.includes('secret') || bytes.includes('Lavc') || bytes.includes('EXIF')).toBe(false);
  });

  test('of an animated PNG the first picture is taken; an animated WebP is refused', async () => {
    const animated = async (name: string, ...args: string[]) => {
      await ffmpegRaw('-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=10:d=1', ...args, inDirectory(name));
      return { sourcePath: inDirectory(name), outputPath: inDirectory('animated.jpg') };
    };
    const png = await animated('animated.png', '-f', 'apng', '-plays', '0');
    expect(await reencodeImage(ffmpeg, png)).toMatchObject({ ok: true, width: 64 });
    const webp = await animated('animated-in.webp', '-c:v', 'libwebp_anim', '-loop', '0');
    expect(await reencodeImage(ffmpeg, webp)).toMatchObject({ ok: false, reason: 'broken' });
  });
});

describe('previews', () => {
  const preview = async (durationSeconds: number, posterSeconds: number) => {
    const outputPath = inDirectory('preview.mp4');
    const shape = { mp4Path: video, durationSeconds, width: 640, height: 360 };
    const job = { ...shape, posterSeconds, outputPath, outputDirectory: directory };
    expect(await makePreview(ffmpeg, job)).toEqual({ ok: true, width: 426, height: 240 });
    return outputPath;
  };

  test('are three small silent seconds that hold the poster', async () => {
    const path = await preview(4, 3.5);
    expect(await format(path)).toMatchObject([
      {
        ...{ codec_name: 'h264', profile: 'Constrained Baseline', width: 426, height: 240 },
        ...{ r_frame_rate: '15/1', nb_frames: '45', start_pts: 0 },
      },
    ]);
    const bytes = await readFile(path);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    expect(bytes.includes('Lavf')).toBe(false);
    const [red = 0, green = 255] = await colourOf(path, '-ss', '2.8');
    expect([red > 200, green < 50]).toEqual([true, true]);
  });

  test('a file that is no video', async () => {
    const shape = { durationSeconds: 4, width: 640, height: 360, outputDirectory: directory };
    const job = { ...shape, mp4Path: inDirectory('poster.jpg'), outputPath: inDirectory('no.mp4') };
    expect(await makePreview(ffmpeg, job)).toMatchObject({ ok: false, reason: 'broken' });
  });
});

describe('storyboards', () => {
  test('hold one picture a second in order', async () => {
    const plan = planStoryboard({ durationSeconds: 4, width: 640, height: 360 });
    const outputPath = inDirectory('storyboard.jpg');
    const job = { mp4Path: video, plan, outputPath, outputDirectory: directory };
    expect(await makeStoryboard(ffmpeg, job)).toEqual({ ok: true });
    expect(await format(outputPath)).toMatchObject([{ codec_name: 'mjpeg', width: 640, height: 90 }]);
    const pixels = await decodeRaw('-i', outputPath, '-pix_fmt', 'rgb24', '-f', 'rawvideo');
    const isRed = [0, 1, 2, 3].map((n) => {
      const [red = 0, green = 255] = pixels.subarray((45 * 640 + n * 160 + 80) * 3);
      return red > 200 && green < 60;
    });
    expect(isRed).toEqual([false, false, false, true]);
  });
});

describe('loudness', () => {
  const measure = (sourcePath: string, audioIndex = 1, durationSeconds = 60) =>
    measureLoudness(ffmpeg, {
      ...{ sourcePath, demuxer: 'mov' as const, audioIndex, durationSeconds, outputDirectory: directory },
    });

  test('silence and a file without the track', async () => {
    const silent = inDirectory('silent.mp4');
    await ffmpegRaw('-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo', '-t', '2', '-c:a', 'aac', silent);
    const measured = await measure(silent, 0);
    expect(measured).toMatchObject({ ok: true, integratedLufs: null });
    expect(measured.ok && gainFor(measured)).toEqual({ gainDb: 0, filter: null });
    expect(await measure(silent, 5)).toMatchObject({ ok: false, reason: 'broken' });
  });

  const music = corpusFile('mdn_outfoxing.mp3') ?? '';
  test.skipIf(!music).each([
    ['as it is', 0],
    ['quiet', -8],
    ['as speech far from the microphone', -14],
  ])(`real music %s comes to -14 LUFS (${corpusNote})`, async (_name, db) => {
    const source = inDirectory(`music${db}.mp4`);
    await ffmpegRaw('-ss', '20', '-t', '8', '-i', music, '-af', `volume=${db}dB`, '-c:a', 'aac', source);
    const measured = await measure(source, 0);
    if (!measured.ok) throw new Error(measured.reason);
    expect(measured.durationSeconds).toBeCloseTo(8, 0);
    const { filter, gainDb } = gainFor(measured);
    const applied = inDirectory('applied.mp4');
    const args = filter ? ['-af', filter] : [];
    await ffmpegRaw('-i', source, ...args, '-ar', '48000', '-c:a', 'aac', '-b:a', '128k', applied);
    const after = await measure(applied, 0);
    if (!after.ok) throw new Error(after.reason);
    const wanted = gainDb === 12 ? (measured.integratedLufs ?? 0) + 12 : -14;
    expect(Math.abs((after.integratedLufs ?? 0) - wanted)).toBeLessThan(0.5);
    expect(after.truePeakDb).toBeLessThan(0);
  });
});

describe('sounds', () => {
  const music = corpusFile('mdn_outfoxing.mp3') ?? '';
  const fingerprint = async (...args: string[]) => {
    const mp4Path = inDirectory('sound.mp4');
    await ffmpegRaw(...args, '-vn', '-c:a', 'aac', mp4Path);
    const taken = await fingerprintSound(ffmpeg, { mp4Path, scratchDirectory: directory });
    if (!taken.ok || !taken.prints) throw new Error('No fingerprint');
    return taken.prints.whole;
  };

  test.skipIf(!music)(
    `a part of real music is found, encoded again and quieter (${corpusNote})`,
    async () => {
      const song = await fingerprint('-t', '40', '-i', music);
      expect(song.length).toBeGreaterThan(290);
      const quieter = ['-af', 'volume=-9dB', '-b:a', '48k', '-ac', '1'];
      const part = await fingerprint('-ss', '12.3', '-t', '15', '-i', music, ...quieter);
      const match = compareFingerprints(song, part);
      expect(match).toMatchObject({ verdict: 'same' });
      expect(match.offsetSeconds).toBeCloseTo(12.3, 0);
      const elsewhere = await fingerprint('-ss', '65', '-t', '15', '-i', music);
      // The same song, with the same motif: alike, but not the same.
      expect(compareFingerprints(song, elsewhere).verdict).not.toBe('same');
      const tone = await fingerprint('-f', 'lavfi', '-i', 'sine=f=440:d=15');
      expect(compareFingerprints(song, tone).verdict).toBe('unknown');
    },
  );

  test('a file without sound, and an ffmpeg without Chromaprint', async () => {
    const silent = await clip(directory, 'no-sound.mp4', { sound: false });
    const job = { mp4Path: silent, scratchDirectory: directory };
    expect(await fingerprintSound(ffmpeg, job)).toMatchObject({ ok: false, reason: 'broken' });
    const describe = async () => ({ ...(await ffmpeg.describe()), canFingerprint: false });
    expect(await fingerprintSound({ ...ffmpeg, describe }, job)).toEqual({ ok: true, prints: null });
  });
});

describe('duplicates', () => {
  const hash = async (mp4Path: string) => {
    const hashed = await hashVideo(ffmpeg, { mp4Path, scratchDirectory: directory });
    if (!hashed.ok) throw new Error(hashed.reason);
    return hashed.hashes;
  };
  const made = async (name: string, ...args: string[]) => {
    await ffmpegRaw(...args, '-an', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', inDirectory(name));
    return hash(inDirectory(name));
  };

  test.skipIf(!corpusFile('intel_car_cut.mp4'))(
    `a real clip is found encoded again, in bars and in a mirror; others are not (${corpusNote})`,
    async () => {
      const source = ['-t', '6', '-i', corpusFile('intel_car_cut.mp4') ?? ''];
      const original = await made('car.mp4', ...source);
      expect(original.plain.length).toBeGreaterThan(20);
      const copies = {
        again: ['-vf', 'scale=-2:240', '-crf', '36'],
        barred: ['-vf', 'scale=360:-2,pad=360:640:0:-1'],
        mirrored: ['-vf', 'hflip,eq=brightness=0.05'],
        cut: ['-ss', '1.7'],
      };
      for (const [name, args] of Object.entries(copies)) {
        const match = compareVideos(await made(`${name}.mp4`, ...source, ...args), original);
        expect([name, match.isSame]).toEqual([name, true]);
      }
      const bottles = ['-t', '6', '-i', corpusFile('intel_bottle-detection.mp4') ?? ''];
      for (const other of [await made('bottles.mp4', ...bottles), await hash(video)]) {
        expect(compareVideos(other, original).share).toBeLessThan(0.2);
      }
    },
  );

  test('a dark clip has nothing to compare; a file that is no video is broken', async () => {
    const black = await made('black.mp4', '-f', 'lavfi', '-i', 'color=black:s=320x240:r=10:d=3');
    expect(black.plain).toHaveLength(0);
    const job = { mp4Path: inDirectory('poster.jpg'), scratchDirectory: directory };
    expect(await hashVideo(ffmpeg, job)).toMatchObject({ ok: false, reason: 'broken' });
  });
});
