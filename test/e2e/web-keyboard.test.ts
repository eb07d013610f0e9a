import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser } from '../helpers/browser.ts';
import { focused, forbidPointers, reach, walk } from '../helpers/keyboard.ts';
import { type LivedIn, startLivedIn } from '../helpers/lived-in.ts';
import { walkScreens } from '../helpers/screen-walk.ts';
import { type Screen, screensOf } from '../helpers/screens.ts';
import { openPageAs } from '../helpers/signed-in-page.ts';

const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
} as const;

/** Nobody has asked for an archive, and there is no page of that name. */
const expected = [/404 .*\/exports\/archive/, /404 .*\/nowhere/];

let site: LivedIn;
let browser: Browser;

beforeAll(async () => {
  if (!hasBrowser) return;
  site = await startLivedIn();
  browser = await launchBrowser('--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

async function open(who: 'nora' | 'visitor', size: keyof typeof sizes, forcedColors: 'active' | 'none') {
  const opened = await openPageAs(
    browser,
    site.server,
    site.people,
    who === 'nora' ? site.nora.account : null,
    {
      ...{ role: 'admin', expected, viewport: sizes[size], reducedMotion: 'reduce', forcedColors },
    },
  );
  await forbidPointers(opened.page);
  return opened;
}

const isFeed = (path: string) => /^\/(\?|$)/.test(path);

async function lookByKeyboard(page: Page, { path, steps }: Screen): Promise<string[]> {
  // What works a clip comes once it is the one that is watched.
  if (isFeed(path) && !steps)
    await page
      .getByRole('button', { name: /^(Play|Show clip)$/ })
      .first()
      .waitFor();
  const { stops, faults } = await walk(page, isFeed(path));
  return stops === 0 ? ['nothing takes the focus'] : [...faults];
}

/** Shadows and backgrounds are gone in forced colours, so that the focus has to be told in another way there. */
const looks = [
  ['visitor', 'phone', 'active'],
  ['visitor', 'desktop', 'none'],
  ['nora', 'phone', 'none'],
  ['nora', 'desktop', 'active'],
] as const;

describe.skipIf(!hasBrowser)('without a mouse', { timeout: 600_000 }, () => {
  test.each(looks)(
    '%s reaches and sees all of every screen on a %s, forced colours %s',
    async (who, size, forced) => {
      const faults = await walkScreens({
        server: site.server,
        screens: screensOf(site).filter((screen) => screen.who === who),
        open: () => open(who, size, forced),
        look: lookByKeyboard,
      });
      expect(faults).toEqual([]);
    },
  );

  test('the first stop of a page leads to its content, and a page that is gone to has the focus', async () => {
    const { page, problems, close } = await open('nora', 'desktop', 'none');
    await page.goto('/settings');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
    await reach(page, page.getByRole('main').getByRole('link', { name: /^Appearance/ }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Appearance', level: 1 }).waitFor();
    await expect.poll(() => page.title(), { timeout: 20_000 }).toBe('Appearance · Vireo');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
    // It is read out as well.
    await page.getByRole('status').getByText('Appearance', { exact: true }).waitFor({ state: 'attached' });
    expect(problems).toEqual([]);
    await close();
  });
});
