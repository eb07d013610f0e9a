import { mkdir, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { mediaLimits } from '../config/media-limits.ts';
import type { Logger } from '../src/lib/log.ts';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { assemble, type StoredRung } from './assemble.ts';
import { type Piece, pieceOf, posterPieces } from './asset.ts';
import { canCopy, writeCopy } from './copy.ts';
import { makeExtras, makeSheet } from './extras.ts';
import type { StepReason } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { type LadderPlan, planLadder, type Rung } from './ladder.ts';
import { gainFor, type Loudness, measureLoudness } from './loudness.ts';
import type {
  FirstJob,
  InspectJob,
  InspectOutcome,
  MediaPipeline,
  PosterJobOutcome,
  Progress,
  RestJob,
  SourceJob,
  VideoFacts,
  VideoJob,
  VideoOutcome,
} from './pipeline-jobs.ts';
import { makePoster, type PictureReason, type Poster, reencodeImage } from './poster.ts';
import { probeFile } from './probe.ts';
import { composeRemix } from './remix.ts';
import { resound } from './resound.ts';
import { extractSound } from './sound.ts';
import type { ObjectStorage } from './storage/storage.ts';
import { type TranscodeOutcome, transcode } from './transcode.ts';
import type { Turns } from './turns.ts';

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

    composeRemix: (job) =>
      encoders(0, () => composeRemix(ffmpeg, job), job.signal).catch((error) => stopped(job, error)),

    processFirst: (job) =>
      logged('first', job, async (report, inspected) => {
        // A copy would have what its author cut away.
        const copied = !job.edit && (await makeCopy(deps, job, inspected));
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
        const soundPath = await soundMade(storage, job);
        return makeRungs(deps, { ...job, report, inspected, wantsPoster, soundPath }, [first, ...rest]);
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

    // Without a turn: it is a matter of seconds, and somebody waits for it.
    processSheet: (job) =>
      inFreshDirectory(job, async () => {
        const made = await makeSheet(ffmpeg, { ...job, mp4Path: job.sourcePath });
        if (!made.ok) return made;
        await store(storage, made.sheet);
        return ok({ asset: made.sheet.asset });
      }),

    extractSound: (job) => extractSound(ffmpeg, job),

    // Without a turn: nothing is encoded, and nobody can watch the video before it is done.
    resound: (job) =>
      inEmptyDirectory(job.workDir, async () => {
        const made = await resound({ ffmpeg, storage }, job);
        if (!made.ok) return made;
        for (const piece of made.pieces) await store(storage, piece);
        return ok({ assets: made.pieces.map(({ asset }) => asset), chunkIndex: made.chunkIndex });
      }),

    keepSound: async ({ videoId, path }) => {
      const piece = await pieceOf(videoId, path, 'kept.mp4', { role: 'sound-kept' });
      await store(storage, piece);
      return piece.asset;
    },

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
  const plan = planLadder(probed.facts, { ...job.limits, canToneMap, edit: job.edit ?? null });
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
    ...{ startSeconds: plan.startSeconds, durationSeconds: plan.durationSeconds },
    ...{ outputDirectory: job.workDir, ...signalOf(job) },
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
  /** A size that an earlier stage has made, for its sound. */
  readonly soundPath?: string | null;
}

/**
 * Fetches the smallest size made so far that has sound: encoding the same sound for each size again costs a
 * twentieth of the whole ladder. Null where there is none, or it is gone.
 */
async function soundMade(storage: ObjectStorage, { before, workDir }: RestJob): Promise<string | null> {
  const withSound = before.filter(({ index }) => index.codecs.includes(','));
  const [smallest] = withSound.toSorted((a, b) => a.size - b.size);
  if (!smallest) return null;
  const path = join(workDir, 'sound.mp4');
  return (await storage.download(smallest.index.key, path)) ? path : null;
}

/**
 * Encodes some sizes of a plan. Where none has sound yet, the one that is made first is made apart, and the others
 * take its sound: so a video that is made at once has the same bytes as one that was made in stages, and what is
 * damaged comes back under its address when it is made anew.
 */
async function encodeRungs(
  ffmpeg: Ffmpeg,
  job: RungsJob,
  rungs: LadderPlan['rungs'],
  gain: string | null,
): Promise<TranscodeOutcome> {
  const { facts, plan } = job.inspected;
  const run = (some: LadderPlan['rungs'], soundPath: string | null, from: number, to: number) =>
    transcode(ffmpeg, {
      ...{ sourcePath: job.sourcePath, demuxer: facts.demuxer, plan, rungs: some, gain, soundPath },
      outputDirectory: job.workDir,
      onProgress: (fraction) => job.report('transcoding', from + (to - from) * fraction),
      ...signalOf(job),
    });
  const [first] = firstRung(rungs);
  const [next, ...others] = rungs.filter((rung) => rung !== first);
  const soundPath = job.soundPath ?? null;
  if (!next || soundPath !== null || plan.audioIndex === null) return run(rungs, soundPath, 0, 1);
  const pixels = (some: readonly Rung[]) => some.reduce((sum, { width, height }) => sum + width * height, 0);
  const share = pixels([first]) / pixels(rungs);
  const made = await run([first], null, 0, share);
  if (!made.ok) return made;
  const rest = await run([next, ...others], made.files[0].path, share, 1);
  if (!rest.ok) return rest;
  const [largest, ...smaller] = [...made.files, ...rest.files].toSorted((a, b) => b.rung - a.rung);
  return ok({ files: [largest ?? made.files[0], ...smaller] });
}

/** Transcodes, packages and stores some sizes of a plan. */
async function makeRungs(
  { ffmpeg, storage, encoders }: PipelineDeps,
  job: RungsJob,
  rungs: LadderPlan['rungs'],
): Promise<VideoOutcome> {
  const { report, inspected } = job;
  const { plan } = inspected;
  report('transcoding', 0);
  const measured = await loudnessOf(ffmpeg, job);
  if (!measured.ok) return measured;
  const { loudness } = measured;
  const encode = () => encodeRungs(ffmpeg, job, rungs, loudness && gainFor(loudness).filter);
  const transcoded = await encoders(job.isRemote ? 1 : 0, encode, job.signal).catch((error) =>
    stopped(job, error),
  );
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
  return inEmptyDirectory(job.workDir, work);
}

async function inEmptyDirectory<T>(workDir: string, work: () => Promise<T>): Promise<T> {
  await rm(workDir, { recursive: true, force: true });
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  try {
    return await work();
  } finally {
    await rm(workDir, { recursive: true, force: true });
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

/** What became of work that was given up while it waited for its turn; any other error is thrown on. */
function stopped({ signal }: { readonly signal?: AbortSignal }, error: unknown): Failure<'aborted'> {
  if (signal?.aborted) return fail('aborted', 'The processing was stopped.');
  throw error;
}

function signalOf(job: SourceJob): { signal?: AbortSignal } {
  return job.signal ? { signal: job.signal } : {};
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}
