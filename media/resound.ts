import { join } from 'node:path';
import { type Failure, ok } from '../src/lib/result.ts';
import { type AssembledFile, assemble, type StoredRung } from './assemble.ts';
import type { Piece } from './asset.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { ChunkIndex } from './package.ts';
import type { ObjectStorage } from './storage/storage.ts';
import { AAC_PRIMING_SAMPLES, aacOutput, fragmentedOutput } from './transcode.ts';

/**
 * What the sizes get in place of their sound: none; that of a file, as `extractSound` wrote it (absolute path); or silence of the same
 * form, so that each can be given under the address, and be played by what is said, of the one that it stands for.
 */
export type NewSound = 'none' | 'silence' | { readonly path: string };

export interface ResoundJob {
  readonly videoId: string;
  /** Every size there is. */
  readonly rungs: readonly [StoredRung, ...StoredRung[]];
  readonly sound: NewSound;
  /** An existing directory of its own. */
  readonly workDir: string;
  readonly signal?: AbortSignal;
}

/**
 * Makes all that is played of a video anew with another sound or none: sizes, playlists, manifests, chunk index and the
 * plain MP4. No picture is encoded, so it is a matter of seconds. Stores nothing.
 */
export async function resound(
  { ffmpeg, storage }: { readonly ffmpeg: Ffmpeg; readonly storage: ObjectStorage },
  job: ResoundJob,
): Promise<
  | { readonly ok: true; readonly pieces: readonly Piece[]; readonly chunkIndex: ChunkIndex }
  | Failure<StepReason>
> {
  const { videoId, rungs, sound, workDir } = job;
  const signal = job.signal ? { signal: job.signal } : {};
  const files: AssembledFile[] = [];
  for (const { index } of rungs) {
    const { rung, key } = index;
    const beforePath = join(workDir, `${rung}-before.mp4`);
    if (!(await storage.download(key, beforePath)))
      throw new Error(`A size of video ${videoId} is not in the store.`);
    const path = join(workDir, `${rung}-cmaf.mp4`);
    const outcome = await ffmpeg.run({
      input: { path: beforePath, demuxer: 'mov' },
      ...(typeof sound === 'string' ? {} : { secondInput: { path: sound.path, demuxer: 'mov' as const } }),
      args: ['-map', '0:v:0', '-c', 'copy', ...soundArgs(sound), ...fragmentedOutput(path)],
      outputDirectory: workDir,
      ...signal,
    });
    if (!outcome.ok) return stepFailure(outcome);
    files.push({ rung, path });
  }
  const [first, ...rest] = files;
  const [{ frameRate }] = rungs;
  if (!first) throw new Error('A video without a size');
  const made = await assemble(ffmpeg, {
    ...{ videoId, files: [first, ...rest], before: [], frameRate, workDir, wantsPoster: false, ...signal },
    ...(sound === 'silence' ? { standsFor: new Map(rungs.map(({ index }) => [index.rung, index.key])) } : {}),
  });
  return made.ok ? ok({ pieces: made.pieces, chunkIndex: made.chunkIndex }) : made;
}

function soundArgs(sound: NewSound): string[] {
  if (sound === 'none') return [];
  // It is encoded anew, so the priming takes the place of its first samples again (see `transcode`).
  const silence = `volume=0,atrim=start_sample=${AAC_PRIMING_SAMPLES}`;
  if (sound === 'silence') return ['-map', '0:a:0', '-af', silence, ...aacOutput];
  return ['-map', '1:a:0'];
}
