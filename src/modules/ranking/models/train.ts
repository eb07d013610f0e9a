import { type ModelSettings, modelSettings } from '../../../../config/model-limits.ts';
import { contentMapOf } from './content.ts';
import { firstFactors, trainIals } from './ials.ts';
import { type Interactions, interactionsOf } from './interactions.ts';
import type { Model, TrainInput } from './model.ts';
import { type KeptLists, trainNeighbours } from './neighbours.ts';

/**
 * Learns a model: a pure function of what it is given. With `previous` it begins from its factors, and solves only neighbours of
 * videos whose counts moved. Some 40 s of one core for 400,000 positive events of 25,000 people; half of it from a model.
 */
export function train(input: TrainInput, settings: ModelSettings = modelSettings): Model {
  const interactions = interactionsOf(input, settings);
  const { slotOf, rowOf, byItem, itemRows } = interactions;
  const counts = Float32Array.from(
    { length: itemRows },
    (_, row) => (byItem.start[row + 1] ?? 0) - (byItem.start[row] ?? 0),
  );
  const previous = input.previous?.dim === settings.dim ? input.previous : null;
  const weights = { byUser: interactions.byUser.value, byItem: byItem.value };
  const { factors, gram } = trainIals(interactions, weights, settings, {
    factors: startOf(slotOf, previous, settings.dim),
    passes: previous ? settings.warmPasses : settings.passes,
  });
  const lists = trainNeighbours(
    interactions,
    settings,
    previous ? keptOf(interactions, counts, previous, settings) : null,
  );
  return {
    ...{ generation: (previous?.generation ?? 0) + 1, trainedAt: input.at, itemCount: input.itemCount },
    ...{ rowOf, slotOf, counts, dim: settings.dim, factors, gram, settings },
    contentMap: contentMapOf(input.content, slotOf, factors, counts, settings),
    ...{ neighbourStart: lists.start, neighbourRow: lists.row, neighbourWeight: lists.weight },
  };
}

function startOf(slotOf: Int32Array, previous: Model | null, dim: number): Float32Array {
  const factors = firstFactors(slotOf, dim);
  if (!previous) return factors;
  slotOf.forEach((slot, row) => {
    const before = previous.rowOf[slot] ?? -1;
    if (before >= 0) factors.set(previous.factors.subarray(before * dim, (before + 1) * dim), row * dim);
  });
  return factors;
}

/** The lists of the model before, by rows of today, with those still good whose count moved by no more than `movedPart`. */
function keptOf(
  { rowOf, itemRows }: Interactions,
  counts: Float32Array,
  previous: Model,
  { movedPart }: ModelSettings,
): KeptLists {
  const today = Int32Array.from(previous.slotOf, (slot) => rowOf[slot] ?? -1);
  const isKept = new Uint8Array(itemRows);
  today.forEach((row, before) => {
    const count = previous.counts[before] ?? 0;
    if (row >= 0 && Math.abs((counts[row] ?? 0) - count) <= movedPart * count) isKept[row] = 1;
  });
  const each = (visit: (row: number, source: number, weight: number) => void) => {
    for (let source = 0; source < today.length; source += 1) {
      for (
        let at = previous.neighbourStart[source] ?? 0;
        at < (previous.neighbourStart[source + 1] ?? 0);
        at += 1
      ) {
        visit(
          today[previous.neighbourRow[at] ?? 0] ?? -1,
          today[source] ?? -1,
          previous.neighbourWeight[at] ?? 0,
        );
      }
    }
  };
  // A list that has lost one of its videos is not whole: it is solved again.
  each((row, source) => {
    if (row >= 0 && source < 0) isKept[row] = 0;
  });
  return {
    isKept,
    each: (visit) =>
      each((row, source, weight) => {
        if (row >= 0 && source >= 0) visit(row, source, weight);
      }),
  };
}
