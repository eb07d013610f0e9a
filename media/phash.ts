import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import { brokenDetail, type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { countBits } from './fingerprint.ts';

/** Hashes of the frames of a video, two words of 32 bits each. */
export interface VideoHashes {
  readonly plain: Uint32Array;
  /** Of the frames seen in a mirror. */
  readonly mirrored: Uint32Array;
  /** Of the frames without their black bars; empty where there are none. */
  readonly inner: Uint32Array;
  readonly innerMirrored: Uint32Array;
}

/** How alike two videos are. */
export interface VideoMatch {
  /** Share of the frames of the first that the second has too. */
  readonly share: number;
  readonly isSame: boolean;
}

/** Grey values of a frame, row by row. */
export interface GreyFrame {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

const FRAMES_PER_SECOND = 2;
/** Three minutes. */
const MAX_FRAMES = 360;
/** Side of the frames ffmpeg gives: fine enough to find bars in. */
const FRAME_SIDE = 128;
/** Side of what is hashed, and of the low frequencies that are kept. */
const SIDE = 32;
const LOW = 8;
/** A frame of one colour is like every other such frame. */
const FLATTEST = 8;
/** Measured: other clips differ by 22 to 26 bits of 64 (media.md 5.2). */
const NEAR_BITS = 10;
const SAME_SHARE = 0.5;
const FEWEST_FRAMES = 3;
/** Average grey of a row or column that counts as a bar, and the share of a side from which bars matter. */
const BAR_GREY = 12;
const SMALLEST_BARS = 0.04;

/**
 * Hashes two frames a second of a finished rendition of ours, at most the first three minutes; the smallest rendition
 * does. Frames of one colour are left out, so a video may have no hashes at all.
 */
export async function hashVideo(
  ffmpeg: Ffmpeg,
  job: {
    readonly mp4Path: string;
    /** Absolute; a scratch file is made and removed there. */
    readonly scratchDirectory: string;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly ok: true; readonly hashes: VideoHashes } | Failure<StepReason>> {
  const path = join(job.scratchDirectory, 'frames.grey');
  const filters = `fps=${FRAMES_PER_SECOND},scale=${FRAME_SIDE}:${FRAME_SIDE}:flags=area:out_range=pc,format=gray`;
  try {
    const outcome = await ffmpeg.run({
      input: { path: job.mp4Path, demuxer: 'mov' },
      args: [
        ...['-map', '0:V:0', '-vf', filters, '-frames:v', String(MAX_FRAMES)],
        ...['-pix_fmt', 'gray', '-f', 'rawvideo', `file:${path}`],
      ],
      outputDirectory: job.scratchDirectory,
      ...(job.signal ? { signal: job.signal } : {}),
    });
    if (!outcome.ok) return stepFailure(outcome);
    const bytes = await readFile(path);
    const size = FRAME_SIDE * FRAME_SIDE;
    if (bytes.length < size) return fail('broken', brokenDetail);
    const frames = Array.from({ length: Math.floor(bytes.length / size) }, (_, n) => ({
      ...{ width: FRAME_SIDE, height: FRAME_SIDE, pixels: bytes.subarray(n * size, (n + 1) * size) },
    }));
    return ok({ hashes: hashFrames(frames) });
  } finally {
    await rm(path, { force: true });
  }
}

/** Hashes frames of one size. Pure. */
export function hashFrames(frames: readonly GreyFrame[]): VideoHashes {
  const whole = frames.map((frame) =>
    shrink(frame, { left: 0, top: 0, right: frame.width, bottom: frame.height }),
  );
  const area = innerArea(frames);
  const inner = area ? frames.map((frame) => shrink(frame, area)) : [];
  const [plain, mirrored] = hashAll(whole);
  const [innerPlain, innerMirrored] = hashAll(inner);
  return { plain, mirrored, inner: innerPlain, innerMirrored };
}

/**
 * Whether the second video shows most frames of the first: encoded again, cut, with a logo, in a mirror, or in black
 * bars. Not the other way round: a long video that holds a short one is not that one.
 */
export function compareVideos(query: VideoHashes, reference: VideoHashes): VideoMatch {
  const looks = [query.plain, query.mirrored, query.inner, query.innerMirrored];
  const shares = looks.flatMap((look) => [shareOf(look, reference.plain), shareOf(look, reference.inner)]);
  const share = Math.max(...shares);
  return { share, isSame: share >= SAME_SHARE };
}

/** Of the bits of two frames that re-encoding may change, on average and at most. */
const SAME_FRAME_BITS = 2;
const SAME_FRAME_MOST_BITS = 8;

/**
 * Whether two videos show the same pictures at the same times, as two encodings of one recording do: far stricter
 * than `compareVideos`, so that one can stand in for the other. Takes the plain hashes of both.
 */
export function showsTheSame(one: Uint32Array, other: Uint32Array): boolean {
  const frames = Math.min(one.length, other.length) / 2;
  if (Math.abs(one.length - other.length) > 2 || frames < FEWEST_FRAMES) return false;
  let sum = 0;
  for (let n = 0; n < frames * 2; n += 2) {
    const bits =
      countBits((one[n] ?? 0) ^ (other[n] ?? 0)) + countBits((one[n + 1] ?? 0) ^ (other[n + 1] ?? 0));
    if (bits > SAME_FRAME_MOST_BITS) return false;
    sum += bits;
  }
  return sum / frames <= SAME_FRAME_BITS;
}

/**
 * Whether one of two videos shows most frames of the other, in whichever direction: encoded again, cut, in a mirror or in
 * black bars. The reference is known by its plain hashes alone; `nearBits` of 64 may differ in a frame.
 */
export function comparePictures(video: VideoHashes, reference: Uint32Array, nearBits: number): boolean {
  const looks = [video.plain, video.mirrored, video.inner, video.innerMirrored];
  return looks.some(
    (look) =>
      shareOf(look, reference, nearBits) >= SAME_SHARE || shareOf(reference, look, nearBits) >= SAME_SHARE,
  );
}

function shareOf(query: Uint32Array, reference: Uint32Array, nearBits = NEAR_BITS): number {
  const frames = query.length / 2;
  if (frames < FEWEST_FRAMES) return 0;
  let found = 0;
  for (let n = 0; n < query.length; n += 2) {
    const [high = 0, low = 0] = [query[n], query[n + 1]];
    for (let m = 0; m < reference.length; m += 2) {
      const bits = countBits(high ^ (reference[m] ?? 0)) + countBits(low ^ (reference[m + 1] ?? 0));
      if (bits > nearBits) continue;
      found += 1;
      break;
    }
  }
  return found / frames;
}

function hashAll(squares: readonly Float64Array[]): [plain: Uint32Array, mirrored: Uint32Array] {
  const spectra = squares.filter((square) => deviation(square) >= FLATTEST).map(lowFrequencies);
  const words = (hash: (spectrum: Float64Array) => [number, number]) =>
    Uint32Array.from(spectra.flatMap(hash));
  return [
    words(hashOf),
    words((spectrum) => hashOf(spectrum.map((value, n) => (n % 2 === 1 ? -value : value)))),
  ];
}

/** A bit for each low frequency: whether it is above the median. In a mirror, the odd ones across change sign. */
function hashOf(spectrum: Float64Array): [number, number] {
  const sorted = spectrum.toSorted();
  const median = ((sorted[(LOW * LOW) / 2 - 1] ?? 0) + (sorted[(LOW * LOW) / 2] ?? 0)) / 2;
  let [high, low] = [0, 0];
  spectrum.forEach((value, n) => {
    if (value <= median) return;
    if (n < 32) high |= 1 << n;
    else low |= 1 << (n - 32);
  });
  return [high >>> 0, low >>> 0];
}

/** `cosines[k * SIDE + n]`, the DCT-II of one row. */
const cosines = Float64Array.from({ length: LOW * SIDE }, (_, at) =>
  Math.cos((Math.PI * Math.floor(at / SIDE) * (2 * (at % SIDE) + 1)) / (2 * SIDE)),
);

/** The 8 x 8 lowest frequencies of a square by DCT-II, row by row. */
function lowFrequencies(square: Float64Array): Float64Array {
  const rows = new Float64Array(SIDE * LOW);
  for (let y = 0; y < SIDE; y += 1) {
    for (let k = 0; k < LOW; k += 1) {
      let sum = 0;
      for (let x = 0; x < SIDE; x += 1) sum += (square[y * SIDE + x] ?? 0) * (cosines[k * SIDE + x] ?? 0);
      rows[y * LOW + k] = sum;
    }
  }
  const spectrum = new Float64Array(LOW * LOW);
  for (let v = 0; v < LOW; v += 1) {
    for (let k = 0; k < LOW; k += 1) {
      let sum = 0;
      for (let y = 0; y < SIDE; y += 1) sum += (rows[y * LOW + k] ?? 0) * (cosines[v * SIDE + y] ?? 0);
      spectrum[v * LOW + k] = sum;
    }
  }
  return spectrum;
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Averages an area of a frame into a square. */
function shrink(frame: GreyFrame, area: Area): Float64Array {
  const square = new Float64Array(SIDE * SIDE);
  const edge = (from: number, to: number, n: number) => from + Math.floor(((to - from) * n) / SIDE);
  for (let y = 0; y < SIDE; y += 1) {
    const top = edge(area.top, area.bottom, y);
    const bottom = Math.max(top + 1, edge(area.top, area.bottom, y + 1));
    for (let x = 0; x < SIDE; x += 1) {
      const left = edge(area.left, area.right, x);
      const right = Math.max(left + 1, edge(area.left, area.right, x + 1));
      let sum = 0;
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1)
          sum += frame.pixels[row * frame.width + column] ?? 0;
      }
      square[y * SIDE + x] = sum / ((bottom - top) * (right - left));
    }
  }
  return square;
}

/** What black bars leave free in every frame; null where there are none, or nothing else. */
function innerArea(frames: readonly GreyFrame[]): Area | null {
  const [first] = frames;
  if (!first) return null;
  const { width, height } = first;
  const brightest = { rows: new Float64Array(height), columns: new Float64Array(width) };
  for (const { pixels } of frames) {
    const sums = { rows: new Float64Array(height), columns: new Float64Array(width) };
    pixels.forEach((grey, at) => {
      const [y, x] = [Math.floor(at / width), at % width];
      sums.rows[y] = (sums.rows[y] ?? 0) + grey / width;
      sums.columns[x] = (sums.columns[x] ?? 0) + grey / height;
    });
    for (const side of ['rows', 'columns'] as const) {
      sums[side].forEach((value, n) => {
        brightest[side][n] = Math.max(value, brightest[side][n] ?? 0);
      });
    }
  }
  const lit = (side: Float64Array) => ({
    from: side.findIndex((value) => value > BAR_GREY),
    to: side.findLastIndex((value) => value > BAR_GREY) + 1,
  });
  const [rows, columns] = [lit(brightest.rows), lit(brightest.columns)];
  if (rows.from < 0 || columns.from < 0) return null;
  const [tall, wide] = [(rows.to - rows.from) / height, (columns.to - columns.from) / width];
  if (tall > 1 - SMALLEST_BARS && wide > 1 - SMALLEST_BARS) return null;
  return { left: columns.from, right: columns.to, top: rows.from, bottom: rows.to };
}

function deviation(square: Float64Array): number {
  const mean = square.reduce((sum, value) => sum + value, 0) / square.length;
  return Math.sqrt(square.reduce((sum, value) => sum + (value - mean) ** 2, 0) / square.length);
}
