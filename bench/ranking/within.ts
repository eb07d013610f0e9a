import type { Shown } from './data.ts';

/**
 * How well an order of what each person was shown matches what they watched long (ranking.md 3): nothing is chosen, all was shown
 * already, and each person's videos are compared with each other alone.
 */
export interface WithinQuality {
  /** Chance that of two videos of one person, one watched long and one not, the right one comes first; people weigh as much as they were shown. */
  readonly gauc: number;
  /** Over all people, those with nothing watched long as 0. */
  readonly ndcg5: number;
  /** The mean of both. */
  readonly primary: number;
}

/** What was said of each of `shown`, by place. */
export function withinQuality(shown: readonly Shown[], scores: ArrayLike<number>): WithinQuality {
  const byUser = Map.groupBy(shown.keys(), (at) => shown[at]?.user ?? -1);
  let pairs = 0;
  let weight = 0;
  let gain = 0;
  for (const places of byUser.values()) {
    const list = places
      .map((at) => ({ score: scores[at] ?? 0, isLong: shown[at]?.isLong === true }))
      .sort((a, b) => b.score - a.score);
    const long = list.filter(({ isLong }) => isLong).length;
    if (long === 0) continue;
    gain += dcg(list.map(({ isLong }) => isLong)) / dcg(new Array<boolean>(long).fill(true));
    if (long === list.length) continue;
    pairs += list.length * aucOf(list, long);
    weight += list.length;
  }
  const gauc = pairs / weight;
  const ndcg5 = gain / byUser.size;
  return { gauc, ndcg5, primary: (gauc + ndcg5) / 2 };
}

interface Told {
  readonly score: number;
  readonly isLong: boolean;
}

/** Of a list that is sorted by score; equals are half right. */
function aucOf(list: readonly Told[], long: number): number {
  let right = 0;
  for (const good of list) {
    if (!good.isLong) continue;
    for (const bad of list)
      if (!bad.isLong) right += good.score > bad.score ? 1 : good.score === bad.score ? 0.5 : 0;
  }
  return right / (long * (list.length - long));
}

function dcg(isLong: readonly boolean[]): number {
  return isLong.slice(0, 5).reduce((sum, is, place) => sum + (is ? 1 / Math.log2(place + 2) : 0), 0);
}
