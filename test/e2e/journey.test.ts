import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, openPage, viewports, waitUntilPlaying } from '../helpers/browser.ts';
import { clip, corpusFile } from '../helpers/media-samples.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** The main job, as two people do it in their browsers: a clip goes from one server to another and plays there. */
describe.skipIf(!hasBrowser)('from one server to another', { timeout: 180_000 }, () => {
  let directory: string;
  let file: string;
  let browser: Browser;
  let a: TestServer;
  let b: TestServer;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vireo-journey-'));
    file = corpusFile('ax_rotated270_cut.mp4') ?? (await clip(directory, 'clip.mp4'));
    browser = await launchBrowser();
    a = await startTestServer({ role: 'all', host: '127.0.0.2' });
    b = await startTestServer({ role: 'all', host: '127.0.0.3' });
  });
  afterAll(async () => {
    await browser?.close();
    await a?.close();
    await b?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('Alice uploads, Bob follows her from elsewhere, watches, and it is gone when she deletes it', async () => {
    const alice = await openPage(browser, a.origin);
    const bob = await openPage(browser, b.origin, {
      viewport: viewports.desktop,
      // The clip is asked for once more at the moment it disappears.
      expected: [/status of (404|410)/],
    });
    await createAccount(alice.page, 'alice');
    await createAccount(bob.page, 'bob');

    await bob.page.goto('/search');
    await bob.page
      .getByRole('combobox', { name: 'Search for people' })
      .fill(`@alice@${new URL(a.origin).host}`);
    await bob.page.getByRole('combobox', { name: 'Search for people' }).press('Enter');
    await bob.page.getByRole('button', { name: /^Follow @alice@/ }).click();
    await bob.page.getByRole('button', { name: /Stop following @alice@/ }).waitFor();

    await alice.page.goto('/upload');
    await alice.page.locator('input[type=file]').setInputFiles(file);
    await alice.page.getByLabel('Caption', { exact: true }).fill('From my window #morning');
    await alice.page.getByRole('button', { name: 'Upload', exact: true }).click();
    await alice.page.getByText('Your clip is out').first().waitFor({ timeout: 120_000 });
    await alice.page.goto('/?feed=local');
    await waitUntilPlaying(alice.page);

    await bob.page.goto('/?feed=following');
    const arrived = bob.page.getByRole('article').filter({ hasText: 'From my window' });
    await expect.poll(() => reloadUntil(bob.page, arrived), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => ownCopyPlays(bob.page, b.origin), { timeout: 90_000, interval: 500 }).toBe(true);

    await alice.page.goto('/@alice');
    await alice.page.getByRole('link', { name: /From my window/ }).click();
    await alice.page.getByRole('button', { name: 'Delete', exact: true }).click();
    await alice.page.getByRole('button', { name: 'Delete clip' }).click();
    await alice.page.getByText('Clip deleted.').waitFor();
    await expect
      .poll(async () => (await reloadUntil(bob.page, arrived)) === false, { timeout: 60_000, interval: 500 })
      .toBe(true);

    expect(alice.problems).toEqual([]);
    expect(bob.problems).toEqual([]);
  });
});

async function createAccount(page: Page, name: string): Promise<void> {
  await page.goto('/register');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password').fill('a long enough password');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('link', { name: 'Profile', exact: true }).waitFor();
}

/** Looks at the feed anew; true when the clip is in it. */
async function reloadUntil(page: Page, article: ReturnType<Page['locator']>): Promise<boolean> {
  await page.reload();
  await page.getByRole('link', { name: 'Upload', exact: true }).first().waitFor();
  await page.waitForLoadState('networkidle');
  return (await article.count()) > 0;
}

/** A clip plays, and every byte of it comes from the given server. */
async function ownCopyPlays(page: Page, origin: string): Promise<boolean> {
  return page.evaluate((own) => {
    const isPlaying = [...document.querySelectorAll('video')].some(
      (video) => video.readyState >= 2 && !video.paused && video.currentTime > 0.2,
    );
    const media = performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/media/'));
    return isPlaying && media.length > 0 && media.every((entry) => entry.name.startsWith(own));
  }, origin);
}
