import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, launchBrowser, openPage, viewports } from '../helpers/browser.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** A folder for pictures, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Each size once, and each scheme of colours once. */
const looks = [
  ['phone-light', viewports.phone, 'light'],
  ['desktop-dark', viewports.desktop, 'dark'],
] as const;

describe.skipIf(!hasBrowser)('the reference of the API', { timeout: 120_000 }, () => {
  test.each(looks)(
    '%s: read by keyboard, and nothing is wider than the page',
    async (name, viewport, scheme) => {
      const options = { viewport, colorScheme: scheme, reducedMotion: 'reduce' as const };
      const { page, problems, close } = await openPage(browser, server.origin, options);
      const look = async (step: string) => {
        if (shots) await page.screenshot({ path: `${shots}/${name}-${step}.png` });
        const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
        expect(await page.evaluate(isTooWide), step).toBe(false);
      };
      await page.goto('/api/docs');
      await look('top');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');

      const block = page.getByRole('group').filter({ hasText: '/api/v1/timelines/home' }).first();
      await block.locator('summary').focus();
      await page.keyboard.press('Enter');
      await block.getByRole('region', { name: /^Request: / }).waitFor();
      await look('home');

      // A link into a block opens it.
      await page.getByRole('link', { name: 'Post it.' }).press('Enter');
      await page.getByRole('region', { name: 'Request: Post it' }).waitFor();
      await look('post');
      await page.getByRole('link', { name: 'Status', exact: true }).first().press('Enter');
      await page.locator('#entity-Status').getByText('HTML, safe to show').waitFor();
      await look('status');
      expect(await axeViolations(page)).toEqual([]);
      expect(problems).toEqual([]);
      await close();
    },
  );
});
