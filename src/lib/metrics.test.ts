import { describe, expect, test, vi } from 'vitest';
import type { Sample } from './figures.ts';
import { createMetrics } from './metrics.ts';

/** The samples of a page that say something, without those that were there from the start. */
async function samplesOf(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const { body } = await metrics.page();
  return body
    .split('\n')
    .filter((line) => /^vireo_/.test(line) && !/_bucket\{|_sum|_count|vireo_(?:sign|db)_\S+ 0$/.test(line));
}

describe('the page of metrics', () => {
  test('counts by outcome, reason and software', async () => {
    const metrics = createMetrics();
    metrics.inbox('accepted');
    metrics.inbox('accepted', null);
    metrics.inbox('ignored', 'not-followed');
    metrics.delivery('delivered', 'mastodon');
    metrics.delivery('dead', null);
    metrics.delivery('retry', 'invented-1');
    metrics.delivery('retry', 'invented-2');
    metrics.fetch('ok');
    metrics.fetch('timeout');
    expect((await samplesOf(metrics)).sort()).toEqual([
      'vireo_delivery_attempts_total{verdict="dead",software="unknown"} 1',
      'vireo_delivery_attempts_total{verdict="delivered",software="mastodon"} 1',
      'vireo_delivery_attempts_total{verdict="retry",software="other"} 2',
      'vireo_fetches_total{outcome="ok"} 1',
      'vireo_fetches_total{outcome="timeout"} 1',
      'vireo_inbox_activities_total{outcome="accepted",reason=""} 2',
      'vireo_inbox_activities_total{outcome="ignored",reason="not-followed"} 1',
    ]);
  });

  test('shows figures of the whole server as they are now, and none that it has not read', async () => {
    const metrics = createMetrics();
    const answers: Sample[][] = [[{ gauge: 'waiting', labels: { queue: 'media' }, value: 3 }], []];
    metrics.watch([
      {
        source: 'queues',
        gauges: { waiting: { help: 'Jobs', labels: ['queue'] }, oldest: { help: 'Age' } },
        read: async () => answers.shift() ?? Promise.reject(new Error('away')),
      },
    ]);
    const figures = () => samplesOf(metrics);
    expect(await figures()).toEqual(
      expect.arrayContaining(['vireo_waiting{queue="media"} 3', 'vireo_figures_failed{source="queues"} 0']),
    );
    expect((await figures()).filter((line) => /waiting|oldest/.test(line))).toEqual([]);
    expect(await figures()).toContain('vireo_figures_failed{source="queues"} 1');
  });

  test('asks for what is dear to count only now and then', async () => {
    const metrics = createMetrics();
    const read = vi.fn(async () => [{ gauge: 'bytes', value: 7 }]);
    metrics.watch([{ source: 'storage', everyMs: 60_000, gauges: { bytes: { help: 'Bytes' } }, read }]);
    for (let n = 0; n < 3; n += 1) expect(await samplesOf(metrics)).toContain('vireo_bytes 7');
    expect(read).toHaveBeenCalledTimes(1);
  });

  test('R6 is bounded, whatever is counted', async () => {
    const metrics = createMetrics();
    for (let n = 0; n < 5_000; n += 1) {
      metrics.inbox('refused', `reason-${n}`);
      metrics.fetch(`reason-${n}`);
      metrics.delivery('dead', `software-${n}`);
    }
    const samples = await samplesOf(metrics);
    expect(samples.length).toBeLessThan(210);
    expect(samples).toContain('vireo_delivery_attempts_total{verdict="dead",software="other"} 5000');
  });

  test('of one server is apart from that of another in the same process', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.fetch('ok');
    expect(await samplesOf(other)).toEqual([]);
  });
});
