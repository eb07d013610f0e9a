import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, type Ok, ok } from '../src/lib/result.ts';
import { type Piece, pieceOf } from './asset.ts';
import type { StepReason } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { fingerprintBytes, fingerprintSound } from './fingerprint.ts';
import { nameOf } from './keys.ts';
import { hashVideo } from './phash.ts';
import { makePreview } from './preview.ts';
import { makeStoryboard, planStoryboard, type StoryboardPlan, storyboardIndex } from './storyboard.ts';

/** What sounds and pictures are known by, as it is stored; null where there is nothing to know. */
export interface Fingerprints {
  /** Chromaprint: words of 32 bits, low byte first. */
  readonly chromaprint: Buffer | null;
  /** The same within the band that a telephone lets through: what sounds are found by. */
  readonly soundPrint: Buffer | null;
  /** Two pictures a second: words of 32 bits, low byte first, two for each picture. */
  readonly phash: Buffer;
  readonly phashMirrored: Buffer;
}

/** Everything beside the video itself. */
export interface Extras {
  readonly ok: true;
  readonly pieces: readonly Piece[];
  readonly fingerprints: Fingerprints;
}

export interface SheetJob {
  readonly videoId: string;
  /** A finished file of ours; the smallest size is enough. */
  readonly mp4Path: string;
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly workDir: string;
  readonly signal?: AbortSignal;
}

export interface ExtrasJob extends SheetJob {
  readonly hasAudio: boolean;
  /** Where the poster was taken, if its author chose. */
  readonly posterSeconds?: number;
}

/** Makes the preview, the storyboard and the fingerprints of a video from one of its sizes. */
export async function makeExtras(ffmpeg: Ffmpeg, job: ExtrasJob): Promise<Extras | Failure<StepReason>> {
  const { videoId, mp4Path, durationSeconds, workDir } = job;
  const common = { mp4Path, outputDirectory: workDir, ...(job.signal ? { signal: job.signal } : {}) };
  const shape = { width: job.width, height: job.height };

  const previewPath = join(workDir, 'preview.mp4');
  const at = job.posterSeconds === undefined ? {} : { posterSeconds: job.posterSeconds };
  const preview = await makePreview(ffmpeg, {
    ...common,
    ...shape,
    ...at,
    durationSeconds,
    outputPath: previewPath,
  });
  if (!preview.ok) return preview;

  const made = await makeSheet(ffmpeg, job);
  if (!made.ok) return made;
  const { plan, sheet } = made;
  const indexPath = join(workDir, 'storyboard.vtt');
  await writeFile(indexPath, storyboardIndex(plan, durationSeconds, nameOf(sheet.asset.key)));

  const found = await fingerprint(ffmpeg, job);
  if (!found.ok) return found;
  const { width, height } = preview;
  const pieces = [
    await pieceOf(videoId, previewPath, 'preview.mp4', { role: 'preview', width, height }),
    sheet,
    await pieceOf(videoId, indexPath, 'storyboard.vtt', { role: 'storyboard-vtt' }),
  ];
  return ok({ pieces, fingerprints: found.fingerprints });
}

/** Makes the storyboard alone: the same bytes as among the other extras. */
export async function makeSheet(
  ffmpeg: Ffmpeg,
  { videoId, mp4Path, durationSeconds, width, height, workDir, signal }: SheetJob,
): Promise<Ok<{ readonly sheet: Piece; readonly plan: StoryboardPlan }> | Failure<StepReason>> {
  const outputPath = join(workDir, 'storyboard.jpg');
  const plan = planStoryboard({ durationSeconds, width, height });
  const files = { mp4Path, outputPath, outputDirectory: workDir, ...(signal ? { signal } : {}) };
  const made = await makeStoryboard(ffmpeg, { ...files, plan });
  if (!made.ok) return made;
  return ok({ sheet: await pieceOf(videoId, outputPath, 'storyboard.jpg', { role: 'storyboard' }), plan });
}

async function fingerprint(
  ffmpeg: Ffmpeg,
  job: ExtrasJob,
): Promise<{ readonly ok: true; readonly fingerprints: Fingerprints } | Failure<StepReason>> {
  const common = {
    ...{ mp4Path: job.mp4Path, scratchDirectory: job.workDir },
    ...(job.signal ? { signal: job.signal } : {}),
  };
  const pictures = await hashVideo(ffmpeg, common);
  if (!pictures.ok) return pictures;
  const sound = job.hasAudio ? await fingerprintSound(ffmpeg, common) : null;
  if (sound && !sound.ok) return sound;
  const prints = sound?.prints ?? null;
  return ok({
    fingerprints: {
      chromaprint: prints && fingerprintBytes(prints.whole),
      soundPrint: prints && fingerprintBytes(prints.banded),
      phash: fingerprintBytes(pictures.hashes.plain),
      phashMirrored: fingerprintBytes(pictures.hashes.mirrored),
    },
  });
}
