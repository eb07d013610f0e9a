import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, launchBrowser, openPage, viewports } from '../helpers/browser.ts';
import { createOAuthClient } from '../helpers/oauth.ts';
import { clientOf, createPeople, PASSWORD } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** A folder for pictures of every step, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  if (!hasBrowser) return;
  // Browsers know no passkeys of a host that has no name.
  const variables = { REGISTRATIONS: 'invite', MINIMUM_AGE: '16' };
  server = await startTestServer({ host: 'localhost', variables });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  expect(await axeViolations(page), name).toEqual([]);
  const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  expect(await page.evaluate(isTooWide), name).toBe(false);
}

/** An authenticator of this device, whose person is always there and always recognised. */
async function plugIn(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  return {
    recognise: (isUserVerified: boolean) =>
      cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  };
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** A dozen pages: longer than one of them where other browsers run beside it. */
const SLOW = { timeout: 90_000 };

const phone = ['phone', viewports.phone, 'light'] as const;
const desktop = ['desktop', viewports.desktop, 'dark'] as const;

describe.skipIf(!hasBrowser).each(shots ? [phone, desktop] : [phone])('%s', (size, viewport, colorScheme) => {
  test(
    'invited, asked for the age, with a passkey made, and signed in with it everywhere',
    SLOW,
    async () => {
      const people = createPeople(server);
      const owner = await people.signedIn(`boss_${size}`, 'owner');
      const client = clientOf(server.origin);
      const { code } = (await client.post('/api/v1/invites', { as: owner, body: { max_uses: 1 } })).body;
      const options = { viewport, colorScheme, expected: [/status of (401|404|422)/] };
      const { page, problems, close } = await openPage(browser, server.origin, {
        ...options,
        reducedMotion: 'reduce' as const,
      });
      const authenticator = await plugIn(page);

      await page.goto('/invite/made-up');
      await page.getByRole('heading', { name: 'This invite does not count any more' }).waitFor();
      await look(page, `${size}-1-invite-gone`);
      await page.goto(`/invite/${code}`);
      expect(await page.getByLabel('Invite code').inputValue()).toBe(code);
      await page.getByLabel('Name', { exact: true }).fill(`nora_${size}`);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByLabel('Your age in years').fill('15');
      await page.getByRole('main').getByRole('button', { name: 'Create account' }).click();
      await page.getByRole('main').getByRole('alert').waitFor();
      expect(await page.getByLabel('Your age in years').getAttribute('aria-invalid')).toBe('true');
      await look(page, `${size}-2-too-young`);
      await page.getByLabel('Your age in years').fill('30');
      await page.getByRole('main').getByRole('button', { name: 'Create account' }).click();
      await page.waitForURL(server.origin.concat('/welcome'));
      await page.getByRole('heading', { name: 'What do you like?' }).waitFor();
      const isNoted = () => Object.keys(localStorage).some((key) => key.startsWith('vireo.welcomed.'));
      await expect.poll(() => page.evaluate(isNoted)).toBe(true);
      await page.goto('/settings');
      await page.getByRole('main').getByRole('link', { name: 'Security' }).click();
      await button(page, 'Add a passkey').press('Enter');
      await page.getByRole('dialog').getByLabel('Password').fill('not my password');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByRole('alert').waitFor();
      await look(page, `${size}-3-is-it-you`);
      await page.getByRole('dialog').getByLabel('Password').fill(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Rename this passkey' }).getByRole('textbox').fill('My finger');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'My finger' }).waitFor();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await button(page, 'Turn on').click();
      await page.getByAltText(/QR code/).waitFor();
      await look(page, `${size}-4-second-factor`);
      await page.keyboard.press('Escape');
      await look(page, `${size}-5-security`);

      await client.delete('/api/v1/sessions/current', { cookie: await cookieOf(page) });
      await page.goto('/login');
      await look(page, `${size}-6-login`);
      await authenticator.recognise(false);
      await button(page, 'Sign in with a passkey').click();
      await page.getByRole('alert').filter({ hasText: 'No passkey was used' }).waitFor();
      // What went wrong takes the focus once it is painted, and would take it from a key that is pressed before.
      await page.locator('[role=alert]:focus').waitFor();
      await authenticator.recognise(true);
      await button(page, 'Sign in with a passkey').press('Enter');
      // The welcome was seen: it is not shown again.
      await page.waitForURL(server.origin.concat('/'));
      await page.goto('/settings/security');
      await page
        .getByText(/Last used/)
        .first()
        .waitFor();
      // Whoever came without a password proves without one that it is still they.
      await button(page, 'Remove My finger').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
      await button(page, 'Use a passkey').click();
      await page.getByText('You have no passkeys yet.').waitFor();

      expect(problems).toEqual([]);
      await close();
    },
  );
});

describe.skipIf(!hasBrowser).each(shots ? [phone, desktop] : [desktop])(
  '%s',
  SLOW,
  (size, viewport, colorScheme) => {
    test('inviting others', async () => {
      const people = createPeople(server);
      const host = await people.signedIn(`host_${size}`, 'admin');
      const { page, problems, close } = await openPage(browser, server.origin, { viewport, colorScheme });
      const session = await people.tokenOf(host.account, 'cookie', 'admin');
      await page.context().addCookies([{ name: 'vireo-session', value: session, url: server.origin }]);
      await page.goto('/settings/invites');
      await page.getByRole('heading', { name: 'No invites yet' }).waitFor();
      await page.getByLabel('How many may come by it').selectOption('5');
      await page.getByLabel('Whoever comes follows me').check();
      await button(page, 'Make an invite').press('Enter');
      await page.getByText(/^0 of 5 came by it · Ends \w+ \d+, \d{4} at/).waitFor();
      await look(page, `${size}-8-invites`);
      await page.getByRole('button', { name: /^End invite/ }).click();
      await page.getByText('Ended').waitFor();
      expect(problems).toEqual([]);
      await close();
    });

    test('lets an app in by passkey', async () => {
      const client = clientOf(server.origin);
      const oauth = createOAuthClient(server, client);
      const app = await oauth.register({
        client_name: 'Clips',
        redirect_uris: ['urn:ietf:wg:oauth:2.0:oob'],
      });
      const people = createPeople(server);
      const person = await people.signedIn(`app_${size}`);
      const { page, problems, close } = await openPage(browser, server.origin, { viewport, colorScheme });
      const authenticator = await plugIn(page);
      const session = await people.tokenOf(person.account, 'cookie');
      await page.context().addCookies([{ name: 'vireo-session', value: session, url: server.origin }]);
      await page.goto('/settings/security');
      await button(page, 'Add a passkey').click();
      await page.getByRole('dialog').getByLabel('Password').fill(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Rename this passkey' }).waitFor();
      await page.context().clearCookies();

      await page.goto(
        `/oauth/authorize?${new URLSearchParams(oauth.asked(app, { redirect_uri: 'urn:ietf:wg:oauth:2.0:oob' }))}`,
      );
      await authenticator.recognise(false);
      await button(page, 'Sign in with a passkey').click();
      await page.getByRole('alert').waitFor();
      await look(page, `${size}-7-authorize`);
      await authenticator.recognise(true);
      await button(page, 'Sign in with a passkey').press('Enter');
      await page.getByRole('heading', { name: 'Allow Clips?' }).waitFor();
      expect(await page.getByRole('main').textContent()).toContain(`@app_${size}@`);
      await button(page, 'Allow').click();
      await page.getByRole('heading', { name: 'Your code' }).waitFor();
      expect(problems).toEqual([]);
      await close();
    });
  },
);

async function cookieOf(page: Page): Promise<string> {
  const cookies = await page.context().cookies();
  return cookies.find(({ name }) => name === 'vireo-session')?.value ?? '';
}
