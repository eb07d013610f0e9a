import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  untilInPage,
  viewports,
  type WatchedPage,
} from '../helpers/browser.ts';
import { fakeAccount, fakeStatus } from '../helpers/fake-entities.ts';
import { describeClip } from '../helpers/fake-media.ts';
import { fakeRemix, nobodyMay } from '../helpers/fake-remixes.ts';
import { endTake } from '../helpers/take.ts';
import { alice, choose, MIB, processing, uploadsOn, VIDEO_ID } from '../helpers/upload-page.ts';
import { eventually, tallClip, useWebSite, wideClip } from '../helpers/web-site.ts';

/** A folder for pictures of every step, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

const site = useWebSite();
const { signIn, makeFile, onlyUpload } = uploadsOn(site);
const ben = fakeAccount('2', 'ben', 'film.example');
const original = () => fakeStatus('50', ben, describeClip('50', tallClip));

let withCamera: Browser;
beforeAll(async () => {
  if (!hasBrowser) return;
  withCamera = await launchBrowser(
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream=device-count=1',
  );
});
afterAll(async () => withCamera?.close());

async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/remix-${name}.png`, fullPage: true });
  expect(await axeViolations(page), name).toEqual([]);
}

async function onCamera(
  path: string,
  size: keyof typeof viewports,
  deed: (opened: WatchedPage) => Promise<void>,
): Promise<void> {
  const opened = await openPage(withCamera, site.api.origin, { viewport: viewports[size] });
  try {
    await opened.page.goto(path);
    await deed(opened);
    expect(opened.problems).toEqual([]);
  } finally {
    await opened.close();
  }
}

/** Where the original is, and whether it plays. */
const originalIn = (page: Page) =>
  page
    .getByLabel('The original', { exact: true })
    .evaluate((video: HTMLVideoElement) => ({ at: video.currentTime, plays: !video.paused }));

const recorded = (page: Page) =>
  page
    .getByRole('progressbar', { name: 'Your recording' })
    .evaluate((bar) => (bar as HTMLProgressElement).value);

/** Records until there is so much of it, and gives where its last take begins: on a busy machine the clip beside it may stall in between. */
async function take(page: Page, until: number): Promise<number> {
  const record = page.getByRole('button', { name: 'Record', exact: true });
  let from = 0;
  await eventually(async () => {
    if (await record.isVisible()) {
      from = await recorded(page);
      await record.press('Enter');
    }
    return recorded(page);
  }).toBeGreaterThan(until);
  await endTake(page);
  return from;
}

describe.skipIf(!hasBrowser)('a duet', () => {
  test('from the menu of a clip, by keyboard', async () => {
    signIn();
    site.api.state.statuses = [{ ...original() }];
    const page = await site.open('/@ben@film.example/50');
    await page.getByRole('button', { name: 'More', exact: true }).press('Enter');
    await page.getByRole('menuitem', { name: 'Stitch' }).waitFor();
    await page.getByRole('menuitem', { name: 'Duet', exact: true }).and(page.locator('a')).waitFor();
    await look(page, 'menu-phone');
    await page.getByRole('menuitem', { name: 'Duet', exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'Make a duet' }).waitFor();
    await page.getByRole('link', { name: 'Duet with @ben@film.example' }).waitFor();
    expect(new URL(page.url()).search).toBe('?duet=50');
    await look(page, 'start-phone');
  });

  test('a clip whose author does not let others says so in the menu and on the page', async () => {
    signIn();
    const { state } = site.api;
    state.statuses = [original()];
    const sentence = 'Its author does not let others make duets of it.';
    state.mayRemix = nobodyMay(sentence);
    const page = await site.open('/@ben@film.example/50');
    await page.getByRole('button', { name: 'More', exact: true }).press('Enter');
    const item = page.getByRole('menuitem', { name: /^Duet/ });
    await item.getByText(sentence).waitFor();
    expect(await item.getAttribute('aria-disabled')).toBe('true');
    await item.press('Enter');
    expect(new URL(page.url()).pathname).toBe('/@ben@film.example/50');
    await look(page, 'menu-refused-phone');
    await page.goto('/record?duet=50');
    await page.getByText(sentence).waitFor();
    await look(page, 'refused-phone');
    await page.getByRole('link', { name: 'Back to the clip' }).click();
    await page.waitForURL('**/@ben@film.example/50');
  });

  test('the original plays while the camera records, and rests as it rests', {
    timeout: 120_000,
  }, async () => {
    signIn();
    site.api.state.statuses = [original()];
    await onCamera('/record?duet=50', 'phone', async ({ page }) => {
      await page.getByRole('radio', { name: /^One above the other/ }).check();
      await page.getByRole('button', { name: 'Turn on the camera' }).press('Enter');
      await page.getByLabel('What the camera sees').waitFor();
      await page.getByLabel('Countdown').selectOption('0');
      expect(await originalIn(page)).toEqual({ at: 0, plays: false });
      await take(page, 0.8);
      const first = await recorded(page);
      await eventually(async () => Math.abs((await originalIn(page)).at - first)).toBeLessThan(0.06);
      expect((await originalIn(page)).plays).toBe(false);
      await look(page, 'camera-phone');
      const last = await take(page, first + 0.5);
      await page.getByRole('button', { name: 'Undo the last take' }).press('Enter');
      // What is done again is done to the same part.
      await eventually(async () => Math.abs((await originalIn(page)).at - last)).toBeLessThan(0.06);
      // The clip is nearly as long as its original, with which it ends.
      await take(page, 11.5);
      await page.getByRole('button', { name: 'Look at it' }).press('Enter');
      await page.getByRole('button', { name: 'Play', exact: true }).press('Enter');
      await untilInPage(page, () => {
        const both = [...document.querySelectorAll('video')];
        return both.length === 2 && both.every((video) => video.currentTime > 0.3 && !video.paused);
      });
      await page.getByRole('radio', { name: 'Only yours' }).check();
      const volumes = () =>
        page.evaluate(() => [...document.querySelectorAll('video')].map(({ muted }) => muted));
      await eventually(volumes).toEqual([true, false]);
      await page.getByRole('radio', { name: 'Both' }).check();
      await page.getByRole('slider', { name: 'How loud the original is' }).fill('0.3');
      await look(page, 'review-phone');
      await page.getByRole('button', { name: 'Use this clip' }).press('Enter');
      await page.getByRole('heading', { name: 'Upload a clip' }).waitFor();
      await page.getByRole('slider', { name: 'Begins at' }).waitFor();
      await look(page, 'upload-phone');
      site.api.state.processing = [processing({ stage: 'transcoding', percent: 10 })];
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      await page.getByText('Making the sizes, 10 %').first().waitFor();
      expect(onlyUpload()?.said.remix).toEqual({
        ...{ kind: 'duet', of: '50', layout: 'top_bottom', sound: 'mix' },
        volumes: { original: 0.3, own: 1 },
      });
    });
  });

  test('with a file in place of the camera; what was chosen outlives a reload, and can be left be', async () => {
    signIn();
    site.api.state.statuses = [original()];
    const page = await site.open('/record?duet=50', { viewport: viewports.desktop });
    await page.getByRole('radio', { name: /^Small over the original/ }).check();
    await page
      .locator('input[type=file]')
      .and(page.getByLabel('Use a video that you have'))
      .setInputFiles(`${site.directory}/media/wide.mp4`);
    await page.getByRole('heading', { name: 'Upload a clip' }).waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await look(page, 'upload-desktop');
    await page.reload();
    await page.getByRole('link', { name: 'Duet with @ben@film.example' }).waitFor();
    const small = page.getByRole('radio', { name: /^Small over the original/ });
    expect(await small.isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Upload it as a clip of its own' }).click();
    await page.getByText('It is a clip of its own now.').waitFor();
    await choose(page, makeFile('birds.mp4', MIB));
    site.api.state.processing = [processing({ state: 'received' })];
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.getByText('Waiting for a free place, 0 %').first().waitFor();
    expect(onlyUpload()?.said).not.toHaveProperty('remix');
  });

  test('an original that goes meanwhile is said to be gone, and what one has is kept', async () => {
    signIn();
    site.api.state.statuses = [original()];
    const page = await site.open('/record?duet=50', { expected: [/404/] });
    await page
      .locator('input[type=file]')
      .and(page.getByLabel('Use a video that you have'))
      .setInputFiles(`${site.directory}/media/wide.mp4`);
    await page.getByRole('link', { name: 'Duet with @ben@film.example' }).waitFor();
    site.api.state.statuses = [];
    await page.reload();
    await page.getByRole('heading', { name: 'The original is not here' }).waitFor();
    await look(page, 'gone-phone');
    await page.getByRole('button', { name: 'Upload it as a clip of its own' }).click();
    await page.getByRole('heading', { name: 'The original is not here' }).waitFor({ state: 'detached' });
  });
});

describe.skipIf(!hasBrowser)('a stitch', () => {
  test('of five seconds at most, chosen by keyboard', { timeout: 120_000 }, async () => {
    signIn();
    site.api.state.statuses = [original()];
    await onCamera('/record?stitch=50', 'desktop', async ({ page }) => {
      await page.getByRole('slider', { name: 'Begins at' }).press('ArrowRight');
      await page.getByRole('slider', { name: 'Ends at' }).press('ArrowLeft');
      await look(page, 'stitch-desktop');
      await page.getByRole('button', { name: 'Turn on the camera' }).press('Enter');
      await page.getByLabel('What the camera sees').waitFor();
      await page.getByLabel('Countdown').selectOption('0');
      await take(page, 1.5);
      await page.getByRole('button', { name: 'Look at it' }).press('Enter');
      await page.getByRole('button', { name: 'Play', exact: true }).press('Enter');
      const plays = (name: string) =>
        untilInPage(
          page,
          (label) => {
            const video = document.querySelector<HTMLVideoElement>(`video[aria-label="${label}"]`);
            return video?.checkVisibility() === true && !video.paused && video.currentTime > 0;
          },
          name,
        );
      await plays('The original');
      await plays('Yours');
      await page.getByRole('button', { name: 'Use this clip' }).press('Enter');
      await page.getByRole('slider', { name: 'Begins at' }).first().waitFor();
      await page.getByRole('button', { name: 'Use this clip' }).waitFor({ state: 'detached' });
      await look(page, 'stitch-upload-desktop');
      site.api.state.processing = [processing({ state: 'received' })];
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      await page.getByText('Waiting for a free place, 0 %').first().waitFor();
      expect(onlyUpload()?.said.remix).toMatchObject({ kind: 'stitch', of: '50', clip: { start: 0.1 } });
    });
  });
});

describe.skipIf(!hasBrowser)('what a clip was made from', () => {
  test('is said over it and beside it, and leads there', async () => {
    signIn();
    const of = original();
    const media = describeClip(VIDEO_ID, wideClip);
    site.api.state.statuses = [fakeRemix(of, [VIDEO_ID, alice, media]), of];
    const page = await site.open(`/@alice/${VIDEO_ID}`, { viewport: viewports.desktop });
    const links = page.getByRole('link', { name: 'Duet with @ben@film.example' });
    await eventually(() => links.count()).toBeGreaterThan(0);
    await look(page, 'attribution-desktop');
    await links.first().click();
    await page.waitForURL('**/@ben@film.example/50');
  });

  test('stands over it in a feed', async () => {
    const of = original();
    site.api.state.statuses = [fakeRemix(of, [VIDEO_ID, alice, describeClip(VIDEO_ID, tallClip)])];
    const page = await site.open('/');
    const line = page.getByRole('article').getByRole('link', { name: 'Duet with @ben@film.example' });
    await line.waitFor();
    expect(await line.getAttribute('href')).toBe('/@ben@film.example/50');
    await look(page, 'feed-phone');
  });

  test.each([
    ['unavailable', 'Duet. The original is not available any more.'],
    ['refused', 'Duet. The author of the original does not allow it.'],
  ] as const)('%s, it is said, and leads nowhere', async (state, sentence) => {
    signIn();
    const media = describeClip(VIDEO_ID, wideClip);
    const nobody = { state, video_id: null, url: null, account: null };
    site.api.state.statuses = [fakeRemix(original(), [VIDEO_ID, alice, media], nobody)];
    const page = await site.open(`/@alice/${VIDEO_ID}`);
    await page.getByText(sentence).first().waitFor();
    expect(await page.getByRole('link', { name: sentence }).count()).toBe(0);
    await look(page, `${state}-phone`);
  });

  test('all that was made from a clip is a list, of which its author takes one back', async () => {
    signIn();
    const of = fakeStatus('50', alice, describeClip('50', tallClip));
    const counted = { ...of, video: of.video && { ...of.video, remixes: 2 } };
    const made = ['51', '52'].map((id) => fakeRemix(of, [id, ben, describeClip(id, wideClip)]));
    site.api.state.statuses = [counted, ...made];
    const page = await site.open('/@alice/50', { viewport: viewports.desktop });
    await page.getByRole('link', { name: '2 duets and stitches' }).click();
    await page.waitForURL('**/@alice/50/remixes');
    await page.getByRole('heading', { name: '2 duets and stitches' }).waitFor();
    await eventually(() =>
      page.getByRole('list', { name: 'Duets and stitches' }).getByRole('listitem').count(),
    ).toBe(2);
    await look(page, 'list-desktop');
    await page
      .getByRole('button', { name: 'Take back that @ben@film.example shows your clip' })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByText('Taken back.').waitFor();
    expect(site.api.state.calls).toContain('DELETE /api/v1/videos/50/remixes/51');
  });

  test('who deletes a clip on its page says what becomes of what was made from it', async () => {
    signIn();
    const of = fakeStatus('50', alice, describeClip('50', tallClip));
    site.api.state.statuses = [{ ...of, video: of.video && { ...of.video, remixes: 2 } }];
    const page = await site.open('/@alice/50', { viewport: viewports.desktop });
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('checkbox', { name: /^Ask for the 2 duets and stitches of it/ }).press('Space');
    await look(page, 'delete-desktop');
    await page.getByRole('button', { name: 'Delete clip' }).press('Enter');
    await page.getByText('Clip deleted.').waitFor();
    expect(site.api.state.calls).toContain('DELETE /api/v1/videos/50?remixes=withdraw');
  });

  test('a clip that nobody answered to says what to do', async () => {
    signIn();
    site.api.state.statuses = [original()];
    const page = await site.open('/@ben@film.example/50/remixes');
    await page.getByRole('heading', { name: 'No duets or stitches yet' }).waitFor();
    await look(page, 'empty-phone');
    await page.getByRole('link', { name: 'Make a duet' }).click();
    await page.getByRole('heading', { name: 'Make a duet' }).waitFor();
  });
});
