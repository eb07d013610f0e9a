import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, ok } from '../src/lib/result.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';

/** What a sound is like: one number of 32 bits for each eighth of a second (Chromaprint). */
export type SoundFingerprint = Uint32Array;

/** How alike two sounds are. */
export interface SoundMatch {
  /**
   * `same`: one holds a part of the other. `maybe`: worth the look of a person. `unknown`: one of them is too short,
   * too quiet or too even to be told from others.
   */
  readonly verdict: 'same' | 'maybe' | 'different' | 'unknown';
  /** Share of bits that differ where the two fit best; 1 where they were not compared. */
  readonly bitErrorRate: number;
  /** How much later the second starts within the first, in seconds. */
  readonly offsetSeconds: number;
}

const VALUES_PER_SECOND = 8.08;
/** Bounds the time of a comparison and the bytes that are stored. */
const MAX_SECONDS = 180;
/** Measured: other codecs and cuts stay below .1, other songs above .34, speech over music is between (media.md 5.1). */
const SAME_RATE = 0.15;
const MAYBE_RATE = 0.25;
const SAME_OVERLAP = 40;
/** Silence and steady tones repeat a few values, and would be like any other silence or tone. */
const FEWEST_DISTINCT = 25;
/**
 * The band that a telephone lets through. What is left of two recordings there is alike, whatever a small loudspeaker
 * or a microphone has cut away from one of them: of 24 songs played over a telephone, 10 were found by what is heard in
 * all, and 24 by this.
 */
const BAND = 'highpass=f=350,highpass=f=350,lowpass=f=3000,lowpass=f=3000';

/** What a sound is known by. */
export interface SoundPrints {
  /** Of all that is heard. */
  readonly whole: SoundFingerprint;
  /** Of the band that a telephone lets through: what sounds are found by. */
  readonly banded: SoundFingerprint;
}

/**
 * Takes the fingerprints of the sound of a finished MP4 of ours, at most of its first three minutes; null where this
 * ffmpeg was built without Chromaprint. Less than six seconds give too few values to be told apart.
 */
export async function fingerprintSound(
  ffmpeg: Ffmpeg,
  job: {
    readonly mp4Path: string;
    /** Absolute; a scratch file is made and removed there. */
    readonly scratchDirectory: string;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly ok: true; readonly prints: SoundPrints | null } | Failure<StepReason>> {
  const { canFingerprint } = await ffmpeg.describe();
  if (!canFingerprint) return ok({ prints: null });
  const wholePath = join(job.scratchDirectory, 'fingerprint.raw');
  const bandedPath = join(job.scratchDirectory, 'fingerprint-banded.raw');
  const output = (path: string) => [
    ...['-vn', '-ac', '1', '-ar', '11025', '-f', 'chromaprint', '-fp_format', 'raw', `file:${path}`],
  ];
  try {
    const outcome = await ffmpeg.run({
      input: { path: job.mp4Path, demuxer: 'mov', options: ['-t', String(MAX_SECONDS)] },
      args: [
        ...['-map', '0:a:0', ...output(wholePath)],
        ...['-map', '0:a:0', '-af', BAND, ...output(bandedPath)],
      ],
      outputDirectory: job.scratchDirectory,
      ...(job.signal ? { signal: job.signal } : {}),
    });
    if (!outcome.ok) return stepFailure(outcome);
    const [whole, banded] = await Promise.all([readFile(wholePath), readFile(bandedPath)]);
    return ok({ prints: { whole: readFingerprint(whole), banded: readFingerprint(banded) } });
  } finally {
    for (const path of [wholePath, bandedPath]) await rm(path, { force: true });
  }
}

/** A fingerprint as it is stored: four bytes a value, little-endian. */
export function fingerprintBytes(fingerprint: SoundFingerprint): Buffer {
  const bytes = Buffer.alloc(fingerprint.length * 4);
  fingerprint.forEach((value, n) => {
    bytes.writeUInt32LE(value, n * 4);
  });
  return bytes;
}

/** The reverse. Bytes that fill no value are left out. */
export function readFingerprint(bytes: Uint8Array): SoundFingerprint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.byteLength >> 2 }, (_, n) => view.getUint32(n * 4, true));
}

/**
 * Lays one fingerprint over the other in every position and takes the best: 0.1 to 1 ms for a clip against a song.
 * Finds cuts, other codecs, other volumes and a tempo changed by 5 %. Another pitch it does not find, and a telephone's
 * band only in some recordings: between .07 and .27 were measured.
 */
export function compareFingerprints(a: SoundFingerprint, b: SoundFingerprint): SoundMatch {
  if (distinct(a) < FEWEST_DISTINCT || distinct(b) < FEWEST_DISTINCT) {
    return { verdict: 'unknown', bitErrorRate: 1, offsetSeconds: 0 };
  }
  const least = Math.min(SAME_OVERLAP, a.length, b.length);
  let best = { rate: 1, offset: 0, overlap: 0 };
  for (let offset = least - b.length; offset <= a.length - least; offset += 1) {
    const from = Math.max(0, offset);
    const overlap = Math.min(a.length, b.length + offset) - from;
    const allowed = best.rate * overlap * 32;
    const errors = differingBits(a, from, b, from - offset, overlap, allowed);
    if (errors < allowed) best = { rate: errors / (overlap * 32), offset, overlap };
  }
  const { rate, offset, overlap } = best;
  const isSame = rate <= SAME_RATE && overlap >= SAME_OVERLAP;
  const verdict = isSame ? 'same' : rate <= MAYBE_RATE ? 'maybe' : 'different';
  return { verdict, bitErrorRate: rate, offsetSeconds: offset / VALUES_PER_SECOND };
}

/** Stops counting at `enough`. */
function differingBits(
  a: Uint32Array,
  fromA: number,
  b: Uint32Array,
  fromB: number,
  length: number,
  enough: number,
): number {
  let bits = 0;
  for (let n = 0; n < length && bits < enough; n += 1) {
    bits += countBits((a[fromA + n] ?? 0) ^ (b[fromB + n] ?? 0));
  }
  return bits;
}

/** Bits that are set among 32, counted in parallel ("Hacker's Delight", 5-1). */
export function countBits(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}

function distinct(fingerprint: SoundFingerprint): number {
  return new Set(fingerprint).size;
}
