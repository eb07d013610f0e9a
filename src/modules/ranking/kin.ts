import { rankingLimits } from '../../../config/ranking-limits.ts';
import type { Catalogue } from './catalogue.ts';
import type { Model } from './models/model.ts';

/** So many videos of a creator, or of a hashtag, are needed to believe half of what they say. */
const CREATOR_STRENGTH = 3;
const TAG_STRENGTH = 10;

/** What the videos of one creator or hashtag have in common: the sum of their factors. */
interface Sum {
  count: number;
  readonly factors: Float32Array;
}

/**
 * Factors of videos that too few people know, by their kin: the mean of what the same creator made and of what has the same hashtags. Where these are
 * few, the map from content speaks the more (hashed to 64 numbers, it knows words and sounds, but tells creators and hashtags badly apart).
 */
export interface Kin {
  /** Writes the factor of a video into `out`; `mapped` is what the map from content says of it. */
  factorOf(slot: number, mapped: Float32Array, out: Float32Array): void;
  /** The product of such factors with that of a person; `mapped` says the product by the map from content. */
  affinities(person: Float32Array, mapped: (slot: number) => number): (slot: number) => number;
}

export function createKin(
  { columns }: Catalogue,
  { dim, factors, slotOf }: Pick<Model, 'dim' | 'factors' | 'slotOf'>,
): Kin {
  const creators = new Map<number, Sum>();
  const tags = new Map<number, Sum>();
  const width = rankingLimits.tagsPerVideo;
  const tagsOf = (slot: number): number => {
    let count = 0;
    while (count < width && (columns.tags[slot * width + count] ?? 0) !== 0) count += 1;
    return count;
  };
  const enter = (sums: Map<number, Sum>, key: number, row: number): void => {
    const sum = sums.get(key) ?? { count: 0, factors: new Float32Array(dim) };
    sums.set(key, sum);
    sum.count += 1;
    for (let d = 0; d < dim; d += 1) sum.factors[d] = (sum.factors[d] ?? 0) + (factors[row * dim + d] ?? 0);
  };
  for (const [row, slot] of slotOf.entries()) {
    if (columns.live[slot] !== 1) continue;
    enter(creators, columns.author[slot] ?? 0, row);
    for (let tag = 0; tag < tagsOf(slot); tag += 1) enter(tags, columns.tags[slot * width + tag] ?? 0, row);
  }

  /** Tells which sums a factor is made of, and how much of each; returns what is left to the map from content. */
  const weigh = (slot: number, tell: (sum: Sum, weight: number) => void): number => {
    const creator = creators.get(columns.author[slot] ?? 0);
    const ofTags = CREATOR_STRENGTH / ((creator?.count ?? 0) + CREATOR_STRENGTH);
    if (creator) tell(creator, 1 / (creator.count + CREATOR_STRENGTH));
    const count = tagsOf(slot);
    let left = count === 0 ? ofTags : 0;
    for (let tag = 0; tag < count; tag += 1) {
      const sum = tags.get(columns.tags[slot * width + tag] ?? 0);
      const share = ofTags / count / ((sum?.count ?? 0) + TAG_STRENGTH);
      if (sum) tell(sum, share);
      left += share * TAG_STRENGTH;
    }
    return left;
  };

  return {
    factorOf(slot, mapped, out) {
      const sums: [Sum, number][] = [];
      const left = weigh(slot, (sum, weight) => sums.push([sum, weight]));
      for (let d = 0; d < dim; d += 1) {
        let value = left * (mapped[d] ?? 0);
        for (const [sum, weight] of sums) value += weight * (sum.factors[d] ?? 0);
        out[d] = value;
      }
    },
    affinities(person, mapped) {
      const known = new Map<Sum, number>();
      const affinity = (sum: Sum): number => {
        const before = known.get(sum);
        if (before !== undefined) return before;
        let dot = 0;
        for (let d = 0; d < dim; d += 1) dot += (person[d] ?? 0) * (sum.factors[d] ?? 0);
        known.set(sum, dot);
        return dot;
      };
      return (slot) => {
        let value = 0;
        const left = weigh(slot, (sum, weight) => {
          value += weight * affinity(sum);
        });
        return value + left * mapped(slot);
      };
    },
  };
}
