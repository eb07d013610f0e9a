import type { ModelSettings } from '../../../../config/model-limits.ts';
import { factorInPlace, substitute } from './cholesky.ts';

/** Numbers in a content vector, and in what is told of a video by hashing. */
export const CONTENT_DIM = 64;

/** What a video says of itself. */
export interface Content {
  readonly tags: readonly string[];
  readonly soundId: string | null;
  readonly authorId: string;
  readonly language: string | null;
  readonly caption: string;
}

/** How much each kind counts beside the others (starting values). */
const SHARE = { tag: 1, sound: 0.8, creator: 1, language: 0.5, word: 0.5, pair: 0.35 } as const;
/** Captions are read so far: what comes later is mostly a list of hashtags or a licence. */
const CAPTION_WORDS = 40;
const WORD = /[\p{L}\p{N}]{2,40}/gu;

/**
 * Signed feature hashing (Weinberger et al. 2009) into 64 numbers of length 1, zeros where nothing is known: each feature adds to four of them with
 * signs of its own, so that what meets by chance cancels out on average. Text of any language goes, no vocabulary is kept.
 */
export function contentVector(content: Content): Float32Array {
  const vector = new Float32Array(CONTENT_DIM);
  const { tags, soundId, authorId, language, caption } = content;
  for (const tag of tags) add(vector, `#${tag}`, SHARE.tag / Math.sqrt(tags.length));
  if (soundId !== null) add(vector, `~${soundId}`, SHARE.sound);
  if (authorId !== '') add(vector, `@${authorId}`, SHARE.creator);
  if (language !== null) add(vector, `:${language}`, SHARE.language);
  const words = (caption.normalize('NFKC').toLowerCase().match(WORD) ?? []).slice(0, CAPTION_WORDS);
  const least = 1 / Math.sqrt(Math.max(1, words.length));
  words.forEach((word, at) => {
    add(vector, `w${word}`, SHARE.word * least);
    const before = words[at - 1];
    if (before !== undefined) add(vector, `p${before} ${word}`, SHARE.pair * least);
  });
  let square = 0;
  for (const one of vector) square += one * one;
  if (square > 0) for (let k = 0; k < CONTENT_DIM; k += 1) vector[k] = (vector[k] ?? 0) / Math.sqrt(square);
  return vector;
}

function add(vector: Float32Array, feature: string, by: number): void {
  let hash = 0x811c9dc5;
  for (let at = 0; at < feature.length; at += 1) hash = Math.imul(hash ^ feature.charCodeAt(at), 0x01000193);
  for (let copy = 0; copy < 4; copy += 1) {
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    hash ^= hash >>> 15;
    const place = (hash >>> 1) % CONTENT_DIM;
    vector[place] = (vector[place] ?? 0) + (hash & 1 ? by : -by) / 2;
  }
}

/** Numbers of -1 to 1 as int8. */
export function quantise(vector: Float32Array, out: Int8Array, at: number, scale = 127): void {
  for (let k = 0; k < vector.length; k += 1) {
    out[at + k] = Math.max(-127, Math.min(127, Math.round((vector[k] ?? 0) * scale)));
  }
}

/**
 * The ridge regression from content vectors to factors (dim x 64, row-major), over active videos, each as weighty as the root of its count:
 * a factor of five people is less certain than one of thousands.
 */
export function contentMapOf(
  content: Int8Array,
  slotOf: Int32Array,
  factors: Float32Array,
  counts: Float32Array,
  { dim, contentRidge }: ModelSettings,
): Float32Array {
  const a = new Float64Array(CONTENT_DIM * CONTENT_DIM);
  const sides = Array.from({ length: dim }, () => new Float64Array(CONTENT_DIM));
  const one = new Float64Array(CONTENT_DIM);
  slotOf.forEach((slot, row) => {
    const weight = Math.sqrt(counts[row] ?? 0);
    for (let k = 0; k < CONTENT_DIM; k += 1) one[k] = (content[slot * CONTENT_DIM + k] ?? 0) / 127;
    for (let k = 0; k < CONTENT_DIM; k += 1) {
      const scaled = weight * (one[k] ?? 0);
      if (scaled === 0) continue;
      for (let m = 0; m <= k; m += 1)
        a[k * CONTENT_DIM + m] = (a[k * CONTENT_DIM + m] ?? 0) + scaled * (one[m] ?? 0);
      sides.forEach((side, d) => {
        side[k] = (side[k] ?? 0) + scaled * (factors[row * dim + d] ?? 0);
      });
    }
  });
  for (let k = 0; k < CONTENT_DIM; k += 1)
    a[k * CONTENT_DIM + k] = (a[k * CONTENT_DIM + k] ?? 0) + contentRidge;
  const map = new Float32Array(dim * CONTENT_DIM);
  if (!factorInPlace(a, CONTENT_DIM)) return map;
  sides.forEach((side, d) => {
    substitute(a, side, CONTENT_DIM);
    map.set(side, d * CONTENT_DIM);
  });
  return map;
}
