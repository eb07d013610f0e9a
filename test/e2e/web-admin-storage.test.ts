import { describe, expect, test } from 'vitest';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser } from '../helpers/browser.ts';
import { eventually } from '../helpers/chaos.ts';
import { picture } from '../helpers/signed-in-page.ts';
import { staffRig } from '../helpers/staff-page.ts';
import { keyOf, put } from '../helpers/storage-rig.ts';

/** Two days later than the machine, so that what is put there is old. */
const clock = { now: () => Date.now() + 2 * 86_400_000 };

/** Nobody listens there. */
const variables = { SEARCH_DRIVER: 'opensearch', SEARCH_URL: 'http://127.0.0.1:9' };

const rig = staffRig({ role: 'all', overrides: { clock }, variables }, async ({ server }) => {
  await put(server.context.storage, keyOf('77', 'nobody'), 'nobody');
});

describe.skipIf(!hasBrowser)('the page about storage', { timeout: 120_000 }, () => {
  test('shows what is stored and kept, cleans by class, and finds and mends what does not belong', async () => {
    const { db, media, retention } = rig.server.context;
    await eventually('all classes have run', async () =>
      (await retention.list()).every(({ state }) => state === 'ok' || state === 'kept'),
    );
    const { page, problems, close } = await rig.open('/admin/storage', 'Storage');
    await page
      .getByRole('table', { name: 'What is stored' })
      .getByRole('row', { name: /^Database/ })
      .waitFor();
    await page.getByRole('row', { name: /^Evidence of moderation For ever/ }).waitFor();

    // What searches look in, and that the engine is away.
    await page.getByText('Videos that can be found', { exact: true }).waitFor();
    await page
      .getByRole('alert')
      .getByText('The search engine: The other server could not be reached.')
      .waitFor();
    await page.getByText('It does not say', { exact: true }).waitFor();

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
    const { db } = rig.server.context;
    await db('retention_runs')
      .where({ class: 'mails' })
      .update({ failed_at: new Date(), error: 'The disk is on fire.', started_at: new Date(clock.now()) });
    const { page, problems, close } = await rig.open('/admin', 'Overview', { size: 'phone' });
    await page.getByRole('link', { name: /^Storage .*1 kind of upkeep fails/ }).click();
    await page.getByText('The disk is on fire.').waitFor();
    await picture(page, 'admin-storage-phone');
    expect(await axeViolations(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });
});
