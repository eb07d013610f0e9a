import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { readBoxes } from '../../media/isobmff.ts';
import { isMediaKey, prefixesOf } from '../../media/keys.ts';
import { createPipeline } from '../../media/pipeline.ts';
import type { Progress, VideoOutcome } from '../../media/pipeline-jobs.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import { clapper, clip, decodeRaw, ffprobeRaw, flashAndBeep } from '../helpers/media-samples.ts';

const SECONDS = 5;
const FRAME_SECONDS = 1 / 30;
const limits = { maxDurationSeconds: 180, maxBytes: 50 * 1024 * 1024 };
const log = createLogger('silent');
const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });

let directory: string;
let pipeline: ReturnType<typeof createPipeline>;
let storage: ReturnType<typeof createFileStorage>;
let source: string;
let made: Extract<VideoOutcome, { ok: true }>;
const progress: Progress[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-pipeline-'));
  storage = createFileStorage({ root: join(directory, 'store') });
  pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
  source = await clapper(directory, 'clapper.mp4', SECONDS);
  // What a crash left behind.
  await mkdir(join(directory, 'work', '360-cmaf.mp4'), { recursive: true });
  made = await process(source, 'shared', (step) => progress.push(step));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const workDir = () => join(directory, 'work');

/** Processes a file that must succeed. */
async function process(sourcePath: string, videoId: string, onProgress?: (step: Progress) => void) {
  const job = { videoId, sourcePath, workDir: workDir(), limits };
  const outcome = await pipeline.processVideo({ ...job, ...(onProgress ? { onProgress } : {}) });
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome;
}

/** Local path of the first asset with this role. */
function stored(role: string, from = made): string {
  const asset = from.assets.find((candidate) => candidate.role === role);
  if (!asset) throw new Error(`no ${role}`);
  return join(directory, 'store', asset.key);
}

describe('what is made', () => {
  test('one fragmented file and playlist per size, a master, a plain MP4 and a poster', () => {
    const roles = made.assets.map(({ role, rung }) => `${role} ${rung ?? ''}`.trim()).toSorted();
    expect(roles).toEqual([
      ...['chunks', 'cmaf 360', 'dash', 'hls-master', 'hls-media 360', 'mp4 360', 'poster', 'poster-webp'],
    ]);
    expect(made.facts).toEqual({
      ...{ durationSeconds: SECONDS, width: 640, height: 360, frameRate: 30, hasAudio: true, fromHdr: false },
      plannedRungs: [360],
      loudness: {
        integratedLufs: expect.any(Number),
        truePeakDb: expect.any(Number),
        durationSeconds: SECONDS,
      },
    });
  });

  test('what has pictures says how many there are in a second', () => {
    const rates = Object.fromEntries(made.assets.map(({ role, frameRate }) => [role, frameRate]));
    expect(rates).toMatchObject({ mp4: 30, cmaf: 30, poster: undefined, 'hls-master': undefined });
  });

  test('every asset is stored under a public key, with its size and digest', async () => {
    for (const asset of made.assets) {
      expect(isMediaKey(asset.key)).toBe(true);
      expect(asset.key.startsWith(prefixesOf('shared')[0] ?? '')).toBe(true);
      const bytes = await readFile(join(directory, 'store', asset.key));
      expect(bytes.length).toBe(asset.size);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(asset.sha256);
    }
    const types = Object.fromEntries(made.assets.map((asset) => [asset.role, asset.contentType]));
    expect(types).toMatchObject({
      mp4: 'video/mp4',
      'hls-master': 'application/vnd.apple.mpegurl',
      poster: 'image/jpeg',
    });
  });

  test('the work directory is gone, the source is not', async () => {
    expect((await readdir(directory)).toSorted()).toEqual(['clapper.mp4', 'store']);
  });

  test('progress goes through all stages to 100 and never falls', () => {
    expect([...new Set(progress.map(({ stage }) => stage))]).toEqual([
      'inspecting',
      'transcoding',
      'packaging',
      'storing',
    ]);
    const percents = progress.map(({ percent }) => percent);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents[0]).toBe(0);
    expect(percents.at(-1)).toBe(100);
    expect(progress.filter(({ stage }) => stage === 'transcoding').length).toBeGreaterThan(1);
  });
});

describe('picture and sound', () => {
  // media.md, 'Decided': the copy of a rung with B-frames showed its picture 66 ms after its sound.
  describe.each(['mp4', 'cmaf'])('%s', (role) => {
    test.each([
      ['as ffmpeg plays it', []],
      ['where edit lists are ignored', ['-ignore_editlist', '1']],
    ])('the flash and the beep fall on the same frame %s', async (_name, options) => {
      const { beep, flash, frames } = await flashAndBeep(stored(role), ...options);
      expect(frames).toBe(SECONDS * 30);
      expect(flash).toBeCloseTo(1, 5);
      expect(Math.abs(beep - flash)).toBeLessThan(FRAME_SECONDS / 2);
    });

    test.each([[[]], [['-ignore_editlist', '1']]])(
      'both start at exactly 0, in order %j',
      async (options) => {
        for (const stream of ['v', 'a']) {
          const select = ['-select_streams', stream, '-show_entries', 'packet=pts_time,dts_time'];
          const { packets = [] } = await ffprobeRaw(stored(role), ...options, ...select);
          expect(Number(packets[0]?.pts_time)).toBe(0);
          expect(packets.every(({ pts_time, dts_time }) => pts_time === dts_time)).toBe(true);
        }
      },
    );
  });

  test('the fragmented file has no edit list either', async () => {
    expect((await readFile(stored('cmaf'))).includes('elst')).toBe(false);
  });

  test('groups of pictures are closed and two seconds long', async () => {
    const select = ['-select_streams', 'v', '-show_entries', 'packet=pts_time,flags'];
    const { packets = [] } = await ffprobeRaw(stored('cmaf'), ...select);
    const keyframes = packets
      .filter(({ flags }) => flags.startsWith('K'))
      .map(({ pts_time }) => Number(pts_time));
    expect(keyframes).toEqual([0, 2, 4]);
  });
});

describe('a size that is made later', () => {
  test('has the very sound of the first one, in step with its own picture', async () => {
    const videoId = 'staged';
    const sourcePath = await clapper(directory, 'staged.mp4', 2, '854:480');
    const job = { videoId, sourcePath, workDir: workDir(), limits };
    const first = await pipeline.processFirst({ ...job, onCopied: async () => undefined });
    if (!first.ok) throw new Error(first.detail);
    const { chunkIndex, assets } = first;
    const before = chunkIndex.rungs.map((index) => ({
      ...{ index, frameRate: 30, peakBandwidth: index.bandwidth },
      playlistKey: assets.find(({ role }) => role === 'hls-media')?.key ?? '',
      size: assets.find(({ key }) => key === index.key)?.size ?? 0,
    }));
    const rest = await pipeline.processRest({
      ...{ ...job, before, posterShortSide: 480 },
      // Made anew by this, it would be another.
      loudness: { integratedLufs: -30, truePeakDb: -20, durationSeconds: 2 },
    });
    if (!rest.ok) throw new Error(rest.detail);
    expect(rest.chunkIndex.rungs.map(({ rung }) => rung).toSorted()).toEqual([360, 480]);
    const files = [stored('cmaf', first), stored('cmaf', rest)];
    const sound = (path: string) => decodeRaw('-i', path, '-map', '0:a', '-c', 'copy', '-f', 'adts');
    const [one, other] = await Promise.all(files.map(sound));
    expect(one?.length).toBeGreaterThan(3_000);
    expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true);
    for (const path of files) {
      const { beep, flash, frames } = await flashAndBeep(path, '-ignore_editlist', '1');
      expect(frames).toBe(60);
      expect(Math.abs(beep - flash)).toBeLessThan(FRAME_SECONDS / 2);
    }
    const select = ['-select_streams', 'a', '-show_entries', 'packet=pts_time'];
    const [times] = await Promise.all(files.slice(1).map((path) => ffprobeRaw(path, ...select)));
    expect(Number(times?.packets?.[0]?.pts_time)).toBe(0);
    await rm(sourcePath);
  });
});

describe('the plain MP4', () => {
  test('has its index in front, no edit list, and nothing about its origin', async () => {
    const bytes = await readFile(stored('mp4'));
    expect(readBoxes(bytes).map(({ type }) => type)).toEqual(['ftyp', 'moov', 'free', 'mdat']);
    expect(bytes.includes('elst')).toBe(false);
    expect(bytes.includes('ctts')).toBe(false);
    expect(bytes.includes('Lavf')).toBe(false);
  });

  test('is H.264 and AAC of the kind every server takes', async () => {
    const { streams, format } = await ffprobeRaw(stored('mp4'), '-show_streams', '-show_format');
    expect(streams).toMatchObject([
      {
        codec_name: 'h264',
        pix_fmt: 'yuv420p',
        width: 640,
        height: 360,
        color_space: 'bt709',
        r_frame_rate: '30/1',
      },
      { codec_name: 'aac', channels: 2, sample_rate: '48000' },
    ]);
    expect(Number(format?.duration)).toBeCloseTo(SECONDS, 1);
  });
});

describe('HLS and chunks', () => {
  test('the master reads back, with all its variants, and plays to the end', async () => {
    const { format } = await ffprobeRaw(stored('hls-master'), '-show_format');
    expect(Number(format?.duration)).toBeCloseTo(SECONDS, 2);
    const select = ['-count_frames', '-select_streams', 'v', '-show_entries', 'stream=nb_read_frames'];
    const { streams } = await ffprobeRaw(stored('hls-master'), ...select);
    expect(streams).toMatchObject([{ nb_read_frames: '150' }]);
  });

  test('the playlist tells the codecs that are in the file', async () => {
    const master = await readFile(stored('hls-master'), 'utf8');
    expect(master).toContain('CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=30.000');
    const names = master.match(/^[^#\n].*$/gm) ?? [];
    expect(names.map((name) => name.includes('/'))).toEqual([false]);
  });

  test('the chunk index covers the file without a hole, about 0.2 s at a time', async () => {
    const [rung] = made.chunkIndex.rungs;
    const size = (await stat(stored('cmaf'))).size;
    let end = rung?.initLength ?? 0;
    for (const [offset, length] of rung?.chunks ?? []) {
      expect(offset).toBe(end);
      end += length;
    }
    expect(end).toBe(size);
    expect(rung?.chunks.map(([, , start]) => start).slice(0, 11)).toEqual(
      Array.from({ length: 11 }, (_, n) => n * 200),
    );
    expect(rung?.chunks.filter(([, , , key]) => key).map(([, , start]) => start)).toEqual([0, 2_000, 4_000]);
    expect(made.chunkIndex.durationSeconds).toBe(SECONDS);
  });

  test('the first chunk plays by itself, and so does a group from the middle', async () => {
    const [rung] = made.chunkIndex.rungs;
    const bytes = await readFile(stored('cmaf'));
    const init = bytes.subarray(0, rung?.initLength);
    for (const [start, frames] of [
      [0, 6],
      [2_000, 6],
    ] as const) {
      const [offset = 0, length = 0] = rung?.chunks.find(([, , time]) => time === start) ?? [];
      const path = join(directory, `chunk-${start}.mp4`);
      await writeFile(path, Buffer.concat([init, bytes.subarray(offset, offset + length)]));
      const pixels = ['-map', '0:v', '-vf', 'scale=1:1', '-pix_fmt', 'gray', '-f', 'rawvideo'];
      const picture = await decodeRaw('-xerror', '-i', path, ...pixels);
      expect(picture.length).toBe(frames);
      await rm(path);
    }
  });
});

describe('the poster', () => {
  test('is a JPEG of the size of the video, with a blurhash', async () => {
    const asset = made.assets.find(({ role }) => role === 'poster');
    expect(asset).toMatchObject({ width: 640, height: 360, contentType: 'image/jpeg' });
    const { streams } = await ffprobeRaw(stored('poster'), '-show_streams');
    expect(streams).toMatchObject([{ codec_name: 'mjpeg', width: 640, height: 360 }]);
    // 4 x 3 components: the size flag is (4 - 1) + (3 - 1) * 9 = 21, which is L.
    expect(made.hashes?.blurhash).toMatch(/^L.{27}$/);
  });
});

describe('repeating', () => {
  let small: string;
  let dying: ReturnType<typeof createPipeline>;

  beforeAll(async () => {
    small = await clip(directory, 'small.mp4', { size: '128x96' });
    const [ffmpegPath, word] = [join(directory, 'dying-ffmpeg'), join(directory, 'word')];
    const lines = ['#!/bin/sh', `case "$*" in *"$(cat '${word}')"*) kill -9 $$ ;; esac`, 'exec ffmpeg "$@"'];
    await writeFile(word, 'nothing');
    await writeFile(ffmpegPath, lines.join('\n'), { mode: 0o755 });
    // It lies where a sandbox does not see it.
    const found = createFfmpeg({
      ...{ ffmpegPath, ffprobePath: 'ffprobe', threads: 2, log },
      tools: { bwrap: null },
    });
    dying = createPipeline({ ffmpeg: found, storage, encoders: createTurns(1), log });
  });

  test('a second run ends in the same state', async () => {
    const again = await process(source, 'shared');
    const shape = (outcome: typeof made) => outcome.assets.map(({ role, rung }) => ({ role, rung }));
    expect(shape(again)).toEqual(shape(made));
    expect(again.facts).toEqual(made.facts);
    for (const { key, size } of [...made.assets, ...again.assets]) {
      expect(await storage.stat(key)).toMatchObject({ size });
    }
  });

  test('an abort stops the work and leaves nothing behind', async () => {
    const controller = new AbortController();
    const outcome = await pipeline.processVideo({
      ...{ videoId: 'aborted', sourcePath: source, workDir: workDir(), limits, signal: controller.signal },
      onProgress: ({ stage }) => stage === 'transcoding' && controller.abort(),
    });
    expect(outcome).toMatchObject({ ok: false, reason: 'aborted' });
    await expect(stat(workDir())).rejects.toThrow('ENOENT');
    expect(await storage.list('media/aborted/')[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  });

  test.each([
    ['the measuring of loudness', 'loudnorm'],
    ['the encoder', 'libx264'],
    ['the plain MP4', '+faststart'],
    ['the poster', 'libwebp'],
  ])('%s killed by the system is an interruption, and never a lesser video', async (_step, word) => {
    await writeFile(join(directory, 'word'), word);
    const job = { videoId: 'dying', sourcePath: small, workDir: workDir(), limits };
    expect(await dying.processVideo(job)).toMatchObject({ ok: false, reason: 'interrupted' });
  });

  test('a storage that is away rejects, since the video is not at fault', async () => {
    const away = { ...storage, putFile: () => Promise.reject(new Error('storage is away')) };
    const job = { videoId: 'away', sourcePath: source, workDir: workDir(), limits };
    await expect(
      createPipeline({ ffmpeg, storage: away, encoders: createTurns(1), log }).processVideo(job),
    ).rejects.toThrow('storage is away');
    await expect(stat(workDir())).rejects.toThrow('ENOENT');
  });

  test('a source inside the work directory is a bug, not a loss', async () => {
    const inside = join(workDir(), 'source.mp4');
    await mkdir(workDir(), { recursive: true });
    await writeFile(inside, 'precious');
    const job = { sourcePath: inside, workDir: workDir(), limits };
    await expect(pipeline.inspect(job)).rejects.toThrow(TypeError);
    expect(await readFile(inside, 'utf8')).toBe('precious');
    await rm(workDir(), { recursive: true });
  });
});

describe('inspect', () => {
  test('refuses by size before anything is read', async () => {
    const job = { sourcePath: source, workDir: workDir(), limits: { ...limits, maxBytes: 1_000 } };
    expect(await pipeline.inspect(job)).toEqual({
      ...{ ok: false, reason: 'too-large' },
      detail: 'This file is 1 MB; the limit on this server is 1 MB.',
    });
  });

  test('tells what would be made, and stores nothing', async () => {
    const outcome = await pipeline.inspect({ sourcePath: source, workDir: workDir(), limits });
    expect(outcome).toMatchObject({ ok: true, facts: { durationSeconds: SECONDS }, plan: { frameRate: 30 } });
  });
});
