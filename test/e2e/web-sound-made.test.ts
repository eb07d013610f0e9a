import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Client, signUp, until } from '../../src/setup/demo/client.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  viewports,
  type WatchedPage,
} from '../helpers/browser.ts';
import { clip } from '../helpers/media-samples.ts';
import { PASSWORD } from '../helpers/people.ts';
import { picture } from '../helpers/signed-in-page.ts';
import { closeSite, type Site, startSite } from '../helpers/sites.ts';
import { MADE_MS, post } from '../helpers/story.ts';
import { endTake } from '../helpers/take.ts';

let directory: string;
let site: Site;
let browser: Browser;
let ben: Client;
let file: string;
/** Of the clip that the sound is from. */
let original: string;
/** Of its sound. */
let sound: string;

const eventually = <T>(ask: () => T) => expect.poll(ask, { timeout: 60_000 });

beforeAll(async () => {
  if (!hasBrowser) return;
  directory = await mkdtemp(join(tmpdir(), 'vireo-sound-'));
  [site, browser] = await Promise.all([
    startSite(directory, 'here', '127.0.0.2'),
    launchBrowser('--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=1'),
  ]);
  const { origin } = site.running;
  ben = await signUp(origin, 'ben', PASSWORD);
  await signUp(origin, 'nora', PASSWORD);
  file = await clip(directory, 'tall.mp4', { seconds: 6, size: '360x640' });
  original = await post(ben, file, 'The river');
  sound = await until(
    'its sound is known',
    async () => {
      const answer = await fetch(`${origin}/api/v1/videos/${original}`);
      const video: { sound: { id: string | null } | null } = await answer.json();
      return video.sound?.id;
    },
    MADE_MS,
  );
}, 240_000);
afterAll(async () => {
  await browser?.close();
  if (site) await closeSite(site);
  if (directory) await rm(directory, { recursive: true, force: true });
});

const REFUSED = 'Its author does not let others use this sound.';

/** What is looked at now. */
let current: WatchedPage | undefined;
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail' && current) await picture(current.page, 'sound-made-failed', true);
  await current?.close();
  current = undefined;
});

async function openAs(login: string, size: keyof typeof viewports): Promise<WatchedPage> {
  await current?.close();
  const opened = await openPage(browser, site.running.origin, { viewport: viewports[size] });
  current = opened;
  const answer = await opened.page.request.post('/api/v1/sessions', { data: { login, password: PASSWORD } });
  expect(answer.status()).toBe(200);
  return opened;
}

async function look(page: Page, name: string): Promise<void> {
  await picture(page, `sound-${name}`, true);
  expect(await axeViolations(page), name).toEqual([]);
}

const api = async <T>(page: Page, path: string): Promise<T> => {
  const answer = await page.request.get(path);
  expect(answer.status(), path).toBe(200);
  return (await answer.json()) as T;
};

interface Made {
  readonly id: string;
  readonly duration: number;
  readonly sound: { readonly id: string; readonly account: { readonly acct: string } | null } | null;
}

/** Sends what was chosen, and waits until it can be watched. */
async function upload(page: Page, caption: string): Promise<Made> {
  await page.getByLabel('Caption', { exact: true }).fill(caption);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const open = page.getByRole('link', { name: 'Open clip' });
  await open.waitFor({ timeout: MADE_MS });
  const id = (await open.getAttribute('href'))?.split('/').at(-1);
  return api<Made>(page, `/api/v1/videos/${id}`);
}

/** How far the played sound is, in seconds. */
const placeOfSound = (page: Page) =>
  page.evaluate(() => document.querySelector<HTMLVideoElement>('video[hidden]')?.currentTime ?? -1);

describe.skipIf(!hasBrowser)('a clip with the sound of another one', { timeout: 240_000 }, () => {
  test('is recorded to the sound from its page, says whose that is, and is among its clips', async () => {
    const nora = await openAs('nora', 'phone');
    const { page } = nora;
    await page.goto(`/sounds/${sound}`);
    const use = page.getByRole('link', { name: 'Use this sound' });
    await use.waitFor();
    await look(page, 'page-phone');
    await use.press('Enter');
    await page.getByRole('heading', { name: 'Make a clip with a sound' }).waitFor();
    await page.getByRole('slider', { name: 'Where the sound begins' }).fill('1.5');
    await page.getByText('1.5 seconds in').waitFor();
    await page.getByRole('slider', { name: 'What you recorded' }).fill('0.2');
    await look(page, 'start-phone');
    await page.getByRole('button', { name: 'Turn on the camera' }).click();
    await page.getByLabel('Countdown').selectOption('0');
    const bar = page.getByRole('progressbar', { name: 'Your recording' });
    // It ends with the sound.
    expect(await bar.getAttribute('max')).toMatch(/^4\.\d|^4$/);
    const start = page.getByRole('button', { name: 'Record', exact: true });
    await eventually(async () => {
      // On a busy machine the sound may stall, and the take with it.
      if (await start.isVisible()) await start.click();
      return bar.evaluate((one) => (one as HTMLProgressElement).value);
    }).toBeGreaterThan(2);
    expect(await placeOfSound(page)).toBeGreaterThan(3);
    await endTake(page);
    await look(page, 'takes-phone');
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('region', { name: 'How it will sound' }).waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await look(page, 'review-phone');
    await page.getByRole('button', { name: 'Use this clip' }).click();
    await page.getByRole('region', { name: 'Sound of your clip' }).getByText('by @ben').waitFor();
    await look(page, 'upload-phone');
    const made = await upload(page, 'To the river');
    expect(made.sound).toMatchObject({ id: sound, account: { acct: 'ben' } });
    expect(made.duration).toBeGreaterThan(1.8);
    await page.getByRole('link', { name: 'Open clip' }).click();
    const line = page.getByRole('link', { name: 'Sound: original sound of @ben' }).first();
    await line.waitFor();
    await picture(page, 'sound-watch-phone');
    await line.click();
    await page.getByText('2 clips', { exact: true }).waitFor();
    await eventually(() => page.locator(`[data-clip="${made.id}"]`).count()).toBe(1);
    expect(nora.problems).toEqual([]);
  });

  test('is chosen and listened to by keyboard, for a file that one has', async () => {
    const nora = await openAs('nora', 'desktop');
    const { page } = nora;
    await page.request.post(`/api/v1/sounds/${sound}/save`);
    await page.goto('/upload');
    await page.locator('input[type=file][accept^="video"]').first().setInputFiles(file);
    await page.getByRole('button', { name: 'Add a sound' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Choose a sound' });
    await dialog.waitFor();
    await eventually(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe(
      'sound-name',
    );
    await dialog.getByRole('tab', { name: 'Trending' }).focus();
    await page.keyboard.press('ArrowRight');
    const row = dialog.getByRole('listitem').filter({ hasText: '@ben' });
    await row.waitFor();
    await look(page, 'chooser-desktop');
    await row.getByRole('button', { name: /^Listen to / }).press('Enter');
    await row.getByRole('button', { name: /^Stop / }).waitFor();
    await row.getByRole('button', { name: /^Use / }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const part = page.getByRole('region', { name: 'Sound of your clip' });
    await part.getByRole('slider', { name: 'Where the sound begins' }).waitFor();
    await look(page, 'upload-desktop');
    await part.getByRole('button', { name: 'Without a sound' }).press('Enter');
    await part.getByRole('button', { name: 'Add a sound' }).waitFor();
    expect(nora.problems).toEqual([]);
  });

  test('cannot be made where its author allows that no more, and the menu says why', async () => {
    const author = await openAs('ben', 'desktop');
    await author.page.goto(`/studio/${original}`);
    await author.page.getByRole('checkbox', { name: /^Use its sound/ }).uncheck();
    await author.page.getByRole('button', { name: 'Save', exact: true }).click();
    await author.page.getByText('Saved.', { exact: true }).waitFor();
    expect(author.problems).toEqual([]);

    const nora = await openAs('nora', 'desktop');
    const { page } = nora;
    await page.goto(`/@ben/${original}`);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    const item = page.getByRole('menuitem', { name: /^Use this sound/ });
    await item.getByText(REFUSED).waitFor();
    await page.goto(`/sounds/${sound}`);
    await page.getByText(REFUSED).waitFor();
    await look(page, 'refused-desktop');
    await page.goto(`/record?sound=${sound}`);
    await page.getByRole('heading', { name: 'This sound cannot be used' }).waitFor();
    await page.getByText(REFUSED).waitFor();
    expect(nora.problems).toEqual([]);
  });
});
