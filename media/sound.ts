import { dirname } from 'node:path';
import { type Failure, ok } from '../src/lib/result.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';

export interface SoundJob {
  /** A finished MP4 of ours, whose sound is AAC. */
  readonly mp4Path: string;
  /** Absolute, ending in `.m4a`, in a directory where ffmpeg may write. */
  readonly outputPath: string;
  /** No more of it is taken. */
  readonly maxSeconds: number;
  readonly signal?: AbortSignal;
}

/** Writes the sound of a video into a file of its own, as it is: nothing is decoded. */
export async function extractSound(
  ffmpeg: Ffmpeg,
  job: SoundJob,
): Promise<{ readonly ok: true } | Failure<StepReason>> {
  const outcome = await ffmpeg.run({
    input: { path: job.mp4Path, demuxer: 'mov', options: ['-t', job.maxSeconds.toFixed(3)] },
    args: [
      ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-c:a', 'copy', '-map_metadata', '-1', '-map_chapters', '-1'],
      ...['-movflags', '+faststart', '-f', 'mp4', `file:${job.outputPath}`],
    ],
    outputDirectory: dirname(job.outputPath),
    ...(job.signal ? { signal: job.signal } : {}),
  });
  return outcome.ok ? ok() : stepFailure(outcome);
}
