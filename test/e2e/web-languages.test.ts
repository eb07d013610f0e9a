import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, openPage, untilInPage } from '../helpers/browser.ts';
import { createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer();
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Files of words that a page asks for from now on. */
function filesAskedFor(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/\/words-/.test(pathname)) asked.push(pathname);
  });
  return asked;
}

const documentOf = (page: Page) =>
  page.evaluate(() => {
    const { lang, dir } = document.documentElement;
    return { lang, dir };
  });

describe.skipIf(!hasBrowser)('the language of the page', { timeout: 120_000 }, () => {
  test('is the one that the browser reads, right from the start, with one more file', async () => {
    const { page, problems, close } = await openPage(browser, server.origin, { locale: 'ar-EG' });
    const asked = filesAskedFor(page);
    await page.goto('/');
    await page.getByRole('navigation').getByRole('link', { name: 'الرئيسية' }).waitFor();
    expect(await documentOf(page)).toEqual({ lang: 'ar', dir: 'rtl' });
    await page.getByRole('navigation').getByRole('link', { name: 'تسجيل الدخول' }).click();
    await page.waitForURL('**/login**');
    await page.getByRole('button', { name: 'English' }).waitFor();
    expect(asked).toEqual([expect.stringMatching(/^\/assets\/words-ar-/)]);
    expect(problems).toEqual([]);
    await close();
  });

  test('keeps names of another script in order and in their place', async () => {
    await createPeople(server).local('mika');
    const { page, problems, close } = await openPage(browser, server.origin, { locale: 'ar' });
    await page.goto('/@mika');
    const main = page.getByRole('main');
    await main.getByRole('heading', { level: 1 }).waitFor();
    // Where the first sign of a text begins, and where its last one ends.
    const endsOf = (name: Locator) =>
      name.evaluate((element) => {
        const boxOf = (text: ChildNode | null, place: number) => {
          if (!(text instanceof Text)) throw new Error('There is no text.');
          const range = document.createRange();
          range.setStart(text, place);
          range.setEnd(text, place + 1);
          return range.getBoundingClientRect();
        };
        const { firstChild, lastChild } = element;
        const last = (lastChild?.textContent?.length ?? 0) - 1;
        return { first: boxOf(firstChild, 0).left, last: boxOf(lastChild, last).right };
      });
    const handle = await endsOf(main.locator('bdi', { hasText: '@' }).first());
    expect(handle.first).toBeLessThan(handle.last - 10);
    const heading = main.getByRole('heading', { level: 1 });
    const { last } = await endsOf(heading.locator('bdi'));
    const right = await heading.evaluate((element) => element.getBoundingClientRect().right);
    expect(right - last).toBeLessThan(1);
    expect(problems).toEqual([]);
    await close();
  });

  test('asks for nothing more where it is English', async () => {
    const { page, problems, close } = await openPage(browser, server.origin);
    const asked = filesAskedFor(page);
    await page.goto('/');
    await page.getByRole('navigation').getByRole('link', { name: 'Home' }).waitFor();
    expect(asked).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test('is English where its words do not come', async () => {
    const { page, problems, close } = await openPage(browser, server.origin, {
      locale: 'ar',
      expected: [/words-ar-/],
    });
    await page.route('**/words-ar-*', (route) => route.abort());
    await page.goto('/');
    await page.getByRole('navigation').getByRole('link', { name: 'Home' }).waitFor();
    expect(await documentOf(page)).toEqual({ lang: 'en', dir: 'ltr' });
    expect(problems).toEqual([]);
    await close();
  });

  test('is chosen below the form for signing in, which stays where it is', async () => {
    const { page, problems, close } = await openPage(browser, server.origin, { locale: 'de' });
    await page.goto('/login?next=%2Fupload');
    await page.getByRole('heading', { level: 1, name: /anmelden/i }).waitFor();
    const japanese = page.getByRole('button', { name: '日本語' });
    expect(await japanese.getAttribute('lang')).toBe('ja');
    await japanese.press('Enter');
    await untilInPage(page, () => document.documentElement.lang === 'ja');
    await untilInPage(page, () => document.activeElement?.textContent === '日本語');
    expect(await japanese.getAttribute('aria-current')).toBe('true');
    expect(new URL(page.url()).search).toBe('?next=%2Fupload');
    // Whatever the browser reads, from now on.
    await page.goto('/search');
    expect(await documentOf(page)).toEqual({ lang: 'ja', dir: 'ltr' });
    expect(problems).toEqual([]);
    await close();
  });

  test('is chosen in the settings by somebody who is not signed in', async () => {
    const { page, problems, close } = await openPage(browser, server.origin);
    await page.goto('/settings');
    await page.getByRole('main').getByRole('link', { name: 'Language' }).click();
    await page.getByRole('button', { name: 'Français' }).click();
    await untilInPage(page, () => document.documentElement.lang === 'fr');
    await page.getByRole('heading', { level: 1, name: 'Langue' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/settings/language');
    expect(problems).toEqual([]);
    await close();
  });
});
