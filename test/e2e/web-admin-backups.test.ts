import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

const DAY_MS = 86_400_000;

describe.skipIf(!hasBrowser)('backups, where a worker lives', { timeout: 180_000 }, () => {
  // Only what is asked for here: by itself, the server would make one at its hour, and try to restore the first that there is.
  const rig = staffRig({ role: 'all', variables: { BACKUPS: 'off' } });

  test('one is made, read and tried from the page, each with what came of it', async () => {
    const { backups, db } = rig.server.context;
    const { page, problems, close } = await rig.open('/admin/backups', 'Backups');
    await page.getByText('There is no backup yet').waitFor();
    await page.getByRole('button', { name: 'Make a backup now' }).click();
    await page.getByText('A worker begins within seconds.').waitFor();
    const shelf = page.getByRole('table', { name: 'What there is' });
    const read = shelf.getByRole('button', { name: /^Read through: / });
    await read.waitFor({ timeout: 60_000 });
    const done = (what: RegExp) => page.getByRole('row', { name: what }).waitFor({ timeout: 60_000 });
    await done(/^Make a backup .*Fine [\d,]+ rows, /);
    await read.click();
    await done(/^Read a backup through .*are as they should be/);
    await page.getByRole('button', { name: 'Try to restore the newest' }).click();
    await done(/^Try a restore .*\d+ tables, [\d,]+ rows/);
    await looksWell(page, 'admin-backups-done');

    const made = (await backups.runs(10)).find(({ kind }) => kind === 'create');
    expect(made).toMatchObject({ state: 'done', fault: null });
    const log = db('audit_log').where('action', 'like', 'backup.%').orderBy('id');
    expect(await log.pluck('action')).toEqual(['backup.create', 'backup.verify', 'backup.rehearse']);
    expect(problems).toEqual([]);
    await close();
  });
});

describe.skipIf(!hasBrowser)('backups, as the page tells of them', { timeout: 120_000 }, () => {
  const rig = staffRig();

  test('how far a work is, that it failed and why, and that it was cut off', async () => {
    const { db, backups } = rig.server.context;
    const begun = { kind: 'create', started_at: new Date(), seen_at: new Date(), step: 'videos: 12 rows' };
    const [row] = await db('backup_runs').insert(begun).returning('id');
    const run = () => db('backup_runs').where(row);
    const { page, close } = await rig.open('/admin/backups', 'Backups', { size: 'phone' });
    await page.getByText('videos: 12 rows').waitFor();
    await page.getByRole('progressbar', { name: 'Make a backup' }).waitFor();
    await looksWell(page, 'admin-backups-running');
    await run().update({ finished_at: new Date(), fault: 'No space is left on the device.' });
    await page.getByText('No space is left on the device.').waitFor();
    await page.getByText('The last try failed').waitFor();
    await close();
    await run().update({ finished_at: null, fault: null, seen_at: new Date(Date.now() - DAY_MS) });
    expect((await backups.runs(1))[0]?.state).toBe('cut-off');
    await run().delete();
  });

  test('that what was asked for waits where nobody works', async () => {
    const { db } = rig.server.context;
    await db('backup_asks').insert({ kind: 'verify', asked_at: new Date(Date.now() - 60_000) });
    const { page, close } = await rig.open('/admin/backups', 'Backups');
    await page.getByText(/^Read a backup through: waits for a worker since/).waitFor();
    await page.getByRole('link', { name: /^No worker takes it/ }).waitFor();
    await close();
    await db('backup_asks').delete();
  });

  test('that there was none for too long, on the overview, too', async () => {
    const longAgo = new Date(Date.now() - 3 * DAY_MS);
    await rig.server.context.db('migrations').update({ migration_time: longAgo });
    const at = { path: '/admin/backups', heading: 'Backups', name: 'admin-backups' };
    await looksWellEverywhere(rig, at, async (page) => {
      await page.getByRole('alert').getByText('There is no recent backup').waitFor();
      await page.getByText('There is no backup yet').waitFor();
    });
    const { page, close } = await rig.open('/admin', 'Overview');
    await page.getByRole('link', { name: /^Last good backup None yet There is no recent backup/ }).click();
    await page.getByRole('heading', { name: 'Backups', level: 1 }).waitFor();
    await close();
  });
});
