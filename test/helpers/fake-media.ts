import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Media } from '../../web/src/api/types.ts';

const run = promisify(execFile);

/** What a test clip is made of. */
export interface FakeClip {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  /** ffmpeg's name of the picture. */
  readonly picture: string;
  /** Also as HLS: one CMAF file with byte ranges, as the real packager writes it. */
  readonly hls: boolean;
}

/** A valid one; which colours does not matter. */
const BLURHASH = 'LEHV6nWB2yk8pyo0adR*.7kCMdnj';

/** Encodes a clip into a directory that is served as `/media`: MP4, poster and, if asked for, HLS. */
export async function makeClip(directory: string, clip: FakeClip): Promise<void> {
  const { name, width, height, seconds, picture, hls } = clip;
  const size = `size=${width}x${height}:rate=15`;
  const file = join(directory, `${name}.mp4`);
  const ffmpeg = (...args: string[]) => run('ffmpeg', ['-v', 'error', '-y', ...args]);
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `${picture}=${size}`, '-f', 'lavfi', '-i', 'sine=frequency=220'],
    ...['-t', String(seconds), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
    ...['-g', '30', '-bf', '0', '-c:a', 'aac', '-movflags', '+faststart', file],
  );
  await ffmpeg('-i', file, '-frames:v', '1', join(directory, `${name}.jpg`));
  if (!hls) return;
  await ffmpeg(
    ...['-i', file, '-c', 'copy', '-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod'],
    ...['-hls_segment_type', 'fmp4', '-hls_flags', 'single_file'],
    ...['-master_pl_name', `${name}-master.m3u8`, join(directory, `${name}.m3u8`)],
  );
}

/** How the API describes such a clip. */
export function describeClip(id: string, clip: FakeClip): Media {
  const { name, width, height, seconds, hls } = clip;
  return {
    id,
    type: 'video',
    url: `/media/${name}.mp4`,
    preview_url: `/media/${name}.jpg`,
    preview_remote_url: null,
    text_url: null,
    remote_url: null,
    description: `A ${clip.picture} picture`,
    blurhash: BLURHASH,
    ...{ thumbhash: null, preview_webp_url: null, teaser_url: null, storyboard_url: null, captions: [] },
    ...{ dash_url: null, chunks_url: null },
    meta: { original: { width, height, duration: seconds, aspect: width / height } },
    hls_url: hls ? `/media/${name}-master.m3u8` : null,
    renditions: [],
    processing: null,
  };
}
