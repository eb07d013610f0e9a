import { describe, expect, test } from 'vitest';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser } from '../helpers/browser.ts';
import { picture } from '../helpers/signed-in-page.ts';
import { staffRig } from '../helpers/staff-page.ts';

const rig = staffRig({}, async ({ server }) => {
  const { db, ids } = server.context;
  const dead = { name: 'media.purge', queue: 'default', state: 'dead', attempts: 20, died_at: new Date() };
  for (const error of ['The store is away.', 'It broke.']) {
    await db('jobs').insert({ ...dead, id: ids.next(), payload: '{"videoId":"1"}', last_error: error });
  }
});

describe.skipIf(!hasBrowser)('the page of queues', { timeout: 120_000 }, () => {
  test('shows what failed; retry, discard and pause are done and said', async () => {
    const { page, problems, close } = await rig.open('/admin/queues', 'Queues');
    await page.getByText('No worker lives').waitFor();
    await page.getByRole('cell', { name: 'The store is away.' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'admin-queues');
    const rows = page.getByRole('table', { name: 'Jobs' }).getByRole('row');
    const away = rows.filter({ hasText: 'The store is away.' });
    await away.getByRole('button', { name: /^Retry/ }).click();
    await page.getByText('It runs again.').waitFor();
    await away.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Discard job/ }).click();
    const dialog = page.getByRole('dialog');
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await page.getByText('Nothing here').waitFor();
    await page.getByRole('button', { name: 'Pause media' }).click();
    await page.getByRole('button', { name: 'Resume media' }).waitFor();
    expect(await rig.server.context.db('queue_pauses').pluck('queue')).toEqual(['media']);
    expect(await rig.server.context.db('jobs').pluck('state')).toEqual(['pending']);
    expect(problems).toEqual([]);
    await close();
  });

  test('fits a phone, and nothing is in the way', async () => {
    const { page, problems, close } = await rig.open('/admin/queues', 'Queues', { size: 'phone' });
    await page.getByText('Nothing here').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
    await picture(page, 'admin-queues-phone');
    expect(problems).toEqual([]);
    await close();
  });
});
