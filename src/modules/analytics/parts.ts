import { trafficSources } from './model.ts';

/**
 * What curves and breakdowns are made of: one row of counters, by these places. People are counted beside what they did, so that what
 * is of too few of them can be held back.
 */
export const HISTOGRAM_BUCKETS = 20;
export const RETENTION_SLOTS = 64;
const ROOM_FOR_SOURCES = 16;

export const PLACES = {
  sources: 0,
  histogram: ROOM_FOR_SOURCES,
  playbacks: ROOM_FOR_SOURCES + HISTOGRAM_BUCKETS,
  slots: ROOM_FOR_SOURCES + HISTOGRAM_BUCKETS + 1,
  /** People whose first view of the day is in `sources`: who never watched it before, and others. */
  viewerNewcomers: 101,
  viewerOthers: 102,
  /** The same of those whose playback is in the curve, and who watched long enough for a view. */
  curveNewcomers: 103,
  curveOthers: 104,
} as const;
export const PLACE_COUNT = 105;

/** Counters of one kind, as they are stored: the people first. */
const LAYOUT = {
  sources: { from: PLACES.sources, count: ROOM_FOR_SOURCES },
  curve: { from: PLACES.histogram, count: HISTOGRAM_BUCKETS + 1 + RETENTION_SLOTS },
} as const;
export type PartKind = keyof typeof LAYOUT;
export const partKinds = ['sources', 'curve'] as const;

/** What one batch of events adds to the parts of a video. Masks are kept as they came: mostly there is but one. */
export interface Parts {
  readonly counts: Map<number, number>;
  readonly masks: string[];
}

export const newParts = (): Parts => ({ counts: new Map(), masks: [] });

export function addPart({ counts }: Parts, place: number): void {
  counts.set(place, (counts.get(place) ?? 0) + 1);
}

/** Which of the twenty parts of the histogram so much of a video falls into; more than all of it into the last. */
export const histogramBucket = (watchedMs: number, durationMs: number): number =>
  Math.min(HISTOGRAM_BUCKETS - 1, Math.floor((watchedMs / durationMs) * HISTOGRAM_BUCKETS));

/** What is taken for watched where a client tells no more than how long: from the beginning on. 16 hex digits, the first slot is the lowest bit. */
export function maskOf(watchedMs: number, durationMs: number): string {
  const slots = Math.min(RETENTION_SLOTS, Math.ceil((watchedMs / durationMs) * RETENTION_SLOTS));
  return ((1n << BigInt(slots)) - 1n).toString(16).padStart(16, '0');
}

const MASK_BYTES = 8;
const MOST = 0xffff;

/** As hex digits: how many counters, each with its place and count, and then the masks. Empty: null. */
export function encodeParts({ counts, masks }: Parts): string | null {
  if (counts.size === 0 && masks.length === 0) return null;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const pairs = [...counts].map(([place, count]) => hex(place, 2) + hex(Math.min(MOST, count), 4));
  return hex(counts.size, 2) + pairs.join('') + masks.join('');
}

/** Adds what `encodeParts` wrote to a row of counters. */
export function addEncoded(counters: Uint32Array, bytes: Buffer): void {
  const pairs = bytes.readUInt8(0);
  let at = 1;
  for (let n = 0; n < pairs; n += 1, at += 3) {
    const place = bytes.readUInt8(at);
    counters[place] = (counters[place] ?? 0) + bytes.readUInt16BE(at + 1);
  }
  for (; at + MASK_BYTES <= bytes.length; at += MASK_BYTES) addMask(counters, bytes.subarray(at));
}

function addMask(counters: Uint32Array, mask: Buffer): void {
  for (let slot = 0; slot < RETENTION_SLOTS; slot += 1) {
    const byte = mask.readUInt8(MASK_BYTES - 1 - (slot >> 3));
    const place = PLACES.slots + slot;
    if ((byte >> (slot & 7)) & 1) counters[place] = (counters[place] ?? 0) + 1;
  }
}

/** The counters of one kind, out of a whole row of them. */
export const countersOf = (kind: PartKind, counters: Uint32Array): Uint32Array =>
  counters.slice(LAYOUT[kind].from, LAYOUT[kind].from + LAYOUT[kind].count);

/** Counters of one kind behind the number of people whose they are. */
export interface Released {
  readonly people: number;
  readonly counters: Uint32Array;
}

export const nothingOf = (kind: PartKind): Released => ({
  people: 0,
  counters: new Uint32Array(LAYOUT[kind].count),
});

export const addReleased = (a: Released, b: Released): Released => ({
  people: a.people + b.people,
  counters: a.counters.map((count, place) => count + (b.counters[place] ?? 0)),
});

export function encodeReleased({ people, counters }: Released): Buffer {
  const bytes = Buffer.alloc(4 * (1 + counters.length));
  bytes.writeUInt32LE(people, 0);
  for (const [place, count] of counters.entries()) bytes.writeUInt32LE(count, 4 * (1 + place));
  return bytes;
}

export function decodeReleased(kind: PartKind, bytes: Buffer): Released {
  const { people, counters } = nothingOf(kind);
  if (bytes.length !== 4 * (1 + counters.length)) return { people, counters };
  return {
    people: bytes.readUInt32LE(0),
    counters: counters.map((_, place) => bytes.readUInt32LE(4 * (1 + place))),
  };
}

/** Views by source, those that have any. */
export const sourcesIn = ({ counters }: Released) =>
  trafficSources.map((source, place) => ({ source, views: counters[place] ?? 0 }));

/** Parts of a curve. */
export const curveIn = ({ counters }: Released) => ({
  histogram: [...counters.subarray(0, HISTOGRAM_BUCKETS)],
  playbacks: counters[HISTOGRAM_BUCKETS] ?? 0,
  slots: [...counters.subarray(HISTOGRAM_BUCKETS + 1)],
});
