import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, ok } from '../src/lib/result.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';

/** A rung that could become the file other servers fetch. */
export interface FederatedCandidate {
  readonly rung: number;
  readonly size: number;
}

/**
 * Chooses the rung for other servers: the largest up to 720 lines whose file they accept (Mastodon refuses
 * more than 99 MB); where none is small enough, the smallest. The plain copy is never larger than its source.
 */
export function chooseFederated<T extends FederatedCandidate>(rungs: readonly [T, ...T[]]): T {
  const ascending = rungs.toSorted((a, b) => a.rung - b.rung);
  const fitting = ascending.filter(
    (rung) =>
      rung.rung <= mediaLimits.maxFederatedShortSidePixels && rung.size <= mediaLimits.maxFederatedMp4Bytes,
  );
  return fitting.at(-1) ?? ascending[0] ?? rungs[0];
}

/**
 * Copies a fragmented rung into a plain MP4 with its index in front: for federation, link previews and
 * players without MSE. Nothing is encoded again. There is no edit list: picture and sound both start at 0
 * in the rung, and stay so for players that ignore edit lists.
 */
export async function writeFaststart(
  ffmpeg: Ffmpeg,
  job: {
    readonly rungPath: string;
    readonly outputPath: string;
    readonly outputDirectory: string;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly ok: true } | Failure<StepReason>> {
  const outcome = await ffmpeg.run({
    input: { path: job.rungPath, demuxer: 'mov' },
    args: [
      ...['-map', '0', '-c', 'copy', '-map_metadata', '-1', '-fflags', '+bitexact'],
      ...['-movflags', '+faststart', '-use_editlist', '0', '-f', 'mp4', `file:${job.outputPath}`],
    ],
    outputDirectory: job.outputDirectory,
    ...(job.signal ? { signal: job.signal } : {}),
  });
  return outcome.ok ? ok() : stepFailure(outcome);
}
