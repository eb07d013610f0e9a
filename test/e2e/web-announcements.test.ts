import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announcementInputSchema } from '../../src/modules/announcements/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser, launchBrowser, viewports } from '../helpers/browser.ts';
import { empty } from '../helpers/emptying.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';

let server: TestServer;
let browser: Browser;
let people: People;
let boss: Person;
let alice: Person;
const desktop = { viewport: { width: 1440, height: 900 }, locale: 'en' } as const;
const phone = { viewport: viewports.phone, locale: 'en' } as const;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer({ role: 'all' });
  browser = await launchBrowser();
  people = createPeople(server);
  boss = await people.signedIn('boss', 'owner');
  alice = await people.signedIn('alice');
  await createVideoFactory(server.context).video(boss.account, { caption: 'A lake' });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function tell(text: string, more: object = {}): Promise<void> {
  const { inTx, announcements } = server.context;
  const said = announcementInputSchema.parse({ text, publish_at: 'now', ...more });
  await inTx((tx) => announcements.add(tx, operator, said));
}
const forget = () => empty(server, 'announcements');

/** The next answer with what there is; asked for before a page is opened, which may have it before it is loaded. */
const listAt = (page: Page) =>
  page.waitForResponse((answer) => answer.url().endsWith('/api/v1/announcements'));

describe.skipIf(!hasBrowser)('announcements', { timeout: 120_000 }, () => {
  test('are written, shown, ended, taken back and deleted on the page of the staff', async () => {
    await forget();
    const as = { ...desktop, role: 'owner' } as const;
    const { page, problems, close } = await openPageAs(browser, server, people, boss.account, as);
    await page.goto('/admin/announcements');
    await page.getByText('No announcements yet').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Write an announcement' }).click();
    let editor = page.getByRole('dialog', { name: 'Write an announcement' });
    await editor.getByRole('textbox', { name: 'Text' }).fill('We **update** on Sunday.');
    await editor.locator('strong', { hasText: 'update' }).waitFor();
    // A text that was not saved is there again.
    await editor.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Write an announcement' }).click();
    editor = page.getByRole('dialog', { name: 'Write an announcement' });
    expect(await editor.getByRole('textbox', { name: 'Text' }).inputValue()).toBe('We **update** on Sunday.');
    await editor.getByLabel('Time zone').fill('Mars/Olympus');
    await editor.getByRole('button', { name: 'Save' }).click();
    await editor.getByRole('alert').getByText('This is no time zone').waitFor();
    await editor.getByLabel('Time zone').fill('Europe/Berlin');
    await editor.getByLabel('Whole days').check();
    await editor.getByLabel('Begins').fill('2031-07-01');
    await editor.getByLabel('Ends').fill('2031-07-02');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'admin-announcement-editor');
    await editor.getByRole('button', { name: 'Save' }).click();
    const row = page.getByRole('row', { name: /We update on Sunday/ });
    await row.getByText('Shown', { exact: true }).waitFor();
    const banner = page.getByRole('region', { name: /^News of/ });
    await banner.getByText('July 1, 2031 to July 2, 2031').waitFor();
    await picture(page, 'admin-announcements');
    await row.getByRole('button', { name: /^End:/ }).click();
    await row.getByText('Over').waitFor();
    await banner.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await row.getByText('Shown', { exact: true }).waitFor();
    await row.getByRole('button', { name: /^Change:/ }).click();
    const change = page.getByRole('dialog', { name: 'Change' });
    expect(await change.getByLabel('Begins').inputValue()).toBe('2031-07-01');
    expect(await change.getByLabel('Ends').inputValue()).toBe('2031-07-02');
    await change.getByRole('textbox', { name: 'Text' }).fill('We update on Monday.');
    await change.getByRole('button', { name: 'Save' }).click();
    await banner.getByText('We update on Monday.').waitFor();
    await page.setViewportSize(viewports.phone);
    await picture(page, 'admin-announcements-phone');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Delete:/ }).click();
    await page.getByText('No announcements yet').waitFor();
    expect(problems.filter((line) => !line.includes('422'))).toEqual([]);
    await close();
  });

  test('come live above the page, are answered, and stay away once dismissed, on every device of the account', async () => {
    await forget();
    const { page, problems, close } = await openPageAs(browser, server, people, alice.account, phone);
    await page.goto('/search');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await tell('## Cake\n\nThere is [cake](https://cake.test) for **all**.');
    const banner = page.getByRole('region', { name: /^News of/ });
    await banner.getByRole('heading', { name: 'Cake' }).waitFor();
    await banner.getByRole('button', { name: 'Add a reaction' }).click();
    await page.getByRole('menuitem', { name: '🎉' }).click();
    await banner.getByRole('button', { name: '🎉, 1 person', pressed: true }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'announcement-phone-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'announcement-phone-dark');
    await tell('And tea.');
    await banner.getByText('And tea.').waitFor();
    await banner.getByRole('button', { name: '2 announcements' }).click();
    const dialog = page.getByRole('dialog', { name: /^News of/ });
    await dialog.getByText('There is cake').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'announcements-dialog-phone');
    await page.keyboard.press('Escape');
    // The page hides it at once, and the server knows a little later.
    const dismiss = () =>
      Promise.all([
        page.waitForResponse((answer) => answer.url().endsWith('/dismiss')),
        banner.getByRole('button', { name: 'Dismiss' }).click(),
      ]);
    await dismiss();
    await banner.getByRole('heading', { name: 'Cake' }).waitFor();
    await dismiss();
    await banner.waitFor({ state: 'hidden' });
    const other = await openPageAs(browser, server, people, alice.account, desktop);
    await Promise.all([listAt(other.page), other.page.goto('/search')]);
    expect(await other.page.getByRole('region', { name: /^News of/ }).count()).toBe(0);
    expect([...problems, ...other.problems]).toEqual([]);
    await Promise.all([close(), other.close()]);
  });

  test('told while a page asks for them are not lost to an answer that is older', async () => {
    await forget();
    const { page, problems, close } = await openPageAs(browser, server, people, alice.account, phone);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let asked = 0;
    await page.route('**/api/v1/announcements', async (route) => {
      const response = await route.fetch();
      asked += 1;
      await released;
      await route.fulfill({ response });
    });
    await page.goto('/search');
    // As it begins, and once its stream is open.
    await expect.poll(() => asked).toBe(2);
    await tell('There is cake.');
    const cake = page.getByRole('region', { name: /^News of/ }).getByText('There is cake.');
    await cake.waitFor();
    release();
    await expect.poll(() => asked).toBeGreaterThan(2);
    await page.waitForLoadState('networkidle');
    expect(await cake.isVisible()).toBe(true);
    expect(problems).toEqual([]);
    await close();
  });

  test('stand beside the tabs of the feed, and leave the clip its room', async () => {
    await forget();
    await tell('There is cake.');
    const { page, problems, close } = await openPageAs(browser, server, people, null, {
      ...phone,
      // The clip has no files.
      expected: [/404 .*\/media\//],
    });
    await page.goto('/');
    const button = page.getByRole('button', { name: '1 announcement' });
    await button.waitFor();
    expect(await page.getByRole('region', { name: /^News of/ }).isVisible()).toBe(false);
    await picture(page, 'announcement-feed-phone');
    await button.click();
    const dialog = page.getByRole('dialog', { name: /^News of/ });
    await dialog.getByText('There is cake.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Dismiss' }).click();
    await dialog.getByText('Dismissed').waitFor();
    await page.keyboard.press('Escape');
    await button.waitFor({ state: 'hidden' });
    // A visitor has no account: this device remembers.
    await Promise.all([listAt(page), page.goto('/search')]);
    expect(await page.getByRole('region', { name: /^News of/ }).count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test('stand above pages on desktops', async () => {
    await forget();
    await tell('We update on Sunday, 9:00 to 10:00. Uploads wait meanwhile, and nothing is lost.');
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, problems, close } = await openPageAs(browser, server, people, null, {
        ...desktop,
        colorScheme,
      });
      await page.goto('/search');
      await page
        .getByRole('region', { name: /^News of/ })
        .getByText('We update on Sunday')
        .waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await picture(page, `announcement-desktop-${colorScheme}`);
      expect(problems).toEqual([]);
      await close();
    }
  });
});
