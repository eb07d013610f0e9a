import { rankingLimits } from '../../../config/ranking-limits.ts';
import { type Catalogue, NONE } from './catalogue.ts';

/** The exploration pool: videos that too few people here were shown to know them; and of these the newest apart. */
export interface Pool {
  /** `isNew`: a new upload, not one that is back. */
  add(slot: number, isNew: boolean): void;
  /** Nothing where it is not in. */
  remove(slot: number): void;
  /** All of it, in no order. */
  readonly all: readonly number[];
  /** The last uploads, some of which may have left the pool (`columns.pooled` tells). */
  readonly newest: readonly number[];
}

export function createPool({ columns }: Catalogue): Pool {
  const all: number[] = [];
  const newest: number[] = [];
  let oldest = 0;
  const remove = (slot: number): void => {
    const place = columns.pooled[slot] ?? NONE;
    if (place === NONE) return;
    const last = all.pop() ?? slot;
    if (last !== slot) {
      all[place] = last;
      columns.pooled[last] = place;
    }
    columns.pooled[slot] = NONE;
  };
  return {
    all,
    newest,
    remove,
    add(slot, isNew) {
      if ((columns.pooled[slot] ?? NONE) !== NONE) return;
      columns.pooled[slot] = all.length;
      all.push(slot);
      if (!isNew) return;
      if (newest.length < rankingLimits.newest) newest.push(slot);
      else {
        newest[oldest] = slot;
        oldest = (oldest + 1) % newest.length;
      }
    },
  };
}
