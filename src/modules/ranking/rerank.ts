import type { RankingSettings } from './settings.ts';

/** What the rules of a list need to know of a video. */
export interface Placed {
  readonly slot: number;
  readonly author: number;
  readonly sound: number;
  readonly tags: readonly number[];
}

/** The rules that no list breaks (ranking.md 4), whatever the scores. Keeps count of what was placed. */
export interface ListRules {
  /** May this one come next? */
  allows(candidate: Placed): boolean;
  place(placed: Placed): void;
}

/**
 * At most `maxRun` in a row by one creator and `perCreator` in any `window`, never one sound twice in a row, and no hashtag on more than
 * `tagShare` of the `length` videos of a list.
 */
export function createListRules(rules: RankingSettings['rerank'], length: number): ListRules {
  const list: Placed[] = [];
  const tagged = new Map<number, number>();
  const mostOfTag = Math.max(1, Math.floor(length * rules.tagShare + 1e-9));
  return {
    allows({ author, sound, tags }) {
      if (sound !== 0 && list.at(-1)?.sound === sound) return false;
      if (list.length >= rules.maxRun) {
        let run = 0;
        while (run < rules.maxRun && list[list.length - 1 - run]?.author === author) run += 1;
        if (run >= rules.maxRun) return false;
      }
      let byAuthor = 0;
      for (let at = Math.max(0, list.length - rules.window + 1); at < list.length; at += 1)
        if (list[at]?.author === author) byAuthor += 1;
      if (byAuthor >= rules.perCreator) return false;
      return tags.every((tag) => (tagged.get(tag) ?? 0) < mostOfTag);
    },
    place(placed) {
      list.push(placed);
      for (const tag of placed.tags) tagged.set(tag, (tagged.get(tag) ?? 0) + 1);
    },
  };
}

/** How alike two videos are, from 0 to 1: the same creator, the same sound, the same hashtags. */
export function likeness(a: Placed, b: Placed): number {
  if (a.author === b.author) return 1;
  let common = 0;
  for (const tag of a.tags) if (b.tags.includes(tag)) common += 1;
  const tags = common === 0 ? 0 : common / (a.tags.length + b.tags.length - common);
  return Math.min(1, 0.5 * tags + (a.sound !== 0 && a.sound === b.sound ? 0.5 : 0));
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein 1998): picks the next of the candidates, the one with the most of
 * lambda * relevance - (1 - lambda) * likeness to what was picked before. Relevances are the scores, brought to 0 … 1.
 */
export interface Diversity {
  /** The best that `mayBe` allows; null when there is none. It is not offered again. */
  next(mayBe: (candidate: Placed) => boolean): number | null;
  /** Something was put into the list, from here or from elsewhere. */
  placed(placed: Placed): void;
  take(at: number): void;
}

export function createDiversity(
  candidates: readonly Placed[],
  scores: ArrayLike<number>,
  lambda: number,
): Diversity {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < candidates.length; at += 1) {
    least = Math.min(least, scores[at] ?? 0);
    most = Math.max(most, scores[at] ?? 0);
  }
  const range = most - least || 1;
  const nearest = new Float64Array(candidates.length);
  const taken = new Uint8Array(candidates.length);
  return {
    next(mayBe) {
      let best: number | null = null;
      let value = Number.NEGATIVE_INFINITY;
      for (let at = 0; at < candidates.length; at += 1) {
        const candidate = candidates[at];
        if (taken[at] === 1 || !candidate) continue;
        const relevance = ((scores[at] ?? 0) - least) / range;
        const marginal = lambda * relevance - (1 - lambda) * (nearest[at] ?? 0);
        if (marginal <= value || !mayBe(candidate)) continue;
        best = at;
        value = marginal;
      }
      return best;
    },
    placed(placed) {
      if (lambda >= 1) return;
      for (let at = 0; at < candidates.length; at += 1) {
        const candidate = candidates[at];
        if (taken[at] === 1 || !candidate) continue;
        const alike = likeness(candidate, placed);
        if (alike > (nearest[at] ?? 0)) nearest[at] = alike;
      }
    },
    take(at) {
      taken[at] = 1;
    },
  };
}
