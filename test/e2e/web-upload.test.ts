import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, viewports, waitUntilPlaying } from '../helpers/browser.ts';
import { fakeStatus } from '../helpers/fake-entities.ts';
import { describeClip } from '../helpers/fake-media.ts';
import { alice, choose, MIB, processing, uploadsOn, VIDEO_ID } from '../helpers/upload-page.ts';
import { eventually, useWebSite, wideClip } from '../helpers/web-site.ts';

const site = useWebSite();
const { signIn, makeFile, holdUploads, onlyUpload } = uploadsOn(site);

describe.skipIf(!hasBrowser).each(Object.entries(viewports))('uploading on a %s', (_size, viewport) => {
  test('from a file to a clip that plays', async () => {
    signIn();
    site.api.state.statuses = [fakeStatus(VIDEO_ID, alice, describeClip(VIDEO_ID, wideClip))];
    const page = await site.open('/upload', { viewport });
    await page.getByText('Up to 20 MB and 3 min').waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await choose(page, makeFile('birds.mp4', 12 * MIB));
    await page.getByLabel('Caption', { exact: true }).fill('Birds at seven');
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
    expect(onlyUpload()?.said).toEqual({
      ...{ filename: 'birds.mp4', caption: 'Birds at seven', visibility: 'followers' },
      ...{ sensitive: true, content_warning: 'Loud', alt_text: 'Two birds' },
      permissions: { comment: true, download: true, duet: true, stitch: true, sound: true, ask: false },
    });
    await page.getByRole('button', { name: 'Upload another' }).click();
    expect(await page.getByLabel('Caption', { exact: true }).inputValue()).toBe('');
  });

  test('a file that is too large is refused with both numbers before anything is sent', async () => {
    signIn();
    const page = await site.open('/upload', { viewport });
    await page.getByLabel('Caption', { exact: true }).fill('A long film');
    await choose(page, makeFile('film.mp4', 21 * MIB));
    await page.getByText("film.mp4 is 21 MB, over this server's 20 MB limit.").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await choose(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
    await page.getByText('notes.txt is not a video.').waitFor();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText('Choose a video first.').waitFor();
    expect(await page.getByLabel('Caption', { exact: true }).inputValue()).toBe('A long film');
    expect(site.api.state.calls.filter((call) => /uploads|POST .*videos/.test(call))).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('uploading', () => {
  test('a clip that is too long is refused with both numbers', async () => {
    signIn();
    const { instance } = site.api.state;
    const limits = instance.configuration.media_attachments;
    const media_attachments = { ...limits, video_size_limit: 20 * MIB, video_duration_limit: 1 };
    site.api.state.instance = {
      ...instance,
      configuration: { ...instance.configuration, media_attachments },
    };
    const page = await site.open('/upload');
    await page.getByLabel('Caption', { exact: true }).waitFor();
    await choose(page, join(site.directory, 'media', 'wide.mp4'));
    await page.getByText('This video is 3 sec long; this server takes 1 sec. Trim it below.').waitFor();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: '3 sec of this video would be kept' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.getByLabel('Caption', { exact: true }).count()).toBe(1);
    expect(site.api.state.calls.filter((call) => /uploads|POST .*videos/.test(call))).toEqual([]);
  });

  test("the server's refusal is shown in its words, and nothing that was written is lost", async () => {
    signIn();
    site.api.state.refusals.set('POST /api/v1/videos', {
      ...{ status: 413, error: 'too-large', sentence: 'Your files here are 900 MB, the limit is 900 MB.' },
    });
    const page = await site.open('/upload', { expected: [/413/] });
    await choose(page, makeFile('birds.mp4', MIB));
    await page.getByLabel('Caption', { exact: true }).fill('Birds at seven');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: 'Your files here are 900 MB, the limit is 900 MB.' })
      .waitFor();
    expect(await page.getByLabel('Caption', { exact: true }).inputValue()).toBe('Birds at seven');
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
    await page.getByLabel('Caption', { exact: true }).waitFor();
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
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: 'Search', exact: true }).waitFor();
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
    await page.getByLabel('Caption', { exact: true }).fill('Birds at seven');
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
    await page.getByLabel('Caption', { exact: true }).waitFor();
  });
});

describe.skipIf(!hasBrowser).each([
  ['phone', 'dark'],
  ['desktop', 'light'],
] as const)('what is said of an upload, on a %s, %s', (size, colorScheme) => {
  test('a part of the file, its picture, a time and permissions, by keyboard', async () => {
    signIn();
    site.api.state.statuses = [fakeStatus(VIDEO_ID, alice, describeClip(VIDEO_ID, wideClip))];
    site.api.state.processing = [processing({ stage: 'storing', percent: 90 })];
    const page = await site.open('/upload', { viewport: viewports[size], colorScheme });
    await choose(page, join(site.directory, 'media', 'wide.mp4'));
    const begins = page.getByRole('slider', { name: 'Begins at' });
    const ends = page.getByRole('slider', { name: 'Ends at' });
    await begins.focus();
    for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowRight');
    expect(await begins.getAttribute('aria-valuetext')).toBe('0:00.5 of 0:03.0');
    await ends.focus();
    // The end stops behind the beginning.
    await page.keyboard.press('Home');
    expect(await ends.getAttribute('aria-valuetext')).toBe('0:01.1 of 0:03.0');
    for (let press = 0; press < 9; press += 1) await page.keyboard.press('ArrowRight');
    const shown = page.getByLabel('What is kept of the video');
    await eventually(() => shown.evaluate((one) => (one as HTMLVideoElement).currentTime.toFixed(1))).toBe(
      '2.0',
    );
    await page.getByLabel('Picture', { exact: true }).selectOption('square');
    await page.getByRole('slider', { name: 'From left to right' }).press('Home');
    await page.getByRole('button', { name: 'Play this part' }).press('Enter');
    await page.getByRole('button', { name: 'Play this part' }).waitFor();
    await page.getByRole('radio', { name: 'A frame of the clip' }).check();
    await page.getByRole('slider', { name: 'Place in the clip' }).press('PageUp');
    await page.getByLabel('Language', { exact: true }).first().selectOption('de');
    await page.getByLabel('Make a duet').uncheck();
    await page.getByRole('radio', { name: 'At a time' }).check();
    await page.getByLabel('Time', { exact: true }).fill('2029-05-06T07:08');
    expect(await axeViolations(page)).toEqual([]);
    const release = holdUploads();
    await page.getByRole('button', { name: 'Upload', exact: true }).press('Enter');
    await eventually(() => onlyUpload()?.said).toMatchObject({
      edit: { in: 0.5, out: 2, crop: { x: 0, y: 0, width: 0.5625, height: 1 }, cuts: [] },
      ...{ language: 'de', scheduled_at: new Date('2029-05-06T07:08').toISOString() },
      permissions: { comment: true, download: true, duet: false, stitch: true, sound: true },
    });
    // It goes on while another page is shown, and can be stopped and gone on with there.
    await page.getByRole('link', { name: 'Search' }).click();
    const tray = page.getByRole('complementary', { name: 'Upload' });
    await tray.getByText('wide.mp4').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    release();
    await tray.getByText('Almost there, 90 %').waitFor();
    site.api.state.processing = [processing({ state: 'draft', percent: 100, playable: true, done: true })];
    await tray.getByText('Your clip waits for its time').waitFor();
    expect(await tray.getByRole('link', { name: 'Open in the studio' }).getAttribute('href')).toBe(
      `/studio/${VIDEO_ID}`,
    );
    await tray.getByRole('button', { name: 'Dismiss' }).click();
    await tray.waitFor({ state: 'detached' });
  });

  test('a draft is kept, and found after a reload of another page', async () => {
    signIn();
    site.api.state.processing = [processing({ stage: 'storing', percent: 90 })];
    const page = await site.open('/upload', { viewport: viewports[size], colorScheme });
    await choose(page, makeFile('birds.mp4', MIB));
    await page.getByRole('radio', { name: 'Not yet' }).check();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText('Almost there, 90 %').first().waitFor();
    expect(onlyUpload()?.said).toMatchObject({ draft: true });
    await page.goto('/find');
    const tray = page.getByRole('complementary', { name: 'Upload' });
    await tray.getByText('Almost there, 90 %').waitFor();
    await tray.getByRole('link', { name: 'Show' }).click();
    site.api.state.processing = [processing({ state: 'draft', percent: 100, playable: true, done: true })];
    await page.getByRole('heading', { name: 'Your draft is kept' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Upload another' }).click();
    await page.getByLabel('Caption', { exact: true }).waitFor();
  });
});
