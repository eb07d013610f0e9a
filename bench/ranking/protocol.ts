import type { Item, RankingData, Shown } from './data.ts';

/** What is known before a moment, and what it is to be held against (ranking.md 3). */
export interface Split {
  readonly items: readonly Item[];
  /** Positive events before the moment, in the order of time. */
  readonly positives: readonly Shown[];
  /** Of each person: the videos they were ever shown. */
  readonly seen: ReadonlyMap<number, ReadonlySet<number>>;
  /** Of each person who did something positive in the days after: those videos, but for what they had seen. */
  readonly targets: ReadonlyMap<number, ReadonlySet<number>>;
  readonly at: number;
}

export interface Quality {
  readonly ndcg20: number;
  readonly recall50: number;
  /** Part of all videos that is among the first 20 of somebody. */
  readonly coverage20: number;
  /** Of the places among the first 20, over all creators: 0 is even, 1 all to one. */
  readonly gini: number;
}

function isPositive({ isLong, isLike, isComment, isForward, isFollow }: Shown): boolean {
  return isLong || isLike || isComment || isForward || isFollow;
}

/** Everything before `at` is known; `until` ends the days that are foreseen. */
export function splitAt({ items, shown }: RankingData, at: number, until: number): Split {
  const seen = new Map<number, Set<number>>();
  const targets = new Map<number, Set<number>>();
  const positives: Shown[] = [];
  const note = (into: Map<number, Set<number>>, { user, video }: Shown) => {
    const known = into.get(user);
    if (known) known.add(video);
    else into.set(user, new Set([video]));
  };
  for (const one of shown) {
    if (one.at < at) {
      note(seen, one);
      if (isPositive(one)) positives.push(one);
    } else if (one.at < until && isPositive(one) && !seen.get(one.user)?.has(one.video)) note(targets, one);
  }
  return { items, positives, seen, targets, at };
}

/** Scores the lists of everybody who has targets, or of those in `users`. */
export function qualityOf(
  { items, targets }: Split,
  users: readonly number[],
  listOf: (user: number) => readonly number[],
): Quality {
  const covered = new Set<number>();
  const places = new Map(items.map(({ author }) => [author, 0]));
  let ndcg = 0;
  let recall = 0;
  for (const user of users) {
    const wanted = targets.get(user) ?? new Set();
    let gain = 0;
    let found = 0;
    for (const [place, video] of listOf(user).slice(0, 50).entries()) {
      const isHit = wanted.has(video);
      if (isHit) found += 1;
      if (place >= 20) continue;
      if (isHit) gain += 1 / Math.log2(place + 2);
      covered.add(video);
      const author = items[video]?.author ?? '';
      places.set(author, (places.get(author) ?? 0) + 1);
    }
    let ideal = 0;
    for (let place = 0; place < Math.min(20, wanted.size); place += 1) ideal += 1 / Math.log2(place + 2);
    ndcg += gain / ideal;
    recall += found / wanted.size;
  }
  return {
    ...{ ndcg20: ndcg / users.length, recall50: recall / users.length },
    ...{ coverage20: covered.size / items.length, gini: giniOf([...places.values()]) },
  };
}

function giniOf(counts: readonly number[]): number {
  const sorted = [...counts].sort((a, b) => a - b);
  const n = sorted.length;
  let total = 0;
  let ranked = 0;
  for (const [at, count] of sorted.entries()) {
    total += count;
    ranked += (at + 1) * count;
  }
  return total === 0 ? 0 : (2 * ranked) / (n * total) - (n + 1) / n;
}
