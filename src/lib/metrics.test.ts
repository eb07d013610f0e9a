import { describe, expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

const noQueues = async () => [];

/** The samples of a page, without comments. */
async function samplesOf(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const { body } = await metrics.page();
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the page of metrics', () => {
  test('counts by outcome, reason and software', async () => {
    const metrics = createMetrics(async () => [{ queue: 'inbox', pending: 3, running: 1, dead: 0 }]);
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
      'vireo_queue_jobs{queue="inbox",state="dead"} 0',
      'vireo_queue_jobs{queue="inbox",state="pending"} 3',
      'vireo_queue_jobs{queue="inbox",state="running"} 1',
    ]);
  });

  test('shows queues as they are now', async () => {
    const answers = [[{ queue: 'media', pending: 1, running: 0, dead: 0 }], []];
    const metrics = createMetrics(async () => answers.shift() ?? []);
    expect((await samplesOf(metrics)).length).toBe(3);
    expect((await samplesOf(metrics)).length).toBe(0);
  });

  test('R6 is bounded, whatever is counted', async () => {
    const metrics = createMetrics(noQueues);
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
    const [one, other] = [createMetrics(noQueues), createMetrics(noQueues)];
    one.fetch('ok');
    expect(await samplesOf(other)).toEqual([]);
  });
});
