import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, viewports, waitUntilPlaying } from '../helpers/browser.ts';
import { fakeStatus } from '../helpers/fake-entities.ts';
import { describeClip } from '../helpers/fake-media.ts';
import { ffmpegRaw } from '../helpers/media-samples.ts';
import { settled } from '../helpers/screen-steps.ts';
import {
  alice,
  type ChosenFile,
  choose,
  chooseAs,
  MIB,
  processing,
  uploadsOn,
  VIDEO_ID,
} from '../helpers/upload-page.ts';
import { eventually, useWebSite, wideClip } from '../helpers/web-site.ts';

const site = useWebSite();
const { signIn, makeFile } = uploadsOn(site);

/** What a browser sees of a video whose codec it does not know: a length, and no picture. */
async function soundAlone(): Promise<string> {
  const path = join(site.directory, 'sound.mp4');
  await ffmpegRaw('-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', path);
  return path;
}

const captionsFile = (name: string, text: string): ChosenFile => ({
  ...{ name, mimeType: 'text/vtt' },
  buffer: Buffer.from(`WEBVTT\n\n00:00:00.000 --> 00:00:03.000\n${text}\n`),
});

const putCalls = () => site.api.state.calls.filter((call) => /^(PUT|DELETE) /.test(call));

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
    const links = page.getByRole('main').getByRole('link');
    for (const [name, path] of [
      ['Edit clip', `/studio/${VIDEO_ID}`],
      ['Analytics', `/studio/${VIDEO_ID}/analytics`],
    ] as const)
      expect(await links.and(page.getByText(name, { exact: true })).getAttribute('href')).toBe(path);
    // It is known that it is out, here and afterwards.
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: 'Search', exact: true }).waitFor();
    expect(await page.getByRole('complementary', { name: 'Upload' }).count()).toBe(0);
    await page.goBack();
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
    // The page has seen it.
    await settled(page);
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
