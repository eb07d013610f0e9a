import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, fail } from '../src/lib/result.ts';
import type { RefusalReason } from './failures.ts';
import type { MeasuredFacts } from './probe.ts';

/** A part of a picture as it is shown, from its upper left corner; each from 0 to 1. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What its author keeps of an uploaded file; nothing else of it is ever shown. */
export interface EditList {
  /** Seconds of the file. */
  readonly in: number;
  /** Null: to its end. */
  readonly out: number | null;
  /** Null: all of the picture. */
  readonly crop: Crop | null;
}

/** Where the part begins, and what a file would be told to be that held nothing but this part. */
export interface Part {
  readonly ok: true;
  readonly startSeconds: number;
  readonly crop: Crop | null;
  readonly facts: MeasuredFacts;
}

/**
 * Cuts the facts of a file down to what is kept of it. Pure. An end behind that of the file is the end of the file: browsers measure
 * recordings differently. Fails where nothing is left to see. Sizes stay fractions, whole pixels are made of them by the ladder.
 */
export function partOf(facts: MeasuredFacts, edit: EditList | null): Part | Failure<RefusalReason> {
  if (edit === null) return { ok: true, startSeconds: 0, crop: null, facts };
  const { video, audio, durationSeconds } = facts;
  const lastPicture = Math.min(durationSeconds, video.endSeconds ?? durationSeconds);
  const out = Math.min(edit.out ?? durationSeconds, durationSeconds);
  const shortest = mediaLimits.minDurationSeconds;
  if (edit.in >= lastPicture || out - edit.in < shortest) {
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
    facts: {
      ...facts,
      durationSeconds: out - edit.in,
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
