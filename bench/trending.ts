import { performance } from 'node:perf_hooks';
import { createTrends } from '../src/modules/trending/index.ts';
import type { Bench, Measurement } from './measurement.ts';
import { ndcg } from './trending/numbers.ts';
import { rawSums } from './trending/raw-sums.ts';
import { simulate } from './trending/world.ts';

/**
 * Trends under attack: how well the best 50 match what people really care for, where the videos that attackers push come out, and
 * what an event costs, beside plain sums in the same run.
 */
export const trending: Bench = async ({ isSmall }) => {
  const size = isSmall
    ? { videos: 2_000, people: 1_000, domains: 60, acts: 60_000 }
    : { videos: 20_000, people: 10_000, domains: 300, acts: 600_000 };
  const { signals, end, heat, attacked } = simulate(size, 11);
  const trends = createTrends();
  const raw = rawSums();
  const ours = microsecondsEach(signals.length, () => {
    for (const signal of signals) trends.ingest(signal);
  });
  const bare = microsecondsEach(signals.length, () => {
    for (const signal of signals) raw.ingest(signal);
  });
  const scope = { of: 'videos', within: 'global' } as const;
  const before = performance.now();
  const list = trends.top(scope, 20_000, end).map(({ id }) => id);
  const readMs = performance.now() - before;
  const rawList = raw.top(heat.size);
  const placed = (from: readonly string[], id: string): number => from.indexOf(id) + 1 || from.length + 1;
  const attackedRows = [...attacked].map(
    ([id, name]): Measurement => ({
      ...{ metric: `rank of ${name}`, value: placed(list, id), unit: '', baseline: placed(rawList, id) },
    }),
  );
  const inTop = (from: readonly string[]): number =>
    from.slice(0, 100).filter((id) => attacked.has(id)).length;
  return [
    { metric: 'NDCG@50', value: ndcg(list, heat, 50), unit: '', baseline: ndcg(rawList, heat, 50) },
    { metric: 'NDCG@50 against true heat', value: ndcg(list, heat, 50), unit: '', baseline: 1, goal: 0.98 },
    {
      ...{
        metric: 'attacked in the top 100',
        value: inTop(list),
        unit: '',
        baseline: Math.max(1, inTop(rawList)),
      },
      ...{ goal: 0, lessIsBetter: true },
    },
    ...attackedRows,
    { metric: 'held for review', value: trends.held().length, unit: '', baseline: attacked.size },
    {
      metric: 'honest videos held',
      value: trends.held().filter(({ videoId }) => !attacked.has(videoId)).length,
      unit: '',
      baseline: heat.size,
    },
    { metric: 'cost of an event', value: ours, unit: 'µs', baseline: bare },
    { metric: 'first list', value: readMs, unit: 'ms', baseline: readMs },
  ];
};

/** Of processor time: the machine may be busy with other things. */
function microsecondsEach(count: number, run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
