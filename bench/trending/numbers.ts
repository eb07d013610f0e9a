export type Random = () => number;

/** A repeatable source of numbers from 0 to 1 (mulberry32). */
export function numbers(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** NDCG of a list against the true gains of everything. */
export function ndcg(list: readonly string[], gains: ReadonlyMap<string, number>, n: number): number {
  const best = [...gains.values()].sort((a, b) => b - a).slice(0, n);
  const worth = (values: readonly number[]): number =>
    values.reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0);
  return worth(list.slice(0, n).map((id) => gains.get(id) ?? 0)) / worth(best);
}
