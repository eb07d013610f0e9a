import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGUAGE_COOKIE } from '../../src/http/languages.ts';
import { axeViolations, hasBrowser, launchBrowser, openPage, viewports } from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { settle } from '../helpers/news.ts';
import { createPeople, PASSWORD } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** A folder for pictures of every step, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

let server: TestServer;
let browser: Browser;
let people: ReturnType<typeof createPeople>;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer();
  browser = await launchBrowser();
  people = createPeople(server);
  const videos = createVideoFactory(server.context);
  const birder = await people.local('birder');
  const cook = await people.local('cook');
  const { db } = server.context;
  for (const [account, tag] of [[birder, 'birds'] as const, [cook, 'cooking'] as const]) {
    const id = await videos.video(account, { caption: `A clip about #${tag}`, assets: ['mp4'] });
    await db('video_tags').insert({ tag, video_id: id });
  }
  await settle(server.context);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/welcome-${name}.png`, fullPage: true });
  expect(await axeViolations(page), name).toEqual([]);
  const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  expect(await page.evaluate(isTooWide), name).toBe(false);
}

const button = (page: Page, name: string) =>
  page.getByRole('main').getByRole('button', { name, exact: true });

const phone = ['phone', viewports.phone, 'light'] as const;
const desktop = ['desktop', { width: 1440, height: 900 }, 'dark'] as const;

describe.skipIf(!hasBrowser).each([phone, desktop])(
  'on a %s',
  { timeout: 90_000 },
  (size, viewport, colorScheme) => {
    test('signing up, choosing interests, following, and on to the clips, by keyboard alone', async () => {
      const name = `nora_${size}`;
      // Clips that were never made do not play.
      const expected = [/404 .*\/media\//, /ERR_|Failed to load/];
      const { page, problems, close } = await openPage(browser, server.origin, {
        ...{ viewport, colorScheme, expected, locale: 'de-DE' },
      });
      // Of the browser's language are the clips that are offered; the page is in one that this test reads.
      await page.context().addCookies([{ name: LANGUAGE_COOKIE, value: 'en', url: server.origin }]);
      await page.goto('/register?next=%2Fsearch%3Fq%3Dx');
      await page.getByLabel('Name', { exact: true }).waitFor();
      await look(page, `${size}-0-register`);
      await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.keyboard.press('Enter');

      await page.getByRole('heading', { name: 'What do you like?' }).waitFor();
      await button(page, '#birds').press('Space');
      expect(await button(page, '#birds').getAttribute('aria-pressed')).toBe('true');
      await page.getByLabel('A topic of your own').fill('two words');
      await page.keyboard.press('Enter');
      await page.getByText('A topic is one word of letters and digits.').waitFor();
      await page.getByLabel('A topic of your own').fill('#Kites');
      await page.keyboard.press('Enter');
      expect(await button(page, '#kites').getAttribute('aria-pressed')).toBe('true');
      await button(page, 'German').press('Enter');
      await page.getByLabel('Another language').selectOption({ label: 'Swahili' });
      await look(page, `${size}-1-interests`);
      await button(page, 'Next').press('Enter');

      await page.getByRole('heading', { name: 'Whom do you want to follow?' }).waitFor();
      await page.getByText('Posts about #birds').waitFor();
      await look(page, `${size}-2-people`);
      await button(page, 'Follow @birder').press('Enter');
      await button(page, 'Following. Stop following @birder').waitFor();
      await button(page, 'Next').press('Enter');

      await page.getByRole('heading', { name: 'Who may find you?' }).waitFor();
      const inSearch = page.getByRole('switch', { name: 'Let people find my clips by searching' });
      const suggested = page.getByRole('switch', { name: 'Suggest me to others' });
      expect([await inSearch.isChecked(), await suggested.isChecked()]).toEqual([false, false]);
      await look(page, `${size}-3-found`);
      await inSearch.press('Space');
      await suggested.press('Space');
      await expect
        .poll(() =>
          server.context.db('accounts').where({ username: name }).first('indexable', 'discoverable'),
        )
        .toEqual({ indexable: true, discoverable: true });
      await button(page, 'Next').press('Enter');

      await page.getByRole('heading', { name: 'You are set' }).waitFor();
      await look(page, `${size}-4-done`);
      const goOn = page.getByRole('main').getByRole('link', { name: 'Go on' });
      expect(await goOn.getAttribute('href')).toBe('/search?q=x');

      const { db } = server.context;
      const account = await db('accounts').where({ username: name, domain: '' }).first('id');
      const wishes = await db('feed_settings').where({ account_id: account.id }).first();
      expect(wishes).toMatchObject({ interests: ['birds', 'kites'], languages: ['de', 'sw'] });
      const follows = await db('follows').where({ follower_id: account.id }).pluck('state');
      expect(follows).toEqual(['accepted']);
      expect(problems).toEqual([]);
      await close();
    });
  },
);

describe.skipIf(!hasBrowser)('the first steps', { timeout: 90_000 }, () => {
  test('are offered once to who signs in, follows nobody and came from nowhere; each can be skipped', async () => {
    await people.local('quiet');
    const expected = [/404 .*\/media\//, /ERR_|Failed to load/];
    const { page, problems, close } = await openPage(browser, server.origin, { expected });
    const enter = async (path: string) => {
      await page.goto(path);
      await page.getByLabel('Name or e-mail').fill('quiet');
      await page.getByLabel('Password').fill(PASSWORD);
      await page.keyboard.press('Enter');
    };
    await enter('/login?next=/settings/security');
    await page.waitForURL('**/settings/security');
    await page.context().clearCookies();

    await enter('/login');
    await page.getByRole('heading', { name: 'What do you like?' }).waitFor();
    await button(page, 'Skip').click();
    await page.getByRole('heading', { name: 'Whom do you want to follow?' }).waitFor();
    await button(page, 'Follow all').waitFor();
    await button(page, 'Skip').click();
    await page.getByRole('heading', { name: 'Who may find you?' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Whom do you want to follow?' }).waitFor();
    await button(page, 'Follow all').click();
    await page.getByText(/You follow \d+ more people\./).waitFor();
    await button(page, 'Next').click();
    await page.getByRole('heading', { name: 'Who may find you?' }).waitFor();
    await button(page, 'Next').click();
    await page.getByRole('main').getByRole('link', { name: 'Watch clips' }).click();
    await page.waitForURL(server.origin.concat('/'));
    await page.context().clearCookies();

    await enter('/login');
    await page.waitForURL(server.origin.concat('/'));
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Inbox' }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});
