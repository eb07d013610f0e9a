import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

const rig = staffRig({
  variables: { RELEASE_FEED_URL: 'https://vireo.example/feed', RELEASE_FEED_KEY: 'A'.repeat(43).concat('=') },
});

/** What the feed said when it was read last. */
async function told(version: string | null, security = false): Promise<void> {
  const release = {
    version,
    security,
    publishedAt: '2026-11-01T00:00:00Z',
    url: 'https://vireo.example/new',
  };
  const value = JSON.stringify({
    ...{ triedAt: Date.now(), checkedAt: Date.now(), lastError: null, madeAt: '2026-11-27T00:00:00Z' },
    ...{ releases: version === null ? [] : [release], told: null },
  });
  const { db } = rig.server.context;
  await db('instance_settings').insert({ key: 'releases', value }).onConflict('key').merge({ value });
}

describe.skipIf(!hasBrowser)('word of new versions', { timeout: 120_000 }, () => {
  test('stands on every page of the staff until it is hidden, and again with the next version', async () => {
    await told('98.0.0');
    const { page, problems, close } = await rig.open('/admin/audit', 'Log');
    await page.getByText('Version 98.0.0 is there').waitFor();
    const notes = page.getByRole('link', { name: 'What is new' });
    expect(await notes.getAttribute('href')).toBe('https://vireo.example/new');
    await looksWell(page, 'admin-release');
    await page.getByRole('button', { name: 'Hide until the next one' }).click();
    await page.getByText('Version 98.0.0 is there').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { name: 'Log', level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.getByText('Version 98.0.0 is there').count()).toBe(0);

    await told('99.0.0', true);
    await page.reload();
    await page.getByRole('alert').getByText('Install 99.0.0 soon: it mends a hole').waitFor();
    await looksWell(page, 'admin-release-security');
    expect(problems).toEqual([]);
    await close();
  });

  test('is told to those who can do something about it alone', async () => {
    await told('99.0.0', true);
    const person = await rig.people.signedIn('milo', 'moderator');
    const { page, close } = await rig.open('/admin/audit', 'Log', { person, role: 'moderator' });
    await page.waitForLoadState('networkidle');
    expect(await page.getByText('99.0.0').count()).toBe(0);
    await close();
  });

  test('stands on the overview and on a page that says how to upgrade', async () => {
    await told('99.0.0', true);
    const { page, close } = await rig.open('/admin', 'Overview');
    await page
      .getByRole('main')
      .getByRole('link', { name: /^Version .*Install 99\.0\.0 soon/ })
      .click();
    await page.getByRole('heading', { name: 'Version', level: 1 }).waitFor();
    await close();
    const at = { path: '/admin/server', heading: 'Version', name: 'admin-server' };
    await looksWellEverywhere(rig, at, async (shown) => {
      await shown.getByText(/^\d{4}_\w+$/).waitFor();
      await shown.getByText('No worker lives.').waitFor();
    });
  });

  test('locks the server and opens it again, and the overview tells of it meanwhile', async () => {
    await told(null);
    const { page, problems, close } = await rig.open('/admin/server', 'Version');
    await page.getByText('The server is open.').waitFor();
    await page.getByRole('button', { name: 'Lock the server' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('A word for the people').fill('Back at noon.');
    await dialog.getByLabel('Reason').fill('A new disk.');
    await dialog.getByRole('button', { name: 'Lock the server' }).click();
    await page.getByText('The server is locked since').waitFor();
    await page.getByText('Back at noon.').waitFor();
    await looksWell(page, 'admin-server-locked');
    await page.goto(`${rig.server.origin}/admin`);
    await page
      .getByRole('main')
      .getByRole('link', { name: /The server is locked/ })
      .click();
    await page.getByRole('button', { name: 'Open the server' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Open the server' }).click();
    await page.getByText('The server is open.').first().waitFor();
    expect(await rig.server.context.serverLock.status()).toBeNull();
    expect(problems).toEqual([]);
    await close();
  });
});
