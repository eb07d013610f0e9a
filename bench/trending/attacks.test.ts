import { expect, it } from 'vitest';
import { createTrends } from '../../src/modules/trending/index.ts';
import { ndcg } from './numbers.ts';
import { rawSums } from './raw-sums.ts';
import { simulate } from './world.ts';

it('shows what people care for, and no video that attackers push, where plain sums show nearly all of those', () => {
  const { signals, end, heat, attacked } = simulate(
    { videos: 3_000, people: 2_000, domains: 150, acts: 90_000 },
    3,
  );
  const trends = createTrends();
  const raw = rawSums();
  for (const signal of signals) {
    trends.ingest(signal);
    raw.ingest(signal);
  }
  const list = trends.top({ of: 'videos', within: 'global' }, 100, end).map(({ id }) => id);
  const isPushed = (id: string): boolean => attacked.has(id);

  expect(ndcg(list, heat, 50)).toBeGreaterThan(0.96);
  expect(list.filter(isPushed)).toEqual([]);
  expect(ndcg(raw.top(100), heat, 50)).toBeLessThan(0.8);
  expect(raw.top(100).filter(isPushed).length).toBeGreaterThan(5);
  // The brake is for what attackers push, and leaves everybody else alone.
  const held = trends.held().map(({ videoId }) => videoId);
  expect(held.length).toBeGreaterThan(0);
  expect(held.filter((id) => !isPushed(id))).toEqual([]);
});
