import { trendSettings } from '../../config/trend-limits.ts';
import type { Signal } from '../../src/modules/signals/index.ts';

/** The plain way: everything counts as often as it is told, from whomever; totals are believed; it decays by half in six hours. */
export function rawSums() {
  const sums = new Map<string, number>();
  const { weights, halfLivesMs } = trendSettings;
  const base = Date.UTC(2026, 2, 2);
  const add = (id: string, amount: number, at: number): void => {
    sums.set(id, (sums.get(id) ?? 0) + amount * 2 ** ((at - base) / halfLivesMs.usual));
  };
  return {
    ingest(signal: Signal): void {
      if (
        signal.kind === 'like' ||
        signal.kind === 'share' ||
        signal.kind === 'save' ||
        signal.kind === 'comment'
      ) {
        add(signal.videoId, weights[signal.kind], signal.at);
      } else if (signal.kind === 'watch' && signal.isView) {
        add(signal.videoId, weights.view + (signal.isComplete ? weights.complete : 0), signal.at);
      } else if (signal.kind === 'remote-view') add(signal.videoId, weights.view, signal.at);
      else if (signal.kind === 'claimed-totals') {
        add(signal.videoId, signal.likes * weights.like + signal.shares * weights.share, signal.at);
      }
    },
    top: (n: number): string[] =>
      [...sums]
        .sort((a, b) => b[1] - a[1])
        .slice(0, n)
        .map(([id]) => id),
  };
}
