import type { ModelSettings } from '../../../../config/model-limits.ts';
import { createGradients } from './gradients.ts';
import type { Interactions, Sparse } from './interactions.ts';
import { Largest } from './largest.ts';

/**
 * Neighbour-ridge: each video is predicted from its `candidates` most alike by a ridge regression over people (EASE, Steck 2019, confined to
 * few predictors: fsSLIM, Ning and Karypis 2011, with L2). What remains are the weights of its largest `neighbours` predictors.
 */
export interface NeighbourLists {
  /** By the predicting row. */
  readonly start: Int32Array;
  readonly row: Int32Array;
  readonly weight: Float32Array;
}

/** Lists by the predicted row, as solving makes them: `size[row]` entries from row * neighbours on. */
interface Lists {
  readonly size: Int32Array;
  readonly row: Int32Array;
  readonly weight: Float32Array;
}

/** Lists that are still good, in rows of today: `isKept` by row, `each` tells all entries. */
export interface KeptLists {
  readonly isKept: Uint8Array;
  each(visit: (row: number, source: number, weight: number) => void): void;
}

/** Weights nearer to nothing are nothing. */
const LEAST = 1e-6;

export function trainNeighbours(
  interactions: Interactions,
  settings: ModelSettings,
  kept: KeptLists | null,
): NeighbourLists {
  const { itemRows } = interactions;
  const { neighbours } = settings;
  const lists: Lists = {
    size: new Int32Array(itemRows),
    row: new Int32Array(itemRows * neighbours),
    weight: new Float32Array(itemRows * neighbours),
  };
  if (kept) keepLists(kept, lists, neighbours);
  const solve = createRowSolver(interactions, settings, lists);
  for (let row = 0; row < itemRows; row += 1) if (kept?.isKept[row] !== 1) solve(row);
  return bySource(lists, itemRows, neighbours);
}

function keepLists({ isKept, each }: KeptLists, into: Lists, neighbours: number): void {
  each((row, source, weight) => {
    const size = into.size[row] ?? 0;
    if (isKept[row] !== 1 || size >= neighbours) return;
    into.row[row * neighbours + size] = source;
    into.weight[row * neighbours + size] = weight;
    into.size[row] = size + 1;
  });
}

function createRowSolver(
  { byUser, byItem, itemRows, userRows }: Interactions,
  settings: ModelSettings,
  lists: Lists,
) {
  const { candidates, neighbours, ridge, closeness } = settings;
  const best = new Largest(candidates);
  const strongest = new Largest(neighbours);
  const together = new Int32Array(itemRows);
  const placeOf = new Int32Array(itemRows).fill(-1);
  const metAt = new Int32Array(userRows).fill(-1);
  const gram = new Float64Array(candidates * candidates);
  const b = new Float64Array(candidates);
  const solveRidge = createGradients(candidates);
  return (row: number): void => {
    const chosen = alike(row, byUser, byItem, together, best, closeness);
    const n = chosen.length;
    chosen.forEach((one, place) => {
      placeOf[one] = place;
      b[place] = together[one] ?? 0;
    });
    gram.fill(0, 0, n * n);
    for (const one of chosen) addPairs(one, row, byUser, byItem, { placeOf, metAt, gram, n });
    for (let k = 0; k < n; k += 1) gram[k * n + k] = (gram[k * n + k] ?? 0) + ridge;
    keepLargest(row, chosen, solveRidge(gram, b, n), lists, strongest);
    for (const one of chosen) placeOf[one] = -1;
    forget(row, byUser, byItem, together);
  };
}

/** The rows that share the most people with this one for how many they have, the best first; fills `together`. */
function alike(
  row: number,
  byUser: Sparse,
  byItem: Sparse,
  together: Int32Array,
  best: Largest,
  power: number,
): number[] {
  const met: number[] = [];
  for (let at = byItem.start[row] ?? 0; at < (byItem.start[row + 1] ?? 0); at += 1) {
    const user = byItem.index[at] ?? 0;
    for (let other = byUser.start[user] ?? 0; other < (byUser.start[user + 1] ?? 0); other += 1) {
      const one = byUser.index[other] ?? 0;
      if (one === row) continue;
      if (together[one] === 0) met.push(one);
      together[one] = (together[one] ?? 0) + 1;
    }
  }
  for (const one of met) {
    const people = (byItem.start[one + 1] ?? 0) - (byItem.start[one] ?? 0);
    best.offer(one, (together[one] ?? 0) / people ** power);
  }
  return best.take().map(({ name }) => name);
}

function forget(row: number, byUser: Sparse, byItem: Sparse, together: Int32Array): void {
  for (let at = byItem.start[row] ?? 0; at < (byItem.start[row + 1] ?? 0); at += 1) {
    const user = byItem.index[at] ?? 0;
    const end = byUser.start[user + 1] ?? 0;
    for (let other = byUser.start[user] ?? 0; other < end; other += 1) together[byUser.index[other] ?? 0] = 0;
  }
}

/** Adds what each person who liked `one`, and was not met for this row, says of all pairs of candidates. */
function addPairs(
  one: number,
  row: number,
  byUser: Sparse,
  byItem: Sparse,
  { placeOf, metAt, gram, n }: { placeOf: Int32Array; metAt: Int32Array; gram: Float64Array; n: number },
): void {
  const places: number[] = [];
  for (let at = byItem.start[one] ?? 0; at < (byItem.start[one + 1] ?? 0); at += 1) {
    const user = byItem.index[at] ?? 0;
    if (metAt[user] === row) continue;
    metAt[user] = row;
    places.length = 0;
    for (let other = byUser.start[user] ?? 0; other < (byUser.start[user + 1] ?? 0); other += 1) {
      const place = placeOf[byUser.index[other] ?? 0] ?? -1;
      if (place >= 0) places.push(place);
    }
    for (const x of places) {
      for (const y of places) gram[x * n + y] = (gram[x * n + y] ?? 0) + 1;
    }
  }
}

function keepLargest(
  row: number,
  chosen: readonly number[],
  weights: Float64Array,
  lists: Lists,
  best: Largest,
): void {
  for (let place = 0; place < chosen.length; place += 1) {
    if (Math.abs(weights[place] ?? 0) > LEAST) best.offer(place, Math.abs(weights[place] ?? 0));
  }
  const kept = best.take();
  const from = row * best.count;
  kept.forEach(({ name }, at) => {
    lists.row[from + at] = chosen[name] ?? 0;
    lists.weight[from + at] = weights[name] ?? 0;
  });
  lists.size[row] = kept.length;
}

function bySource(lists: Lists, rows: number, neighbours: number): NeighbourLists {
  const start = new Int32Array(rows + 1);
  const each = (visit: (row: number, source: number, weight: number) => void) => {
    for (let row = 0; row < rows; row += 1) {
      for (let at = row * neighbours; at < row * neighbours + (lists.size[row] ?? 0); at += 1) {
        visit(row, lists.row[at] ?? 0, lists.weight[at] ?? 0);
      }
    }
  };
  each((_, source) => {
    start[source + 1] = (start[source + 1] ?? 0) + 1;
  });
  for (let row = 0; row < rows; row += 1) start[row + 1] = (start[row + 1] ?? 0) + (start[row] ?? 0);
  const next = start.slice();
  const turned = { start, row: new Int32Array(start[rows] ?? 0), weight: new Float32Array(start[rows] ?? 0) };
  each((row, source, weight) => {
    const to = next[source] ?? 0;
    turned.row[to] = row;
    turned.weight[to] = weight;
    next[source] = to + 1;
  });
  return turned;
}
