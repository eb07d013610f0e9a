import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

const rig = staffRig({ role: 'web' });

describe.skipIf(!hasBrowser)('the page about how somebody of the staff works', { timeout: 120_000 }, () => {
  test('keeps what is chosen: how evidence is shown, quiet hours, a summary', async () => {
    const mo = await rig.people.signedIn('mo', 'moderator');
    const { page, problems, close } = await rig.open('/admin/preferences', 'How you work', {
      ...{ person: mo, role: 'moderator' },
    });
    const kept = async () =>
      rig.server.context.db('staff_preferences').where({ account_id: mo.id }).first() ?? {};
    await page.getByRole('switch', { name: 'Without colours' }).click();
    await expect.poll(kept).toMatchObject({ greyscale: false, blur: true, quiet_from: null });
    await page.getByRole('switch', { name: 'Leave me alone at night' }).click();
    await page.getByLabel('Until', { exact: true }).selectOption('9');
    await expect.poll(kept).toMatchObject({ quiet_from: 22, quiet_until: 9 });
    await page.getByRole('switch', { name: 'What cannot wait comes all the same' }).click();
    await page.getByRole('switch', { name: 'Tell me each morning what waits' }).click();
    await expect.poll(kept).toMatchObject({ urgent: true, digest: true });
    await looksWell(page, 'admin-preferences-chosen');
    await page.reload();
    expect(await page.getByRole('switch', { name: 'Without colours' }).isChecked()).toBe(false);
    await page.getByRole('switch', { name: 'Leave me alone at night' }).click();
    await expect.poll(kept).toMatchObject({ quiet_from: null, quiet_until: null });
    expect(problems).toEqual([]);
    await close();
    const at = { path: '/admin/preferences', heading: 'How you work', name: 'admin-preferences' };
    await looksWellEverywhere(rig, at, (shown) =>
      shown.getByRole('switch', { name: 'Without sound' }).waitFor(),
    );
  });
});
