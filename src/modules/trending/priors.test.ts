import { describe, expect, it } from 'vitest';
import type { Signal } from '../signals/index.ts';
import { createTrends } from './index.ts';
import { shareAmong, shareOf } from './priors.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.UTC(2026, 0, 5);
const now = start + HOUR;
const global = { of: 'videos', within: 'global' } as const;

const account = (id: string): Signal => ({
  ...({ kind: 'account', at: start, id, domain: '', createdAt: start - 90 * DAY } as const),
  ...{ languages: [], interests: [] },
});
const video = (id: string, domain = ''): Signal => ({
  ...({ kind: 'video', at: start, id, authorId: `maker of ${id}`, domain, publishedAt: start } as const),
  ...{ tags: ['birds'], soundId: null, language: 'en', durationMs: null, caption: '', sensitive: false },
});
const like = (actorId: string, videoId: string, at = now): Signal => ({
  ...({ kind: 'like', at, actorId, videoId, on: true } as const),
});

/** Videos of here with 1 to `count` likes each, and `told` of elsewhere with none. */
function trendsWith(count: number, told: readonly string[]) {
  const trends = createTrends();
  for (let one = 0; one < count; one += 1) trends.ingest(account(`p${one}`));
  for (let one = 0; one < count; one += 1) trends.ingest(video(`v${one}`));
  for (const id of told) trends.ingest(video(id, 'far.example'));
  for (let one = 0; one < count; one += 1)
    for (let by = 0; by <= one; by += 1) trends.ingest(like(`p${by}`, `v${one}`));
  return trends;
}
const best = (trends: ReturnType<typeof trendsWith>, at = now) =>
  trends.top(global, 100, at).map(({ id, score }) => ({ id, score }));

describe('what other servers tell', () => {
  it('adds less with each one that tells it, never all, and little where one tells', () => {
    expect(shareOf([])).toBe(0);
    expect(shareOf([100])).toBe(0.5);
    expect(shareOf([100, 100])).toBe(0.75);
    expect(shareOf([1])).toBeCloseTo(0.005, 9);
    expect(shareOf(Array.from({ length: 50 }, () => 100))).toBeLessThan(1.000_001);
    // What is out of range counts as what it can be at most.
    expect(shareOf([1_000_000, -5])).toBe(0.5);
  });

  it('is the most that servers together, or one auxiliary service alone, say: ranks of different software never add up', () => {
    expect(shareAmong({ servers: [100, 100], services: [100, 100] })).toBe(0.75);
    expect(shareAmong({ servers: [], services: [40, 40, 40] })).toBeCloseTo(0.2, 9);
    expect(shareAmong({ servers: [10], services: [60] })).toBeCloseTo(0.3, 9);
    expect(shareAmong({ servers: [], services: [] })).toBe(0);
  });

  it('is worth at most .3 of the median of what really trends, whoever tells', () => {
    const trends = trendsWith(20, ['told', 'faint']);
    const scores = best(trends).map(({ score }) => score);
    const median = scores[Math.floor(scores.length / 2)] ?? 0;
    trends.knowTold(
      new Map([
        ['told', 1],
        ['faint', 0.005],
      ]),
    );
    const after = best(trends);
    const told = after.find(({ id }) => id === 'told')?.score ?? 0;
    expect(told / median).toBeCloseTo(0.3, 5);
    expect(after.findIndex(({ id }) => id === 'told')).toBeGreaterThan(10);
    expect(after.at(-1)?.id).toBe('faint');
    expect(trends.top({ of: 'videos', within: 'tag', key: 'birds' }, 50, now).map(({ id }) => id)).toContain(
      'told',
    );
    expect(trends.top({ of: 'videos', within: 'local' }, 50, now).map(({ id }) => id)).not.toContain('told');
  });

  it('does not lift the median by itself, however many are told', () => {
    const many = Array.from({ length: 200 }, (_, one) => `told${one}`);
    const trends = trendsWith(20, many);
    const before = best(trends);
    const median = before[Math.floor(before.length / 2)]?.score ?? 0;
    for (let round = 0; round < 20; round += 1) {
      trends.knowTold(new Map(many.map((id) => [id, round % 2 === 0 ? 0.99 : 1])));
      best(trends);
    }
    const told = best(trends).filter(({ id }) => id.startsWith('told'));
    for (const { score } of told) expect(score / median).toBeLessThanOrEqual(0.300_001);
    expect(
      best(trends)
        .slice(0, 10)
        .every(({ id }) => id.startsWith('v')),
    ).toBe(true);
  });

  it('comes on top of what really happened, ends with the telling, and fades meanwhile', () => {
    const trends = trendsWith(5, ['told']);
    trends.ingest(like('p0', 'told'));
    const real = best(trends).find(({ id }) => id === 'told')?.score ?? 0;
    trends.knowTold(new Map([['told', 0.5]]));
    expect(best(trends).find(({ id }) => id === 'told')?.score).toBeGreaterThan(real);
    expect(trends.realOfTold().told).toBeTypeOf('number');
    const sixHoursLater = best(trends, now + 6 * HOUR).find(({ id }) => id === 'told')?.score ?? 0;
    expect(sixHoursLater).toBeLessThan(0.6 * (best(trends).find(({ id }) => id === 'told')?.score ?? 0));
    trends.knowTold(new Map());
    expect(best(trends).find(({ id }) => id === 'told')?.score).toBeCloseTo(real, 6);
  });

  it('is shown where nothing happened yet, below one view, and never what is held or gone', () => {
    const trends = trendsWith(0, ['told', 'held', 'gone']);
    trends.hold({ of: 'videos', id: 'held' });
    trends.knowTold(
      new Map([
        ['told', 0.5],
        ['held', 0.5],
        ['gone', 0.5],
      ]),
    );
    trends.ingest({ kind: 'video-removed', at: now, id: 'gone' });
    const shown = best(trends);
    expect(shown.map(({ id }) => id)).toEqual(['told']);
    expect(shown[0]?.score).toBeLessThan(1);
    expect(trends.realOfTold()).toMatchObject({ told: null });
    // The first thing that really happens stands above it.
    trends.ingest(account('p0'));
    trends.ingest(video('v0'));
    trends.ingest(like('p0', 'v0'));
    expect(best(trends)[0]?.id).toBe('v0');
  });
});
