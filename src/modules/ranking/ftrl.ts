import { heads, type RankingSettings } from './settings.ts';

/** Features of one video for one person: numbers of weights, and how much of each. */
export interface Features {
  readonly indices: Uint32Array;
  readonly values: Float32Array;
  count: number;
}

const HEADS = heads.length;

/**
 * Linear models over hashed features, one for each head, learnt online by FTRL-proximal (McMahan et al. 2013, algorithm 1). They learn
 * from pairs: of two videos that the same person was shown, which one was watched to the end, liked … What is the same for all videos
 * of a person falls out of the difference, so the models order within people, which is what a feed needs (RankNet: Burges et al. 2005).
 */
export interface Ranker {
  /** One step: for this head, `better` should have come before `worse`. `importance` is at most 1. */
  learn(head: number, better: Features, worse: Features, importance: number): void;
  /** Weight of a feature, heads weighed by `worth`. */
  weight(index: number, worth: Float64Array): number;
  /** Sum of a head over all features. */
  logit(head: number, features: Features): number;
  /** Nothing is learnt any more. */
  reset(): void;
}

export function createRanker(settings: RankingSettings['ranker']): Ranker {
  const { alpha, beta, l1, l2, bits } = settings;
  const size = HEADS << bits;
  const gradients = new Float32Array(size);
  const squares = new Float32Array(size);
  /** Kept beside the two it follows from: read far more often than changed. */
  const weights = new Float32Array(size);

  const step = (place: number, gradient: number): void => {
    const square = squares[place] ?? 0;
    const next = square + gradient * gradient;
    const sigma = (Math.sqrt(next) - Math.sqrt(square)) / alpha;
    const z = (gradients[place] ?? 0) + gradient - sigma * (weights[place] ?? 0);
    squares[place] = next;
    gradients[place] = z;
    weights[place] =
      Math.abs(z) <= l1 ? 0 : -(z - Math.sign(z) * l1) / ((beta + Math.sqrt(next)) / alpha + l2);
  };
  const logit = (head: number, { indices, values, count }: Features): number => {
    let sum = 0;
    for (let at = 0; at < count; at += 1)
      sum += (weights[(indices[at] ?? 0) * HEADS + head] ?? 0) * (values[at] ?? 0);
    return sum;
  };
  const pull = (head: number, { indices, values, count }: Features, gradient: number): void => {
    for (let at = 0; at < count; at += 1)
      step((indices[at] ?? 0) * HEADS + head, gradient * (values[at] ?? 0));
  };

  return {
    logit,
    learn(head, better, worse, importance) {
      const miss = importance / (1 + Math.exp(logit(head, better) - logit(head, worse)));
      pull(head, better, -miss);
      pull(head, worse, miss);
    },
    weight(index, worth) {
      let sum = 0;
      for (let head = 0; head < HEADS; head += 1)
        sum += (worth[head] ?? 0) * (weights[index * HEADS + head] ?? 0);
      return sum;
    },
    reset() {
      gradients.fill(0);
      squares.fill(0);
      weights.fill(0);
    },
  };
}
