import { describe, expect, test } from 'vitest';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser } from '../helpers/browser.ts';
import { picture } from '../helpers/signed-in-page.ts';
import { staffRig } from '../helpers/staff-page.ts';

const rig = staffRig({ variables: { MAX_UPLOAD_MB: '7', REGISTRATIONS: '' } });

describe.skipIf(!hasBrowser)('settings', { timeout: 120_000 }, () => {
  test.each(['phone', 'desktop'] as const)('%s: change, refusal, save, default again', async (size) => {
    const { settings } = rig.server.context;
    const opened = await rig.open('/admin/settings', 'Settings', { size, expected: [/status of 422/] });
    const { page } = opened;
    await page.getByLabel('Name of the server').waitFor();
    expect(await page.getByText('Set by the environment of the server').first().isVisible()).toBe(true);
    expect(await page.getByLabel('Largest upload').count()).toBe(0);

    await page.getByRole('textbox', { name: 'Name of the server' }).fill(`Owls on ${size}`);
    await page.getByLabel('Who may join').selectOption({ label: 'Nobody' });
    await page.getByRole('textbox', { name: 'Colour of the sign' }).fill('green');
    await page.getByText('3 changes').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save these changes?' });
    await dialog.getByLabel('Reason').fill('A new season.');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('six hexadecimal digits').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(settings.byName('INSTANCE_NAME')).toMatchObject({ source: 'default' });

    await page.getByRole('textbox', { name: 'Colour of the sign' }).fill('#ffcc00');
    await page.getByRole('button', { name: 'Save' }).click();
    await dialog.getByLabel('Reason').fill('A new season.');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => settings.byName('REGISTRATIONS')?.value, { timeout: 20_000 }).toBe('closed');
    expect(settings.byName('INSTANCE_NAME')?.value).toBe(`Owls on ${size}`);
    await picture(page, `admin-settings-${size}`);
    expect(await axeViolations(page)).toEqual([]);

    for (const name of ['Name of the server', 'Who may join', 'Colour of the sign']) {
      await page.getByRole('button', { name: `Use the default: ${name}` }).click();
    }
    await page.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => settings.byName('INSTANCE_NAME')?.source, { timeout: 20_000 }).toBe('default');
    expect(opened.problems).toEqual([]);
    await opened.close();
  });

  test('one is found by its name, and the search lies in the address', async () => {
    const opened = await rig.open('/admin/settings', 'Settings');
    const { page } = opened;
    await page.getByLabel('Find a setting', { exact: true }).last().fill('rules');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=rules/);
    await expect.poll(() => page.getByLabel('Name of the server').count(), { timeout: 20_000 }).toBe(0);
    expect(await page.getByLabel('Rules').count()).toBe(1);
    expect(opened.problems).toEqual([]);
    await opened.close();
  });
});
