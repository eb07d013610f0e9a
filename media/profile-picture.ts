import { z } from 'zod';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { brokenDetail, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { MediaInput } from './ffmpeg-prefix.ts';
import type { PictureReason } from './poster.ts';
import { readHead, sniffImage } from './sniff.ts';

const pictureSchema = z.object({
  streams: z.array(z.object({ width: z.number().int().min(1), height: z.number().int().min(1) })).length(1),
});

/**
 * Turns a picture from outside (JPEG, PNG or WebP by its bytes) into a clean JPEG of exactly this size, its middle
 * cut out where its proportions are others. Decoded and encoded again, so nothing but its pixels passes on
 * (security.md M3, M7, P8). Of an animated PNG the first picture is taken.
 */
export async function makeProfilePicture(
  ffmpeg: Ffmpeg,
  job: {
    readonly sourcePath: string;
    /** Absolute, ends in `.jpg`. */
    readonly outputPath: string;
    /** An empty folder that may be written to, where `outputPath` is. */
    readonly outputDirectory: string;
    readonly width: number;
    readonly height: number;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly ok: true } | Failure<PictureReason>> {
  const demuxer = sniffImage(await readHead(job.sourcePath));
  if (!demuxer) return fail('not-a-picture', 'This file is not a JPEG, PNG or WebP picture.');
  const input: MediaInput = { path: job.sourcePath, demuxer };
  const probed = await ffmpeg.probe(input, job.signal);
  if (!probed.ok) return stepFailure(probed);
  if (!pictureSchema.safeParse(JSON.parse(probed.json)).success) return fail('broken', brokenDetail);
  const { width, height } = job;
  const fill = `scale=${width}:${height}:force_original_aspect_ratio=increase:out_color_matrix=bt601:out_range=pc`;
  const outcome = await ffmpeg.run({
    input,
    args: [
      ...['-map', '0:V:0', '-frames:v', '1', '-map_metadata', '-1', '-flags:v', '+bitexact'],
      ...['-vf', `${fill},crop=${width}:${height},setsar=1,format=yuvj420p`, '-c:v', 'mjpeg', '-q:v', '3'],
      ...['-f', 'image2', '-update', '1', `file:${job.outputPath}`],
    ],
    outputDirectory: job.outputDirectory,
    ...(job.signal ? { signal: job.signal } : {}),
  });
  return outcome.ok ? ok() : stepFailure(outcome);
}
