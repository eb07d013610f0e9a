import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { html } from '../../src/http/html.ts';
import { readBeginScript } from '../../src/http/page/begin.ts';
import { firstPageHtml } from '../../src/http/page/first-page.ts';
import { createShell } from '../../src/http/page/shell.ts';
import type { Media, Status } from '../../web/src/api/types.ts';
import { hasBrowser, viewports, waitUntilPlaying } from '../helpers/browser.ts';
import { makeChunkedClip } from '../helpers/chunked-clip.ts';
import { fakeAccount, fakeStatus } from '../helpers/fake-entities.ts';
import { eventually, useWebSite } from '../helpers/web-site.ts';

const SETUP_MS = 120_000;
const phone = { viewport: viewports.phone };
const site = useWebSite();
let media: Media;

/** The page as the server writes it for visitors: with the feed in it, and what begins its first clip. */
async function serveFirstPage(page: Page, statuses: readonly Status[]): Promise<void> {
  const begin = readBeginScript(site.dist);
  if (!begin) throw new Error('The build has no script that begins a clip.');
  const answers = {
    '/api/v2/instance': site.api.state.instance,
    '/api/v1/feed_statuses?feed_type=for_you&limit=10': { statuses, next_cursor: null },
  };
  const shell = createShell(readFileSync(join(site.dist, 'index.html'), 'utf8'));
  const head = html`<title>Vireo</title>\n${firstPageHtml(answers, begin)}`;
  await page.route('/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'content-security-policy': `script-src 'self' ${begin.source}` },
      body: shell({ language: 'en', head, isBehind: true }),
    }),
  );
}

/** The clip that plays before the page is there. */
const begun = (page: Page) =>
  page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>('#begun-clip');
    return video === null ? null : { plays: !video.paused && video.currentTime > 0, muted: video.muted };
  });

describe.skipIf(!hasBrowser)('the first clip of a page', () => {
  beforeAll(async () => {
    media = await makeChunkedClip(site.directory, '900');
  }, SETUP_MS);
  beforeEach(() => {
    site.api.state.statuses = [fakeStatus('60', fakeAccount('1', 'alice'), media)];
  });

  test('plays before the script of the page is there, which goes on with the same element and the next byte', async () => {
    const asked: string[] = [];
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const page = await site.open('/', phone, async (empty) => {
      await serveFirstPage(empty, site.api.state.statuses);
      await empty.route(/\/assets\/index-[^/]+\.behind\.js$/, async (route) => {
        await released;
        await route.continue();
      });
      empty.on('request', (request) => {
        if (request.url().endsWith('-360-cmaf.mp4')) asked.push(request.headers().range ?? '');
      });
      // The page is only there once its script is.
      const { goto } = empty;
      empty.goto = (url) => goto.call(empty, url, { waitUntil: 'commit' });
    });
    await eventually(() => begun(page)).toEqual({ plays: true, muted: true });
    expect(await page.locator('article').count()).toBe(0);
    await page.evaluate(() =>
      Object.assign(document.querySelector('#begun-clip') ?? {}, { isTheSame: true }),
    );
    release();
    await page.locator('article video').waitFor({ state: 'attached' });
    await waitUntilPlaying(page);
    const isTheSame = await page.evaluate(() =>
      Reflect.get(document.querySelector('article video') ?? {}, 'isTheSame'),
    );
    expect(isTheSame).toBe(true);
    expect(await begun(page)).toBeNull();
    await eventually(() => asked.length).toBeGreaterThan(1);
    const [, end] = /^bytes=0-(\d+)$/.exec(asked[0] ?? '') ?? [];
    expect(asked[1]).toMatch(new RegExp(`^bytes=${Number(end) + 1}-`));
  });

  test('gives way where the feed begins with another one', async () => {
    const old = {
      ...media,
      id: '1',
      renditions: media.renditions.map((one) => ({ ...one, url: `${one.url}?old` })),
    };
    const page = await site.open('/', phone, async (empty) => {
      await serveFirstPage(empty, [fakeStatus('59', fakeAccount('1', 'alice'), old)]);
      // As an hour later: what stands in the page is not fresh any more.
      await empty.addInitScript(() => {
        performance.now = () => 3_600_000;
      });
    });
    await waitUntilPlaying(page);
    expect(await page.locator('article').first().getAttribute('data-id')).toBe('60');
    // That which plays may still be the one of the page before.
    await eventually(() => page.locator('video').count()).toBe(1);
  });

  test.each([
    ['it is covered', { sensitive: true }, 'Show clip', (): void => undefined],
    ['clips do not start by themselves', {}, 'Play', () => localStorage.setItem('vireo.autoplay', 'off')],
    ['less motion is wanted', {}, 'Play', () => localStorage.setItem('vireo.motion', 'reduce')],
  ])('does not play where %s', async (_why, change, button, choose) => {
    const statuses = site.api.state.statuses.map((status) => ({ ...status, ...change }));
    const page = await site.open('/', phone, async (empty) => {
      await serveFirstPage(empty, statuses);
      await empty.addInitScript(choose);
      await empty.addInitScript(() => {
        HTMLMediaElement.prototype.play = () => {
          Reflect.set(globalThis, 'wasPlayed', true);
          return Promise.resolve();
        };
      });
    });
    await page.getByRole('button', { name: button, exact: true }).waitFor();
    expect(await page.evaluate(() => Reflect.has(globalThis, 'wasPlayed'))).toBe(false);
  });
});
