import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encode } from 'blurhash';
import { z } from 'zod';
import { mediaLimits } from '../config/limits.ts';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { brokenDetail, type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { MediaInput } from './ffmpeg-prefix.ts';
import { readHead, sniffImage } from './sniff.ts';

/** A JPEG that was written, with what a page needs before it is loaded. */
export interface Poster {
  readonly ok: true;
  readonly width: number;
  readonly height: number;
  readonly blurhash: string;
}

/** Why a picture from outside is refused. */
export type PictureReason = 'not-a-picture' | StepReason;

/** Side of the square that the blurhash is computed from; more changes nothing one can see. */
const BLUR_SIDE = 32;
/** Other servers refuse hashes of more than five components a side (federation-interop.md). */
const BLUR_LONG = 4;
const BLUR_SHORT = 3;

/**
 * Takes the frame at 1 s, or at a third of a clip shorter than 3 s, from a finished MP4 of ours and writes it as
 * JPEG. `outputPath` is absolute; a scratch file is made and removed beside it.
 */
export function makePoster(
  ffmpeg: Ffmpeg,
  job: {
    readonly mp4Path: string;
    readonly durationSeconds: number;
    readonly width: number;
    readonly height: number;
    readonly outputPath: string;
    readonly signal?: AbortSignal;
  },
): Promise<Poster | Failure<StepReason>> {
  const at = Math.min(1, job.durationSeconds / 3).toFixed(3);
  const input: MediaInput = { path: job.mp4Path, demuxer: 'mov', options: ['-ss', at] };
  return writeJpeg(ffmpeg, { ...job, input });
}

const imageSchema = z.object({
  streams: z.array(z.object({ width: z.number().int(), height: z.number().int() })).length(1),
});

/**
 * Turns a downloaded picture (JPEG, PNG or WebP by its bytes) into a clean JPEG: decoded and encoded again, so
 * nothing but its pixels passes on (security.md M3, M7). A picture above the pixel limit of videos is not decoded
 * and counts as broken.
 */
export async function reencodeImage(
  ffmpeg: Ffmpeg,
  job: { readonly sourcePath: string; readonly outputPath: string; readonly signal?: AbortSignal },
): Promise<Poster | Failure<PictureReason>> {
  const demuxer = sniffImage(await readHead(job.sourcePath));
  if (!demuxer) return fail('not-a-picture', 'This file is not a JPEG, PNG or WebP picture.');
  const input: MediaInput = { path: job.sourcePath, demuxer };
  const probed = await ffmpeg.probe(input, job.signal);
  if (!probed.ok) return stepFailure(probed);
  const facts = imageSchema.safeParse(JSON.parse(probed.json));
  const [stream] = facts.success ? facts.data.streams : [];
  if (!stream || stream.width < 1 || stream.height < 1) return fail('broken', brokenDetail);
  return writeJpeg(ffmpeg, { ...job, ...stream, input });
}

interface JpegJob {
  readonly input: MediaInput;
  readonly width: number;
  readonly height: number;
  readonly outputPath: string;
  readonly signal?: AbortSignal;
}

/** Writes the JPEG and, in the same run, the few raw pixels of the blurhash. */
async function writeJpeg(ffmpeg: Ffmpeg, job: JpegJob): Promise<Poster | Failure<StepReason>> {
  const { width, height } = posterSize(job.width, job.height);
  const outputDirectory = dirname(job.outputPath);
  const pixelsPath = join(outputDirectory, 'blurhash.rgba');
  const single = ['-map', '0:V:0', '-frames:v', '1', '-map_metadata', '-1', '-flags:v', '+bitexact'];
  // JPEG files are BT.601 of full range, whatever the video was.
  const scale = `scale=${width}:${height}:out_color_matrix=bt601:out_range=pc`;
  try {
    const outcome = await ffmpeg.run({
      input: job.input,
      args: [
        ...[...single, '-vf', `${scale},setsar=1,format=yuvj420p`, '-c:v', 'mjpeg', '-q:v', '3'],
        ...['-f', 'image2', '-update', '1', `file:${job.outputPath}`],
        ...[...single, '-vf', `scale=${BLUR_SIDE}:${BLUR_SIDE}`, '-pix_fmt', 'rgba'],
        ...['-f', 'rawvideo', `file:${pixelsPath}`],
      ],
      outputDirectory,
      ...(job.signal ? { signal: job.signal } : {}),
    });
    if (!outcome.ok) return stepFailure(outcome);
    const pixels = await readFile(pixelsPath);
    if (pixels.length !== BLUR_SIDE * BLUR_SIDE * 4) return fail('broken', brokenDetail);
    const [across, down] = width >= height ? [BLUR_LONG, BLUR_SHORT] : [BLUR_SHORT, BLUR_LONG];
    const blurhash = encode(new Uint8ClampedArray(pixels), BLUR_SIDE, BLUR_SIDE, across, down);
    return ok({ width, height, blurhash });
  } finally {
    await rm(pixelsPath, { force: true });
  }
}

/** Never larger than the source, and 720 on the short side at most. */
function posterSize(width: number, height: number): { width: number; height: number } {
  const factor = Math.min(1, mediaLimits.maxPosterShortSidePixels / Math.min(width, height));
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}
