import type { Page } from 'playwright-core';

/**
 * Ends the take that is recorded, where it has not ended by itself: with what is heard or shown beside it, or because that stalled. It
 * is looked for and pressed in one go, since it may be gone a moment later.
 */
export async function endTake(page: Page): Promise<void> {
  const stop = page.getByRole('button', { name: 'Stop this take' });
  await stop.evaluateAll((all) => (all[0] as HTMLElement | undefined)?.click());
  await page.getByText(/^\d+ takes?, /).waitFor();
}
