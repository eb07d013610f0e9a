import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

let video = '';

const rig = staffRig({}, async ({ server: { context }, boss }) => {
  const { db } = context;
  video = await createVideoFactory(context).video(boss.account, { caption: 'Dancing on the roof' });
  await db('instances').insert({ host: 'loud.test' });
  const brake = { standing: 'held', reason: 'one-domain', share: 0.93, domain: 'loud.test' };
  await db('trend_decisions').insert({ of: 'tags', subject: 'loud', ...brake });
  await db('trend_decisions').insert({
    of: 'videos',
    subject: video,
    ...brake,
    reason: 'strangers',
    domain: null,
  });
});

const standing = async (subject: string) =>
  (await rig.server.context.db('trend_decisions').where({ subject }).first('standing'))?.standing;

describe.skipIf(!hasBrowser)('the page about trends', { timeout: 120_000 }, () => {
  test('what the brake holds is let in or kept out, and that is taken back', async () => {
    const at = { path: '/admin/trends?kind=statuses', heading: 'Trends', name: 'admin-trends' };
    await looksWellEverywhere(rig, at, (page) =>
      page.getByRole('row', { name: /Dancing on the roof .*93% by people whom nobody here knows/ }).waitFor(),
    );
    const { page, problems, close } = await rig.open('/admin/trends', 'Trends');
    const row = page.getByRole('row', { name: /loud/ });
    await row
      .filter({ hasText: 'Held until somebody decides' })
      .filter({ hasText: '93% from loud.test' })
      .waitFor();
    await page.getByRole('button', { name: 'Keep out: #loud' }).click();
    await row.filter({ hasText: 'Kept out' }).waitFor();
    expect(await standing('loud')).toBe('vetoed');
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.filter({ hasText: 'Held until somebody decides' }).waitFor();
    expect(await standing('loud')).toBe('held');
    await page.getByRole('tab', { name: 'Videos' }).click();
    await page.getByRole('button', { name: 'Let in: Dancing on the roof' }).click();
    await page.getByRole('row', { name: /Dancing on the roof Let in/ }).waitFor();
    expect(await standing(video)).toBe('approved');
    expect(problems).toEqual([]);
    await close();
  });

  test('how much a server counts is set by hand', async () => {
    const { page, problems, close } = await rig.open('/admin/trends', 'Trends', {
      ...{ size: 'phone' as const, expected: [/status of 404/] },
    });
    const form = page.getByRole('form', { name: 'How much a server counts' });
    await form.getByLabel('Server').fill('nowhere.test');
    await form.getByLabel('From 0 to 1').fill('7');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Write a number from 0 to 1').waitFor();
    await form.getByLabel('From 0 to 1').fill('0.5');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Nobody of this server is known here.').waitFor();
    await looksWell(page, 'admin-trends-trust');
    await form.getByLabel('Server').fill('loud.test');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It counts at once. Everybody can read it.').waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});

describe.skipIf(!hasBrowser)('the page about the ranking', { timeout: 120_000 }, () => {
  test('numbers are changed with a reason, refused where they cannot be, and reset', async () => {
    const { recommending } = rig.server.context;
    const { page, problems, close } = await rig.open('/admin/ranking', 'Ranking', {
      expected: [/status of 422/],
    });
    const trending = page.getByLabel('weights.trending');
    await trending.fill('much');
    await page.getByText('Write a number, such as 0.25.').waitFor();
    await trending.fill('900');
    const save = async (reason: string) => {
      await page.getByRole('form', { name: 'Ranking' }).getByRole('button', { name: 'Save' }).click();
      const dialog = page.getByRole('dialog', { name: 'Rank by these numbers?' });
      await dialog.getByLabel('Reason').fill(reason);
      await dialog.getByRole('button', { name: 'Save' }).click();
      return dialog;
    };
    const refused = await save('Louder.');
    await refused.getByRole('alert').waitFor();
    await refused.getByRole('button', { name: 'Cancel' }).click();
    await trending.fill('0.4');
    await save('What is new here should be seen.');
    await page
      .getByRole('row', { name: /weights\.trending 0\.4 What is new here should be seen\./ })
      .waitFor();
    expect((await recommending.settings.current()).settings.weights.trending).toBe(0.4);
    await page.getByRole('button', { name: 'Use all defaults' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Use all defaults' }).click();
    await page.getByText('All numbers are the defaults again.').waitFor();
    expect(await trending.inputValue()).toBe('0.2');
    expect(problems).toEqual([]);
    await close();
    const at = { path: '/admin/ranking', heading: 'Ranking', name: 'admin-ranking' };
    await looksWellEverywhere(rig, at, (shown) => shown.getByLabel('weights.trending').waitFor());
  });
});
