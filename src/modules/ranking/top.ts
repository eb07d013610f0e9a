import { Largest } from './models/largest.ts';

/** The places of the `n` largest of the first `count` values, those above `least`, largest first; equal ones by place. */
export function topPlaces(values: ArrayLike<number>, count: number, n: number, least: number): number[] {
  const largest = new Largest(n);
  for (let place = 0; place < count; place += 1) {
    const value = values[place] ?? 0;
    if (value > least && value > largest.floor) largest.offer(place, value);
  }
  return largest.take().map(({ name }) => name);
}
