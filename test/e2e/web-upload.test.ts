import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Processing } from '../../web/src/api/types.ts';
import { axeViolations, hasBrowser, viewports, waitUntilPlaying } from '../helpers/browser.ts';
import { fakeAccount, fakeCredentials, fakeStatus } from '../helpers/fake-entities.ts';
import { describeClip } from '../helpers/fake-media.ts';
import { ffmpegRaw } from '../helpers/media-samples.ts';
import { eventually, useWebSite, wideClip } from '../helpers/web-site.ts';

const MIB = 1024 * 1024;
const alice = fakeAccount('1', 'alice');
/** The id that the fake server gives to every upload. */
const VIDEO_ID = '900';

const site = useWebSite();

const signIn = () => {
  site.api.state.accounts = [alice];
  site.api.state.me = fakeCredentials(alice);
};

/** Bytes that no browser can play; the fake server does not look at them. */
function makeFile(name: string, size: number): string {
  const path = join(site.directory, name);
  writeFileSync(path, Buffer.alloc(size, 7));
  return path;
}

/** What a browser sees of a video whose codec it does not know: a length, and no picture. */
async function soundAlone(): Promise<string> {
  const path = join(site.directory, 'sound.mp4');
  await ffmpegRaw('-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', path);
  return path;
}

type ChosenFile = string | { name: string; mimeType: string; buffer: Buffer };

const choose = (page: Page, files: ChosenFile) => chooseAs(page, /^Choose (a|another) video$/, files);

/** The field behind a button is not for people, and has the same label. */
const chooseAs = (page: Page, label: string | RegExp, files: ChosenFile) =>
  page.locator('input[type=file]').and(page.getByLabel(label)).setInputFiles(files);

const captionsFile = (name: string, text: string): ChosenFile => ({
  ...{ name, mimeType: 'text/vtt' },
  buffer: Buffer.from(`WEBVTT\n\n00:00:00.000 --> 00:00:03.000\n${text}\n`),
});

const putCalls = () => site.api.state.calls.filter((call) => /^(PUT|DELETE) /.test(call));

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
      permissions: { comment: true, download: true, duet: true, stitch: true },
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

describe.skipIf(!hasBrowser)('cover and captions', () => {
  test('by keyboard: a frame, captions, and a clip that plays with both', async () => {
    signIn();
    site.api.state.statuses = [fakeStatus(VIDEO_ID, alice, describeClip(VIDEO_ID, wideClip))];
    site.api.state.processing = [processing({ stage: 'reading' })];
    const page = await site.open('/upload');
    await choose(page, join(site.directory, 'media', 'wide.mp4'));
    await page.getByRole('radio', { name: 'Chosen by this server' }).focus();
    await page.keyboard.press('ArrowDown');
    const slider = page.getByRole('slider', { name: 'Place in the clip' });
    await eventually(() => slider.getAttribute('max')).toMatch(/^2\.[89]/);
    await page.keyboard.press('Tab');
    for (let press = 0; press < 12; press += 1) await page.keyboard.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).toBe('1.2 of 3 sec');
    await page.getByText('0:01.2').waitFor();
    const shown = page.getByLabel('The frame that will be the cover');
    await eventually(() =>
      shown.evaluate((video) => (video as HTMLVideoElement).currentTime.toFixed(1)),
    ).toBe('1.2');
    await chooseAs(page, 'Add captions', captionsFile('birds.vtt', 'Two birds sing'));
    await chooseAs(page, /^Add captions in/, captionsFile('cats.fr.vtt', 'Deux chats'));
    await page.getByRole('button', { name: 'Leave out cats.fr.vtt' }).press('Enter');
    const group = page.getByRole('group', { name: 'Captions (optional)' });
    expect(await group.evaluate((one) => one === document.activeElement)).toBe(true);
    await chooseAs(page, /^Add captions in/, captionsFile('birds.de.vtt', 'Zwei Vögel singen'));
    const languages = page
      .getByRole('group', { name: 'Captions (optional)' })
      .getByLabel('Language', { exact: true });
    expect(await languages.evaluateAll((all) => all.map((one) => (one as HTMLSelectElement).value))).toEqual([
      ...['en', 'de'],
    ]);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Upload', exact: true }).press('Enter');

    const report = page.getByRole('region', { name: 'Captions and cover' });
    await eventually(() => report.getByText('Received').count()).toBe(3);
    await page.getByText('Looking at the file, 0 %').first().waitFor();
    expect(putCalls()).toEqual([
      `PUT /api/v1/videos/${VIDEO_ID}/poster`,
      `PUT /api/v1/videos/${VIDEO_ID}/captions/en`,
      `PUT /api/v1/videos/${VIDEO_ID}/captions/de`,
    ]);

    // The first size is there, and others are being made.
    site.api.state.processing = [
      processing({ state: 'published', stage: 'transcoding', percent: 40, playable: true }),
    ];
    await waitUntilPlaying(page);
    await page.getByText('Making the sizes, 40 %').first().waitFor();
    await page.getByText('Two birds sing').waitFor();
    const [known] = site.api.state.statuses;
    expect(known?.media_attachments[0]?.preview_url).toMatch(/wide\.jpg\?seconds=1\.2$/);
    expect(await axeViolations(page)).toEqual([]);
    site.api.state.processing = [processing({ state: 'published', playable: true, done: true })];
    await page.getByText('Making the sizes, 40 %').first().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Open clip' }).press('Enter');

    // The clip's own page, where the language is chosen and remembered. The page before it showed the captions, too.
    await page.getByRole('button', { name: 'Edit captions and cover' }).waitFor();
    await page.getByText('Two birds sing').waitFor();
    await page.keyboard.press('t');
    await page.getByText('Two birds sing').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Captions', exact: true }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Captions' });
    await dialog.getByRole('radio', { name: 'Off' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole('radio', { name: 'German' }).check();
    await page.keyboard.press('Escape');
    await page.getByText('Zwei Vögel singen').waitFor();
    await page.reload();
    await page.getByText('Zwei Vögel singen').waitFor();
  });

  test('captions that are refused stand with their reason, and the clip goes on without them', async () => {
    signIn();
    site.api.state.statuses = [fakeStatus(VIDEO_ID, alice, describeClip(VIDEO_ID, wideClip))];
    site.api.state.processing = [processing({ stage: 'storing', percent: 90 })];
    site.api.state.refusals.set(`PUT /api/v1/videos/${VIDEO_ID}/captions/en`, {
      ...{ status: 422, error: 'bad-time', sentence: 'Line 3: these times cannot be read: soon' },
    });
    const page = await site.open('/upload', { expected: [/422 .*captions/] });
    await choose(page, await soundAlone());
    await page.getByText('This browser cannot show this video. It can be uploaded').waitFor();
    expect(await page.getByRole('radio', { name: 'A frame of the clip' }).count()).toBe(0);
    await choose(page, makeFile('birds.mp4', MIB));
    await page.getByText('birds.mp4').waitFor();
    await page.getByText('This browser cannot show this video. It can be uploaded').waitFor();
    await page.getByRole('radio', { name: 'A picture of yours' }).check();
    await chooseAs(page, 'Choose a picture', captionsFile('notes.vtt', 'No picture'));
    await page.getByText('notes.vtt is not a JPEG, PNG or WebP picture.').waitFor();
    await chooseAs(page, 'Choose a picture', join(site.directory, 'media', 'tall.jpg'));
    await page.getByRole('img', { name: 'The picture that will be the cover' }).waitFor();
    await chooseAs(page, 'Add captions', captionsFile('birds.vtt', 'Not these'));
    await page.getByRole('button', { name: 'Upload', exact: true }).click();

    await page.getByText('Almost there, 90 %').first().waitFor();
    const report = page.getByRole('region', { name: 'Captions and cover' });
    await report.getByRole('alert').filter({ hasText: 'Your clip is not affected.' }).waitFor();
    const field = report.getByLabel('Language', { exact: true });
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await report.getByText('Line 3: these times cannot be read: soon').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    site.api.state.processing = [processing({ state: 'published', playable: true, done: true })];
    await waitUntilPlaying(page);
    await chooseAs(page, 'Choose another file', captionsFile('birds.vtt', 'These instead'));
    await page.getByText('These instead').waitFor();
    await report.waitFor({ state: 'detached' });
    expect([...site.api.state.files.values()].map(({ type }) => type).sort()).toEqual([
      ...['image/jpeg', 'text/vtt'],
    ]);
  });

  test('a clip that plays larger than its largest size asks for more, once, unless data is saved', async () => {
    signIn();
    const media = describeClip(VIDEO_ID, wideClip);
    const original = { width: 1920, height: 1080, duration: 3, aspect: 16 / 9 };
    const size = { url: media.url ?? '', width: 1280, height: 720, bandwidth: 1, codecs: '' };
    const large = { ...media, meta: { original }, renditions: [size] };
    site.api.state.statuses = [fakeStatus(VIDEO_ID, alice, large)];
    const asked = () => site.api.state.calls.filter((call) => call.endsWith('/sizes'));
    const options = { viewport: { width: 1920, height: 1080 }, deviceScaleFactor: 2 };
    const page = await site.open(`/@alice/${VIDEO_ID}`, options);
    await waitUntilPlaying(page);
    await eventually(asked).toEqual([`POST /api/v1/statuses/${VIDEO_ID}/sizes`]);
    const shows = (paused: boolean) =>
      eventually(() => page.locator('video').evaluate((video) => (video as HTMLVideoElement).paused)).toBe(
        paused,
      );
    await page.getByRole('button', { name: 'Pause' }).click();
    await shows(true);
    // Two frames: the page has seen it.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await shows(false);
    await page.addInitScript(() =>
      Object.defineProperty(navigator, 'connection', { value: { saveData: true } }),
    );
    await page.reload();
    await waitUntilPlaying(page);
    expect(asked()).toHaveLength(1);
  });

  test('captions and cover of a clip that is out', async () => {
    signIn();
    const media = describeClip(VIDEO_ID, wideClip);
    const french = { language: 'fr', label: 'français (automatic)', url: '/media/fr.vtt', automatic: true };
    site.api.state.statuses = [fakeStatus(VIDEO_ID, alice, { ...media, captions: [french] })];
    site.api.state.files.set(french.url, {
      ...{ type: 'text/vtt', bytes: Buffer.from('WEBVTT\n\n00:00.000 --> 00:03.000\nDeux oiseaux\n') },
    });
    const page = await site.open(`/@alice/${VIDEO_ID}`, { viewport: viewports.desktop });
    await page.getByText('Deux oiseaux').waitFor();
    await page.getByRole('button', { name: 'Edit captions and cover' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Captions and cover' });
    await dialog.getByRole('button', { name: 'Remove the captions in French (automatic)' }).press('Enter');
    await dialog.getByText('Removed when you save').waitFor();
    await chooseAs(page, 'Add captions', captionsFile('birds.en.vtt', 'Two birds sing'));
    await dialog.getByRole('radio', { name: 'A frame of the clip' }).check();
    const slider = dialog.getByRole('slider', { name: 'Place in the clip' });
    await eventually(() => slider.getAttribute('max')).toMatch(/^2\.[89]/);
    await slider.press('End');
    expect(await axeViolations(page)).toEqual([]);
    expect(putCalls()).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByText('Saved. The new cover is shown in a moment.').waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Two birds sing').waitFor();
    expect(putCalls()).toEqual([
      `PUT /api/v1/videos/${VIDEO_ID}/poster`,
      `DELETE /api/v1/videos/${VIDEO_ID}/captions/fr`,
      `PUT /api/v1/videos/${VIDEO_ID}/captions/en`,
    ]);
    const [known] = site.api.state.statuses;
    expect(known?.media_attachments[0]?.preview_url).toMatch(/wide\.jpg\?seconds=2\./);
    expect(
      await page
        .getByRole('button', { name: 'Edit captions and cover' })
        .evaluate((one) => one === document.activeElement),
    ).toBe(true);
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
      permissions: { comment: true, download: true, duet: false, stitch: true },
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
