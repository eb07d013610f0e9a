import { expect, vi } from 'vitest';
import type { TestServer } from './server.ts';

/** Has a keeper of trends take turns until all is loaded and written. */
export async function keepTrends(
  keeper: ReturnType<TestServer['context']['trending']['keeper']>,
  signal: AbortSignal,
): Promise<void> {
  await vi.waitFor(
    async () => {
      await keeper.turn(signal);
      expect(keeper.isKeeping()).toBe(true);
    },
    { timeout: 20_000, interval: 20 },
  );
  await keeper.turn(signal);
}
