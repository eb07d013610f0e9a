import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { axeViolations, hasBrowser, launchBrowser, openPage, type WatchedPage } from '../helpers/browser.ts';
import { clip, ffprobeRaw } from '../helpers/media-samples.ts';
import { PASSWORD } from '../helpers/people.ts';
import { picture } from '../helpers/signed-in-page.ts';
import { closeSite, type Site, startSite } from '../helpers/sites.ts';
import { MADE_MS, post } from '../helpers/story.ts';
import { endTake } from '../helpers/take.ts';

let directory: string;
let site: Site;
let browser: Browser;
let ben: Client;
/** Of the clip that is answered to. */
let original: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  directory = await mkdtemp(join(tmpdir(), 'vireo-remix-'));
  [site, browser] = await Promise.all([
    startSite(directory, 'here', '127.0.0.2'),
    launchBrowser('--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=1'),
  ]);
  const { origin } = site.running;
  ben = await signUp(origin, 'ben', PASSWORD);
  await signUp(origin, 'nora', PASSWORD);
  original = await post(ben, await clip(directory, 'tall.mp4', { seconds: 6, size: '360x640' }), 'The river');
}, 240_000);
afterAll(async () => {
  await browser?.close();
  if (site) await closeSite(site);
  if (directory) await rm(directory, { recursive: true, force: true });
});

/** What is looked at now. */
let current: WatchedPage | undefined;
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail' && current) await picture(current.page, 'remix-made-failed', true);
  await current?.close();
  current = undefined;
});

const eventually = <T>(ask: () => T) => expect.poll(ask, { timeout: 60_000 });

async function openAs(login: string): Promise<WatchedPage> {
  await current?.close();
  const opened = await openPage(browser, site.running.origin);
  current = opened;
  const answer = await opened.page.request.post('/api/v1/sessions', { data: { login, password: PASSWORD } });
  expect(answer.status()).toBe(200);
  return opened;
}

const api = async <T>(page: Page, path: string): Promise<T> => {
  const answer = await page.request.get(path);
  expect(answer.status(), path).toBe(200);
  return (await answer.json()) as T;
};

interface Made {
  readonly id: string;
  readonly duration: number;
  readonly width: number;
  readonly height: number;
  readonly playback_urls: { readonly mp4: string };
  readonly remix_of: { readonly state: string; readonly video_id: string } | null;
}

/** Records so much of it, and looks at it. */
async function record(page: Page, seconds: number): Promise<void> {
  await page.getByRole('button', { name: 'Turn on the camera' }).click();
  await page.getByLabel('Countdown').selectOption('0');
  const bar = page.getByRole('progressbar', { name: 'Your recording' });
  const start = page.getByRole('button', { name: 'Record', exact: true });
  await eventually(async () => {
    // On a busy machine the clip beside it may stall, and the take with it.
    if (await start.isVisible()) await start.click();
    return bar.evaluate((one) => (one as HTMLProgressElement).value);
  }).toBeGreaterThan(seconds);
  await endTake(page);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('button', { name: 'Use this clip' }).click();
  await page.getByRole('slider', { name: 'Begins at' }).last().waitFor();
}

async function upload(page: Page, caption: string): Promise<Made> {
  await page.getByLabel('Caption', { exact: true }).fill(caption);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const open = page.getByRole('link', { name: 'Open clip' });
  await open.waitFor({ timeout: MADE_MS });
  const id = (await open.getAttribute('href'))?.split('/').at(-1);
  return api<Made>(page, `/api/v1/videos/${id}`);
}

describe.skipIf(!hasBrowser)('duets and stitches on a real server', { timeout: 240_000 }, () => {
  test('a duet from the camera is made of both, names its original, and its author hears of it', async () => {
    const nora = await openAs('nora');
    const { page } = nora;
    await page.goto(`/@ben/${original}`);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Duet', exact: true }).and(page.locator('a')).click();
    await page.getByRole('radio', { name: /^One above the other/ }).check();
    await record(page, 2);
    await picture(page, 'remix-made-upload', true);
    const made = await upload(page, 'I can do that too');
    expect(made.remix_of).toMatchObject({ state: 'available', video_id: original });
    expect(made.width / made.height).toBeCloseTo(9 / 16, 2);
    // A take is recorded a little longer than the page tells.
    expect(made.duration).toBeGreaterThan(1.8);
    expect(made.duration).toBeLessThan(6.2);
    const { streams = [] } = await ffprobeRaw(
      new URL(made.playback_urls.mp4, site.running.origin).href,
      '-show_streams',
    );
    expect(streams.map((stream) => Reflect.get(stream, 'codec_type')).sort()).toEqual(['audio', 'video']);
    await page.getByRole('link', { name: 'Open clip' }).click();
    await page.getByRole('link', { name: 'Duet with @ben' }).first().waitFor();
    await picture(page, 'remix-made-watch');
    await page.getByRole('link', { name: 'Duet with @ben' }).first().click();
    await page.getByRole('link', { name: '1 duet or stitch' }).click();
    await page.getByRole('heading', { name: '1 duet or stitch' }).waitFor();
    await eventually(() => page.locator(`[data-clip="${made.id}"]`).count()).toBe(1);
    expect(nora.problems).toEqual([]);

    const author = await openAs('ben');
    await author.page.goto('/inbox');
    const row = author.page.getByRole('link', { name: /nora made a duet with your clip/ });
    await row.waitFor();
    await picture(author.page, 'remix-made-inbox');
    expect(await axeViolations(author.page)).toEqual([]);
    await row.click();
    await author.page.waitForURL(`**/@nora/${made.id}`);
    expect(author.problems).toEqual([]);
  });

  test('a stitch begins with the chosen part; what its author allows no more cannot be made', async () => {
    const nora = await openAs('nora');
    const { page } = nora;
    await page.goto(`/record?stitch=${original}`);
    await page.getByRole('slider', { name: 'Ends at' }).fill('2');
    await record(page, 1.5);
    const made = await upload(page, 'And then');
    expect(made.remix_of).toMatchObject({ state: 'available', video_id: original });
    expect(made.duration).toBeGreaterThan(3.3);

    const author = await openAs('ben');
    await author.page.goto(`/studio/${original}`);
    await author.page.getByRole('link', { name: '2 duets and stitches' }).waitFor();
    await author.page.getByRole('checkbox', { name: /^Stitch it/ }).uncheck();
    await author.page.getByRole('button', { name: 'Save', exact: true }).click();
    await author.page.getByText('Saved.', { exact: true }).waitFor();
    await picture(author.page, 'remix-made-studio', true);

    const again = await openAs('nora');
    await again.page.goto(`/@ben/${original}`);
    await again.page.getByRole('button', { name: 'More', exact: true }).click();
    const item = again.page.getByRole('menuitem', { name: /^Stitch/ });
    await item.getByText('Its author does not let others make stitches of it.').waitFor();
    await again.page
      .getByRole('menuitem', { name: 'Duet', exact: true })
      .and(again.page.locator('a'))
      .waitFor();
    expect(again.problems).toEqual([]);
  });
});
