import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { brokenDetail, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { MediaInput } from './ffmpeg-prefix.ts';
import type { PictureReason } from './poster.ts';
import { readHead, sniffImage } from './sniff.ts';

const BYTES_PER_PIXEL = 4;
const sizeSchema = z.object({
  streams: z.array(z.object({ width: z.number().int().min(1), height: z.number().int().min(1) })).length(1),
});

/** A picture that can be seen through: red, green, blue and alpha of each pixel. */
export interface ClearPicture {
  readonly ok: true;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/**
 * The pixels of a picture from outside (JPEG, PNG or WebP by its bytes), as large as fit into a box and with what is transparent in it. With
 * `isSquare` it stands in the middle of the whole box. Nothing but its pixels passes on (security.md M3, M7, P8); of an animated PNG the first
 * picture is taken.
 */
export async function readClearPicture(
  ffmpeg: Ffmpeg,
  job: {
    readonly sourcePath: string;
    /** Absolute, in an empty folder that may be written to. */
    readonly pixelsPath: string;
    readonly outputDirectory: string;
    readonly maxWidth: number;
    readonly maxHeight: number;
    readonly isSquare: boolean;
  },
): Promise<ClearPicture | Failure<PictureReason>> {
  const demuxer = sniffImage(await readHead(job.sourcePath));
  if (!demuxer) return fail('not-a-picture', 'This file is not a JPEG, PNG or WebP picture.');
  const input: MediaInput = { path: job.sourcePath, demuxer };
  const probed = await ffmpeg.probe(input);
  if (!probed.ok) return stepFailure(probed);
  const facts = sizeSchema.safeParse(JSON.parse(probed.json));
  const [stream] = facts.success ? facts.data.streams : [];
  if (!stream) return fail('broken', brokenDetail);
  const inner = fitting(stream, job);
  const { width, height } = job.isSquare ? { width: job.maxWidth, height: job.maxHeight } : inner;
  const filters = [
    `scale=${inner.width}:${inner.height}:flags=lanczos`,
    'format=rgba',
    ...(job.isSquare ? [`pad=${width}:${height}:-1:-1:color=black@0`] : []),
    'setsar=1',
  ];
  const outcome = await ffmpeg.run({
    input,
    args: [
      ...['-map', '0:V:0', '-frames:v', '1', '-map_metadata', '-1', '-vf', filters.join(',')],
      ...['-pix_fmt', 'rgba', '-f', 'rawvideo', `file:${job.pixelsPath}`],
    ],
    outputDirectory: job.outputDirectory,
  });
  if (!outcome.ok) return stepFailure(outcome);
  const rgba = await readFile(job.pixelsPath).catch(() => Buffer.alloc(0));
  if (rgba.length !== width * height * BYTES_PER_PIXEL) return fail('broken', brokenDetail);
  return ok({ width, height, rgba });
}

/** As large as fits; a picture that is smaller stays so unless it has to fill a square. */
function fitting(
  { width, height }: { readonly width: number; readonly height: number },
  box: { readonly maxWidth: number; readonly maxHeight: number; readonly isSquare: boolean },
): { width: number; height: number } {
  const most = box.isSquare ? Number.POSITIVE_INFINITY : 1;
  const factor = Math.min(most, box.maxWidth / width, box.maxHeight / height);
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}
