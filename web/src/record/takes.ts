import { noTrim, type Trim } from '../editing/trim.ts';

/** One take: from when to when it is in the recording, in seconds. */
export interface Take {
  readonly from: number;
  readonly to: number;
  /** Undone: it is in the file, and no part of the clip. */
  readonly undone: boolean;
}

/** Less was a slip of the finger. */
const SHORTEST_S = 0.2;

/** Adds a take that has just ended; one that is hardly there is left out at once. */
export function withTake(takes: readonly Take[], from: number, to: number): readonly Take[] {
  return to <= from ? takes : [...takes, { from, to, undone: to - from < SHORTEST_S }];
}

/** Leaves the last take out that is not left out yet. */
export function withoutLast(takes: readonly Take[]): readonly Take[] {
  const last = takes.findLastIndex(({ undone }) => !undone);
  return takes.map((take, n) => (n === last ? { ...take, undone: true } : take));
}

export const keptTakes = (takes: readonly Take[]): readonly Take[] => takes.filter(({ undone }) => !undone);

/** How long the clip is by now, in seconds. */
export const lengthOf = (takes: readonly Take[]): number =>
  keptTakes(takes).reduce((sum, { from, to }) => sum + to - from, 0);

/** What is kept of the recording: what was undone is cut off at its ends, and cut out between. */
export function trimOf(takes: readonly Take[]): Trim {
  const kept = keptTakes(takes);
  const [first, last] = [kept[0], kept.at(-1)];
  if (!first || !last) return noTrim;
  const cuts = kept.slice(1).flatMap((take, n) => {
    const before = kept[n];
    return before && take.from > before.to ? [{ from: before.to, to: take.from }] : [];
  });
  // The recording itself ends with the last take.
  const isLast = last === takes.at(-1);
  return { ...noTrim, from: first.from, to: isLast ? null : last.to, cuts };
}
