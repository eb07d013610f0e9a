import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ModelSettings, modelSettings } from '../../../../config/model-limits.ts';
import { CONTENT_DIM, contentVector, quantise } from './content.ts';
import { interactionsOf } from './interactions.ts';
import { Largest } from './largest.ts';
import { type Model, type Profile, type TrainInput, transferablesOf } from './model.ts';
import { createScorer } from './scorer.ts';
import { train } from './train.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;
const GROUPS = 4;
const VIDEOS = 80;
const PEOPLE = 160;
const settings: ModelSettings = {
  ...modelSettings,
  ...{ dim: 8, alpha: 0.1 },
  minPositives: 2,
  ridge: 20,
  candidates: 200,
  neighbours: 200,
};

interface Entry {
  readonly user: number;
  readonly item: number;
  readonly value: number;
  readonly at: number;
}

/** Each person likes a third of the videos of one group, and now and then another one; video 79 is new: nobody saw it. */
function planted(): Entry[] {
  const random = numbers(7);
  return Array.from({ length: PEOPLE }, (_, user) =>
    Array.from({ length: VIDEOS - 1 }, (_, item) => {
      const isOwn = item % GROUPS === user % GROUPS;
      const [draw, value, age] = [random(), random(), random()];
      return draw < (isOwn ? 0.35 : 0.02)
        ? [{ user, item, value: 1 + 2 * value, at: NOW - age * 20 * DAY }]
        : [];
    }).flat(),
  ).flat();
}

function inputOf(entries: readonly Entry[], more: Partial<TrainInput> = {}): TrainInput {
  const content = new Int8Array(VIDEOS * CONTENT_DIM);
  for (let item = 0; item < VIDEOS; item += 1) quantise(contentOf(item), content, item * CONTENT_DIM);
  return {
    ...{ at: NOW, userCount: PEOPLE, itemCount: VIDEOS, content, previous: null },
    users: Int32Array.from(entries, ({ user }) => user),
    items: Int32Array.from(entries, ({ item }) => item),
    values: Float32Array.from(entries, ({ value }) => value),
    times: Float64Array.from(entries, ({ at }) => at),
    isLive: new Uint8Array(VIDEOS).fill(1),
    ...more,
  };
}

function contentOf(item: number): Float32Array {
  const tags = [`group${item % GROUPS}`];
  return contentVector({
    tags,
    soundId: `s${item}`,
    authorId: `a${item}`,
    language: 'en',
    caption: `clip ${item}`,
  });
}

function profileOf(entries: readonly Entry[], user: number): Profile {
  const mine = entries.filter((entry) => entry.user === user).sort((a, b) => a.at - b.at);
  return {
    items: mine.map(({ item }) => item),
    values: mine.map(({ value }) => value),
    times: mine.map(({ at }) => at),
  };
}

const entries = planted();
const model = train(inputOf(entries), settings);
const scorer = createScorer(model);

test('factors find the groups that people belong to', () => {
  let right = 0;
  let pairs = 0;
  for (let user = 0; user < PEOPLE; user += 1) {
    const profile = profileOf(entries, user);
    const person = scorer.foldIn(profile, NOW);
    const known = new Set(Array.from(profile.items));
    for (let item = 0; item < VIDEOS - 5; item += 5) {
      const own = [...Array(VIDEOS / GROUPS - 1).keys()]
        .map((n) => n * GROUPS + (user % GROUPS))
        .find((one) => one >= item && !known.has(one));
      if (own === undefined || item % GROUPS === user % GROUPS || known.has(item)) continue;
      pairs += 1;
      if (scorer.affinity(person, own) > scorer.affinity(person, item)) right += 1;
    }
  }
  expect(pairs).toBeGreaterThan(1_000);
  expect(right / pairs).toBeGreaterThan(0.93);
});

test('folding somebody in solves the whole problem for them', () => {
  const profile = profileOf(entries, 3);
  const { dim, slotOf, factors } = model;
  const value = new Map(
    Array.from(profile.items, (item, at) => [model.rowOf[item] ?? -1, profile.values[at] ?? 0]),
  );
  // The problem as it is written down: every video is a row of it, liked or not.
  const a = Array.from({ length: dim }, () => new Array<number>(dim + 1).fill(0));
  for (let row = 0; row < slotOf.length; row += 1) {
    const y = factors.subarray(row * dim, (row + 1) * dim);
    const weight = settings.alpha + (value.get(row) ?? 0);
    for (let k = 0; k < dim; k += 1) {
      for (let m = 0; m < dim; m += 1) add(a, k, m, weight * (y[k] ?? 0) * (y[m] ?? 0));
      add(a, k, dim, (value.get(row) ?? 0) * (y[k] ?? 0));
    }
  }
  for (let k = 0; k < dim; k += 1)
    add(a, k, k, settings.lambda * (value.size + settings.alpha * slotOf.length));
  const whole = eliminate(a);
  const folded = scorer.foldIn(profile, NOW);
  whole.forEach((x, k) => {
    expect(folded[k]).toBeCloseTo(x, 4);
  });
});

test('neighbours are the ridge regression, and say exactly what a score is made of', () => {
  const profile = profileOf(entries, 5);
  const byRow = scorer.neighbours(profile, NOW);
  for (const item of [1, 9, 41]) {
    const because = scorer.because(profile, NOW, item);
    const sum = because.reduce((total, { value }) => total + value, 0);
    expect(because.length).toBeGreaterThan(2);
    expect(sum).toBeCloseTo(scorer.neighbourScore(profile, NOW, item), 9);
    expect(sum).toBeCloseTo(byRow.of(model.rowOf[item] ?? -1), 5);
    expect(because.every(({ item: one }) => Array.from(profile.items).includes(one))).toBe(true);
    expect(because.every(({ value }, at) => value <= (because[at - 1]?.value ?? value))).toBe(true);
  }
  const all = Array.from(model.slotOf, (slot) => scorer.neighbourScore(profile, NOW, slot));
  const squares = all.reduce((total, value) => total + value * value, 0);
  expect(byRow.scale).toBeCloseTo(Math.sqrt(squares / all.length), 5);
  expect([...byRow.rows].sort((a, b) => a - b)).toEqual(
    all.flatMap((value, row) => (value === 0 ? [] : [row])),
  );
  // What was asked for before leaves nothing behind.
  scorer.neighbours(profileOf(entries, 6), NOW);
  const again = scorer.neighbours(profile, NOW);
  expect(all.map((_, row) => Math.abs(again.of(row) - (all[row] ?? 0)) < 1e-5)).not.toContain(false);
  // Half as much after one half-life.
  const later = scorer.neighbourScore(profile, NOW + settings.profileHalfLifeMs, 9);
  expect(later).toBeCloseTo(scorer.neighbourScore(profile, NOW, 9) / 2, 6);
  // Of one video against the plain equations, with all that share somebody with it as candidates.
  const { byItem, itemRows } = interactionsOf(inputOf(entries), settings);
  const people = Array.from(
    { length: itemRows },
    (_, row) => new Set(byItem.index.subarray(byItem.start[row], byItem.start[row + 1])),
  );
  const together = (x: number, y: number) =>
    [...(people[x] ?? [])].filter((user) => people[y]?.has(user)).length;
  const others = people.map((_, row) => row).filter((row) => row !== 10 && together(row, 10) > 0);
  expect(others.length).toBeGreaterThan(10);
  const weights = eliminate(
    others.map((x) => [
      ...others.map((y) => together(x, y) + (x === y ? settings.ridge : 0)),
      together(x, 10),
    ]),
  );
  others.forEach((source, at) => {
    expect(weightOf(model, source, 10)).toBeCloseTo(weights[at] ?? 0, 3);
  });
});

test('a new video comes to lie where those with its content are liked', () => {
  expect(model.rowOf[VIDEOS - 1]).toBe(-1);
  const content = new Int8Array(CONTENT_DIM);
  quantise(contentOf(VIDEOS - 1), content, 0);
  const factor = scorer.factorOf(VIDEOS - 1, content, new Float32Array(model.dim));
  const mean = Array.from({ length: GROUPS }, (_, group) => {
    const users = Array.from({ length: PEOPLE / GROUPS }, (_, n) => n * GROUPS + group);
    const liking = users.map((user) =>
      scorer.foldIn(profileOf(entries, user), NOW).reduce((sum, x, k) => sum + x * (factor[k] ?? 0), 0),
    );
    return liking.reduce((sum, one) => sum + one, 0) / users.length;
  });
  const own = mean[(VIDEOS - 1) % GROUPS] ?? 0;
  expect(own).toBeGreaterThan(0.05);
  mean.forEach((one, group) => {
    if (group !== (VIDEOS - 1) % GROUPS) expect(one).toBeLessThan(own / 3);
  });
  expect(scorer.factorOf(VIDEOS - 1, null, new Float32Array(model.dim))).toEqual(new Float32Array(model.dim));
});

test('without somebody it is as if they had never been there', () => {
  const without = train(inputOf(entries.filter(({ user }) => user !== 8)), settings);
  const renumbered = entries
    .filter(({ user }) => user !== 8)
    .map((one) => ({ ...one, user: one.user > 8 ? one.user - 1 : one.user }));
  const never = train(inputOf(renumbered, { userCount: PEOPLE - 1 }), settings);
  expect(without).toEqual(never);
  expect(without.factors).not.toEqual(model.factors);
});

test('training from a model solves only what moved, and comes to the same', () => {
  const again = train(inputOf(entries, { previous: model }), settings);
  expect(again.generation).toBe(2);
  expect(again.neighbourWeight).toEqual(model.neighbourWeight);
  const more = [8, 9, 10, 11, 12].map((user) => ({ user: user * GROUPS, item: 1, value: 1, at: NOW }));
  const moved = train(inputOf([...entries, ...more], { previous: model }), settings);
  const whole = train(inputOf([...entries, ...more]), settings);
  expect(weightOf(moved, 5, 1)).toBeCloseTo(weightOf(whole, 5, 1), 6);
  expect(weightOf(moved, 5, 9)).toBe(weightOf(model, 5, 9));
  expect(missOf(moved)).toBeLessThan(1.05 * missOf(whole));
  // A video that is gone takes its part out of every list.
  const isLive = new Uint8Array(VIDEOS).fill(1);
  isLive[20] = 0;
  const gone = train(inputOf(entries, { previous: model, isLive }), settings);
  const fresh = train(inputOf(entries, { isLive }), settings);
  expect(gone.rowOf[20]).toBe(-1);
  expect(gone.neighbourWeight.length).toBe(fresh.neighbourWeight.length);
  expect(weightOf(gone, 24, 28)).toBeCloseTo(weightOf(fresh, 24, 28), 6);
});

test('what is told several times is summed, what is not above 0 left out, and the newest of somebody kept', () => {
  const told = [
    { user: 0, item: 0, value: 1, at: 5 },
    { user: 0, item: 1, value: 2, at: 6 },
    { user: 0, item: 0, value: 0.5, at: 7 },
    { user: 0, item: 2, value: -3, at: 8 },
    { user: 1, item: 0, value: 1, at: 9 },
    { user: 1, item: 1, value: 1, at: 3 },
    { user: 3, item: 3, value: 1, at: 4 },
  ];
  const all = interactionsOf(inputOf(told), settings);
  expect([...all.slotOf]).toEqual([0, 1]);
  expect(all.userRows).toBe(2);
  expect([...all.byUser.index]).toEqual([1, 0, 1, 0]);
  expect([...all.byUser.value]).toEqual([2, 1.5, 1, 1]);
  expect([...all.byItem.start]).toEqual([0, 2, 4]);
  const newest = interactionsOf(inputOf(told), { ...settings, perPerson: 1 });
  expect([...newest.slotOf]).toEqual([0]);
  const isLive = new Uint8Array(VIDEOS).fill(1);
  isLive[0] = 0;
  expect([...interactionsOf(inputOf(told, { isLive }), settings).slotOf]).toEqual([1]);
});

test('of nothing, nothing is learnt, and nobody is known', () => {
  const empty = createScorer(train(inputOf([]), settings));
  expect(empty.model.slotOf).toHaveLength(0);
  expect(empty.foldIn(profileOf(entries, 1), NOW)).toEqual(new Float32Array(model.dim));
  expect(empty.because(profileOf(entries, 1), NOW, 3)).toEqual([]);
});

test('a model goes from thread to thread whole', () => {
  const copy = structuredClone(model);
  const moved = structuredClone(copy, {
    transfer: transferablesOf(copy).filter((one) => one instanceof ArrayBuffer),
  });
  expect(copy.factors).toHaveLength(0);
  expect(moved).toEqual(model);
});

test('the largest are those that sorting finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 20 })),
      fc.integer({ min: 1, max: 12 }),
      (scores, count) => {
        const best = new Largest(count);
        scores.forEach((score, name) => {
          best.offer(name, score);
        });
        const sorted = scores
          .map((score, name) => ({ name, score }))
          .sort((a, b) => b.score - a.score || a.name - b.name);
        expect(best.floor).toBe(scores.length < count ? Number.NEGATIVE_INFINITY : sorted[count - 1]?.score);
        expect(best.take()).toEqual(sorted.slice(0, count));
        expect(best.take()).toEqual([]);
      },
    ),
  );
});

/** How far what people liked is from 1, in the mean of squares. */
function missOf(of: Model): number {
  const asked = createScorer(of);
  const misses = [...Array(PEOPLE).keys()].flatMap((user) => {
    const profile = profileOf(entries, user);
    const person = asked.foldIn(profile, NOW);
    return Array.from(profile.items, (item) => (1 - asked.affinity(person, item)) ** 2);
  });
  return misses.reduce((sum, one) => sum + one, 0) / misses.length;
}

function weightOf(
  { neighbourStart, neighbourRow, neighbourWeight, rowOf }: Model,
  source: number,
  target: number,
): number {
  const [from, to] = [rowOf[source] ?? -1, rowOf[target] ?? -1];
  for (let at = neighbourStart[from] ?? 0; at < (neighbourStart[from + 1] ?? 0); at += 1) {
    if (neighbourRow[at] === to) return neighbourWeight[at] ?? 0;
  }
  return 0;
}

function add(matrix: number[][], row: number, column: number, by: number): void {
  const numbersOfRow = matrix[row];
  if (numbersOfRow) numbersOfRow[column] = (numbersOfRow[column] ?? 0) + by;
}

/** Gauss and Jordan, the right side as the last column. */
function eliminate(matrix: number[][]): number[] {
  const rows = matrix.map((row) => [...row]);
  rows.forEach((pivot, column) => {
    const lead = pivot[column] ?? 0;
    pivot.forEach((x, k) => {
      pivot[k] = x / lead;
    });
    for (const row of rows) {
      const by = row[column] ?? 0;
      if (row === pivot || by === 0) continue;
      for (let k = column; k < row.length; k += 1) row[k] = (row[k] ?? 0) - by * (pivot[k] ?? 0);
    }
  });
  return rows.map((row) => row.at(-1) ?? 0);
}

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
