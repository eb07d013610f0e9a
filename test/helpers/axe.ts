import axeCore from 'axe-core';
import type { Frame, Page } from 'playwright-core';

/** WCAG 2.2 A and AA, and what axe holds for good besides. */
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Rules whose answer may change with colours, and those with sizes and sides, where the elements stay the same. */
const COLOURED = ['color-contrast', 'link-in-text-block'];
const PLACED = ['scrollable-region-focusable', 'target-size'];

/** Everything that axe finds against WCAG 2.2 A and AA and its best practices, one line each. Must be empty. */
export function axeViolations(page: Page, without: readonly string[] = []): Promise<string[]> {
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  return violations(page, { runOnly: STANDARD, rules });
}

/** What axe finds in the colours of a page: for a second look at elements that were looked at in others. */
export function colouredViolations(page: Page): Promise<string[]> {
  return violations(page, { runOnly: { type: 'rule', values: COLOURED } });
}

/** What axe finds in how a page is laid out and painted: for a second look at elements that stood elsewhere before. */
export function paintedViolations(page: Page): Promise<string[]> {
  return violations(page, { runOnly: { type: 'rule', values: [...COLOURED, ...PLACED] } });
}

async function violations(page: Page, options: axeCore.RunOptions): Promise<string[]> {
  await settle(page);
  for (const frame of page.frames()) await giveAxe(frame);
  return page.evaluate(async (asked) => {
    const { axe } = window as unknown as { axe: typeof axeCore };
    const found = await axe.run(document, { ...asked, resultTypes: ['violations'] });
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`,
    );
  }, options);
}

/** Once to a document: it is as large as the page itself. */
async function giveAxe(frame: Frame): Promise<void> {
  if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axeCore.source);
}

/** Waits for what is still moving in or fading, whose colours are not the ones people will read. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    // A browser that paints nothing for a while, as one without a screen may, ends no animation either.
    const enough = new Promise((done) => setTimeout(done, 5_000));
    await Promise.race([Promise.allSettled(moving.map((one) => one.finished)), enough]);
  });
}
