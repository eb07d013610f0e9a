import { readFile, rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { encode } from 'blurhash';
import { rgbaToThumbHash } from 'thumbhash';
import { z } from 'zod';
import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { brokenDetail, type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { MediaInput } from './ffmpeg-prefix.ts';
import { readHead, sniffImage } from './sniff.ts';

/** A JPEG and a WebP of one picture that were written, with what a page needs before it is loaded. */
export interface Poster {
  readonly ok: true;
  /** Of both files. */
  readonly width: number;
  readonly height: number;
  /** Beside the JPEG, under the same name: about half its size. */
  readonly webpPath: string;
  /** For other servers. */
  readonly blurhash: string;
  /** For our own pages: keeps the proportions and more of the picture. Base64 of 20 to 30 bytes. */
  readonly thumbhash: string;
}

/** Why a picture from outside is refused. */
export type PictureReason = 'not-a-picture' | StepReason;

/** Long side of the picture that the hashes are computed from; more changes nothing one can see. */
const HASH_SIDE = 32;
/** Other servers refuse hashes of more than five components a side (federation-interop.md). */
const BLUR_LONG = 4;
const BLUR_SHORT = 3;
/** The last frame of a clip of ours starts at most a tenth of a second before its end. */
const LAST_FRAME_SECONDS = 0.15;

/**
 * Takes the frame at `atSeconds` from a finished MP4 of ours and writes it as JPEG and WebP; without a chosen time,
 * the one at 1 s, or at a third of a clip shorter than 3 s. A time outside the clip means its nearest frame.
 * `outputPath`, that of the JPEG, is absolute; a scratch file is made and removed beside it.
 */
export function makePoster(
  ffmpeg: Ffmpeg,
  job: {
    readonly mp4Path: string;
    readonly durationSeconds: number;
    readonly atSeconds?: number;
    readonly width: number;
    readonly height: number;
    readonly outputPath: string;
    readonly signal?: AbortSignal;
  },
): Promise<Poster | Failure<StepReason>> {
  const at = posterTime(job.durationSeconds, job.atSeconds).toFixed(3);
  const input: MediaInput = { path: job.mp4Path, demuxer: 'mov', options: ['-ss', at] };
  return writePictures(ffmpeg, { ...job, input });
}

/** Where the poster is taken, in seconds. */
export function posterTime(durationSeconds: number, chosenSeconds?: number): number {
  const wanted =
    chosenSeconds === undefined || Number.isNaN(chosenSeconds)
      ? Math.min(1, durationSeconds / 3)
      : chosenSeconds;
  return Math.max(0, Math.min(wanted, durationSeconds - LAST_FRAME_SECONDS));
}

const imageSchema = z.object({
  streams: z.array(z.object({ width: z.number().int(), height: z.number().int() })).length(1),
});

/**
 * Turns a picture from outside (JPEG, PNG or WebP by its bytes) into a clean JPEG and WebP: decoded and encoded again,
 * so nothing but its pixels passes on (security.md M3, M7). For posters that authors upload and those of other
 * servers. Of an animated PNG the first picture is taken; an animated WebP, which ffmpeg does not decode, and a
 * picture above the pixel limit of videos count as broken.
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
  return writePictures(ffmpeg, { ...job, ...stream, input });
}

interface PictureJob {
  readonly input: MediaInput;
  readonly width: number;
  readonly height: number;
  readonly outputPath: string;
  readonly signal?: AbortSignal;
}

/** Writes the JPEG, the WebP and, in the same run, the few raw pixels of the hashes. */
async function writePictures(ffmpeg: Ffmpeg, job: PictureJob): Promise<Poster | Failure<StepReason>> {
  const { width, height } = posterSize(job.width, job.height);
  const outputDirectory = dirname(job.outputPath);
  const pixelsPath = join(outputDirectory, 'blurhash.rgba');
  const webpPath = `${job.outputPath.slice(0, job.outputPath.length - extname(job.outputPath).length)}.webp`;
  const small = fitInto(HASH_SIDE, width, height);
  const single = ['-map', '0:V:0', '-frames:v', '1', '-map_metadata', '-1', '-flags:v', '+bitexact'];
  // JPEG files are BT.601 of full range and WebP files BT.601 of limited range, whatever the video was.
  const scale = `scale=${width}:${height}:out_color_matrix=bt601`;
  try {
    const outcome = await ffmpeg.run({
      input: job.input,
      args: [
        ...[...single, '-vf', `${scale}:out_range=pc,setsar=1,format=yuvj420p`, '-c:v', 'mjpeg', '-q:v', '3'],
        ...['-f', 'image2', '-update', '1', `file:${job.outputPath}`],
        ...[...single, '-vf', `${scale}:out_range=tv,setsar=1,format=yuv420p`, '-c:v', 'libwebp'],
        ...['-quality', '75', '-compression_level', '4', '-f', 'webp', `file:${webpPath}`],
        // By way of rgb24: the pictures carry no transparency, so the hashes must not either.
        ...[...single, '-vf', `scale=${small.width}:${small.height},format=rgb24,format=rgba`],
        ...['-f', 'rawvideo', `file:${pixelsPath}`],
      ],
      outputDirectory,
      ...(job.signal ? { signal: job.signal } : {}),
    });
    if (!outcome.ok) return stepFailure(outcome);
    const pixels = await readFile(pixelsPath).catch(() => Buffer.alloc(0));
    if (pixels.length !== small.width * small.height * 4) return fail('broken', brokenDetail);
    const [across, down] = width >= height ? [BLUR_LONG, BLUR_SHORT] : [BLUR_SHORT, BLUR_LONG];
    const blurhash = encode(new Uint8ClampedArray(pixels), small.width, small.height, across, down);
    const thumbhash = Buffer.from(rgbaToThumbHash(small.width, small.height, pixels)).toString('base64');
    return ok({ width, height, webpPath, blurhash, thumbhash });
  } finally {
    await rm(pixelsPath, { force: true });
  }
}

/** Never larger than the source, 720 on the short side at most, and no longer than a WebP can be. */
function posterSize(width: number, height: number): { width: number; height: number } {
  const short = mediaLimits.maxPosterShortSidePixels / Math.min(width, height);
  const long = mediaLimits.maxSidePixels / Math.max(width, height);
  return scaled(Math.min(1, short, long), width, height);
}

function fitInto(side: number, width: number, height: number): { width: number; height: number } {
  return scaled(side / Math.max(width, height), width, height);
}

function scaled(factor: number, width: number, height: number): { width: number; height: number } {
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}
