import type { Failure, Ok } from '../src/lib/result.ts';
import type { PosterHashes, StoredRung } from './assemble.ts';
import type { Asset } from './asset.ts';
import type { EditList } from './edit-list.ts';
import type { ExtrasJob, Fingerprints, SheetJob } from './extras.ts';
import type { RefusalReason, StepReason } from './failures.ts';
import type { LadderPlan } from './ladder.ts';
import type { Loudness } from './loudness.ts';
import type { ChunkIndex } from './package.ts';
import type { PictureReason } from './poster.ts';
import type { MeasuredFacts } from './probe.ts';
import type { ComposeJob, ComposeOutcome } from './remix.ts';
import type { ResoundJob } from './resound.ts';
import type { SoundJob } from './sound.ts';

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
  /** What its author keeps of the file; all of it where this is not given. */
  readonly edit?: EditList | null;
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

export type ResoundOutcome =
  | Ok<{ readonly assets: readonly Asset[]; readonly chunkIndex: ChunkIndex }>
  | Failure<StepReason>;

/**
 * From a file to stored objects. Repeating a step, also after a crash, ends in the same state: objects are named
 * by their content, and those of an earlier try that differ are the ones the caller has not recorded, below the
 * prefixes of the video. Each step rejects where the storage fails or the disk is full.
 */
export type SheetOutcome = Ok<{ readonly asset: Asset }> | Failure<StepReason>;

export interface MediaPipeline {
  /** Looks at a file and refuses it early, or tells what would be made of it. Stores nothing. */
  inspect(job: InspectJob): Promise<InspectOutcome>;
  /** Puts what its author recorded and the video it answers to into one file. Stores nothing. */
  composeRemix(job: ComposeJob): Promise<ComposeOutcome>;
  /** Makes what can be played soonest: a copy where the file allows it, and the size that is made first. */
  processFirst(job: FirstJob): Promise<VideoOutcome>;
  /** Makes the sizes that are missing, from one decode. */
  processRest(job: RestJob): Promise<VideoOutcome>;
  /** Makes everything of one video in one job, for one that nobody waits for: the same bytes as in stages. */
  processVideo(job: VideoJob): Promise<VideoOutcome>;
  /** Makes what lies beside a video from one of its sizes: preview, storyboard, fingerprints. */
  processExtras(
    job: SourceJob & Omit<ExtrasJob, 'mp4Path'> & { readonly isRemote?: boolean },
  ): Promise<ExtrasOutcome>;
  /** Makes and stores the storyboard alone, for whoever looks at a video before its other extras are there. */
  processSheet(job: SourceJob & Omit<SheetJob, 'mp4Path'>): Promise<SheetOutcome>;
  /** Writes the sound of a finished MP4 of ours into a file of its own. Stores nothing. */
  extractSound(job: SoundJob): Promise<{ readonly ok: true } | Failure<StepReason>>;
  /** Makes and stores all that is played of a finished video with another sound, or none. */
  resound(job: ResoundJob): Promise<ResoundOutcome>;
  /** Stores the sound of a video that is played without it, for when it comes back. */
  keepSound(job: { readonly videoId: string; readonly path: string }): Promise<Asset>;
  /** Makes a poster of one frame of a finished MP4 of ours and stores it. */
  processFrame(job: FrameJob): Promise<PosterJobOutcome>;
  /** Makes a clean poster of a picture from outside and stores it. */
  processPoster(job: SourceJob & { readonly videoId: string }): Promise<PosterJobOutcome>;
}
