import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../src/lib/clock.ts';

/** Counts fetches per remote host, so that unsigned requests cannot make us flood a server (security.md F6). */
export interface FetchBudget {
  /** Takes one fetch of `host` from its budget; false when there is none left in this window. */
  take(host: string): boolean;
}

/** `fetchesPerHost` within each `fetchWindowMs`, remembered for the `hostsInMemory` hosts asked for last. */
export function createFetchBudget(
  limits: { readonly fetchesPerHost: number; readonly fetchWindowMs: number; readonly hostsInMemory: number },
  clock: Clock,
): FetchBudget {
  const windows = new LRUCache<string, { startedAt: number; taken: number }>({ max: limits.hostsInMemory });
  return {
    take(host) {
      const now = clock.now();
      const last = windows.get(host);
      const window =
        last && now - last.startedAt < limits.fetchWindowMs ? last : { startedAt: now, taken: 0 };
      windows.set(host, window);
      if (window.taken >= limits.fetchesPerHost) return false;
      window.taken += 1;
      return true;
    },
  };
}
