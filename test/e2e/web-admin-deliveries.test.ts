import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

const DAY_MS = 86_400_000;

const rig = staffRig({}, async ({ server: { context }, boss }) => {
  const { db, ids } = context;
  for (const host of ['away.test', 'slow.test']) {
    await db('instances').insert({ host });
    const failing = { failing_since: new Date(Date.now() - DAY_MS), failures: 7, updated_at: new Date() };
    await db('delivery_hosts').insert({ host, ...failing });
  }
  for (const [n, host] of ['away.test', 'away.test', 'slow.test'].entries()) {
    const uri = `https://video.example/activities/${n}`;
    const [activity] = await db('activities')
      .insert({
        ...{ id: ids.next(), uri, account_id: boss.id, type: 'Create', object_uri: '', digest: '' },
        body: JSON.stringify({ type: 'Create', id: uri }),
      })
      .returning(['id as activity_id', 'position', 'account_id']);
    await db('deliveries').insert({
      ...{ ...activity, inbox_uri: `https://${host}/inbox`, host, state: 'dead', attempts: 12 },
      ...{ last_status: 502, last_error: 'It answered with nonsense.', finished_at: new Date() },
    });
  }
});

const states = () => rig.server.context.db('deliveries').orderBy('id').pluck('state');

describe.skipIf(!hasBrowser)('the page about deliveries', { timeout: 120_000 }, () => {
  test('looks well, and the overview leads there', async () => {
    const at = { path: '/admin/deliveries', heading: 'Deliveries', name: 'admin-deliveries' };
    await looksWellEverywhere(rig, at, async (page) => {
      await page.getByRole('table', { name: 'Given up' }).waitFor();
      await page.getByRole('table', { name: 'Servers that do not answer' }).waitFor();
    });
    const { page, close } = await rig.open('/admin', 'Overview');
    await page.getByRole('link', { name: /^Servers that do not answer 2 / }).click();
    await page.getByRole('heading', { name: 'Deliveries', level: 1 }).waitFor();
    await close();
  });

  test('what was given up is looked at, tried again and discarded, one by one or all of a server', async () => {
    const { page, problems, close } = await rig.open('/admin/deliveries', 'Deliveries');
    const dead = page.getByRole('table', { name: 'Given up' }).getByRole('row', { name: /test/ });
    await dead
      .filter({ hasText: 'slow.test' })
      .getByRole('button', { name: /^Look at it/ })
      .click();
    await page.getByRole('dialog').getByText('"id": "https://video.example/activities/2"').waitFor();
    await looksWell(page, 'admin-deliveries-inspect');
    await page.keyboard.press('Escape');
    await dead
      .filter({ hasText: 'slow.test' })
      .getByRole('button', { name: /^Retry/ })
      .click();
    await page.getByText('1 delivery is tried for another week.').waitFor();
    await dead.filter({ hasText: 'slow.test' }).waitFor({ state: 'detached' });
    expect((await states()).filter((state) => state === 'dead')).toHaveLength(2);

    await page.getByRole('textbox', { name: 'Server' }).fill('away.test');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Discard all of away.test' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('2 deliveries are gone.').waitFor();
    expect(await states()).toHaveLength(1);
    expect(problems).toEqual([]);
    await close();
  });
});
