import { rankingDefaults } from '../src/modules/ranking/index.ts';
import type { Bench, Measurement } from './measurement.ts';
import { live, type Outcome, type Policy } from './ranking-world/run.ts';
import type { WorldSizes } from './ranking-world/world.ts';

const LARGE: WorldSizes = {
  ...{ people: 150, creators: 100, oldVideos: 1_000, newADay: 150, days: 2, feedsADay: 4, feed: 20 },
};
const SMALL: WorldSizes = { ...LARGE, people: 60, oldVideos: 300, newADay: 40 };
const SEEDS = [1, 2, 3, 4];
/** What a tenth of the places by Thompson sampling found in the world that the design was made by. */
const DESIGNED = 0.57;

/**
 * How well new videos are found on a server where all day some are uploaded: the best tenth of them by their hidden quality, within a
 * day, with a tenth of the places for trials; beside no trials and trials at random. Reward is the share watched to the end.
 */
export const rankingWorld: Bench = async ({ isSmall }) => {
  const lived = (policy: Policy): Outcome => {
    const seeds = isSmall ? SEEDS.slice(0, 1) : SEEDS;
    const outcomes = seeds.map((seed) => live(isSmall ? SMALL : LARGE, rankingDefaults, policy, seed));
    const mean = (of: (outcome: Outcome) => number) =>
      outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length;
    return {
      found: mean(({ found }) => found),
      reward: mean(({ reward }) => reward),
      explored: mean(({ explored }) => explored),
      msPerFeed: mean(({ msPerFeed }) => msPerFeed),
      inOrder: mean(({ inOrder }) => inOrder),
    };
  };
  const [thompson, random, greedy] = [lived('thompson'), lived('random'), lived('greedy')];
  const found = (metric: string, value: number, baseline: number, goal?: number): Measurement => ({
    ...{ metric, value, unit: 'of best tenth', baseline },
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    found('found in a day', thompson.found, DESIGNED, 1),
    found('found: beside random', thompson.found, Math.max(random.found, 1e-3)),
    found('found: beside greedy', thompson.found, Math.max(greedy.found, 1e-3)),
    { metric: 'reward', value: thompson.reward, unit: 'watched', baseline: greedy.reward, goal: 1 },
    { metric: 'reward: random', value: random.reward, unit: 'watched', baseline: greedy.reward },
    { metric: 'places explored', value: thompson.explored, unit: 'of places', baseline: 0.1, goal: 1 },
    { metric: 'ranker: pairs', value: thompson.inOrder, unit: 'in order', baseline: 0.5 },
    { metric: 'feed', value: thompson.msPerFeed, unit: 'ms', baseline: 10, goal: 1, lessIsBetter: true },
  ];
};
