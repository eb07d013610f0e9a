import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, colouredViolations, paintedViolations } from '../helpers/axe.ts';
import { hasBrowser, launchBrowser, type PageOptions, type WatchedPage } from '../helpers/browser.ts';
import { type LivedIn, startLivedIn } from '../helpers/lived-in.ts';
import { besideTheWindow, smallTargets } from '../helpers/painted.ts';
import { walkScreens } from '../helpers/screen-walk.ts';
import { type Screen, screensOf, unopenedRoutes } from '../helpers/screens.ts';
import { openPageAs } from '../helpers/signed-in-page.ts';

const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
} as const;

/** Between the two, where tables are as wide as they may be. */
const BETWEEN = [
  { width: 820, height: 1180 },
  { width: 1024, height: 768 },
];

/** What is left of a window of 1280 x 1024 at 400 % (WCAG 1.4.10). */
const ZOOMED = { width: 320, height: 256 };

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

const openAs = (who: Screen['who'], more: PageOptions): Promise<WatchedPage> =>
  openPageAs(browser, site.server, site.people, who === 'nora' ? site.nora.account : null, {
    ...{ role: 'admin', expected, reducedMotion: 'reduce', ...more },
  });

/** The elements are the same whatever their colours and sides are: all of them is looked at once, and then what changes with each. */
async function lookAt(page: Page, size: keyof typeof sizes): Promise<string[]> {
  const faults: string[] = [];
  const note: Note = (how, found) => faults.push(...found.map((one) => `${how}: ${one}`));
  note(size, await axeViolations(page));
  note(`${size}, targets`, await smallTargets(page));
  note(`${size}, width`, await besideTheWindow(page));
  await lookFromTheRight(page, size, note);
  for (const between of size === 'desktop' ? BETWEEN : []) {
    await page.setViewportSize(between);
    note(`${between.width} px, width`, await besideTheWindow(page));
  }
  await page.setViewportSize(sizes[size]);
  await page.emulateMedia({ contrast: 'more' });
  note(`${size}, more contrast`, await colouredViolations(page));
  // Around a clip it is dark, whatever the system prefers.
  if (await page.evaluate(() => !('room' in document.documentElement.dataset))) {
    await page.emulateMedia({ colorScheme: 'dark' });
    note(`${size}, dark, more contrast`, await colouredViolations(page));
    await page.emulateMedia({ contrast: 'no-preference' });
    note(`${size}, dark`, await colouredViolations(page));
  }
  await page.emulateMedia({ contrast: 'no-preference', colorScheme: 'light' });
  return faults;
}

type Note = (how: string, found: readonly string[]) => void;

async function lookFromTheRight(page: Page, size: keyof typeof sizes, note: Note): Promise<void> {
  const turn = (to: string) =>
    page.evaluate((side) => document.documentElement.setAttribute('dir', side), to);
  await turn('rtl');
  note(`${size}, rtl`, await paintedViolations(page));
  note(`${size}, width, rtl`, await besideTheWindow(page));
  if (size === 'phone') {
    await page.setViewportSize(ZOOMED);
    note('zoomed, rtl', await besideTheWindow(page));
    await turn('ltr');
    note('zoomed, ltr', await besideTheWindow(page));
  }
  await turn('ltr');
}

async function lookInArabic(page: Page): Promise<string[]> {
  const { lang, dir } = await page.evaluate(() => {
    const { lang, dir } = document.documentElement;
    return { lang, dir };
  });
  const faults = lang === 'ar' && dir === 'rtl' ? [] : [`is in "${lang}", read "${dir}"`];
  faults.push(
    ...(await axeViolations(page)),
    ...(await smallTargets(page)),
    ...(await besideTheWindow(page)),
  );
  await page.setViewportSize(ZOOMED);
  faults.push(...(await besideTheWindow(page)));
  await page.setViewportSize(sizes.phone);
  return faults;
}

test.skipIf(!hasBrowser)('every route of the page is opened here', () => {
  expect(unopenedRoutes(screensOf(site))).toEqual([]);
});

describe.skipIf(!hasBrowser)('nothing is in the way of anybody', { timeout: 600_000 }, () => {
  describe.each(['visitor', 'nora'] as const)('as %s', (who) => {
    const screens = () => screensOf(site).filter((screen) => screen.who === who);

    test.each(['phone', 'desktop'] as const)('on a %s', async (size) => {
      const faults = await walkScreens({
        server: site.server,
        screens: screens(),
        open: () => openAs(who, { viewport: sizes[size], colorScheme: 'light' }),
        look: (page) => lookAt(page, size),
      });
      expect(faults).toEqual([]);
    });

    test('in Arabic, which is read from the right', async () => {
      const faults = await walkScreens({
        server: site.server,
        // The steps are told by English words; what they open was seen from the right above.
        screens: screens()
          .filter(({ steps, isPlain }) => !steps && !isPlain)
          .map((screen) => ({ ...screen, heading: /./ })),
        open: () => openAs(who, { viewport: sizes.phone, locale: 'ar' }),
        look: lookInArabic,
      });
      expect(faults).toEqual([]);
    });
  });
});
