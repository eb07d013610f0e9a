import { CONTENT_DIM } from './content.ts';
import { createSolver } from './ials.ts';
import type { Because, Model, NeighbourScores, Profile, Scorer } from './model.ts';

/** Reads a model. One scorer has buffers of its own and is used by one caller at a time. */
export function createScorer(model: Model): Scorer {
  const { dim, factors, rowOf, slotOf } = model;
  const solve = createSolver(model.settings, slotOf.length);
  const rowsOf = (slot: number) => rowOf[slot] ?? -1;
  const weighted = createWeighted(model);
  const neighbours = createNeighbourSums(model);
  return {
    model,
    foldIn(profile, at) {
      const person = new Float32Array(dim);
      const { rows, weights } = weighted(profile, at, false);
      if (rows.length > 0) solve(factors, model.gram, rows, weights, person, 0);
      return person;
    },
    factorOf(slot, content, out) {
      const row = rowsOf(slot);
      if (row >= 0) out.set(factors.subarray(row * dim, (row + 1) * dim));
      else mapContent(model, content, out);
      return out;
    },
    affinity(person, slot) {
      const row = rowsOf(slot);
      return row < 0 ? 0 : product(person, factors, row * dim, dim);
    },
    affinityScale(person) {
      // The mean of (x y)^2 is xt (YtY / rows) x, and the model has alpha YtY.
      let sum = 0;
      for (let k = 0; k < dim; k += 1) sum += (person[k] ?? 0) * product(person, model.gram, k * dim, dim);
      return Math.sqrt(Math.max(0, sum) / (model.settings.alpha * Math.max(1, slotOf.length))) || 1;
    },
    affinities(person, out) {
      for (let row = 0; row < slotOf.length; row += 1) out[row] = product(person, factors, row * dim, dim);
    },
    neighbours: (profile, at) => neighbours(weighted(profile, at, true)),
    neighbourScore(profile, at, slot) {
      return parts(model, weighted(profile, at, true), rowsOf(slot)).reduce(
        (sum, { value }) => sum + value,
        0,
      );
    },
    because(profile, at, slot) {
      const found = parts(model, weighted(profile, at, true), rowsOf(slot));
      return found.sort((a, b) => b.value - a.value || a.item - b.item);
    },
  };
}

interface Weighted {
  readonly rows: number[];
  readonly weights: number[];
}

/** The active videos of a profile with their weights: for folding in by how much they were liked, for neighbours by how long ago, too. */
function createWeighted({ rowOf, settings }: Model) {
  return ({ items, values, times }: Profile, at: number, isAged: boolean): Weighted => {
    const rows: number[] = [];
    const weights: number[] = [];
    for (let one = Math.max(0, items.length - settings.perPerson); one < items.length; one += 1) {
      const row = rowOf[items[one] ?? -1] ?? -1;
      const value = values[one] ?? 0;
      if (row < 0 || value <= 0) continue;
      const age = Math.max(0, at - (times[one] ?? 0));
      rows.push(row);
      weights.push(isAged ? 2 ** (-age / settings.profileHalfLifeMs) : value);
    }
    return { rows, weights };
  };
}

/** Sums up by row what videos say of their neighbours; only rows that were written to are ever looked at again. */
function createNeighbourSums({ slotOf, neighbourStart, neighbourRow, neighbourWeight }: Model) {
  const sums = new Float32Array(slotOf.length);
  const isMet = new Uint8Array(slotOf.length);
  const met = new Int32Array(slotOf.length);
  let size = 0;
  return ({ rows, weights }: Weighted): NeighbourScores => {
    for (let at = 0; at < size; at += 1) {
      const row = met[at] ?? 0;
      sums[row] = 0;
      isMet[row] = 0;
    }
    size = 0;
    rows.forEach((source, one) => {
      const weight = weights[one] ?? 0;
      const end = neighbourStart[source + 1] ?? 0;
      for (let to = neighbourStart[source] ?? 0; to < end; to += 1) {
        const row = neighbourRow[to] ?? 0;
        sums[row] = (sums[row] ?? 0) + weight * (neighbourWeight[to] ?? 0);
        if (isMet[row] === 1) continue;
        isMet[row] = 1;
        met[size] = row;
        size += 1;
      }
    });
    let squares = 0;
    for (let at = 0; at < size; at += 1) squares += (sums[met[at] ?? 0] ?? 0) ** 2;
    return {
      rows: met.subarray(0, size),
      of: (row) => sums[row] ?? 0,
      scale: Math.sqrt(squares / Math.max(1, slotOf.length)) || 1,
    };
  };
}

/** What each video of a profile says of a row, those that say nothing left out. */
function parts(model: Model, { rows, weights }: Weighted, row: number): Because[] {
  const found: Because[] = [];
  if (row < 0) return found;
  rows.forEach((source, one) => {
    const place = placeOf(model, source, row);
    if (place === null) return;
    const value = (weights[one] ?? 0) * (model.neighbourWeight[place] ?? 0);
    found.push({ item: model.slotOf[source] ?? -1, value });
  });
  return found;
}

/** Where a source says something of a row: whom it speaks for is in the order of their rows. */
function placeOf({ neighbourStart, neighbourRow }: Model, source: number, row: number): number | null {
  let low = neighbourStart[source] ?? 0;
  const end = neighbourStart[source + 1] ?? 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((neighbourRow[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return low < end && neighbourRow[low] === row ? low : null;
}

function mapContent({ contentMap, dim }: Model, content: Int8Array | null, out: Float32Array): void {
  for (let d = 0; d < dim; d += 1) {
    let sum = 0;
    if (content) {
      for (let k = 0; k < CONTENT_DIM; k += 1)
        sum += (contentMap[d * CONTENT_DIM + k] ?? 0) * (content[k] ?? 0);
    }
    out[d] = sum / 127;
  }
}

function product(person: Float32Array, factors: Float32Array, base: number, dim: number): number {
  let sum = 0;
  for (let k = 0; k < dim; k += 1) sum += (person[k] ?? 0) * (factors[base + k] ?? 0);
  return sum;
}
