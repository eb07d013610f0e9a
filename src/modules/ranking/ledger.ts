import { NONE } from './catalogue.ts';

/** What somebody did with a video. Bits of `Ledger.marks`. */
export const mark = {
  shown: 1,
  skipped: 2,
  viewed: 4,
  completed: 8,
  liked: 16,
  shared: 32,
  saved: 64,
  commented: 128,
  hidden: 256,
  reported: 512,
  /** The creator was followed while it was the last of theirs that was met. */
  followed: 1_024,
} as const;

/**
 * The videos somebody met, each once, in the order of the first meeting: a ring of columns that grows up to its cap. A removed video
 * whose slot was used again is told by its generation.
 */
export interface Ledger {
  videos: Uint32Array;
  generations: Uint8Array;
  marks: Uint16Array;
  /** The most that a watch of it said (`signalValue`). */
  watched: Float32Array;
  /** Of the last event, milliseconds since 1970. */
  times: Float64Array;
  /** The oldest entry and how many there are. */
  first: number;
  size: number;
}

export function createLedger(): Ledger {
  return {
    videos: new Uint32Array(8),
    generations: new Uint8Array(8),
    marks: new Uint16Array(8),
    watched: new Float32Array(8),
    times: new Float64Array(8),
    first: 0,
    size: 0,
  };
}

/** Place in the columns of the entry that is `at`-th from the oldest. */
export function placeOf(ledger: Ledger, at: number): number {
  return (ledger.first + at) % ledger.videos.length;
}

/** Place of a video, NONE where there is none. Looks from the newest on. */
export function findEntry(ledger: Ledger, video: number, generation: number): number {
  for (let at = ledger.size - 1; at >= 0; at -= 1) {
    const place = placeOf(ledger, at);
    if (ledger.videos[place] === video && ledger.generations[place] === generation) return place;
  }
  return NONE;
}

/** Adds an entry and returns its place. Where there are `cap` already, `evict` is called with the place of the oldest first. */
export function addEntry(
  ledger: Ledger,
  entry: { video: number; generation: number; at: number },
  cap: number,
  evict: (place: number) => void,
): number {
  if (ledger.size >= cap) {
    evict(ledger.first);
    ledger.first = (ledger.first + 1) % ledger.videos.length;
    ledger.size -= 1;
  } else if (ledger.size === ledger.videos.length) grow(ledger, Math.min(cap, ledger.size * 2));
  const place = placeOf(ledger, ledger.size);
  ledger.size += 1;
  ledger.videos[place] = entry.video;
  ledger.generations[place] = entry.generation;
  ledger.marks[place] = 0;
  ledger.watched[place] = 0;
  ledger.times[place] = entry.at;
  return place;
}

function grow(ledger: Ledger, length: number): void {
  const order = Array.from({ length: ledger.size }, (_, at) => placeOf(ledger, at));
  const moved = <T extends Uint32Array | Uint8Array | Uint16Array | Float32Array | Float64Array>(
    from: T,
    to: T,
  ) => {
    for (const [at, place] of order.entries()) to[at] = from[place] ?? 0;
    return to;
  };
  ledger.videos = moved(ledger.videos, new Uint32Array(length));
  ledger.generations = moved(ledger.generations, new Uint8Array(length));
  ledger.marks = moved(ledger.marks, new Uint16Array(length));
  ledger.watched = moved(ledger.watched, new Float32Array(length));
  ledger.times = moved(ledger.times, new Float64Array(length));
  ledger.first = 0;
}
