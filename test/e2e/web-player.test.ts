import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Media } from '../../web/src/api/types.ts';
import { axeViolations, hasBrowser, viewports, waitUntilPlaying } from '../helpers/browser.ts';
import { chunkedSeconds, makeChunkedClip } from '../helpers/chunked-clip.ts';
import { fakeAccount, fakeStatus } from '../helpers/fake-entities.ts';
import { eventually, useWebSite } from '../helpers/web-site.ts';

const SETUP_MS = 120_000;
const alice = fakeAccount('1', 'alice');
/** So many pixels that the largest size is seen. */
const sharp = { viewport: viewports.phone, deviceScaleFactor: 2 };
const site = useWebSite();
const shots = process.env.SCREENSHOTS;
let clips: Media[];

/** What the browser asked for of the clips: name, range, and of which clip. */
interface Asked {
  readonly clip: string;
  readonly file: string;
  readonly range: string;
}

function listen(page: Page): Asked[] {
  const asked: Asked[] = [];
  page.on('request', (request) => {
    const [, clip = '', file = ''] = /\/media\/(\d+)\/[0-9a-f]+-([^/]+)$/.exec(request.url()) ?? [];
    if (/\.(?:mp4|json|m3u8)$/.test(file)) asked.push({ clip, file, range: request.headers().range ?? '' });
  });
  return asked;
}

/** The element that is watched, and how it does. */
const watched = (page: Page) =>
  page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>('article[aria-posinset="1"] video');
    if (!video) throw new Error('Nothing is watched.');
    const { currentSrc, currentTime, videoWidth, paused, duration, playbackRate, readyState } = video;
    const spans = Array.from({ length: video.buffered.length }, (_, n) => video.buffered.end(n));
    return {
      ...{ currentSrc, currentTime, videoWidth, paused, duration, playbackRate, readyState },
      bufferedTo: Math.max(0, ...spans),
      isRunning: !paused && readyState >= 3,
    };
  });

const seek = (page: Page, seconds: number) =>
  page.evaluate((to) => {
    const video = document.querySelector<HTMLVideoElement>('article[aria-posinset="1"] video');
    if (video) video.currentTime = to;
  }, seconds);

describe.skipIf(!hasBrowser)('the player', () => {
  beforeAll(async () => {
    const made = await makeChunkedClip(site.directory, '900');
    const folder = (id: string) => join(site.directory, 'media', id);
    for (const id of ['901', '902', '903']) await cp(folder('900'), folder(id), { recursive: true });
    clips = ['900', '901', '902', '903'].map((id) => ({
      ...(JSON.parse(JSON.stringify(made).replaceAll('/media/900/', `/media/${id}/`)) as Media),
      id,
    }));
  }, SETUP_MS);
  beforeEach(() => {
    site.api.state.statuses = clips.map((media, n) => fakeStatus(String(60 - n), alice, media));
  });
  const one = () => {
    site.api.state.statuses = site.api.state.statuses.slice(0, 1);
  };

  test('begins with the smallest size, goes on with the largest in the same buffer, and begins anew', async () => {
    one();
    let asked: Asked[] = [];
    const page = await site.open('/', sharp, async (empty) => {
      asked = listen(empty);
    });
    await waitUntilPlaying(page);
    const before = await watched(page);
    expect(before.currentSrc).toMatch(/^blob:/);
    expect(asked[0]).toMatchObject({ file: '360-cmaf.mp4' });
    expect(asked[0]?.range).toMatch(/^bytes=0-\d+$/);
    await eventually(async () => (await watched(page)).videoWidth).toBe(720);
    const larger = await watched(page);
    expect(larger.currentSrc).toBe(before.currentSrc);
    expect(larger.currentTime).toBeGreaterThan(before.currentTime);
    // Every request names its end: nothing is sent that was not asked for.
    expect(asked.filter(({ file }) => file.endsWith('.mp4')).every(({ range }) => /-\d+$/.test(range))).toBe(
      true,
    );
    await eventually(async () => (await watched(page)).bufferedTo).toBeGreaterThan(chunkedSeconds - 0.3);
    await seek(page, chunkedSeconds - 0.8);
    await eventually(async () => (await watched(page)).currentTime).toBeLessThan(3);
    await eventually(async () => (await watched(page)).isRunning).toBe(true);
    // The whole clip was held: it begins anew without a byte.
    const bytes = asked.length;
    await eventually(async () => (await watched(page)).currentTime).toBeGreaterThan(3);
    expect(asked).toHaveLength(bytes);
  });

  test('goes where it is sent, before what lies there was loaded', async () => {
    one();
    const page = await site.open('/', sharp, async (empty) => {
      // So slow that not all is there.
      const cdp = await empty.context().newCDPSession(empty);
      await cdp.send('Network.emulateNetworkConditions', {
        ...{ offline: false, latency: 20, downloadThroughput: 200_000, uploadThroughput: 200_000 },
      });
    });
    await waitUntilPlaying(page);
    expect((await watched(page)).bufferedTo).toBeLessThan(6);
    await page.getByRole('slider', { name: 'Position in the clip' }).fill('7');
    await eventually(async () => (await watched(page)).currentTime).toBeGreaterThan(7.3);
    expect((await watched(page)).currentSrc).toMatch(/^blob:/);
  });

  test('has the next clip ready, and of those after it the first bytes, which are not loaded twice', async () => {
    let asked: Asked[] = [];
    const page = await site.open('/', sharp, async (empty) => {
      asked = listen(empty);
    });
    const of = (id: string) => asked.filter(({ clip }) => clip === id);
    await waitUntilPlaying(page);
    await eventually(() => of('901').length).toBe(2);
    await eventually(() => of('903').length).toBe(1);
    expect([...of('901'), ...of('902'), ...of('903')].every(({ file }) => file === '360-cmaf.mp4')).toBe(
      true,
    );
    expect(of('902')).toHaveLength(1);
    const [, end] = /^bytes=0-(\d+)$/.exec(of('902')[0]?.range ?? '') ?? [];
    expect(Number(end)).toBeLessThan(120_000);
    await page.keyboard.press('j');
    await eventually(() => of('902').length).toBe(2);
    expect(of('902')[1]?.range).toMatch(new RegExp(`^bytes=${Number(end) + 1}-`));
  });

  test('loads nothing but the watched clip, and that small, while data is saved', async () => {
    let asked: Asked[] = [];
    const page = await site.open('/', sharp, async (empty) => {
      await empty.addInitScript(() => localStorage.setItem('vireo.data-saver', 'on'));
      asked = listen(empty);
    });
    await waitUntilPlaying(page);
    await page.keyboard.press(' ');
    await eventually(async () => (await watched(page)).bufferedTo).toBeGreaterThan(5.9);
    const saved = (await watched(page)).bufferedTo;
    await page.keyboard.press(' ');
    await eventually(async () => (await watched(page)).currentTime).toBeGreaterThan(3);
    expect(new Set(asked.map(({ clip }) => clip))).toEqual(new Set(['900']));
    expect(
      asked.filter(({ file }) => file.endsWith('.mp4')).every(({ file }) => file === '360-cmaf.mp4'),
    ).toBe(true);
    expect(saved).toBeLessThan(8.2);
  });

  test.each([
    ['scripts cannot feed it', /^(?!blob:)/, []],
    ['its pieces are gone', /-720\.mp4$/, [/404 .*-cmaf\.mp4/]],
    ['its index is gone', /-720\.mp4$/, [/404 .*-chunks\.json/]],
  ] as const)('plays the whole file where %s', async (why, source, expected) => {
    one();
    const page = await site.open('/', { ...sharp, expected }, async (empty) => {
      if (why === 'scripts cannot feed it') {
        await empty.addInitScript(() => {
          Reflect.deleteProperty(globalThis, 'MediaSource');
          Reflect.deleteProperty(globalThis, 'ManagedMediaSource');
        });
      }
      const gone = why === 'its pieces are gone' ? '**/*-cmaf.mp4' : '**/*-chunks.json';
      if (expected.length > 0) await empty.route(gone, (route) => route.fulfill({ status: 404 }));
    });
    await eventually(async () => (await watched(page)).currentSrc).toMatch(source);
    await waitUntilPlaying(page);
  });

  test('waits out a server that is busy, and a line that is gone', async () => {
    one();
    let refusals = 2;
    const page = await site.open('/', { ...sharp, expected: [/status of 503/] }, async (empty) => {
      await empty.route('**/*-cmaf.mp4', (route) => {
        refusals -= 1;
        return refusals >= 0 ? route.fulfill({ status: 503 }) : route.continue();
      });
    });
    await waitUntilPlaying(page);
    expect((await watched(page)).currentSrc).toMatch(/^blob:/);
  });

  test('shows where its line leads, and plays faster on demand', async () => {
    one();
    const page = await site.open('/');
    await waitUntilPlaying(page);
    const slider = page.getByRole('slider', { name: 'Position in the clip' });
    for (const [name, viewport] of Object.entries(viewports)) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.mouse.move(0, 0);
        await slider.hover();
        await page.locator('[style*="storyboard.jpg"]').waitFor();
        if (shots) await page.screenshot({ path: join(shots, `player-${name}-${colorScheme}.png`) });
        expect(await axeViolations(page)).toEqual([]);
      }
    }
    await slider.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await eventually(async () => (await watched(page)).currentTime).toBeGreaterThan(4.9);
    await page.getByRole('button', { name: 'Playback. Speed 1×' }).click();
    await page.getByRole('dialog', { name: 'Playback' }).waitFor();
    if (shots) await page.screenshot({ path: join(shots, 'player-menu.png') });
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('radio', { name: '1.5×' }).check();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Playback. Speed 1.5×' }).waitFor();
    expect((await watched(page)).playbackRate).toBe(1.5);
    await page.reload();
    await waitUntilPlaying(page);
    expect((await watched(page)).playbackRate).toBe(1.5);
  });

  test('time runs from left to right where words run the other way, too', async () => {
    one();
    const page = await site.open('/');
    await waitUntilPlaying(page);
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
      // It gets nowhere by playing.
      for (const video of document.querySelectorAll('video')) video.pause();
    });
    const slider = page.getByRole('slider', { name: 'Position in the clip' });
    await slider.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await eventually(async () => (await watched(page)).currentTime).toBeGreaterThan(4.9);
    const box = await slider.boundingBox();
    if (!box) throw new Error('The line is not shown.');
    await page.mouse.click(box.x + box.width - 3, box.y + box.height / 2);
    await eventually(async () => (await watched(page)).currentTime).toBeGreaterThan(6);
  });

  test('tells on the next visit what it could not tell on this one', async () => {
    one();
    const page = await site.open('/', { expected: [/status of 503/, /ERR_/] }, async (empty) => {
      await empty.route('**/api/v1/events', (route) => route.fulfill({ status: 503 }));
    });
    await waitUntilPlaying(page);
    await eventually(async () => (await watched(page)).currentTime).toBeGreaterThan(3.2);
    await page.evaluate(() => {
      Navigator.prototype.sendBeacon = () => false;
    });
    await page.goto('about:blank');
    await page.unroute('**/api/v1/events');
    await page.goto('/');
    const told = () => site.api.state.told.filter(({ video_id }) => video_id === '60');
    await eventually(() => told().map(({ type }) => type)).toContain('watch');
    const watch = told().find(({ type }) => type === 'watch');
    expect(watch).toHaveProperty('mask', expect.stringMatching(/^[0-9a-f]{16}$/));
    expect(told().some(({ type }) => type === 'view')).toBe(true);
  });
});
