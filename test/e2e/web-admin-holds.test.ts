import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { jobRun } from '../helpers/job-run.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';
import { unzip } from '../helpers/zip.ts';

let account = '';

const rig = staffRig({ role: 'web' }, async ({ server, people }) => {
  const eve = await people.local('eve', { email: 'eve@mail.example' });
  account = eve.id;
  await (await createClipFactory(server.context))(eve, { caption: 'A threat' });
});

const copyAll = async () => {
  const { db, legalHolds } = rig.server.context;
  for (const id of await db('legal_holds').pluck('id')) await legalHolds.copy(id, jobRun());
};

describe.skipIf(!hasBrowser)('the page about legal holds', { timeout: 120_000 }, () => {
  test('an account is held from its page, looked at, taken out, released and held again', async () => {
    const { page, problems, close } = await rig.open(`/admin/accounts/${account}`, '@eve');
    await page.getByRole('link', { name: 'Hold for authorities' }).click();
    const dialog = page.getByRole('dialog', { name: 'Hold something' });
    await dialog.waitFor();
    expect(await dialog.getByLabel('Its number').inputValue()).toBe(account);
    await dialog.getByLabel('Number of the case').fill('AZ 12/34');
    await dialog.getByLabel('Reason').fill('Order of the court.');
    await looksWell(page, 'admin-holds-add');
    await dialog.getByRole('button', { name: 'Hold something' }).click();
    await page.getByRole('row', { name: /^@eve Account/ }).waitFor();
    await copyAll();
    await page.getByRole('link', { name: '@eve' }).click();
    await page.getByRole('heading', { name: '@eve', level: 1 }).waitFor();
    await page
      .getByRole('row', { name: /account\.json/ })
      .getByText('Read it')
      .click();
    await page.getByText('eve@mail.example').waitFor();
    await looksWell(page, 'admin-holds-one');

    await page.getByRole('button', { name: 'Take it out' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('For the police.');
    await page.getByRole('dialog').getByRole('button', { name: 'Take it out' }).click();
    const ready = page.getByRole('dialog', { name: 'The export is ready' });
    const href = await ready.getByRole('link', { name: /Fetch the ZIP/ }).getAttribute('href');
    await looksWell(page, 'admin-holds-export');
    const file = await page.request.get(href ?? '');
    expect([...(await unzip(await file.body())).keys()]).toContain('SHA256SUMS');
    await ready.getByRole('button', { name: 'Close', exact: true }).last().click();

    for (const [deed, state] of [
      ['Release', 'Released'],
      ['Hold it again', 'Held'],
    ] as const) {
      await page.getByRole('button', { name: deed }).click();
      await page.getByRole('dialog').getByLabel('Reason').fill('The court says so.');
      await page.getByRole('dialog').getByRole('button', { name: deed }).click();
      const head = page
        .locator('header')
        .filter({ has: page.getByRole('heading', { name: '@eve', level: 1 }) });
      await head.getByText(state, { exact: true }).waitFor();
    }
    const log = await rig.server.context
      .db('audit_log')
      .where('action', 'like', 'legal-hold.%')
      .orderBy('id');
    expect([...new Set(log.map(({ action }) => action))]).toEqual([
      ...['legal-hold.add', 'legal-hold.look', 'legal-hold.export'],
      ...['legal-hold.release', 'legal-hold.restore'],
    ]);
    expect(problems).toEqual([]);
    await close();
    const at = { path: '/admin/holds', heading: 'Legal holds', name: 'admin-holds' };
    await looksWellEverywhere(rig, at, (shown) => shown.getByRole('row', { name: /@eve/ }).waitFor());
  });

  test('whoever may not hold evidence sees neither the page nor the way to it', async () => {
    const mo = await rig.people.signedIn('mo', 'moderator');
    const { page, close } = await rig.open(`/admin/accounts/${account}`, '@eve', {
      ...{ person: mo, role: 'moderator' },
    });
    expect(await page.getByRole('link', { name: 'Hold for authorities' }).count()).toBe(0);
    await page.goto('/admin/holds');
    await page.getByText('Your role does not include this page').waitFor();
    await close();
  });
});
