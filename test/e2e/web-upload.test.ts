import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Processing } from '../../web/src/api/types.ts';
import { axeViolations, hasBrowser, viewports, waitUntilPlaying } from '../helpers/browser.ts';
import { fakeAccount, fakeStatus } from '../helpers/fake-api.ts';
import { describeClip } from '../helpers/fake-media.ts';
import { eventually, useWebSite, wideClip } from '../helpers/web-site.ts';

const MIB = 1024 * 1024;
const alice = fakeAccount('1', 'alice');
/** The id that the fake server gives to every upload. */
const VIDEO_ID = '900';

const site = useWebSite();

const signIn = () => {
  site.api.state.accounts = [alice];
  site.api.state.me = { ...alice, role: { name: 'user' } };
};

/** Bytes that no browser can play; the fake server does not look at them. */
function makeFile(name: string, size: number): string {
  const path = join(site.directory, name);
  writeFileSync(path, Buffer.alloc(size, 7));
  return path;
}

const choose = (page: Page, files: string | { name: string; mimeType: string; buffer: Buffer }) =>
  page.locator('input[type=file]').setInputFiles(files);

const processing = (changes: Partial<Processing>): Processing => ({
  ...{ id: VIDEO_ID, state: 'processing', stage: null, percent: 0, reason: null, detail: null },
  ...{ playable: false, done: false, sizes: { made: [], planned: [] } },
  ...{ status_url: `/api/v1/statuses/${VIDEO_ID}`, url: `/@alice/${VIDEO_ID}` },
  ...changes,
});

/** Holds every PATCH back; gives the function that lets them go. */
function holdUploads(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  site.api.state.gate = promise;
  return () => {
    site.api.state.gate = null;
    resolve();
  };
}

const onlyUpload = () => [...site.api.state.uploads.values()][0];

const metadata = () =>
  Object.fromEntries(
    (onlyUpload()?.metadata ?? '').split(',').map((pair) => {
      const [key = '', value = ''] = pair.split(' ');
      return [key, Buffer.from(value, 'base64').toString()];
    }),
  );

describe.skipIf(!hasBrowser).each(Object.entries(viewports))('uploading on a %s', (_size, viewport) => {
  test('from a file to a clip that plays', async () => {
    signIn();
    site.api.state.statuses = [fakeStatus(VIDEO_ID, alice, describeClip(VIDEO_ID, wideClip))];
    const page = await site.open('/upload', { viewport });
    await page.getByText('Up to 20 MB and 3 min').waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await choose(page, makeFile('birds.mp4', 12 * MIB));
    await page.getByLabel('Caption').fill('Birds at seven');
    await page.getByText('486 characters left').waitFor();
    await page.getByRole('radio', { name: 'Followers' }).check();
    await page.getByLabel('Content warning (optional)').fill('Loud');
    await page.getByLabel('Description for people who cannot see it (optional)').fill('Two birds');
    const release = holdUploads();
    site.api.state.processing = [processing({ state: 'received' })];
    await page.getByRole('button', { name: 'Upload', exact: true }).click();

    const bar = page.getByRole('progressbar', { name: 'Upload progress' });
    await eventually(() => bar.evaluate((one) => (one as HTMLProgressElement).value)).toBeGreaterThan(30);
    // Read out in steps of 25.
    expect(await page.getByRole('status').filter({ hasText: 'Uploading, 25 %' }).count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
    release();

    await page.getByText('Waiting for a free place, 0 %').first().waitFor();
    site.api.state.processing = [processing({ stage: 'transcoding', percent: 62 })];
    await page.getByText('Making the sizes, 62 %').first().waitFor();
    expect(await page.getByRole('link', { name: /^Upload 62 %/ }).count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);

    site.api.state.processing = [
      processing({ state: 'published', percent: 100, playable: true, done: true }),
    ];
    await waitUntilPlaying(page);
    expect(await axeViolations(page)).toEqual([]);
    const open = page.getByRole('link', { name: 'Open clip' });
    expect(await open.getAttribute('href')).toBe(`/@alice/${VIDEO_ID}`);
    expect(onlyUpload()?.sent).toBe(12 * MIB);
    expect(metadata()).toEqual({
      ...{ filename: 'birds.mp4', filetype: 'video/mp4', caption: 'Birds at seven', visibility: 'followers' },
      ...{ sensitive: 'true', content_warning: 'Loud', alt_text: 'Two birds' },
    });
    await page.getByRole('button', { name: 'Upload another' }).click();
    expect(await page.getByLabel('Caption').inputValue()).toBe('');
  });

  test('a file that is too large is refused with both numbers before anything is sent', async () => {
    signIn();
    const page = await site.open('/upload', { viewport });
    await page.getByLabel('Caption').fill('A long film');
    await choose(page, makeFile('film.mp4', 21 * MIB));
    await page.getByText("film.mp4 is 21 MB, over this server's 20 MB limit.").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await choose(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
    await page.getByText('notes.txt is not a video.').waitFor();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText('Choose a video first.').waitFor();
    expect(await page.getByLabel('Caption').inputValue()).toBe('A long film');
    expect(site.api.state.calls.filter((call) => call.includes('uploads'))).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('uploading', () => {
  test('a clip that is too long is refused with both numbers', async () => {
    signIn();
    const { instance } = site.api.state;
    const media_attachments = { video_size_limit: 20 * MIB, video_duration_limit: 1 };
    site.api.state.instance = {
      ...instance,
      configuration: { ...instance.configuration, media_attachments },
    };
    const page = await site.open('/upload');
    await page.getByLabel('Caption').waitFor();
    await choose(page, join(site.directory, 'media', 'wide.mp4'));
    await page.getByText("wide.mp4 is 3 sec long, over this server's limit of 1 sec.").waitFor();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.waitForLoadState('networkidle');
    expect(await page.getByLabel('Caption').count()).toBe(1);
    expect(site.api.state.calls.filter((call) => call.includes('uploads'))).toEqual([]);
  });

  test("the server's refusal is shown in its words, and nothing that was written is lost", async () => {
    signIn();
    site.api.state.refusals.set('POST /api/v1/uploads', {
      ...{ status: 413, error: 'too-large', sentence: 'Your files here are 900 MB, the limit is 900 MB.' },
    });
    const page = await site.open('/upload', { expected: [/413/] });
    await choose(page, makeFile('birds.mp4', MIB));
    await page.getByLabel('Caption').fill('Birds at seven');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: 'Your files here are 900 MB, the limit is 900 MB.' })
      .waitFor();
    expect(await page.getByLabel('Caption').inputValue()).toBe('Birds at seven');
    expect(await page.getByText('birds.mp4').count()).toBe(1);
  });

  test('a clip that cannot be used is refused after the upload, in words', async () => {
    signIn();
    site.api.state.processing = [
      processing({ state: 'rejected', done: true, detail: 'This file has no picture.' }),
    ];
    const page = await site.open('/upload');
    await choose(page, makeFile('birds.mp4', MIB));
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'This file has no picture.' }).waitFor();
    await page.reload();
    await page.getByLabel('Caption').waitFor();
    expect(await page.getByText('An upload was interrupted').count()).toBe(0);
  });

  test('pausing, going on, and leaving the page while it runs', async () => {
    signIn();
    site.api.state.processing = [processing({ stage: 'storing', percent: 90 })];
    const page = await site.open('/upload');
    await choose(page, makeFile('birds.mp4', 12 * MIB));
    const release = holdUploads();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await eventually(() => onlyUpload()?.sent ?? 0).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page
      .getByText(/Paused at \d+ %/)
      .first()
      .waitFor();
    release();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('link', { name: 'Find' }).click();
    await page.getByRole('heading', { name: 'Find people' }).waitFor();
    await eventually(() => onlyUpload()?.sent).toBe(12 * MIB);
    await page.getByRole('link', { name: /Upload 90 %/ }).click();
    await page.getByText('Almost there, 90 %').first().waitFor();
  });

  test('going on after a reload, with the same file only', async () => {
    signIn();
    site.api.state.processing = [processing({ stage: 'storing', percent: 90 })];
    const page = await site.open('/upload');
    const birds = makeFile('birds.mp4', 12 * MIB);
    await choose(page, birds);
    await page.getByLabel('Caption').fill('Birds at seven');
    // The first part is let through, the second is held.
    let release: (() => void) | undefined;
    await page.route('**/api/v1/uploads/*', async (route) => {
      if (route.request().method() === 'PATCH' && onlyUpload()?.sent) release = holdUploads();
      await route.continue();
    });
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await eventually(() => onlyUpload()?.sent ?? 0).toBeGreaterThan(5 * MIB);
    await page.unrouteAll();
    await page.reload();
    release?.();
    await page.getByText(/birds\.mp4 stopped at \d+ %/).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await choose(page, makeFile('cats.mp4', 12 * MIB));
    await page.getByText('That is another file. Choose birds.mp4 to go on').waitFor();
    await choose(page, birds);
    await page.getByText('Almost there, 90 %').first().waitFor();
    expect(site.api.state.uploads.size).toBe(1);
    expect(onlyUpload()?.sent).toBe(12 * MIB);
    await page.reload();
    await page.getByText('Almost there, 90 %').first().waitFor();
  });

  test('cancelling tells the server to forget it', async () => {
    signIn();
    const page = await site.open('/upload');
    await choose(page, makeFile('birds.mp4', 12 * MIB));
    const release = holdUploads();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await eventually(() => onlyUpload()?.sent ?? 0).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Cancel upload' }).click();
    await page.getByText('Upload cancelled. Nothing was kept.').waitFor();
    release();
    await eventually(() => site.api.state.uploads.size).toBe(0);
    await page.getByLabel('Caption').waitFor();
  });
});
