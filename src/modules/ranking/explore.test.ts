import { describe, expect, test } from 'vitest';
import { rankingLimits } from '../../../config/ranking-limits.ts';
import {
  account,
  asked,
  follow,
  seeded,
  smallSettings,
  smallWorld,
  video,
} from '../../../test/helpers/ranking.ts';
import { type Belief, createTrials, explorationPlaces } from './explore.ts';
import { createRankingEngine } from './index.ts';

const thompson = (beliefs: readonly Belief[], random: () => number) =>
  createTrials(beliefs).draw([...beliefs.keys()], random);

describe('Thompson sampling', () => {
  test('takes each as often as its propensity says', () => {
    const beliefs: Belief[] = [
      { a: 2, b: 4 },
      { a: 3, b: 3 },
      { a: 40, b: 60 },
      { a: 1.5, b: 9 },
      { a: 2, b: 4 },
      { a: 90, b: 110 },
    ];
    const random = seeded(5);
    const taken = beliefs.map(() => 0);
    const said = beliefs.map(() => 0);
    const draws = 20_000;
    const trials = createTrials(beliefs);
    for (let draw = 0; draw < draws; draw += 1) {
      const one = trials.draw([0, 1, 2, 3, 4, 5], random);
      if (!one) throw new Error('nothing was drawn');
      taken[one.at] = (taken[one.at] ?? 0) + 1;
      said[one.at] = one.propensity;
    }
    expect(said.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 6);
    for (const [at, chance] of said.entries()) {
      const error = 4 * Math.sqrt((chance * (1 - chance)) / draws);
      expect(Math.abs((taken[at] ?? 0) / draws - chance)).toBeLessThan(error);
    }
    // The same belief has the same chance.
    expect(said[0]).toBeCloseTo(said[4] ?? 0, 12);
  });

  test('is exact where it can be reckoned by hand', () => {
    const even = Array.from({ length: 7 }, () => ({ a: 1, b: 1 }));
    expect(thompson(even, seeded(1))?.propensity).toBeCloseTo(1 / 7, 9);
    expect(thompson([{ a: 3, b: 8 }], seeded(1))).toMatchObject({ at: 0, propensity: expect.closeTo(1, 6) });
    expect(thompson([], seeded(1))).toBeNull();
  });

  test('prefers what may be the best to what is known to be middling', () => {
    const chances = [0, 1].map((at) => {
      const random = seeded(9);
      const draws = Array.from(
        { length: 400 },
        () =>
          thompson(
            [
              { a: 3, b: 5 },
              { a: 60, b: 140 },
            ],
            random,
          )?.at,
      );
      return draws.filter((one) => one === at).length / 400;
    });
    expect(chances[0]).toBeGreaterThan(0.55);
  });
});

describe('places that explore', () => {
  const shares = { share: 0.1, coldShare: 0.3, coldLeft: 0 };

  test('are a tenth of any twenty, and not the best', () => {
    const places = explorationPlaces(200, shares, () => 0.99);
    for (let from = 0; from + 20 <= places.length; from += 1)
      expect(places.slice(from, from + 20).filter(Boolean).length).toBeGreaterThanOrEqual(2);
    expect(places.slice(0, 9).some(Boolean)).toBe(false);
  });

  test('are three of ten for the first videos of somebody new', () => {
    const places = explorationPlaces(60, { ...shares, coldLeft: 20 }, () => 0.99);
    expect(places.slice(0, 20).filter(Boolean).length).toBe(6);
    expect(places.slice(20).filter(Boolean).length).toBe(4);
  });

  test('are as many in short feeds, on average', () => {
    const random = seeded(3);
    let explored = 0;
    for (let feed = 0; feed < 3_000; feed += 1)
      explored += explorationPlaces(4, shares, random).filter(Boolean).length;
    expect(explored / 12_000).toBeCloseTo(0.1, 1);
    expect(explored).toBeGreaterThan(1_050);
  });
});

test('feeds explore as they should, and say how likely it was', () => {
  const world = smallWorld();
  const engine = createRankingEngine({ random: seeded(2), settings: smallSettings });
  for (const signal of world) engine.ingest(signal);
  for (let person = 0; person < 20; person += 1) {
    const { items } = engine.feed(asked(`p${person}`, { n: 40 }));
    const explored = items.map(({ propensity }) => propensity !== null);
    for (let from = 0; from + 20 <= explored.length; from += 1)
      expect(explored.slice(from, from + 20).filter(Boolean).length).toBeGreaterThanOrEqual(2);
    for (const { propensity } of items) {
      if (propensity === null) continue;
      expect(propensity).toBeGreaterThan(0);
      expect(propensity).toBeLessThanOrEqual(1);
    }
  }
});

test('a feed explores a video as often as it says', () => {
  const world = smallWorld({ videos: 64 });
  const engine = createRankingEngine({ random: seeded(4), settings: smallSettings });
  for (const signal of world) engine.ingest(signal);
  const [taken, said] = [new Map<string, number>(), new Map<string, number>()];
  const feeds = 1_200;
  for (let feed = 0; feed < feeds; feed += 1) {
    const one = engine
      .feed(asked('p3', { n: 10, effort: 'least' }))
      .items.find(({ propensity }) => propensity !== null);
    if (!one || one.propensity === null) continue;
    taken.set(one.videoId, (taken.get(one.videoId) ?? 0) + 1);
    said.set(one.videoId, one.propensity);
  }
  // Places before it are the same each time, so that its chance is, too: the pool is small enough to be drawn as a whole.
  let worst = 0;
  for (const [id, chance] of said) {
    const error = Math.abs((taken.get(id) ?? 0) / feeds - chance);
    worst = Math.max(worst, error / Math.sqrt((chance * (1 - chance)) / feeds));
  }
  expect(said.size).toBeGreaterThan(10);
  expect(worst).toBeLessThan(4.5);
});

test('chances are right in a pool of which little is drawn, above all of what fits', () => {
  const count = 4_000;
  // One trial in each feed; all are believed to be as good, so that few feeds tell much.
  const exploration = { ...smallSettings.exploration, personal: 0, coldVideos: 0 };
  const engine = createRankingEngine({ random: seeded(6), settings: { ...smallSettings, exploration } });
  engine.ingest(account('p', { interests: ['bread'] }));
  // What is followed is better than all else and fills the places before the trial, so that nothing but chance decides what is open.
  for (let at = 0; at < 12; at += 1) engine.ingest(follow('p', `c${at}`));
  const groupOf = (at: number) =>
    `${at % 5 === 4 ? 'fits' : 'other'}, ${at < count - rankingLimits.newest ? 'old' : 'new'}`;
  const open = new Map<string, number>();
  for (let at = 0; at < count; at += 1) {
    engine.ingest(video(`v${at}`, `c${at}`, { tags: at % 5 === 4 ? ['bread'] : [] }));
    if (at >= 12) open.set(groupOf(at), (open.get(groupOf(at)) ?? 0) + 1);
  }
  const feeds = 900;
  const weights = new Map<string, number[]>();
  for (let feed = 0; feed < feeds; feed += 1) {
    const { items } = engine.feed(asked('p', { n: 10, effort: 'least' }));
    for (const { videoId, propensity } of items) {
      if (propensity === null) continue;
      const at = Number(videoId.slice(1));
      // There may be followed ones left, which are in each draw.
      if (at >= 12) weights.set(groupOf(at), [...(weights.get(groupOf(at)) ?? []), 1 / propensity]);
    }
  }
  // Each trial stands for as many as its chance says: together for all that were open in each feed (Horvitz and Thompson 1952).
  expect(weights.size).toBe(4);
  for (const [group, found] of weights) {
    const sum = found.reduce((total, one) => total + one, 0);
    const error = Math.sqrt(found.reduce((total, one) => total + one * one, 0));
    const trials = (open.get(group) ?? 0) * feeds;
    expect([group, Math.abs(sum - trials) / error < 4]).toEqual([group, true]);
    expect(error / trials).toBeLessThan(0.15);
  }
});
