import { modelSettings } from '../../config/model-limits.ts';
import { factorInPlace, substitute } from '../../src/modules/ranking/models/cholesky.ts';
import { createSolver, firstFactors, trainIals } from '../../src/modules/ranking/models/ials.ts';
import {
  type Interactions,
  interactionsOf,
  type Sparse,
} from '../../src/modules/ranking/models/interactions.ts';
import { Largest } from '../../src/modules/ranking/models/largest.ts';
import type { Shown } from './data.ts';
import type { Split } from './protocol.ts';

/** Scores all videos for somebody; what it returns is overwritten by the next call. */
export type Method = (user: number) => Float64Array;

const DAY = 86_400_000;
/** EASE inverts a matrix of as many rows: of all videos it would take minutes. */
const EASE_VIDEOS = 2_000;
const EASE_LAMBDA = 500;
const KNN = { neighbours: 200, shrink: 20 };

/** The first `count` videos of a method that somebody was not shown yet. */
export function listBy({ seen }: Split, method: Method, count: number): (user: number) => number[] {
  const best = new Largest(count);
  return (user) => {
    const known = seen.get(user);
    for (const [video, score] of method(user).entries()) {
      if (score > best.floor && !known?.has(video)) best.offer(video, score);
    }
    return best.take().map(({ name }) => name);
  };
}

/** The same list for everybody: how many people liked it. */
export function popularity({ items, positives }: Split): Method {
  const scores = new Float64Array(items.length);
  for (const { video } of positives) scores[video] = (scores[video] ?? 0) + 1;
  return () => scores;
}

/** The same list for everybody, by the plain formula (ranking.md 0) over the last 24 hours; all is of one age, so that its age is left out. */
export function plainTrend({ items, at }: Split, shown: readonly Shown[]): Method {
  const sums = new Float64Array(items.length);
  const completions = new Float64Array(items.length);
  const plays = new Float64Array(items.length);
  for (const one of shown) {
    if (one.at < at - DAY || one.at >= at || one.playMs === null) continue;
    const { video, playMs, durationMs } = one;
    const weight =
      Number(playMs >= 3_000) +
      5 * Number(one.isLike) +
      10 * Number(one.isComment) +
      20 * Number(one.isForward);
    sums[video] = (sums[video] ?? 0) + weight;
    completions[video] = (completions[video] ?? 0) + (durationMs ? Math.min(1, playMs / durationMs) : 0);
    plays[video] = (plays[video] ?? 0) + 1;
  }
  const scores = sums.map(
    (sum, video) => sum * (1 + (49 * (completions[video] ?? 0)) / Math.max(1, plays[video] ?? 0)),
  );
  return () => scores;
}

/** What those below learn from: each person's positive videos, once. */
export function learntFrom({ items, positives, at }: Split, userCount: number): Interactions {
  const once = [...new Map(positives.map((one) => [one.user * items.length + one.video, one])).values()];
  return interactionsOf(
    {
      ...{ at, userCount, itemCount: items.length, previous: null, content: new Int8Array(0) },
      users: Int32Array.from(once, ({ user }) => user),
      items: Int32Array.from(once, ({ video }) => video),
      values: new Float32Array(once.length).fill(1),
      times: Float64Array.from(once, (one) => one.at),
      isLive: new Uint8Array(items.length).fill(1),
    },
    modelSettings,
  );
}

/** iALS alone, with the regularisation of ranking.md 3. */
export function ialsAlone(split: Split, learnt: Interactions): Method {
  const settings = { ...modelSettings, alpha: 0.1, lambda: 0.01 };
  const { slotOf, itemRows, byUser, byItem } = learnt;
  const weights = { byUser: byUser.value, byItem: byItem.value };
  const start = { factors: firstFactors(slotOf, settings.dim), passes: settings.passes };
  const { factors, gram } = trainIals(learnt, weights, settings, start);
  const solve = createSolver(settings, itemRows);
  const person = new Float32Array(settings.dim);
  return byRows(split, learnt, (rows, scores) => {
    person.fill(0);
    if (rows.length > 0) solve(factors, gram, rows, new Float32Array(rows.length).fill(1), person, 0);
    for (let row = 0; row < itemRows; row += 1) {
      let sum = 0;
      for (let k = 0, at = row * settings.dim; k < settings.dim; k += 1, at += 1)
        sum += (person[k] ?? 0) * (factors[at] ?? 0);
      scores[row] = sum;
    }
  });
}

/** Cosine with shrinkage, the most alike of each video. */
export function itemKnn(split: Split, learnt: Interactions): Method {
  const { itemRows } = learnt;
  const together = new Float64Array(itemRows);
  const best = new Largest(KNN.neighbours);
  const lists = Array.from({ length: itemRows }, (_, row) => {
    together.fill(0);
    countTogether(learnt, row, together);
    const own = sizeOf(learnt.byItem, row);
    for (let other = 0; other < itemRows; other += 1) {
      const count = together[other] ?? 0;
      if (count > 0 && other !== row)
        best.offer(other, count / (Math.sqrt(own * sizeOf(learnt.byItem, other)) + KNN.shrink));
    }
    return best.take();
  });
  return byRows(split, learnt, (rows, scores) => {
    for (const row of rows) {
      for (const { name, score } of lists[row] ?? []) scores[name] = (scores[name] ?? 0) + score;
    }
  });
}

/** EASE (Steck 2019) of the most popular videos: B = -P / diag(P), P the inverse of the Gram matrix with a ridge. */
export function ease(split: Split, learnt: Interactions): Method {
  const { itemRows, byItem } = learnt;
  const most = new Largest(Math.min(EASE_VIDEOS, itemRows));
  for (let row = 0; row < itemRows; row += 1) most.offer(row, sizeOf(byItem, row));
  const rows = Int32Array.from(most.take(), ({ name }) => name);
  const n = rows.length;
  const gram = new Float64Array(n * n);
  const together = new Float64Array(itemRows);
  for (const [place, row] of rows.entries()) {
    together.fill(0);
    countTogether(learnt, row, together);
    for (const [other, of] of rows.entries()) gram[place * n + other] = together[of] ?? 0;
    gram[place * n + place] = sizeOf(byItem, row) + EASE_LAMBDA;
  }
  if (!factorInPlace(gram, n)) throw new Error('The matrix of EASE is not positive definite.');
  const weights = new Float32Array(n * n);
  const unit = new Float64Array(n);
  for (let place = 0; place < n; place += 1) {
    unit.fill(0);
    unit[place] = 1;
    substitute(gram, unit, n);
    // A row of P over its own diagonal: what predicts this video from the others, by symmetry.
    for (let other = 0; other < n; other += 1)
      weights[other * n + place] = other === place ? 0 : -(unit[other] ?? 0) / (unit[place] ?? 1);
  }
  const placeOf = new Map([...rows].map((row, place) => [row, place]));
  return byRows(split, learnt, (known, scores) => {
    for (const row of known) {
      const place = placeOf.get(row);
      if (place === undefined) continue;
      for (const [other, of] of rows.entries())
        scores[of] = (scores[of] ?? 0) + (weights[place * n + other] ?? 0);
    }
  });
}

function byRows(
  { items, positives }: Split,
  { rowOf, slotOf }: Interactions,
  score: (rows: readonly number[], scores: Float64Array) => void,
): Method {
  const known = new Map<number, Set<number>>();
  for (const { user, video } of positives) {
    const row = rowOf[video] ?? -1;
    if (row < 0) continue;
    const rows = known.get(user);
    if (rows) rows.add(row);
    else known.set(user, new Set([row]));
  }
  const byRow = new Float64Array(slotOf.length);
  const scores = new Float64Array(items.length);
  return (user) => {
    byRow.fill(0);
    score([...(known.get(user) ?? [])], byRow);
    for (const [row, slot] of slotOf.entries()) scores[slot] = byRow[row] ?? 0;
    return scores;
  };
}

function countTogether({ byUser, byItem }: Interactions, row: number, together: Float64Array): void {
  for (let at = byItem.start[row] ?? 0; at < (byItem.start[row + 1] ?? 0); at += 1) {
    const user = byItem.index[at] ?? 0;
    for (let other = byUser.start[user] ?? 0; other < (byUser.start[user + 1] ?? 0); other += 1) {
      const one = byUser.index[other] ?? 0;
      together[one] = (together[one] ?? 0) + 1;
    }
  }
}

function sizeOf({ start }: Sparse, row: number): number {
  return (start[row + 1] ?? 0) - (start[row] ?? 0);
}
