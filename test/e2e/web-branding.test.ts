import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { ffmpegRaw } from '../helpers/media-samples.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

const rig = staffRig({ variables: { INSTANCE_NAME: 'Bird Films', TRANSPARENCY_REPORT: 'public' } });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vireo-look-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function picture(name: string, colour: string, size: string): Promise<string> {
  const path = join(folder, name);
  await ffmpegRaw('-f', 'lavfi', '-i', `color=${colour}:s=${size}`, '-frames:v', '1', '-update', '1', path);
  return path;
}

describe.skipIf(!hasBrowser)('what a server looks like', { timeout: 180_000 }, () => {
  test('a logo is chosen, stands in the navigation, and is taken back', async () => {
    const { page, problems, close } = await rig.open('/admin/about', 'Pages and look');
    const logo = page.getByRole('region', { name: 'Logo' });
    await logo.getByText('There is none').waitFor();
    await logo.locator('input[type=file]').setInputFiles(await picture('logo.png', 'orange', '320x80'));
    await page.getByText('New picture: Logo.').waitFor();
    const sign = page.locator('nav svg[viewBox="0 0 32 32"]').first();
    await page.reload();
    await logo.locator('img').first().waitFor();
    const shown = await sign.evaluate((element) => {
      const { backgroundImage, width } = getComputedStyle(element);
      return [backgroundImage, width, getComputedStyle(element.children[0] as Element).display];
    });
    expect(shown[0]).toContain('-logo.png');
    expect(shown[2]).toBe('none');
    await logo.getByRole('button', { name: 'Remove: Logo' }).click();
    await logo.getByText('There is none').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await logo.locator('img').first().waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test('a banner is described, and all of it looks well everywhere', async () => {
    const { page, close } = await rig.open('/admin/about', 'Pages and look');
    const banner = page.getByRole('region', { name: 'Banner' });
    await banner.locator('input[type=file]').setInputFiles(await picture('banner.jpg', 'teal', '1200x630'));
    await page.getByText('New picture: Banner.').waitFor();
    await banner.getByRole('textbox', { name: 'What the banner shows' }).fill('A pond.');
    await banner.getByRole('button', { name: 'Save the description' }).click();
    await page.getByText('The description is saved.').waitFor();
    expect(await banner.getByRole('img', { name: 'A pond.' }).count()).toBe(2);
    const icon = page.getByRole('region', { name: 'Icon' });
    await icon.locator('input[type=file]').setInputFiles(await picture('icon.png', 'purple', '512x512'));
    await page.getByText('New picture: Icon.').waitFor();
    await close();
    const at = { path: '/admin/about', heading: 'Pages and look', name: 'admin-branding' };
    await looksWellEverywhere(rig, at, async (shown) => {
      await shown.getByRole('img', { name: 'A pond.' }).first().waitFor();
    });
  });

  test('further tokens are shown before they are saved, and what cannot be read is refused', async () => {
    const { page, close } = await rig.open('/admin/about', 'Pages and look');
    const field = page.getByLabel('Further colours, corners and the typeface');
    await field.fill('text: #777777 #eeeeee');
    await page.getByText('An error').first().waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('cannot be read on light pages').waitFor();
    await looksWell(page, 'admin-theme-refused');
    await close();
  });
});

describe.skipIf(!hasBrowser)('a year in numbers', { timeout: 180_000 }, () => {
  test('is a page about the server for those who may read it', async () => {
    const { db } = rig.server.context;
    const month = `${new Date().getUTCFullYear()}-01-01`;
    const counted = (subject: string, kind: string, count: number) => ({ month, subject, kind, count });
    await db('transparency_months').insert([
      ...[counted('report', 'all', 43), counted('report-source', 'people', 31)],
      ...[counted('report-source', 'servers', 12), counted('report-category', 'violation', 40)],
      ...[counted('report-category', 'spam', 3), counted('report-rule', '1', 40)],
      ...[counted('measure', 'suspend people', 8), counted('measure', 'sensitive automated', 17)],
      ...[
        counted('measure-lifted', 'suspend', 2),
        counted('appeal', 'filed', 6),
        counted('appeal', 'rejected', 5),
      ],
      ...[
        counted('domain', 'suspend', 14),
        counted('claim', 'filed', 5),
        counted('report-decided', '54', 12),
      ],
    ]);
    const at = { path: '/about/transparency', heading: 'What was done on Bird Films, in numbers' };
    await looksWellEverywhere(rig, { ...at, name: 'about-transparency' }, async (shown) => {
      await shown.getByRole('heading', { name: 'Measures' }).waitFor();
      await shown.getByRole('row', { name: 'Spam fewer than 5' }).waitFor();
    });
  });
});

describe.skipIf(!hasBrowser)('relays', { timeout: 180_000 }, () => {
  test('are added by their address, paused, listened to again and removed', async () => {
    const { page, close } = await rig.open('/admin/relays', 'Relays', { expected: [/422/] });
    await page.getByText('No relays yet').waitFor();
    const address = page.getByRole('textbox', { name: 'Address' });
    await address.fill('nowhere');
    await page.getByRole('button', { name: 'Ask it' }).click();
    await page.getByText('Give the address of the relay’s inbox or actor.').waitFor();
    await address.fill('http://127.0.0.3:9/inbox');
    await page.getByRole('button', { name: 'Ask it' }).click();
    await page.getByRole('table').getByText('Waiting for its answer').waitFor();
    await page.getByRole('button', { name: 'Pause 127.0.0.3:9' }).click();
    await page.getByRole('table').getByText('Paused').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Pause 127.0.0.3:9' }).waitFor();
    await looksWellEverywhere(
      rig,
      { path: '/admin/relays', heading: 'Relays', name: 'admin-relays' },
      async (shown) => {
        await shown.getByText('http://127.0.0.3:9/inbox').waitFor();
      },
    );
    await page.getByRole('button', { name: 'Remove 127.0.0.3:9' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('No relays yet').waitFor();
    await close();
  });
});
