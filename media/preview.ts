import { type Failure, ok } from '../src/lib/result.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { posterTime } from './poster.ts';

/** A preview that was written. */
export interface Preview {
  readonly ok: true;
  readonly width: number;
  readonly height: number;
}

const PREVIEW_SECONDS = 3;
const SHORT_SIDE = 240;
const FRAME_RATE = 15;

/**
 * Cuts three silent seconds out of a finished MP4 of ours, small enough (about 60 kB) to play while somebody points at
 * a poster: from the time of the poster on, or the whole of a shorter clip. A fifth of the bytes of an animated WebP.
 */
export async function makePreview(
  ffmpeg: Ffmpeg,
  job: {
    readonly mp4Path: string;
    readonly durationSeconds: number;
    readonly width: number;
    readonly height: number;
    /** Where the poster was taken, if its author chose the time. */
    readonly posterSeconds?: number;
    /** Absolute. */
    readonly outputPath: string;
    /** Absolute; holds the output. */
    readonly outputDirectory: string;
    readonly signal?: AbortSignal;
  },
): Promise<Preview | Failure<StepReason>> {
  const { width, height } = previewSize(job.width, job.height);
  const start = previewStart(job.durationSeconds, job.posterSeconds).toFixed(3);
  const length = String(PREVIEW_SECONDS);
  const outcome = await ffmpeg.run({
    input: { path: job.mp4Path, demuxer: 'mov', options: ['-ss', start, '-t', length] },
    args: [
      ...[
        '-map',
        '0:V:0',
        '-an',
        '-vf',
        `fps=${FRAME_RATE},scale=${width}:${height},setsar=1,format=yuv420p`,
      ],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'baseline', '-crf', '30', '-bf', '0'],
      ...['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact'],
      ...['-movflags', '+faststart', '-use_editlist', '0', '-f', 'mp4', `file:${job.outputPath}`],
    ],
    outputDirectory: job.outputDirectory,
    ...(job.signal ? { signal: job.signal } : {}),
  });
  return outcome.ok ? ok({ width, height }) : stepFailure(outcome);
}

/** As near to the poster as leaves three seconds. */
export function previewStart(durationSeconds: number, posterSeconds?: number): number {
  return Math.max(0, Math.min(posterTime(durationSeconds, posterSeconds), durationSeconds - PREVIEW_SECONDS));
}

/** Even sides, as H.264 needs them; 240 on the short one, or less where the video has less. */
export function previewSize(width: number, height: number): { width: number; height: number } {
  const factor = Math.min(1, SHORT_SIDE / Math.min(width, height));
  const even = (side: number) => Math.max(2, Math.round((side * factor) / 2) * 2);
  return { width: even(width), height: even(height) };
}
