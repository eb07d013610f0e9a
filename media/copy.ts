import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, ok } from '../src/lib/result.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { MeasuredFacts } from './probe.ts';

const profiles: readonly (string | null)[] = ['Constrained Baseline', 'Baseline', 'Main', 'High'];
const pixelFormats: readonly (string | null)[] = ['yuv420p', 'yuvj420p'];

/**
 * Whether every browser plays the streams of a file as they are, at a rate that a phone can take: then a copy
 * in a clean container is watched while the sizes are made (media.md 1.4). Pure. `bytes` is the size of the file.
 */
export function canCopy(facts: MeasuredFacts, bytes: number): boolean {
  const { video, audio, durationSeconds } = facts;
  return (
    facts.demuxer === 'mov' &&
    video.codec === 'h264' &&
    profiles.includes(video.profile) &&
    pixelFormats.includes(video.pixelFormat) &&
    video.hdr === null &&
    video.frameRate <= mediaLimits.maxCopiedFrameRate &&
    Math.min(video.width, video.height) <= mediaLimits.maxCopiedShortSidePixels &&
    (audio === null || (audio.codec === 'aac' && audio.channels <= 2)) &&
    (bytes * 8) / Math.max(durationSeconds, 0.001) <= mediaLimits.maxCopiedBitsPerSecond
  );
}

/**
 * Copies the chosen picture and sound of a file into a plain MP4 with its index in front. What else the file
 * holds or tells stays behind: places, devices, other tracks, chapters. How it is turned is kept.
 */
export async function writeCopy(
  ffmpeg: Ffmpeg,
  job: {
    readonly sourcePath: string;
    readonly facts: MeasuredFacts;
    readonly outputPath: string;
    readonly outputDirectory: string;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly ok: true } | Failure<StepReason>> {
  const { facts } = job;
  const outcome = await ffmpeg.run({
    input: { path: job.sourcePath, demuxer: facts.demuxer },
    args: [
      ...['-map', `0:${facts.video.index}`, ...(facts.audio ? ['-map', `0:${facts.audio.index}`] : [])],
      ...['-c', 'copy', '-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'],
      ...['-movflags', '+faststart', '-f', 'mp4', `file:${job.outputPath}`],
    ],
    outputDirectory: job.outputDirectory,
    ...(job.signal ? { signal: job.signal } : {}),
  });
  return outcome.ok ? ok() : stepFailure(outcome);
}
