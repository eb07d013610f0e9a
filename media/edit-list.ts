import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, fail } from '../src/lib/result.ts';
import type { Cue } from './captions.ts';
import type { RefusalReason } from './failures.ts';
import type { MeasuredFacts } from './probe.ts';

/** A part of a picture as it is shown, from its upper left corner; each from 0 to 1. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of the time of a file that is left out, in seconds. */
export interface Cut {
  readonly from: number;
  readonly to: number;
}

/** What its author keeps of an uploaded file; nothing else of it is ever shown. */
export interface EditList {
  /** Seconds of the file. */
  readonly in: number;
  /** Null: to its end. */
  readonly out: number | null;
  /** Null: all of the picture. */
  readonly crop: Crop | null;
  /** What is left out between both, in order and apart from each other: takes that were done again. */
  readonly cuts: readonly Cut[];
}

/** Where the part begins, and what a file would be told to be that held nothing but this part. */
export interface Part {
  readonly ok: true;
  readonly startSeconds: number;
  readonly crop: Crop | null;
  /** From the beginning of the part on, none outside of it. */
  readonly cuts: readonly Cut[];
  /** How long all of it is, with what is cut out between. */
  readonly spanSeconds: number;
  readonly facts: MeasuredFacts;
}

/**
 * Cuts the facts of a file down to what is kept of it. Pure. An end behind that of the file is the end of the file: browsers measure
 * recordings differently. Fails where nothing is left to see. Sizes stay fractions, whole pixels are made of them by the ladder.
 */
export function partOf(facts: MeasuredFacts, edit: EditList | null): Part | Failure<RefusalReason> {
  if (edit === null)
    return { ok: true, startSeconds: 0, crop: null, cuts: [], spanSeconds: facts.durationSeconds, facts };
  const { video, audio, durationSeconds } = facts;
  const lastPicture = Math.min(durationSeconds, video.endSeconds ?? durationSeconds);
  const out = Math.min(edit.out ?? durationSeconds, durationSeconds);
  const shortest = mediaLimits.minDurationSeconds;
  const cuts = cutsWithin(edit, Math.max(edit.in, out));
  const left = cuts.reduce((sum, { from, to }) => sum - (to - from), out - edit.in);
  if (edit.in >= lastPicture || left < shortest) {
    return fail(
      'too-short',
      `Of this video, which is ${durationSeconds.toFixed(1)} seconds long, less than ${shortest} seconds would be left. Choose a longer part.`,
    );
  }
  const { crop } = edit;
  const earlier = (end: number | null) => (end === null ? null : Math.max(0, end - edit.in));
  return {
    ok: true,
    startSeconds: edit.in,
    crop,
    cuts,
    spanSeconds: out - edit.in,
    facts: {
      ...facts,
      durationSeconds: left,
      video: {
        ...video,
        width: Math.round(video.width * (crop?.width ?? 1)),
        height: Math.round(video.height * (crop?.height ?? 1)),
        endSeconds: earlier(video.endSeconds),
      },
      audio: audio && { ...audio, endSeconds: earlier(audio.endSeconds) },
    },
  };
}

function cutsWithin({ in: start, cuts }: EditList, out: number): Cut[] {
  return cuts
    .map(({ from, to }) => ({ from: Math.max(start, from) - start, to: Math.min(out, to) - start }))
    .filter(({ from, to }) => to > from);
}

/**
 * Captions of a file as captions of what is kept of it: moved to where what they are about is now, and cut where it was cut
 * away. Pure; those of which nothing is left are not among them.
 */
export function cuesOfPart(cues: readonly Cue[], { in: start, out, cuts }: EditList): Cue[] {
  const place = (ms: number) => {
    const seconds = Math.min(Math.max(ms / 1_000, start), out ?? Number.POSITIVE_INFINITY);
    const gone = cuts.reduce(
      (sum, { from, to }) => sum + Math.max(0, Math.min(seconds, to) - Math.max(start, from)),
      start,
    );
    return Math.round((seconds - gone) * 1_000);
  };
  return cues
    .map((cue) => ({ ...cue, start: place(cue.start), end: place(cue.end) }))
    .filter((cue) => cue.end > cue.start);
}
