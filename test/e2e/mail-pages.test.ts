import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  viewports,
  type WatchedPage,
} from '../helpers/browser.ts';
import { linkIn, type MailServer, startMailServer, workMail } from '../helpers/mail-server.ts';
import { createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const NEW = 'a new and long password';
/** Pages that are looked at by axe one after another, beside other browsers. */
const SLOW = { timeout: 120_000 };
/** A folder for pictures of every step, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

let mailbox: MailServer;
let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  if (!hasBrowser) return;
  mailbox = await startMailServer();
  server = await startTestServer({ variables: mailbox.variables });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await mailbox?.close();
});

describe.skipIf(!hasBrowser).each(['phone', 'desktop'] as const)('by mail, on a %s', SLOW, (size) => {
  async function look({ page }: Pick<WatchedPage, 'page'>, name: string): Promise<void> {
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    if (shots) await page.screenshot({ path: join(shots, `mail-${name}-${size}.png`), fullPage: true });
  }
  const button = (page: Page, name: string) => page.getByRole('button', { name });

  test('a forgotten password is set anew', async () => {
    const { auth } = server.context;
    const name = `ada_${size}`;
    await createPeople(server).local(name, { email: `${name}@mail.test` });
    const expected = [/status of 422/];
    const opened = await openPage(browser, server.origin, { viewport: viewports[size], expected });
    const { page } = opened;
    await page.goto('/auth/forgot');
    await look(opened, 'forgot');
    await page.getByLabel('Name or e-mail').fill(name);
    await button(page, 'Send the link').click();
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await look(opened, 'sent');
    await workMail(server.context);
    await page.goto(linkIn(await mailbox.mailTo(`${name}@mail.test`), '/auth/reset').href);
    await look(opened, 'reset');
    await page.getByLabel('New password').fill(NEW);
    await page.getByLabel('Once more').fill(`${NEW}!`);
    await button(page, 'Set the password').click();
    await page.getByRole('alert').waitFor();
    await look(opened, 'reset-wrong');
    await page.getByLabel('New password').fill(NEW);
    await page.getByLabel('Once more').fill(NEW);
    await button(page, 'Set the password').click();
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
    expect((await auth.checkCredentials(name, NEW)).ok).toBe(true);
    expect(opened.problems).toEqual([]);
    await opened.close();
  });

  test('an address is confirmed by a button, and the mail can be read', async () => {
    const { auth, inTx } = server.context;
    const username = `bea_${size}`;
    const form = await auth.prepareSignUp({ username, password: NEW, email: `${username}@mail.test` });
    await inTx((tx) => auth.signUp(tx, form));
    await workMail(server.context);
    const mail = await mailbox.mailTo(`${username}@mail.test`);
    const opened = await openPage(browser, server.origin, { viewport: viewports[size] });
    const { page } = opened;
    await page.setContent(mail.html);
    if (shots) await page.screenshot({ path: join(shots, `mail-letter-${size}.png`) });
    await page.goto(linkIn(mail, '/auth/confirm').href);
    await look(opened, 'confirm');
    await button(page, 'Confirm the address').click();
    await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor();
    await look(opened, 'confirmed');
    expect((await server.context.accounts.byHandle(username))?.state).toBe('active');
    expect(opened.problems).toEqual([]);
    await opened.close();
  });
});
