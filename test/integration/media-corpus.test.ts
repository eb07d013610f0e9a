import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { planLadder } from '../../media/ladder.ts';
import { createPipeline } from '../../media/pipeline.ts';
import { probeFile } from '../../media/probe.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createTurns } from '../../media/turns.ts';
import { createLogger } from '../../src/lib/log.ts';
import { corpusFile, corpusNote } from '../helpers/media-samples.ts';
import { renditionsOf } from '../helpers/renditions.ts';

const log = createLogger('silent');
const ffmpeg = createFfmpeg({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2, log });

let directory: string;
let root: string;
let pipeline: ReturnType<typeof createPipeline>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-corpus-'));
  root = join(directory, 'store');
  const storage = createFileStorage({ root });
  pipeline = createPipeline({ ffmpeg, storage, encoders: createTurns(1), log });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** What is planned, in one line: sizes @ frame rate, tracks by number, what is special. */
async function planOf(path: string): Promise<string> {
  const probed = await probeFile(ffmpeg, { path, scratchDirectory: directory });
  const plan = probed.ok ? planLadder(probed.facts, { maxDurationSeconds: 180, canToneMap: true }) : probed;
  if (!plan.ok) return plan.reason;
  const sizes = plan.rungs.map((rung) => `${rung.width}x${rung.height}`).join(' ');
  const colour = plan.colour.kind === 'hdr' ? plan.colour.transfer : plan.colour.matrix;
  const tracks = `v${plan.videoIndex} ${plan.audioIndex === null ? 'silent' : `a${plan.audioIndex}`}`;
  return `${sizes} @${plan.frameRate} ${plan.durationSeconds.toFixed(2)}s ${tracks} ${colour}`;
}

/** Every file of the corpus, and what is planned for it or why it is refused. */
const plans: Readonly<Record<string, string>> = {
  'ax_bbb_642x642_768kbps_30fps_vp9.webm': '480x480 360x360 @30 3.00s v0 silent bt601',
  'ax_h265_with_metadata_track.mp4': 'too-short',
  'ax_hdr10-av1.mp4': '720x1280 480x854 360x640 @30 4.24s v0 a1 smpte2084',
  'ax_hlg10-color-test.mp4': 'too-short',
  'ax_hlg_rot90_cut.mp4': '1080x1920 720x1280 480x854 360x640 @30 1.30s v0 a1 arib-std-b67',
  'ax_long_1080p_lowbitrate.mp4': 'too-long',
  'ax_rotated270_cut.mp4': '720x1280 480x854 360x640 @30 2.51s v0 a1 bt709',
  'ax_sample.avi': '864x360 @24 4.09s v0 a1 bt601',
  'ax_sample_15fps_720p_1s.mp4': '1280x720 854x480 640x360 @15 1.03s v1 a0 bt709',
  'ax_sample_empty_track.mp4': '1080x720 720x480 540x360 @30 1.07s v0 a2 bt709',
  'ax_sample_vvc.mp4': 'unsupported-codec',
  'ax_sowt-with-video.mov': '1920x1080 1280x720 854x480 640x360 @50 2.00s v0 a1 bt709',
  'ax_trim_optimization_failure.mp4': '510x480 382x360 @30 5.59s v0 a1 bt709',
  'intel_bottle-detection.mp4': '640x360 @30 39.85s v0 silent bt601',
  'intel_car_cut.mp4': '640x360 @13 12.01s v0 a1 bt601',
  'intel_walk.mkv': '640x480 480x360 @30 2.97s v0 silent bt601',
  'mdn_outfoxing.mp3': 'no-video',
  'mdn_rabbit320.webm': '320x240 @30 7.80s v0 a1 bt601',
  'LICENCES.md': 'not-a-video',
};

describe.skipIf(!corpusFile('intel_walk.mkv'))(`real files (${corpusNote})`, () => {
  test.each(Object.entries(plans))('%s', async (name, expected) => {
    expect(await planOf(corpusFile(name) ?? name)).toBe(expected);
  });

  test('every file of the corpus has its plan here', async () => {
    const there = await readdir(dirname(corpusFile('intel_walk.mkv') ?? ''));
    expect(there.toSorted()).toEqual(Object.keys(plans).toSorted());
  });

  // What ffmpeg decodes of each by itself, at the same rate, turned as players do; of the first it decodes one frame
  // more, which begins where the header says that the file ends.
  test.each([
    ['ax_bbb_642x642_768kbps_30fps_vp9.webm', '480x480', 90, 30, null],
    ['ax_hlg_rot90_cut.mp4', '480x854', 39, 30, '48000 Hz, 2'],
    ['ax_rotated270_cut.mp4', '480x854', 75, 30, '48000 Hz, 2'],
    ['ax_sample_15fps_720p_1s.mp4', '854x480', 15, 15, '48000 Hz, 2'],
    ['ax_sample_empty_track.mp4', '720x480', 30, 30, '48000 Hz, 2'],
    ['ax_sowt-with-video.mov', '854x480', 100, 50, '48000 Hz, 2'],
    ['intel_walk.mkv', '640x480', 89, 30, null],
  ])('%s is made as it is planned: %s, %i frames at %i a second', async (name, size, frames, rate, sound) => {
    const outcome = await pipeline.processFirst({
      ...{ videoId: 'corpus', sourcePath: corpusFile(name) ?? name, workDir: join(directory, 'work') },
      limits: { maxDurationSeconds: 180, maxBytes: 50 * 1024 * 1024 },
      onCopied: async () => undefined,
    });
    if (!outcome.ok) throw new Error(outcome.detail);
    const found = await renditionsOf(root, outcome.assets);
    expect(found.map(({ role }) => role)).toEqual(['cmaf', 'mp4']);
    for (const rendition of found) {
      const pixels = { size, turned: false, pixelShape: '1:1' };
      expect(rendition, rendition.role).toMatchObject({ ...pixels, frames, rate, sound });
      expect(Math.abs(rendition.seconds - frames / rate)).toBeLessThan(1 / rate);
    }
    expect(Math.abs(outcome.facts.durationSeconds - frames / rate)).toBeLessThan(1 / rate);
  });

  test('a file too short to publish is still read right: full range HEVC, turned, behind a data track', async () => {
    const path = corpusFile('ax_h265_with_metadata_track.mp4') ?? '';
    const probed = await probeFile(ffmpeg, { path, scratchDirectory: directory });
    expect(probed).toMatchObject({
      facts: { video: { index: 2, width: 1080, height: 1920, fullRange: true }, audio: { index: 1 } },
    });
  });

  test('a format that cannot be read is told by its name, and what to do', async () => {
    const path = corpusFile('ax_sample_vvc.mp4') ?? '';
    expect(await probeFile(ffmpeg, { path, scratchDirectory: directory })).toMatchObject({
      ...{ ok: false, reason: 'unsupported-codec' },
      detail: expect.stringMatching(/cannot read the video format "vvc1"\. Save it as MP4 with H\.264/),
    });
  });

  test('a refused length is told with both numbers', async () => {
    const path = corpusFile('ax_long_1080p_lowbitrate.mp4') ?? '';
    const probed = await probeFile(ffmpeg, { path, scratchDirectory: directory });
    const plan = probed.ok && planLadder(probed.facts, { maxDurationSeconds: 180, canToneMap: true });
    expect(plan).toMatchObject({ detail: 'This video is 6:03 long; the limit on this server is 3:00.' });
  });
});
