import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Status } from '../../web/src/api/types.ts';
import {
  axeViolations,
  hasBrowser,
  type PageOptions,
  viewports,
  waitUntilPlaying,
} from '../helpers/browser.ts';
import { fakeAccount, fakeCredentials, fakeStatus } from '../helpers/fake-entities.ts';
import { describeClip } from '../helpers/fake-media.ts';
import { eventually, tallClip, useWebSite, wideClip } from '../helpers/web-site.ts';

const alice = fakeAccount('1', 'alice');
const mika = fakeAccount('2', 'mika', 'film.example');

const tall = (id: string, changes: Partial<Status> = {}) =>
  fakeStatus(id, alice, describeClip(id, tallClip), changes);
const wide = (id: string, changes: Partial<Status> = {}) =>
  fakeStatus(id, mika, describeClip(id, wideClip), changes);

const site = useWebSite();
const openFeed = (options: PageOptions = {}, path = '/') => site.open(path, options);

const playingVideo = (page: Page) =>
  page.evaluate(() => {
    const videos = [...document.querySelectorAll('video')];
    const playing = videos.filter((video) => !video.paused);
    return {
      elements: videos.length,
      playing: playing.length,
      time: playing[0]?.currentTime ?? 0,
      source: playing[0]?.currentSrc ?? '',
      muted: playing[0]?.muted ?? true,
      primed: videos.filter((video) => video.paused && video.readyState >= 2).length,
    };
  });

describe.skipIf(!hasBrowser).each(Object.entries(viewports))(
  'what stands in the way, on a %s',
  (_name, viewport) => {
    test('covers a clip with a warning, and loads nothing of it before the press', async () => {
      site.api.state.statuses = [wide('30', { spoiler_text: 'Flashing lights', sensitive: true })];
      const media: string[] = [];
      const page = await site.open('/', { viewport }, async (empty) => {
        empty.on('request', (request) => {
          if (request.url().includes('/media/')) media.push(request.url());
        });
      });
      await page.getByText('Flashing lights').waitFor();
      await page.waitForLoadState('networkidle');
      expect(media).toEqual([]);
      expect(await page.getByText('Clip number 30').count()).toBe(0);
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Show clip' }).click();
      await waitUntilPlaying(page);
    });

    test('says that a clip is being copied, and plays it when it is there', async () => {
      const [media] = wide('30').media_attachments;
      if (!media) throw new Error('A clip has media.');
      const copying = {
        ...media,
        url: null,
        processing: { state: 'copying', percent: 40, detail: null },
      } as const;
      site.api.state.statuses = [wide('30', { media_attachments: [copying] })];
      const page = await openFeed({ viewport });
      await page.getByText('This clip is being copied from film.example (40 %)').waitFor();
      expect(await axeViolations(page)).toEqual([]);
      site.api.state.statuses = [wide('30')];
      await waitUntilPlaying(page);
    });

    test('says why a clip could not be copied', async () => {
      const [media] = wide('30').media_attachments;
      if (!media) throw new Error('A clip has media.');
      const failed = {
        ...media,
        ...{
          url: null,
          processing: { state: 'failed', percent: 0, detail: 'The file is too large.' } as const,
        },
      };
      site.api.state.statuses = [wide('30', { media_attachments: [failed] })];
      const page = await openFeed({ viewport });
      await page.getByText('The file is too large.').waitFor();
      const link = page.getByRole('link', { name: 'Open on film.example' });
      expect(await link.getAttribute('href')).toBe('https://film.example/@mika/30');
      expect(await axeViolations(page)).toEqual([]);
    });

    test('is empty with one thing to do next', async () => {
      const page = await openFeed({ viewport });
      await page.getByRole('main').getByRole('link', { name: 'Create account' }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
      expect(await page.getByRole('link', { name: 'Following', exact: true }).count()).toBe(0);
      site.api.state.me = fakeCredentials(alice);
      await page.reload();
      await page.getByText('Nothing to show yet').waitFor();
      await page.getByRole('link', { name: 'Following', exact: true }).click();
      await page.getByText('Your feed is waiting').waitFor();
      await page.getByRole('link', { name: 'Find people' }).waitFor();
      await page.getByRole('link', { name: 'Federated' }).click();
      await page.getByRole('main').getByRole('link', { name: 'Upload a clip' }).waitFor();
      expect(await page.title()).toBe('Federated · Vireo Test');
      expect(await axeViolations(page)).toEqual([]);
    });
  },
);

describe.skipIf(!hasBrowser)('what stands in the way', () => {
  test('falls back to the MP4 when the playlist is broken', async () => {
    const [media] = tall('30').media_attachments;
    if (!media) throw new Error('A clip has media.');
    const broken = { ...media, hls_url: '/media/missing.m3u8' };
    site.api.state.statuses = [tall('30', { media_attachments: [broken] })];
    const page = await openFeed({ expected: [/404 .*missing\.m3u8/] });
    await waitUntilPlaying(page);
    expect((await playingVideo(page)).source).toMatch(/tall\.mp4$/);
  });

  test('plays a clip of which neither shape nor length was told', async () => {
    const [media] = wide('30').media_attachments;
    if (!media) throw new Error('A clip has media.');
    const meta = { original: { width: null, height: null, duration: null, aspect: null } };
    site.api.state.statuses = [wide('30', { media_attachments: [{ ...media, meta, blurhash: null }] })];
    const page = await openFeed();
    await waitUntilPlaying(page);
    const slider = page.getByRole('slider', { name: 'Position in the clip' });
    await eventually(() => slider.getAttribute('aria-valuetext')).toMatch(/^0:0\d of 0:03$/);
  });

  test('says that a clip did not play, and tries again', async () => {
    const [media] = wide('30').media_attachments;
    if (!media) throw new Error('A clip has media.');
    site.api.state.statuses = [wide('30', { media_attachments: [{ ...media, url: '/media/late.mp4' }] })];
    const page = await openFeed({ expected: [/404 .*late\.mp4/] });
    await page.getByText('This clip did not play.').waitFor();
    await page.route('**/late.mp4', (route) => route.continue({ url: `${site.api.origin}/media/wide.mp4` }));
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitUntilPlaying(page);
  });

  test('waits out a server that restarts', async () => {
    site.api.state.down = true;
    const page = await openFeed({ expected: [/status of 503/] });
    await page.getByText('This server is busy or restarting. Trying again by itself.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    site.api.state.statuses = [wide('30')];
    site.api.state.down = false;
    await waitUntilPlaying(page);
    expect(await page.getByText('Trying again by itself').count()).toBe(0);
  });

  test.each([
    ['light', { colorScheme: 'light' }],
    ['high contrast', { contrast: 'more' }],
  ] as const)('has no violations in %s', async (_name, options) => {
    site.api.state.statuses = [tall('30'), wide('29')];
    const page = await openFeed(options);
    await waitUntilPlaying(page);
    expect(await axeViolations(page)).toEqual([]);
  });

  test('has no violations in forced colours, where axe cannot see which colours the system takes', async () => {
    site.api.state.statuses = [tall('30'), wide('29')];
    const page = await openFeed({ forcedColors: 'active' });
    await waitUntilPlaying(page);
    expect(await axeViolations(page, ['color-contrast'])).toEqual([]);
  });
});
