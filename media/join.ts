import { join as joinPath } from 'node:path';
import { fail, ok, type Result } from '../src/lib/result.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { readHead, sniffVideo } from './sniff.ts';

export interface JoinJob {
  /** Absolute paths of two local files; they are only read. */
  readonly picturePath: string;
  readonly soundPath: string;
  /** Absolute path of an existing directory; the result is written there as `joined.mp4`. */
  readonly outputDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/** Puts picture and sound of two files into one. */
export type Join = (
  job: JoinJob,
) => Promise<Result<{ readonly path: string }, 'not-a-video' | 'no-video' | StepReason>>;

/**
 * Copies the first picture track of one file and the first sound track of the other into one MP4, without
 * decoding either. Both are local files behind the same walls as every other input (media.md 3.1).
 */
export function createJoin(ffmpeg: Pick<Ffmpeg, 'run'>): Join {
  return async (job) => {
    const [picture, sound] = await Promise.all([readHead(job.picturePath), readHead(job.soundPath)]);
    const [pictureKind, soundKind] = [sniffVideo(picture), sniffVideo(sound)];
    if (!pictureKind.ok) return pictureKind;
    if (!soundKind.ok)
      return fail('not-a-video', 'The sound of this video is in a format that is not known.');
    const path = joinPath(job.outputDirectory, 'joined.mp4');
    const outcome = await ffmpeg.run({
      input: { path: job.picturePath, demuxer: pictureKind.demuxer },
      secondInput: { path: job.soundPath, demuxer: soundKind.demuxer },
      args: [
        ...['-map', '0:v:0', '-map', '1:a:0', '-c', 'copy', '-map_metadata', '-1', '-f', 'mp4'],
        `file:${path}`,
      ],
      outputDirectory: job.outputDirectory,
      ...(job.signal ? { signal: job.signal } : {}),
    });
    return outcome.ok ? ok({ path }) : stepFailure(outcome);
  };
}
