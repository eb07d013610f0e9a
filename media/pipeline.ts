import { mkdir, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { mediaLimits } from '../config/limits.ts';
import type { Logger } from '../src/lib/log.ts';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { assemble, type PosterHashes, type StoredRung } from './assemble.ts';
import { type Asset, type Piece, pieceOf, posterPieces } from './asset.ts';
import { canCopy, writeCopy } from './copy.ts';
import { type ExtrasJob, type Fingerprints, makeExtras } from './extras.ts';
import type { RefusalReason, StepReason } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { type LadderPlan, planLadder, type Rung } from './ladder.ts';
import { gainFor, type Loudness, measureLoudness } from './loudness.ts';
import type { ChunkIndex } from './package.ts';
import { makePoster, type PictureReason, type Poster, reencodeImage } from './poster.ts';
import { type MeasuredFacts, probeFile } from './probe.ts';
import { extractSound, type SoundJob } from './sound.ts';
import type { ObjectStorage } from './storage/storage.ts';
import { transcode } from './transcode.ts';
import type { Turns } from './turns.ts';

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
  /** Videos of this server are made before those of others. */
  readonly isRemote?: boolean;
  /** The frame that its author chose for the poster, in seconds. */
  readonly posterSeconds?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface FirstJob extends VideoJob {
  /** Told of a copy that can be played while the first size is made. */
  readonly onCopied: (copied: Copied) => Promise<void>;
}

export interface RestJob extends VideoJob {
  /** What the earlier stages have made. */
  readonly before: readonly StoredRung[];
  readonly loudness: Loudness | null;
  /** Short side of the poster there is; it is made anew where a larger one can be. */
  readonly posterShortSide: number;
  /** Sizes with a longer short side are left out. */
  readonly upTo?: number;
}

export interface FrameJob extends SourceJob {
  readonly videoId: string;
  readonly atSeconds: number;
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
}

export interface Progress {
  readonly stage: 'inspecting' | 'transcoding' | 'packaging' | 'storing';
  /** Of the whole work of this job, 0 to 100; never falls. */
  readonly percent: number;
}

/** What the made video is. Sizes are those of the largest rung that its source is good for. */
export interface VideoFacts {
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly hasAudio: boolean;
  /** Whether the source had a high dynamic range, which is lost. */
  readonly fromHdr: boolean;
  /** Every size that the source is good for, largest first. */
  readonly plannedRungs: readonly number[];
  /** Of the source; null where it has no sound, or none that can be read. */
  readonly loudness: Loudness | null;
}

export type InspectOutcome =
  | { readonly ok: true; readonly facts: MeasuredFacts; readonly plan: LadderPlan }
  | Failure<MediaReason>;

/** The upload in a clean container, with its poster. */
export interface Copied {
  readonly facts: VideoFacts;
  readonly assets: readonly Asset[];
  readonly hashes: PosterHashes;
}

export interface Made {
  readonly ok: true;
  readonly facts: VideoFacts;
  /** The manifests are of all sizes made so far; no MP4 or poster where an earlier one stays. */
  readonly assets: readonly Asset[];
  readonly chunkIndex: ChunkIndex;
  readonly hashes: PosterHashes | null;
}

export type VideoOutcome = Made | Failure<MediaReason>;

export type PosterJobOutcome =
  | { readonly ok: true; readonly assets: readonly Asset[]; readonly hashes: PosterHashes }
  | Failure<PictureReason>;

export type ExtrasOutcome =
  | { readonly ok: true; readonly assets: readonly Asset[]; readonly fingerprints: Fingerprints }
  | Failure<StepReason>;

/**
 * From a file to stored objects. Repeating a step, also after a crash, ends in the same state: objects are named
 * by their content, and those of an earlier try that differ are the ones the caller has not recorded, below the
 * prefixes of the video. Each step rejects where the storage fails or the disk is full.
 */
export interface MediaPipeline {
  /** Looks at a file and refuses it early, or tells what would be made of it. Stores nothing. */
  inspect(job: InspectJob): Promise<InspectOutcome>;
  /** Makes what can be played soonest: a copy where the file allows it, and the size that is made first. */
  processFirst(job: FirstJob): Promise<VideoOutcome>;
  /** Makes the sizes that are missing, from one decode. */
  processRest(job: RestJob): Promise<VideoOutcome>;
  /** Makes everything of one video at once: for one that nobody waits for, it costs least. */
  processVideo(job: VideoJob): Promise<VideoOutcome>;
  /** Makes what lies beside a video from one of its sizes: preview, storyboard, fingerprints. */
  processExtras(
    job: SourceJob & Omit<ExtrasJob, 'mp4Path'> & { readonly isRemote?: boolean },
  ): Promise<ExtrasOutcome>;
  /** Writes the sound of a finished MP4 of ours into a file of its own. Stores nothing. */
  extractSound(job: SoundJob): Promise<{ readonly ok: true } | Failure<StepReason>>;
  /** Makes a poster of one frame of a finished MP4 of ours and stores it. */
  processFrame(job: FrameJob): Promise<PosterJobOutcome>;
  /** Makes a clean poster of a picture from outside and stores it. */
  processPoster(job: SourceJob & { readonly videoId: string }): Promise<PosterJobOutcome>;
}

/** Share of the whole work at which each stage starts, in percent. */
const STAGE_STARTS = { inspecting: 0, transcoding: 2, packaging: 88, storing: 93 } as const;

interface PipelineDeps {
  readonly ffmpeg: Ffmpeg;
  readonly storage: ObjectStorage;
  /** Turns at the processor, for all encoders of this process; a lower rank goes first. */
  readonly encoders: Turns;
  readonly log: Logger;
}

/** Wires the steps of media.md together. It touches the work directory and the storage, nothing else. */
export function createPipeline(deps: PipelineDeps): MediaPipeline {
  const { ffmpeg, storage, encoders, log } = deps;

  /** Looks at the file in a fresh directory, and goes on where it is accepted. */
  async function logged<J extends VideoJob>(
    what: 'first' | 'rest' | 'whole',
    job: J,
    make: (report: Report, inspected: Inspected) => Promise<VideoOutcome>,
  ): Promise<VideoOutcome> {
    const { videoId } = job;
    const outcome = await inFreshDirectory(job, async () => {
      const report = reporter(job.onProgress);
      report('inspecting', 0);
      const inspected = await inspect(ffmpeg, job);
      return inspected.ok ? make(report, inspected) : inspected;
    });
    if (outcome.ok) log.info({ videoId, what, ...outcome.facts }, 'video made');
    else log.info({ videoId, what, reason: outcome.reason }, 'video not made');
    return outcome;
  }

  async function storePoster(
    videoId: string,
    path: string,
    poster: Poster | Failure<PictureReason>,
  ): Promise<PosterJobOutcome> {
    if (!poster.ok) return poster;
    const pieces = await posterPieces(videoId, path, poster);
    for (const piece of pieces) await store(storage, piece);
    const { blurhash, thumbhash } = poster;
    return ok({ assets: pieces.map(({ asset }) => asset), hashes: { blurhash, thumbhash } });
  }

  return {
    inspect: (job) => inFreshDirectory(job, () => inspect(ffmpeg, job)),

    processFirst: (job) =>
      logged('first', job, async (report, inspected) => {
        const copied = await makeCopy(deps, job, inspected);
        const first = firstRung(inspected.plan.rungs);
        return makeRungs(deps, { ...job, report, inspected, before: [], wantsPoster: !copied }, first);
      }),

    processRest: (job) =>
      logged('rest', job, async (report, inspected) => {
        const made = new Set(job.before.map(({ index }) => index.rung));
        const upTo = job.upTo ?? Number.POSITIVE_INFINITY;
        const missing = inspected.plan.rungs.filter(({ rung }) => !made.has(rung) && rung <= upTo);
        const [first, ...rest] = missing;
        // A try that was cut off after its last step.
        if (!first) throw new Error('All sizes of this video are made');
        const wantsPoster = job.posterShortSide < Math.min(first.rung, mediaLimits.maxPosterShortSidePixels);
        return makeRungs(deps, { ...job, report, inspected, wantsPoster }, [first, ...rest]);
      }),

    processVideo: (job) =>
      logged('whole', job, (report, inspected) =>
        makeRungs(deps, { ...job, report, inspected, before: [], wantsPoster: true }, inspected.plan.rungs),
      ),

    processExtras: (job) =>
      inFreshDirectory(job, async () => {
        const make = () => makeExtras(ffmpeg, { ...job, mp4Path: job.sourcePath });
        const made = await encoders(job.isRemote ? 1 : 0, make, job.signal);
        if (!made.ok) return made;
        for (const piece of made.pieces) await store(storage, piece);
        return ok({ assets: made.pieces.map(({ asset }) => asset), fingerprints: made.fingerprints });
      }),

    extractSound: (job) => extractSound(ffmpeg, job),

    processPoster: (job) =>
      inFreshDirectory(job, async () => {
        const outputPath = join(job.workDir, 'poster.jpg');
        return storePoster(job.videoId, outputPath, await reencodeImage(ffmpeg, { ...job, outputPath }));
      }),

    processFrame: (job) =>
      inFreshDirectory(job, async () => {
        const outputPath = join(job.workDir, 'poster.jpg');
        const frame = { ...job, mp4Path: job.sourcePath, outputPath };
        return storePoster(job.videoId, outputPath, await makePoster(ffmpeg, frame));
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

/** The size that is made first: up to 480 lines, or the smallest. */
export function firstRung(rungs: LadderPlan['rungs']): readonly [Rung] {
  const fitting = rungs.find(({ rung }) => rung <= mediaLimits.firstRungShortSidePixels);
  return [fitting ?? rungs.at(-1) ?? rungs[0]];
}

/** Makes and tells of a copy, where every browser plays that. Returns whether; its failure changes nothing. */
async function makeCopy(deps: PipelineDeps, job: FirstJob, { facts, plan }: Inspected): Promise<boolean> {
  const { size } = await stat(job.sourcePath);
  if (!canCopy(facts, size)) return false;
  const { ffmpeg, storage, log } = deps;
  const outputPath = join(job.workDir, 'copy.mp4');
  const paths = { sourcePath: job.sourcePath, outputPath, outputDirectory: job.workDir };
  const { width, height } = facts.video;
  const { durationSeconds } = facts;
  const posterPath = join(job.workDir, 'poster.jpg');
  const copied = await writeCopy(ffmpeg, { ...paths, facts, ...signalOf(job) });
  const poster = copied.ok
    ? await makePoster(ffmpeg, {
        ...{ mp4Path: outputPath, durationSeconds, width, height, ...signalOf(job), ...chosenFrame(job) },
        outputPath: posterPath,
      })
    : copied;
  if (!poster.ok) {
    log.debug({ videoId: job.videoId, reason: poster.reason }, 'the upload is not played as it came');
    return false;
  }
  const pieces = [
    await pieceOf(job.videoId, outputPath, 'copy.mp4', { role: 'copy', width, height }),
    ...(await posterPieces(job.videoId, posterPath, poster)),
  ];
  for (const piece of pieces) await store(storage, piece);
  const made = factsOf({ facts, plan }, durationSeconds, facts.audio !== null, null);
  const { blurhash, thumbhash } = poster;
  const assets = pieces.map(({ asset }) => asset);
  await job.onCopied({ facts: made, assets, hashes: { blurhash, thumbhash } });
  return true;
}

type Inspected = Extract<InspectOutcome, { ok: true }>;

/**
 * As an earlier stage measured it, or measured now; a track that cannot be measured keeps its loudness. Fails only
 * where it was cut off: another try measures it, and nothing would later.
 */
async function loudnessOf(
  ffmpeg: Ffmpeg,
  job: RungsJob,
): Promise<{ readonly ok: true; readonly loudness: Loudness | null } | Failure<StepReason>> {
  const { facts, plan } = job.inspected;
  if (job.loudness !== undefined || plan.audioIndex === null) return ok({ loudness: job.loudness ?? null });
  const measured = await measureLoudness(ffmpeg, {
    ...{ sourcePath: job.sourcePath, demuxer: facts.demuxer, audioIndex: plan.audioIndex },
    ...{ durationSeconds: plan.durationSeconds, outputDirectory: job.workDir, ...signalOf(job) },
  });
  if (!measured.ok) {
    const isCutOff = measured.reason === 'interrupted' || measured.reason === 'aborted';
    return isCutOff ? measured : ok({ loudness: null });
  }
  const { integratedLufs, truePeakDb, durationSeconds } = measured;
  return ok({ loudness: { integratedLufs, truePeakDb, durationSeconds } });
}

function chosenFrame({ posterSeconds }: VideoJob): { atSeconds?: number } {
  return posterSeconds === undefined ? {} : { atSeconds: posterSeconds };
}

interface RungsJob extends VideoJob {
  readonly report: Report;
  readonly inspected: Omit<Inspected, 'ok'>;
  readonly before: readonly StoredRung[];
  readonly wantsPoster: boolean;
  /** What an earlier stage has measured. */
  readonly loudness?: Loudness | null;
}

/** Transcodes, packages and stores some sizes of a plan. */
async function makeRungs(
  { ffmpeg, storage, encoders }: PipelineDeps,
  job: RungsJob,
  rungs: LadderPlan['rungs'],
): Promise<VideoOutcome> {
  const { report, inspected } = job;
  const { facts, plan } = inspected;
  report('transcoding', 0);
  const measured = await loudnessOf(ffmpeg, job);
  if (!measured.ok) return measured;
  const { loudness } = measured;
  const encode = () =>
    transcode(ffmpeg, {
      sourcePath: job.sourcePath,
      demuxer: facts.demuxer,
      plan,
      rungs,
      gain: loudness && gainFor(loudness).filter,
      outputDirectory: job.workDir,
      onProgress: (fraction) => report('transcoding', fraction),
      ...signalOf(job),
    });
  const transcoded = await encoders(job.isRemote ? 1 : 0, encode, job.signal).catch((error) => {
    if (job.signal?.aborted) return fail('aborted' as const, 'The processing was stopped.');
    throw error;
  });
  if (!transcoded.ok) return transcoded;

  report('packaging', 0);
  const { frameRate } = plan;
  const assembled = await assemble(ffmpeg, { ...job, files: transcoded.files, frameRate });
  if (!assembled.ok) return assembled;

  const { pieces, chunkIndex, hashes } = assembled;
  for (const [index, piece] of pieces.entries()) {
    report('storing', index / pieces.length);
    if (job.signal?.aborted) return fail('aborted', 'The processing was stopped.');
    await store(storage, piece);
  }
  report('storing', 1);
  const hasAudio = chunkIndex.rungs.every((rung) => rung.codecs.includes(','));
  const made = factsOf(inspected, chunkIndex.durationSeconds, hasAudio, loudness);
  return ok({ facts: made, assets: pieces.map(({ asset }) => asset), chunkIndex, hashes });
}

function factsOf(
  { facts, plan }: Omit<Inspected, 'ok'>,
  durationSeconds: number,
  hasAudio: boolean,
  loudness: Loudness | null,
): VideoFacts {
  const { width, height } = plan.rungs[0];
  const { frameRate } = plan;
  const plannedRungs = plan.rungs.map(({ rung }) => rung);
  const fromHdr = facts.video.hdr !== null;
  return { durationSeconds, width, height, frameRate, hasAudio, fromHdr, plannedRungs, loudness };
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

type Report = (stage: Progress['stage'], fraction: number) => void;

/** Turns the fraction of a stage into whole percent of the work, told once each. */
function reporter(onProgress: VideoJob['onProgress']): Report {
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
