import { countBits, type SoundFingerprint } from './fingerprint.ts';

/** Where a value of a fingerprint stands, by the part of it that changes least from one recording to the next. */
export interface SoundKey {
  /** 20 bits. */
  readonly key: number;
  readonly position: number;
}

/** How a sound lies over one that is known. */
export interface Alignment {
  /**
   * `same`: one holds a part of the other. `maybe`: worth the look of a person. `different` holds as well for what is
   * too short to be sure.
   */
  readonly verdict: 'same' | 'maybe' | 'different';
  /** Share of bits that differ where the two fit best; 1 where they fit nowhere. */
  readonly bitErrorRate: number;
  /** How much faster the known one is played, as a factor. */
  readonly tempo: number;
  /** How many values lie over each other that say something of either: eight are a second. */
  readonly overlap: number;
}

/** Measured over 200 songs (`bench sounds`): copies stay below .15, other songs above .3 (media.md 5.1). */
const SAME_RATE = 0.17;
const MAYBE_RATE = 0.25;
/** Five seconds and what one value hears. */
const LEAST_OVERLAP = 40;
/** Steady tones repeat a few values, and would be like any other tone. */
const FEWEST_DISTINCT = 25;
/**
 * Rain, wind and engines are like any other of their kind: the share of bits by which a sound differs from itself some seconds later is .17 to
 * .25 in noise, whatever its colour, and .35 to .5 in music and speech.
 */
const LEAST_UNEVEN_RATE = 0.3;
/** What comes so many values later is heard apart from this one: each hears two seconds. Of no common measure, for music that repeats. */
const LATER = [17, 23, 31, 41, 53] as const;
/** A copy that fits as well as this needs no other tempo tried. */
const GOOD_RATE = 0.08;
/** People play a clip a little faster or slower, so that it is not found. Nearest first. */
const TEMPOS = [1, 1.01, 0.99, 1.02, 0.98, 1.03, 0.97, 1.04, 0.96, 1.05, 0.95, 1.06, 0.94];
const MOST_DRIFT = 0.06;

/** Whether a sound can be told from others at all: no silence, no tone, no noise, and long enough. */
export function isTellable(print: SoundFingerprint): boolean {
  const steady = steadiness(print);
  const telling = steady.reduce((sum, isSteady) => sum - isSteady, print.length);
  return telling >= LEAST_OVERLAP && new Set(print).size >= FEWEST_DISTINCT && hasUnevenPart(print, steady);
}

/** 1 for each value that is as the one before: silence, or a tone that stays. Those of two sounds that both stay say nothing of either. */
function steadiness(print: SoundFingerprint): Uint8Array {
  return Uint8Array.from(print, (value, n) => (n > 0 && value === print[n - 1] ? 1 : 0));
}

/** Ten seconds: a song may begin, or end, in the rain. */
const PART = 80;

/** Whether any part of a sound changes as what has a beginning and an end does. */
function hasUnevenPart(print: SoundFingerprint, steady: Uint8Array): boolean {
  const last = Math.max(0, print.length - PART);
  for (let from = 0; ; from = Math.min(from + PART / 2, last)) {
    if (isUneven(print.subarray(from, from + PART), steady.subarray(from, from + PART))) return true;
    if (from === last) return false;
  }
}

function isUneven(part: SoundFingerprint, steady: Uint8Array): boolean {
  let bits = 0;
  let compared = 0;
  for (const later of LATER) {
    for (let n = 0; n + later < part.length; n += 1) {
      // Anything differs from silence.
      if (steady[n] || steady[n + later]) continue;
      bits += countBits((part[n] ?? 0) ^ (part[n + later] ?? 0));
      compared += 1;
    }
  }
  return compared >= LEAST_OVERLAP && bits >= LEAST_UNEVEN_RATE * compared * 32;
}

/** The keys of a sound, of each `every`th value; of a value that stays, its first. */
export function soundKeys(print: SoundFingerprint, every: number): SoundKey[] {
  const keys: SoundKey[] = [];
  for (let position = 0; position < print.length; position += every) {
    const key = keyOf(print[position] ?? 0);
    if (keys.at(-1)?.key !== key) keys.push({ key, position });
  }
  return keys;
}

const keyOf = (value: number): number => value >>> 12;

/**
 * Lays a sound over a known one near `shift`, by so many values the known one began earlier, at the tempos that people
 * choose, and takes what fits best. It looks `width` values around the shift, and as far as a tempo moves it.
 */
export function align(
  known: SoundFingerprint,
  heard: SoundFingerprint,
  { shift, width }: { readonly shift: number; readonly width: number },
): Alignment {
  const sides = { known, heard, steadyKnown: steadiness(known), steadyHeard: steadiness(heard) };
  const middle = heard.length / 2;
  const reach = width + Math.ceil(middle * MOST_DRIFT);
  let best = { rate: MAYBE_RATE, tempo: 1, overlap: 0 };
  for (const tempo of TEMPOS) {
    for (let near = shift - reach; near <= shift + reach; near += 1) {
      const from = near + middle * (1 - tempo);
      const laid = lay(sides, { from, tempo, limit: best.rate });
      if (laid !== null && laid.rate < best.rate) best = { ...laid, tempo };
    }
    if (best.rate <= GOOD_RATE) break;
  }
  const { rate, tempo, overlap } = best;
  if (overlap === 0) return { verdict: 'different', bitErrorRate: 1, tempo: 1, overlap };
  return { verdict: rate <= SAME_RATE ? 'same' : 'maybe', bitErrorRate: rate, tempo, overlap };
}

interface Sides {
  readonly known: SoundFingerprint;
  readonly heard: SoundFingerprint;
  readonly steadyKnown: Uint8Array;
  readonly steadyHeard: Uint8Array;
}

/** The share of bits that differ at one place and tempo; null where too little fits, or says too little, or more than `limit` differs. */
function lay(
  { known, heard, steadyKnown, steadyHeard }: Sides,
  { from, tempo, limit }: { readonly from: number; readonly tempo: number; readonly limit: number },
): { readonly rate: number; readonly overlap: number } | null {
  const first = Math.max(0, Math.ceil((-0.5 - from) / tempo));
  const end = Math.min(heard.length, Math.ceil((known.length - 0.5 - from) / tempo));
  if (end - first < LEAST_OVERLAP) return null;
  const allowed = limit * (end - first) * 32;
  let bits = 0;
  let overlap = 0;
  for (let n = first; n < end; n += 1) {
    const place = Math.round(from + n * tempo);
    if (steadyHeard[n] && steadyKnown[place]) continue;
    overlap += 1;
    bits += countBits((known[place] ?? 0) ^ (heard[n] ?? 0));
    if (bits > allowed) return null;
  }
  if (overlap < LEAST_OVERLAP || bits >= limit * overlap * 32) return null;
  const isTelling = hasUnevenPart(heard.subarray(first, end), steadyHeard.subarray(first, end));
  return isTelling ? { rate: bits / (overlap * 32), overlap } : null;
}
