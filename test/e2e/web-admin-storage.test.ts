import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser, launchBrowser } from '../helpers/browser.ts';
import { eventually } from '../helpers/chaos.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';
import { keyOf, put } from '../helpers/storage-rig.ts';

let server: TestServer;
let browser: Browser;
let people: People;
let boss: Person;
/** Two days later than the machine, so that what is put there is old. */
const clock = { now: () => Date.now() + 2 * 86_400_000 };

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer({ role: 'all', overrides: { clock } });
  browser = await launchBrowser();
  people = createPeople(server);
  boss = await people.signedIn('boss', 'owner');
  await put(server.context.storage, keyOf('77', 'nobody'), 'nobody');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.skipIf(!hasBrowser)('the page about storage', { timeout: 120_000 }, () => {
  test('shows what is stored and kept, cleans by class, and finds and mends what does not belong', async () => {
    const { db, media, retention } = server.context;
    await eventually('all classes have run', async () =>
      (await retention.list()).every(({ state }) => state === 'ok' || state === 'kept'),
    );
    const { page, problems, close } = await openPageAs(browser, server, people, boss.account, {
      ...{ role: 'owner', viewport: { width: 1280, height: 900 } },
    });
    await page.goto('/admin/storage');
    await page.getByRole('heading', { name: 'Storage', level: 1 }).waitFor();
    await page
      .getByRole('table', { name: 'What is stored' })
      .getByRole('row', { name: /^Database/ })
      .waitFor();
    await page.getByRole('row', { name: /^Evidence of moderation For ever/ }).waitFor();

    const before = (await db('retention_runs').where({ class: 'mails' }).first('ok_at')).ok_at;
    await page.getByRole('button', { name: 'Run now: Mails' }).click();
    await eventually('it has run again', async () => {
      const { ok_at } = await db('retention_runs').where({ class: 'mails' }).first('ok_at');
      return ok_at > before;
    });

    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('table', { name: 'What was found' }).getByText('Nothing names it').waitFor();
    await picture(page, 'admin-storage');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Search and mend' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Search and mend' }).click();
    await page.getByRole('cell', { name: 'Removed', exact: true }).waitFor();
    expect((await media.scan.last())?.mended).toBe(1);
    expect(problems).toEqual([]);
    await close();
  });

  test('says on a phone what fails', async () => {
    const { db } = server.context;
    await db('retention_runs')
      .where({ class: 'mails' })
      .update({ failed_at: new Date(), error: 'The disk is on fire.', started_at: new Date(clock.now()) });
    const { page, problems, close } = await openPageAs(browser, server, people, boss.account, {
      ...{ role: 'owner', viewport: { width: 390, height: 844 } },
    });
    await page.goto('/admin');
    await page.getByRole('link', { name: /^Storage .*1 kind of upkeep fails/ }).click();
    await page.getByText('The disk is on fire.').waitFor();
    await picture(page, 'admin-storage-phone');
    expect(await axeViolations(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });
});
