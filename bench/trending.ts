import { performance } from 'node:perf_hooks';
import { createTrends } from '../src/modules/trending/index.ts';
import type { Bench, Measurement } from './measurement.ts';
import { ndcg } from './trending/numbers.ts';
import { rawSums } from './trending/raw-sums.ts';
import { simulate, type WorldSize } from './trending/world.ts';

/** One world says little of another: so many, each from a seed of its own. */
const SEEDS = [11, 12, 13, 14, 15];
const LISTED = 20_000;

/**
 * Trends under attack, in several worlds: how well the best 50 match what people really care for, where the videos that attackers push
 * come out, and what an event costs, beside plain sums in the same run.
 */
export const trending: Bench = async ({ isSmall }) => {
  const size = isSmall
    ? { videos: 2_000, people: 1_000, domains: 60, acts: 60_000 }
    : { videos: 20_000, people: 10_000, domains: 300, acts: 600_000 };
  const worlds = SEEDS.map((seed) => live(size, seed));
  const of = (value: (world: Lived) => number): number[] => worlds.map(value).sort((a, b) => a - b);
  const median = (value: (world: Lived) => number): number => of(value)[Math.floor(worlds.length / 2)] ?? 0;
  const least = (value: (world: Lived) => number): number => of(value)[0] ?? 0;
  const most = (value: (world: Lived) => number): number => of(value).at(-1) ?? 0;
  const attacks = [...(worlds[0]?.ranks.keys() ?? [])];
  return [
    {
      ...{ metric: 'NDCG@50, median', value: median(({ ndcg50 }) => ndcg50), unit: '' },
      baseline: median(({ rawNdcg50 }) => rawNdcg50),
    },
    {
      ...{ metric: 'NDCG@50 against true heat, median', value: median(({ ndcg50 }) => ndcg50), unit: '' },
      ...{ baseline: 1, goal: 0.98 },
    },
    {
      ...{ metric: 'NDCG@50 against true heat, least', value: least(({ ndcg50 }) => ndcg50), unit: '' },
      baseline: 1,
    },
    {
      ...{ metric: 'attacked in the top 100, most', value: most(({ inTop }) => inTop), unit: '' },
      ...{
        baseline: Math.max(
          1,
          most(({ rawInTop }) => rawInTop),
        ),
        goal: 0,
        lessIsBetter: true,
      },
    },
    ...attacks.map(
      (name): Measurement => ({
        ...{ metric: `rank of ${name}, best`, value: least(({ ranks }) => ranks.get(name) ?? 0), unit: '' },
        baseline: least(({ rawRanks }) => rawRanks.get(name) ?? 0),
      }),
    ),
    {
      ...{ metric: 'held for review, median', value: median(({ held }) => held), unit: '' },
      baseline: attacks.length,
    },
    {
      ...{ metric: 'honest videos held, most', value: most(({ honestHeld }) => honestHeld), unit: '' },
      baseline: size.videos,
    },
    {
      ...{ metric: 'cost of an event, median', value: median(({ cost }) => cost), unit: 'µs' },
      baseline: median(({ rawCost }) => rawCost),
    },
    {
      ...{ metric: 'first list, median', value: median(({ listMs }) => listMs), unit: 'ms' },
      baseline: median(({ listMs }) => listMs),
    },
  ];
};

/** What came out of one world, and of plain sums in it (`raw`). */
interface Lived {
  readonly ndcg50: number;
  readonly rawNdcg50: number;
  /** Attacked videos among the first 100. */
  readonly inTop: number;
  readonly rawInTop: number;
  /** By attack: the place of its video. */
  readonly ranks: ReadonlyMap<string, number>;
  readonly rawRanks: ReadonlyMap<string, number>;
  readonly held: number;
  readonly honestHeld: number;
  readonly cost: number;
  readonly rawCost: number;
  readonly listMs: number;
}

function live(size: WorldSize, seed: number): Lived {
  const { signals, end, heat, attacked } = simulate(size, seed);
  const trends = createTrends();
  const raw = rawSums();
  const cost = microsecondsEach(signals.length, () => {
    for (const signal of signals) trends.ingest(signal);
  });
  const rawCost = microsecondsEach(signals.length, () => {
    for (const signal of signals) raw.ingest(signal);
  });
  const before = performance.now();
  const list = trends.top({ of: 'videos', within: 'global' }, LISTED, end).map(({ id }) => id);
  const listMs = performance.now() - before;
  const rawList = raw.top(heat.size);
  const inTop = (from: readonly string[]): number =>
    from.slice(0, 100).filter((id) => attacked.has(id)).length;
  const ranksIn = (from: readonly string[]): ReadonlyMap<string, number> =>
    new Map([...attacked].map(([id, name]) => [name, from.indexOf(id) + 1 || from.length + 1]));
  const held = trends.held();
  process.stderr.write(`world ${seed}: NDCG@50 ${ndcg(list, heat, 50).toFixed(4)}\n`);
  return {
    ...{ ndcg50: ndcg(list, heat, 50), rawNdcg50: ndcg(rawList, heat, 50) },
    ...{ inTop: inTop(list), rawInTop: inTop(rawList), ranks: ranksIn(list), rawRanks: ranksIn(rawList) },
    ...{ held: held.length, honestHeld: held.filter(({ videoId }) => !attacked.has(videoId)).length },
    ...{ cost, rawCost, listMs },
  };
}

/** Of processor time: the machine may be busy with other things. */
function microsecondsEach(count: number, run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
