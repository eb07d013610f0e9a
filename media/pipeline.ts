import { mkdir, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { Logger } from '../src/lib/log.ts';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { type Asset, assemble, type Piece, posterPiece } from './assemble.ts';
import type { RefusalReason, StepReason } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { type LadderPlan, planLadder } from './ladder.ts';
import type { ChunkIndex } from './package.ts';
import { type PictureReason, reencodeImage } from './poster.ts';
import { type MeasuredFacts, probeFile } from './probe.ts';
import type { ObjectStorage } from './storage/storage.ts';
import { transcode } from './transcode.ts';

/** Why a video was not made. Only `interrupted` is worth another try; `detail` is for its author. */
export type MediaReason = RefusalReason | StepReason;

export interface SourceJob {
  /** Absolute path of the uploaded or downloaded file. It is only read. */
  readonly sourcePath: string;
  /** Absolute path of a directory that belongs to this job alone: emptied first, removed at the end. */
  readonly workDir: string;
  readonly signal?: AbortSignal;
}

export interface InspectJob extends SourceJob {
  readonly limits: { readonly maxDurationSeconds: number; readonly maxBytes: number };
}

export interface VideoJob extends InspectJob {
  readonly videoId: string;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly stage: 'inspecting' | 'transcoding' | 'packaging' | 'storing';
  /** Of the whole work, 0 to 100; never falls. */
  readonly percent: number;
}

/** What the made video is. Sizes are those of the largest rung. */
export interface VideoFacts {
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly hasAudio: boolean;
  /** Whether the source had a high dynamic range, which is lost. */
  readonly fromHdr: boolean;
}

export type InspectOutcome =
  | { readonly ok: true; readonly facts: MeasuredFacts; readonly plan: LadderPlan }
  | Failure<MediaReason>;

export type VideoOutcome =
  | {
      readonly ok: true;
      readonly facts: VideoFacts;
      readonly assets: readonly Asset[];
      readonly chunkIndex: ChunkIndex;
      readonly blurhash: string;
    }
  | Failure<MediaReason>;

export type PosterJobOutcome =
  | { readonly ok: true; readonly asset: Asset; readonly blurhash: string }
  | Failure<PictureReason>;

/** From a file to stored objects. */
export interface MediaPipeline {
  /** Looks at a file and refuses it early, or tells what would be made of it. Stores nothing. */
  inspect(job: InspectJob): Promise<InspectOutcome>;
  /**
   * Makes and stores everything of one video. Repeating it, also after a crash, ends in the same state:
   * objects are named by their content, and those of an earlier try that differ are the ones the caller has
   * not recorded, below the prefixes of the video. Rejects where the storage fails or the disk is full.
   */
  processVideo(job: VideoJob): Promise<VideoOutcome>;
  /** Makes a clean poster of a downloaded picture and stores it. */
  processPoster(job: SourceJob & { readonly videoId: string }): Promise<PosterJobOutcome>;
}

/** Share of the whole work at which each stage starts, in percent. */
const STAGE_STARTS = { inspecting: 0, transcoding: 2, packaging: 88, storing: 93 } as const;

interface PipelineDeps {
  readonly ffmpeg: Ffmpeg;
  readonly storage: ObjectStorage;
  readonly log: Logger;
}

/** Wires the steps of media.md together. It touches the work directory and the storage, nothing else. */
export function createPipeline(deps: PipelineDeps): MediaPipeline {
  const { ffmpeg, storage, log } = deps;
  return {
    inspect: (job) => inFreshDirectory(job, () => inspect(ffmpeg, job)),

    async processVideo(job) {
      const outcome = await inFreshDirectory(job, () => makeVideo(deps, job));
      const { videoId } = job;
      if (outcome.ok) log.info({ videoId, ...outcome.facts }, 'video made');
      else log.info({ videoId, reason: outcome.reason }, 'video not made');
      return outcome;
    },

    processPoster: (job) =>
      inFreshDirectory(job, async () => {
        const outputPath = join(job.workDir, 'poster.jpg');
        const poster = await reencodeImage(ffmpeg, { ...job, outputPath });
        if (!poster.ok) return poster;
        const piece = await posterPiece(job.videoId, outputPath, poster);
        await store(storage, piece);
        return ok({ asset: piece.asset, blurhash: poster.blurhash });
      }),
  };
}

async function inspect(ffmpeg: Ffmpeg, job: InspectJob): Promise<InspectOutcome> {
  const { size } = await stat(job.sourcePath);
  if (size > job.limits.maxBytes) {
    return fail(
      'too-large',
      `This file is ${megabytes(size)} MB; the limit on this server is ${megabytes(job.limits.maxBytes)} MB.`,
    );
  }
  const probed = await probeFile(ffmpeg, {
    path: job.sourcePath,
    scratchDirectory: job.workDir,
    ...signalOf(job),
  });
  if (!probed.ok) return probed;
  const { canToneMap } = await ffmpeg.describe();
  const plan = planLadder(probed.facts, { ...job.limits, canToneMap });
  return plan.ok ? ok({ facts: probed.facts, plan }) : plan;
}

async function makeVideo({ ffmpeg, storage }: PipelineDeps, job: VideoJob): Promise<VideoOutcome> {
  const report = reporter(job.onProgress);
  report('inspecting', 0);
  const inspected = await inspect(ffmpeg, job);
  if (!inspected.ok) return inspected;
  const { facts, plan } = inspected;

  report('transcoding', 0);
  const transcoded = await transcode(ffmpeg, {
    sourcePath: job.sourcePath,
    demuxer: facts.demuxer,
    plan,
    outputDirectory: job.workDir,
    onProgress: (fraction) => report('transcoding', fraction),
    ...signalOf(job),
  });
  if (!transcoded.ok) return transcoded;

  report('packaging', 0);
  const { frameRate } = plan;
  const assembled = await assemble(ffmpeg, { ...job, files: transcoded.files, frameRate });
  if (!assembled.ok) return assembled;

  const { pieces, chunkIndex, blurhash } = assembled;
  for (const [index, piece] of pieces.entries()) {
    report('storing', index / pieces.length);
    if (job.signal?.aborted) return fail('aborted', 'The processing was stopped.');
    await store(storage, piece);
  }
  report('storing', 1);
  const { width, height } = plan.rungs[0];
  const { durationSeconds } = chunkIndex;
  const hasAudio = chunkIndex.rungs.every((rung) => rung.codecs.includes(','));
  const made = { durationSeconds, width, height, frameRate, hasAudio, fromHdr: facts.video.hdr !== null };
  return ok({ facts: made, assets: pieces.map(({ asset }) => asset), chunkIndex, blurhash });
}

function store(storage: ObjectStorage, { asset, path }: Piece): Promise<void> {
  return storage.putFile(asset.key, path, { contentType: asset.contentType });
}

/** What a crash left in the directory is wiped first, and nothing stays after the work. */
async function inFreshDirectory<T>(job: SourceJob, work: () => Promise<T>): Promise<T> {
  const inside = relative(job.workDir, job.sourcePath);
  if (
    !isAbsolute(job.workDir) ||
    !isAbsolute(job.sourcePath) ||
    !(isAbsolute(inside) || inside.startsWith('..'))
  ) {
    throw new TypeError('The source must be an absolute path outside the absolute work directory');
  }
  await rm(job.workDir, { recursive: true, force: true });
  await mkdir(job.workDir, { recursive: true, mode: 0o700 });
  try {
    return await work();
  } finally {
    await rm(job.workDir, { recursive: true, force: true });
  }
}

/** Turns the fraction of a stage into whole percent of the work, told once each. */
function reporter(onProgress: VideoJob['onProgress']) {
  const starts = Object.values(STAGE_STARTS);
  let last = '';
  return (stage: Progress['stage'], fraction: number): void => {
    const from = STAGE_STARTS[stage];
    const to = starts.find((start) => start > from) ?? 100;
    const percent = Math.floor(from + (to - from) * fraction);
    if (last === `${stage} ${percent}`) return;
    last = `${stage} ${percent}`;
    onProgress?.({ stage, percent });
  };
}

function signalOf(job: SourceJob): { signal?: AbortSignal } {
  return job.signal ? { signal: job.signal } : {};
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}
