import { createServer, type Server } from 'node:http';
import { TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, launchBrowser, openPage, viewports } from '../helpers/browser.ts';
import { createOAuthClient, type RegisteredApp, s256, VERIFIER } from '../helpers/oauth.ts';
import { type Client, clientOf, createPeople, PASSWORD, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob';
/** A dozen pages, each looked at by axe: longer than one of them where other browsers run beside it. */
const SLOW = { timeout: 120_000 };
/** A folder for pictures of every step, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

let server: TestServer;
let people: People;
let client: Client;
let oauth: ReturnType<typeof createOAuthClient>;
let browser: Browser;
let phone: Server;
let callback: string;
let app: RegisteredApp;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  oauth = createOAuthClient(server, client);
  browser = await launchBrowser();
  phone = createServer((_req, res) => {
    res.setHeader('content-type', 'text/html').end('<!doctype html><title>The app goes on</title>');
  });
  await new Promise<void>((done) => phone.listen(0, '127.0.0.2', done));
  const address = phone.address();
  if (address === null || typeof address === 'string') throw new Error('The app has no port.');
  callback = `http://127.0.0.2:${address.port}/callback`;
  app = await oauth.register({
    ...{ client_name: 'Tusk & Co', redirect_uris: [callback, OUT_OF_BAND], scopes: 'read write follow push' },
    website: 'https://app.test',
  });
});

afterAll(async () => {
  await browser?.close();
  phone?.close();
  await server?.close();
});

const asked = (more: Record<string, string> = {}) =>
  `/oauth/authorize?${new URLSearchParams(
    oauth.asked(app, {
      ...{ redirect_uri: callback, scope: 'read write:statuses write:media push', state: 'a b&c' },
      ...{ code_challenge: s256(VERIFIER), code_challenge_method: 'S256' },
      ...more,
    }),
  )}`;

const focused = (page: Page) =>
  page.evaluate(() => {
    const on = document.activeElement;
    return on?.getAttribute('name') ?? on?.textContent ?? '';
  });

/** Goes on by Tab until the focus is on it. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let n = 0; n < 12; n += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${name}.`);
}

async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  expect(await axeViolations(page), name).toEqual([]);
  const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  expect(await page.evaluate(isTooWide), name).toBe(false);
}

/** Each size once, and each scheme of colours once. */
const looks = [
  ['phone-light', viewports.phone, 'light'],
  ['desktop-dark', viewports.desktop, 'dark'],
] as const;

describe.skipIf(!hasBrowser).each(looks)('letting an app in: %s', SLOW, (name, viewport, colorScheme) => {
  const expected = [/status of (400|401)/];
  const options = { viewport, colorScheme, expected, reducedMotion: 'reduce' as const };

  test('by keyboard alone, from the password over the code to the app', async () => {
    const person = await people.signedIn(name.replace('-', '_'));
    const as = { token: person.token };
    const begun = await client.post('/api/v1/second_factor', { as, body: { password: PASSWORD } });
    const totp = new TOTP({ secret: begun.body.secret });
    const confirm = { as, body: { code: totp.generate() } };
    const confirmed = await client.post('/api/v1/second_factor/confirm', confirm);
    const [recovery = ''] = confirmed.body.recovery_codes;

    const { page, problems, close } = await openPage(browser, server.origin, options);
    await page.goto(asked());
    await look(page, `${name}-1-sign-in`);
    await tabTo(page, 'login');
    await page.keyboard.type(person.account.username);
    await page.keyboard.press('Tab');
    await page.keyboard.type('wrong password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await look(page, `${name}-2-wrong-password`);
    expect(await page.title()).toMatch(/^Error: /);
    await expect.poll(() => focused(page)).toBe('password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');

    await page.getByLabel('Code').waitFor();
    await look(page, `${name}-3-code`);
    await expect.poll(() => focused(page)).toBe('code');
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await look(page, `${name}-4-wrong-code`);
    await expect.poll(() => focused(page)).toBe('code');
    await page.keyboard.type(recovery);
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Allow Tusk & Co?' }).waitFor();
    expect(await page.getByRole('listitem').count()).toBe(4);
    await look(page, `${name}-5-consent`);
    await tabTo(page, 'Use another account');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Allow');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/callback/);
    expect(await page.title()).toBe('The app goes on');
    const answer = new URL(page.url()).searchParams;
    expect([answer.get('state'), answer.get('iss')]).toEqual(['a b&c', server.origin]);
    const given = await oauth.token(
      oauth.exchangeOf(app, answer.get('code') ?? '', { redirect_uri: callback, code_verifier: VERIFIER }),
    );
    expect(given.body.scope).toBe('read write:media write:statuses push');

    // Signed in by now, with an app that cannot be redirected to.
    await page.goto(asked({ redirect_uri: OUT_OF_BAND }));
    await page.getByRole('button', { name: 'Allow' }).press('Enter');
    await page.getByRole('heading', { name: 'Your code' }).waitFor();
    await look(page, `${name}-6-manual`);
    await page.goto(asked({ redirect_uri: OUT_OF_BAND }));
    await page.getByRole('button', { name: 'Deny' }).press('Enter');
    await page.getByRole('heading', { name: 'Denied' }).waitFor();
    await look(page, `${name}-7-denied`);
    await page.goto(asked({ redirect_uri: `${callback}x` }));
    await page.getByRole('alert').waitFor();
    await look(page, `${name}-8-refused`);
    expect(problems).toEqual([]);
    await close();
  });
});

describe.skipIf(!hasBrowser)('in other languages', SLOW, () => {
  test('the question fits on a phone, and is read from the side where its script begins', async () => {
    const person = await people.local('reader');
    const session = await people.tokenOf(person, 'cookie');
    const { page, problems, close } = await openPage(browser, server.origin, { viewport: viewports.phone });
    await page.context().addCookies([{ name: 'vireo-session', value: session, url: server.origin }]);
    for (const lang of ['de', 'fr', 'es', 'ja', 'ar']) {
      await page.goto(asked({ lang }));
      await page.getByRole('listitem').first().waitFor();
      await look(page, `phone-9-${lang}`);
      const direction = await page.getByRole('heading').evaluate((one) => getComputedStyle(one).direction);
      expect(direction, lang).toBe(lang === 'ar' ? 'rtl' : 'ltr');
    }
    expect(problems).toEqual([]);
    await close();
  });
});
