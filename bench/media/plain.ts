import type { Rung } from '../../media/ladder.ts';
import { ffmpegRaw } from '../../test/helpers/media-samples.ts';

const FRAME_RATE = 30;
const GROUP = String(2 * FRAME_RATE);

/** Options that make a plain ffmpeg encode as Vireo does; without them it uses B-frames. */
export const OUR_SETTINGS = ['-bf', '0', '-profile:v', 'high', '-flags:v', '+cgop'];

/**
 * Real footage, turned upright, enlarged and grained until it has the bit rate of a phone's recording, with the entropy
 * coding and the loop filter that phones use: 1080x1920, eight seconds.
 */
export async function makeSource(footage: string, path: string, bitRate: string): Promise<string> {
  await ffmpegRaw(
    ...['-stream_loop', '4', '-i', footage, '-t', '8'],
    ...['-vf', `fps=${FRAME_RATE},scale=1080:1920,noise=alls=8:allf=t`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-coder', 'ac', '-x264-params', 'no-deblock=0:8x8dct=1'],
    ...['-b:v', bitRate, '-c:a', 'aac', path],
  );
  return path;
}

/** One size by an ffmpeg of its own, with the same caps and groups of pictures; a plain MP4 as people make it. */
export function plainEncode(
  source: string,
  path: string,
  rung: Rung,
  more: readonly string[] = [],
): string[] {
  return [
    ...['ffmpeg', '-nostdin', '-v', 'error', '-y', '-i', source],
    ...['-vf', `scale=${rung.width}:${rung.height}`, '-pix_fmt', 'yuv420p'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23'],
    ...['-maxrate', `${rung.maxRateKbps}k`, '-bufsize', `${2 * rung.maxRateKbps}k`],
    ...['-g', GROUP, '-keyint_min', GROUP, '-sc_threshold', '0', ...more],
    ...['-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', path],
  ];
}

/** How like the source a size of it is (SSIM of all planes, 0 to 1), frame by frame. */
export function compareWith(source: string, path: string, rung: Rung): string[] {
  const frames = `setpts=N/${FRAME_RATE}/TB`;
  const graph = `[0:v]scale=${rung.width}:${rung.height}:flags=bicubic,${frames}[a];[1:v]${frames}[b];[a][b]ssim=stats_file=-`;
  return ['ffmpeg', '-nostdin', '-v', 'error', '-i', source, '-i', path, '-lavfi', graph, '-f', 'null', '-'];
}

/** The mean of what `compareWith` has printed, one line a frame. */
export function meanSimilarity(printed: string): number {
  const frames = [...printed.matchAll(/ All:([\d.]+)/g)].map(([, value]) => Number(value));
  if (frames.length === 0) throw new Error('No frames were compared');
  return frames.reduce((sum, value) => sum + value, 0) / frames.length;
}
