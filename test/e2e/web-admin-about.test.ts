import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser, launchBrowser, viewports } from '../helpers/browser.ts';
import { clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';

let server: TestServer;
let browser: Browser;
let people: People;
let boss: Person;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer({ variables: { INSTANCE_EMAIL: 'staff@video.example' } });
  browser = await launchBrowser();
  people = createPeople(server);
  boss = await people.signedIn('boss', 'owner');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.skipIf(!hasBrowser)('pages and look', { timeout: 120_000 }, () => {
  test('rules are put in order, pages are written with a preview, kept on the device, and saved', async () => {
    const as = { viewport: { width: 1440, height: 900 }, locale: 'en', role: 'owner' } as const;
    const { page, problems, close } = await openPageAs(browser, server, people, boss.account, as);
    await page.goto('/admin/about');
    await page.getByText('There are no rules yet.').waitFor();
    // The environment sets it.
    await page.getByText('staff@video.example').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByLabel('Rule 1', { exact: true }).fill('No spam.');
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByLabel('Rule 2', { exact: true }).fill('Be kind.');
    await page.getByRole('button', { name: 'Move up: rule 2' }).click();
    expect(await page.getByLabel('Rule 1', { exact: true }).inputValue()).toBe('Be kind.');
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByRole('textbox', { name: 'Privacy page' }).fill('We keep *little*.');
    await page.locator('em', { hasText: 'little' }).waitFor();
    await page.reload();
    expect(await page.getByRole('textbox', { name: 'Privacy page' }).inputValue()).toBe('We keep *little*.');
    expect(await page.getByLabel('Rule 2', { exact: true }).inputValue()).toBe('No spam.');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'admin-about');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It counts now.').waitFor();
    const client = clientOf(server.origin);
    const rules = (await client.get('/api/v1/instance/rules')).body;
    expect(rules.map(({ text }: { text: string }) => text)).toEqual(['Be kind.', 'No spam.']);
    expect((await client.get('/api/v1/instance/privacy_policy')).body.content).toContain('<em>little</em>');
    await page.goto('/about/rules');
    await page.getByText('Be kind.').waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test('the colour of the server is shown as it will be, moved where it could not be read, and counts everywhere', async () => {
    const as = { viewport: viewports.phone, locale: 'en', role: 'owner', colorScheme: 'light' } as const;
    const { page, problems, close } = await openPageAs(browser, server, people, boss.account, as);
    await page.goto('/admin/about');
    const colour = page.getByRole('textbox', { name: 'Colour of the server' });
    await colour.fill('violet');
    await page.getByText('This is no colour').waitFor();
    await colour.fill('#ffee00');
    await page.getByText(/^Moved to #/).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await colour.scrollIntoViewIfNeeded();
    await picture(page, 'admin-about-colour-phone');
    await colour.fill('#7a3cc2');
    await page.getByText('#7a3cc2').first().waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await Promise.all([
      page.waitForEvent('load'),
      page.getByRole('dialog').getByRole('button', { name: 'Save' }).click(),
    ]);
    await page.getByRole('heading', { name: 'Pages and look' }).waitFor();
    await page.goto('/search');
    const button = page.getByRole('button', { name: 'Search' });
    expect(await button.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe(
      'rgb(122, 60, 194)',
    );
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'themed-phone-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'themed-phone-dark');
    const client = clientOf(server.origin);
    expect((await client.get('/favicon.svg')).body.toString()).not.toContain('#35c795');
    expect((await client.get('/oauth/page.css')).text).toContain('--accent:light-dark(#7a3cc2,');
    expect(problems).toEqual([]);
    await close();
  });
});
