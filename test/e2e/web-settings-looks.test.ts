import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paintedViolations } from '../helpers/axe.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  untilInPage,
  viewports,
} from '../helpers/browser.ts';
import { clientOf, createPeople, PASSWORD } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** A folder for pictures of every page, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

const pages = [
  ...['profile', 'account', 'security', 'apps', 'invites', 'privacy', 'feed', 'filters', 'hashtags'],
  'notifications',
  ...['language', 'playback', 'accessibility', 'appearance', 'app', 'data', 'move', 'delete'],
  ...['reports', 'status'],
];

let server: TestServer;
let browser: Browser;
let session: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer();
  browser = await launchBrowser();
  const people = createPeople(server);
  const nora = await people.signedIn('nora', 'admin');
  const client = clientOf(server.origin);
  await client.patch('/api/v1/accounts/update_credentials', {
    as: nora,
    body: { display_name: 'Nora of the birds', note: 'I film birds, and what they say.' },
  });
  const words = { title: 'No spoilers', keywords_attributes: [{ keyword: 'finale', whole_word: true }] };
  await client.post('/api/v2/filters', { as: nora, body: { ...words, context: ['home'] } });
  for (const name of ['loud', 'a_name_that_is_really_long_and_goes_on']) {
    const { id } = await people.remote(name, 'some.very-long-name-of-a-server.test');
    await client.post(`/api/v1/accounts/${id}/block`, { as: nora });
    await client.post(`/api/v1/accounts/${id}/mute`, { as: nora });
  }
  await client.post('/api/v1/domain_blocks', { as: nora, body: { domain: 'rude.test' } });
  await client.patch('/api/v1/feed_settings', {
    as: nora,
    body: { interests: ['birds', 'rain'], languages: ['de'] },
  });
  session = await people.tokenOf(nora.account, 'cookie', 'admin');
  await client.post('/api/v1/sessions', { body: { login: 'nora', password: PASSWORD, kind: 'bearer' } });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Goes to a page within the page, as people do. */
async function go(page: Page, name: string): Promise<void> {
  await page.evaluate((path) => {
    const link = Object.assign(document.createElement('a'), { href: path });
    document.body.append(link);
    link.click();
    link.remove();
  }, `/settings/${name}`);
  await page.locator(`a[aria-current][href="/settings/${name}"]`).waitFor({ state: 'attached' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await untilInPage(page, () => !document.querySelector('main [role=status] [aria-hidden=true]'));
}

const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;

/** The same things stand on a page whatever its colours are, so that the second look is at the colours alone. */
const looks = [
  { size: 'phone', colorScheme: 'light', whole: true },
  { size: 'phone', colorScheme: 'dark', whole: false },
  { size: 'desktop', colorScheme: 'dark', whole: true },
  { size: 'desktop', colorScheme: 'light', whole: false },
] as const;

describe.skipIf(!hasBrowser)('every page of settings', { timeout: 400_000 }, () => {
  test('is whole on phones and desktops, light and dark', async () => {
    const { page, problems, close } = await openPage(browser, server.origin, {
      reducedMotion: 'reduce',
      // Nobody has asked for an archive yet.
      expected: [/status of 404 .*\/exports\/archive/],
    });
    await page.context().addCookies([{ name: 'vireo-session', value: session, url: server.origin }]);
    await page.goto('/settings');
    await page.getByRole('main').getByRole('link', { name: 'Profile' }).waitFor();
    for (const name of ['', ...pages]) {
      if (name !== '') await go(page, name);
      for (const { size, colorScheme, whole } of looks) {
        const where = `${name || 'settings'}-${size}-${colorScheme}`;
        await page.setViewportSize(viewports[size]);
        await page.emulateMedia({ colorScheme });
        if (shots) await page.screenshot({ path: `${shots}/${where}.png`, fullPage: true });
        expect(await (whole ? axeViolations(page) : paintedViolations(page)), where).toEqual([]);
        expect(await page.evaluate(isTooWide), where).toBe(false);
      }
    }
    expect(problems).toEqual([]);
    await close();
  });

  test('is reached by keyboard, and the way back, too', async () => {
    const { page, problems, close } = await openPage(browser, server.origin, { viewport: viewports.phone });
    await page.context().addCookies([{ name: 'vireo-session', value: session, url: server.origin }]);
    await page.goto('/settings');
    await page.getByRole('main').getByRole('link', { name: 'Profile' }).waitFor();
    const reached = new Set<string>();
    await page.locator('main').focus();
    for (let n = 0; n < pages.length + 2; n += 1) {
      await page.keyboard.press('Tab');
      const href = await page.evaluate(() => document.activeElement?.getAttribute('href') ?? '');
      if (href.startsWith('/settings/')) reached.add(href.slice('/settings/'.length));
    }
    expect([...reached].sort()).toEqual([...pages].sort());
    await page.locator('main a[href="/settings/playback"]').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Playback and data' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Settings', exact: true }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test('holds at 320 px with the largest text', async () => {
    const { page, close } = await openPage(browser, server.origin, { viewport: { width: 320, height: 640 } });
    await page.context().addCookies([{ name: 'vireo-session', value: session, url: server.origin }]);
    await page.addInitScript(() => localStorage.setItem('vireo.text-size', 'larger'));
    await page.goto('/settings/profile');
    for (const name of pages) {
      await go(page, name);
      expect(await page.evaluate(isTooWide), name).toBe(false);
    }
    await close();
  });
});
