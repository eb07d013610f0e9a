import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../media/ffmpeg.ts';
import { planLadder } from '../../media/ladder.ts';
import { probeFile } from '../../media/probe.ts';
import { createLogger } from '../../src/lib/log.ts';
import { corpusFile, corpusNote } from '../helpers/media-samples.ts';

const ffmpeg = createFfmpeg({
  ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 2 },
  log: createLogger('silent'),
});

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-corpus-'));
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

describe.skipIf(!corpusFile('intel_walk.mkv'))(`real files (${corpusNote})`, () => {
  test.each([
    ['ax_bbb_642x642_768kbps_30fps_vp9.webm', '480x480 360x360 @30 2.97s v0 silent bt601'],
    ['ax_h265_with_metadata_track.mp4', 'too-short'],
    ['ax_hdr10-av1.mp4', '720x1280 480x854 360x640 @30 4.24s v0 a1 smpte2084'],
    ['ax_hlg10-color-test.mp4', 'too-short'],
    ['ax_hlg_rot90_cut.mp4', '1080x1920 720x1280 480x854 360x640 @30 1.30s v0 a1 arib-std-b67'],
    ['ax_long_1080p_lowbitrate.mp4', 'too-long'],
    ['ax_rotated270_cut.mp4', '720x1280 480x854 360x640 @30 2.51s v0 a1 bt709'],
    ['ax_sample.avi', '864x360 @24 4.09s v0 a1 bt601'],
    ['ax_sample_15fps_720p_1s.mp4', '1280x720 854x480 640x360 @15 1.03s v1 a0 bt709'],
    ['ax_sample_empty_track.mp4', '1080x720 720x480 540x360 @30 1.07s v0 a2 bt709'],
    ['ax_sample_vvc.mp4', 'unsupported-codec'],
    ['ax_sowt-with-video.mov', '1920x1080 1280x720 854x480 640x360 @50 2.00s v0 a1 bt709'],
    ['ax_trim_optimization_failure.mp4', '510x480 382x360 @30 5.59s v0 a1 bt709'],
    ['intel_bottle-detection.mp4', '640x360 @30 39.85s v0 silent bt601'],
    ['intel_car_cut.mp4', '640x360 @13 12.01s v0 a1 bt601'],
    ['intel_walk.mkv', '640x480 480x360 @30 2.97s v0 silent bt601'],
    ['mdn_outfoxing.mp3', 'no-video'],
    ['mdn_rabbit320.webm', '320x240 @30 7.80s v0 a1 bt601'],
    ['LICENCES.md', 'not-a-video'],
  ])('%s', async (name, expected) => {
    expect(await planOf(corpusFile(name) ?? name)).toBe(expected);
  });

  test('a file too short to publish is still read right: full range HEVC, turned, behind a data track', async () => {
    const path = corpusFile('ax_h265_with_metadata_track.mp4') ?? '';
    const probed = await probeFile(ffmpeg, { path, scratchDirectory: directory });
    expect(probed).toMatchObject({
      facts: { video: { index: 2, width: 1080, height: 1920, fullRange: true }, audio: { index: 1 } },
    });
  });

  test('a refused length is told with both numbers', async () => {
    const path = corpusFile('ax_long_1080p_lowbitrate.mp4') ?? '';
    const probed = await probeFile(ffmpeg, { path, scratchDirectory: directory });
    const plan = probed.ok && planLadder(probed.facts, { maxDurationSeconds: 180, canToneMap: true });
    expect(plan).toMatchObject({ detail: 'This video is 6:03 long; the limit on this server is 3:00.' });
  });
});
