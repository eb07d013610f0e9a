import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, fail } from '../src/lib/result.ts';
import { type Crop, type Cut, type EditList, partOf } from './edit-list.ts';
import type { RefusalReason } from './failures.ts';
import type { MeasuredFacts } from './probe.ts';

/** What will be made of a video. */
export interface LadderPlan {
  readonly ok: true;
  /** Where in the file the result begins, in seconds. */
  readonly startSeconds: number;
  /** What is kept of the picture; null: all of it. */
  readonly crop: Crop | null;
  /** What is left out after that, in whole pictures; how long it all is with these. */
  readonly cuts: readonly Cut[];
  readonly spanSeconds: number;
  /** The result is never longer. */
  readonly durationSeconds: number;
  /** Frames per second of every rung, a whole number. */
  readonly frameRate: number;
  readonly videoIndex: number;
  readonly audioIndex: number | null;
  /** Whether the last picture stands until the sound ends. */
  readonly holdLastFrame: boolean;
  readonly colour: ColourPlan;
  /** Largest first; at least one. */
  readonly rungs: readonly [Rung, ...Rung[]];
}

/** One size of the video. */
export interface Rung {
  /** The short side in pixels: its name in keys and indexes. */
  readonly rung: number;
  readonly width: number;
  readonly height: number;
  readonly maxRateKbps: number;
}

/** How colours become BT.709 of limited range, in ffmpeg's words. */
export type ColourPlan =
  | { readonly kind: 'sdr'; readonly matrix: 'bt709' | 'bt601' | 'bt2020' }
  | {
      readonly kind: 'hdr';
      readonly transfer: 'smpte2084' | 'arib-std-b67';
      readonly matrix: string;
      readonly primaries: string;
      readonly range: 'tv' | 'pc';
    };

export type LadderOutcome = LadderPlan | Failure<RefusalReason>;

export interface LadderLimits {
  readonly maxDurationSeconds: number;
  /** Whether this build of ffmpeg can turn HDR into the standard range. */
  readonly canToneMap: boolean;
  /** What its author keeps of the file; all of it where this is not given. */
  readonly edit?: EditList | null;
  /** Pictures per second of the result; by default those of the file. */
  readonly frameRate?: number;
}

/** Short side and bit rate cap of each size; caps are for up to 31 frames per second (media.md 1.3). */
const sizes = [
  { rung: 1080, maxRateKbps: 5_000 },
  { rung: 720, maxRateKbps: 2_800 },
  { rung: 480, maxRateKbps: 1_400 },
  { rung: 360, maxRateKbps: 800 },
] as const;

/** A size may be this much above the source: 1072 lines are sold as 1080. */
const UPSCALE_TOLERANCE = 1.05;
const HIGH_FRAME_RATE = 31;
const HIGH_FRAME_RATE_FACTOR = 1.5;

/**
 * Decides what to make of a file, or why not. Pure. Sizes are never larger than the source; a source
 * below the smallest size gets one rung of its own, even, size. Refusals carry both numbers: what the
 * file has and what the server takes. Of an edited file, length and smallest size are those of what is left.
 */
export function planLadder(source: MeasuredFacts, limits: LadderLimits): LadderOutcome {
  const part = partOf(source, limits.edit ?? null);
  if (!part.ok) return part;
  const { startSeconds, crop, spanSeconds, facts } = part;
  const refusal = refuse(source, limits, facts);
  if (refusal) return refusal;
  const { video, audio } = facts;
  const frameRate = limits.frameRate ?? outputFrameRate(video.frameRate);
  const longest = limits.maxDurationSeconds + mediaLimits.durationToleranceSeconds;
  const cuts = part.cuts.map(({ from, to }) => ({
    from: Math.round(from * frameRate) / frameRate,
    to: Math.round(to * frameRate) / frameRate,
  }));
  const left = cuts.reduce((sum, { from, to }) => sum - (to - from), spanSeconds);
  const durationSeconds = Math.min(left, longest);
  return {
    ok: true,
    startSeconds,
    crop,
    cuts,
    spanSeconds: Math.min(spanSeconds, spanSeconds - left + longest),
    durationSeconds,
    frameRate,
    videoIndex: video.index,
    audioIndex: audio?.index ?? null,
    holdLastFrame:
      video.endSeconds !== null &&
      (audio?.endSeconds ?? 0) > video.endSeconds + mediaLimits.minDurationSeconds,
    // What the file does not say is guessed by the size that it has itself.
    colour: colourPlan(source.video, limits.canToneMap),
    rungs: rungsOf(video.width, video.height, frameRate),
  };
}

function refuse(
  facts: MeasuredFacts,
  limits: LadderLimits,
  left: MeasuredFacts = facts,
): Failure<RefusalReason> | null {
  const { video } = facts;
  const { durationSeconds } = left;
  const { minSidePixels, maxSidePixels, maxPixels, minDurationSeconds } = mediaLimits;
  const shortSide = Math.min(left.video.width, left.video.height);
  const longSide = Math.max(video.width, video.height);
  if (facts.streamCount > mediaLimits.maxStreams) {
    return fail(
      'too-many-streams',
      `This file holds ${facts.streamCount} tracks; the limit on this server is ${mediaLimits.maxStreams}.`,
    );
  }
  if (shortSide < minSidePixels) {
    return fail(
      'too-small-picture',
      `The picture is ${left.video.width} × ${left.video.height}; each side needs at least ${minSidePixels} pixels.`,
    );
  }
  if (longSide > maxSidePixels || video.width * video.height > maxPixels) {
    return fail(
      'too-large-picture',
      `The picture is ${video.width} × ${video.height}; the limit on this server is 8192 × 4320.`,
    );
  }
  if (durationSeconds < minDurationSeconds) {
    return fail(
      'too-short',
      `This video is ${durationSeconds.toFixed(1)} seconds long; it needs at least ${minDurationSeconds}.`,
    );
  }
  if (durationSeconds > limits.maxDurationSeconds + mediaLimits.durationToleranceSeconds) {
    return fail(
      'too-long',
      `This video is ${clockTime(durationSeconds)} long; the limit on this server is ${clockTime(limits.maxDurationSeconds)}.`,
    );
  }
  return refuseFrames(video, limits.maxDurationSeconds);
}

function refuseFrames(
  video: MeasuredFacts['video'],
  maxDurationSeconds: number,
): Failure<RefusalReason> | null {
  const { maxFrameRate } = mediaLimits;
  if (video.frameRate > maxFrameRate) {
    return fail(
      'too-many-frames',
      `This video has ${Math.round(video.frameRate)} frames per second; the limit on this server is ${maxFrameRate}.`,
    );
  }
  const maxFrames = mediaLimits.maxFramesPerSecondOfLimit * maxDurationSeconds;
  if (video.frames > maxFrames) {
    return fail(
      'too-many-frames',
      `This video has ${video.frames} frames; the limit on this server is ${maxFrames}.`,
    );
  }
  return null;
}

/**
 * `362.8` is `6:03`, ten hours are `10:00:00`. The tolerance of the limit is half a second, so a refused length
 * never reads as the limit.
 */
function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

/** The usual rates stay what they are; phones report 28 or 29.97 for 30 (media.md 1.3). */
export function outputFrameRate(source: number): number {
  if (source > 50.5) return 60;
  if (source > 25.5 && source < 31.5) return 30;
  return Math.max(10, Math.round(source));
}

/** What the file does not say is taken as players take it: HD is BT.709, smaller is BT.601. */
function colourPlan(video: MeasuredFacts['video'], canToneMap: boolean): ColourPlan {
  if (video.hdr && canToneMap) {
    return {
      kind: 'hdr',
      transfer: video.hdr === 'pq' ? 'smpte2084' : 'arib-std-b67',
      matrix: oneOf(['bt2020nc', 'bt2020c', 'bt709'], video.matrix, 'bt2020nc'),
      primaries: oneOf(['bt2020', 'bt709', 'smpte432'], video.primaries, 'bt2020'),
      range: video.fullRange ? 'pc' : 'tv',
    };
  }
  const isHd = Math.min(video.width, video.height) >= 720;
  const named = { bt709: 'bt709', bt2020nc: 'bt2020', bt2020c: 'bt2020' } as const;
  if (video.matrix === null) return { kind: 'sdr', matrix: isHd ? 'bt709' : 'bt601' };
  return { kind: 'sdr', matrix: named[video.matrix as keyof typeof named] ?? 'bt601' };
}

function rungsOf(width: number, height: number, frameRate: number): readonly [Rung, ...Rung[]] {
  const shortSide = Math.min(width, height);
  const faster = frameRate > HIGH_FRAME_RATE ? HIGH_FRAME_RATE_FACTOR : 1;
  const fitting = sizes.filter((size) => size.rung <= shortSide * UPSCALE_TOLERANCE);
  const [first, ...rest] = fitting.map(({ rung, maxRateKbps }) => ({
    rung,
    width: width <= height ? rung : even((width * rung) / shortSide),
    height: height <= width ? rung : even((height * rung) / shortSide),
    maxRateKbps: maxRateKbps * faster,
  }));
  if (first) return [first, ...rest];
  const own = { width: evenBelow(width), height: evenBelow(height) };
  return [{ rung: Math.min(own.width, own.height), ...own, maxRateKbps: sizes[3].maxRateKbps * faster }];
}

function even(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2);
}

function evenBelow(value: number): number {
  return value - (value % 2);
}

function oneOf(allowed: readonly string[], name: string | null, otherwise: string): string {
  return name !== null && allowed.includes(name) ? name : otherwise;
}
