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

const currentArticle = (page: Page, name: string) => page.getByRole('article', { name });

/** The position in the feed of the clip that fills the screen. */
const currentPosition = (page: Page) =>
  page.evaluate(() => {
    const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
    return Number(middle?.closest('article')?.getAttribute('aria-posinset'));
  });

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

describe.skipIf(!hasBrowser).each(Object.entries(viewports))('the feed on a %s', (_name, viewport) => {
  test('plays the current clip alone, with the next one ready', async () => {
    site.api.state.statuses = [tall('30'), wide('29'), tall('28'), wide('27')];
    const page = await openFeed({ viewport });
    await waitUntilPlaying(page);
    const before = await playingVideo(page);
    expect(before.playing).toBe(1);
    expect(before.elements).toBeLessThanOrEqual(3);
    expect(before.source).toMatch(/^blob:/);
    expect(before.muted).toBe(true);
    await eventually(async () => (await playingVideo(page)).primed).toBeGreaterThanOrEqual(1);
    await eventually(async () => (await playingVideo(page)).time).toBeGreaterThan(before.time);
    expect(await axeViolations(page)).toEqual([]);
  });

  test('goes on and back with the keys', async () => {
    site.api.state.statuses = [tall('30'), wide('29'), tall('28'), wide('27')];
    const page = await openFeed({ viewport });
    await waitUntilPlaying(page);
    const steps = [
      ['j', 2],
      ['ArrowDown', 3],
      ['PageDown', 4],
      ['PageUp', 3],
      ['ArrowUp', 2],
      ['k', 1],
    ] as const;
    for (const [key, position] of steps) {
      await page.keyboard.press(key);
      await eventually(() => currentPosition(page), key).toBe(position);
      await waitUntilPlaying(page);
      const { playing, elements } = await playingVideo(page);
      expect({ playing, few: elements <= 3 }).toEqual({ playing: 1, few: true });
    }
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-posinset'));
    expect(focused).toBe('1');
  });

  test('loads the next page on the way when a key is pressed often', async () => {
    site.api.state.statuses = Array.from({ length: 25 }, (_, n) => tall(String(90 - n)));
    const page = await openFeed({ viewport });
    await waitUntilPlaying(page);
    // A press before the next page has come is lost, as it is for people.
    const press = async () => {
      await page.keyboard.press('j');
      return currentPosition(page);
    };
    await eventually(press).toBe(25);
    await waitUntilPlaying(page);
    expect(site.api.state.calls).toContain('GET /api/v1/timelines/public?max_id=71&limit=20');
    const { elements } = await playingVideo(page);
    expect(elements).toBeLessThanOrEqual(3);
  });

  test('stops and goes on with space, a tap and the button', async () => {
    site.api.state.statuses = [tall('30')];
    const page = await openFeed({ viewport });
    await waitUntilPlaying(page);
    await page.keyboard.press(' ');
    await eventually(async () => (await playingVideo(page)).playing).toBe(0);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await waitUntilPlaying(page);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await eventually(async () => (await playingVideo(page)).playing).toBe(0);
  });

  test('offers sound once, and remembers the answer', async () => {
    site.api.state.statuses = [tall('30'), wide('29')];
    const page = await openFeed({ viewport });
    await page.getByRole('button', { name: 'Tap for sound' }).click();
    await eventually(async () => (await playingVideo(page)).muted).toBe(false);
    expect(await page.getByRole('button', { name: 'Tap for sound' }).count()).toBe(0);
    await page.reload();
    await waitUntilPlaying(page);
    expect((await playingVideo(page)).muted).toBe(false);
    await page.keyboard.press('m');
    await eventually(async () => (await playingVideo(page)).muted).toBe(true);
    await page.reload();
    await waitUntilPlaying(page);
    expect(await page.getByRole('button', { name: 'Tap for sound' }).count()).toBe(0);
    expect((await playingVideo(page)).muted).toBe(true);
  });

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
    site.api.state.me = fakeCredentials(alice);
    await page.reload();
    await page.getByRole('link', { name: 'Find people' }).waitFor();
    await page.getByRole('link', { name: 'Public' }).click();
    await page.getByRole('link', { name: 'Upload a clip' }).waitFor();
    expect(await page.title()).toBe('Public · Vireo Test');
  });
});

describe.skipIf(!hasBrowser)('the feed', () => {
  test('tells what was watched, once the page is left at the latest', async () => {
    site.api.state.statuses = [tall('530'), wide('529'), tall('528')];
    const page = await openFeed();
    await waitUntilPlaying(page);
    await eventually(async () => (await playingVideo(page)).time).toBeGreaterThan(3.3);
    await page.keyboard.press('j');
    await eventually(() => currentPosition(page)).toBe(2);
    await eventually(async () => (await playingVideo(page)).time).toBeGreaterThan(1);
    await page.goto('about:blank');
    // Pages of earlier tests tell their own when they are closed.
    const events = () => site.api.state.told.filter(({ video_id }) => /^5[23]\d$/.test(video_id));
    const told = () => events().map(({ video_id, type }) => `${type} ${video_id}`);
    await eventually(async () => told()).toContain('watch 530');
    expect(told()[0]).toBe('view 530');
    expect(told().some((one) => /^(skip|watch) 529$/.test(one))).toBe(true);
    expect(events().every(({ source }) => source === 'federated')).toBe(true);
    const watched = events().find(({ type }) => type === 'watch')?.watched_seconds ?? 0;
    expect(watched).toBeGreaterThan(3);
    expect(watched).toBeLessThan(30);
  });

  test('is a feed of articles to people who listen to it', async () => {
    site.api.state.statuses = [tall('30'), wide('29')];
    const page = await openFeed();
    const feed = page.getByRole('feed', { name: 'Public' });
    await feed.waitFor();
    const articles = await feed.getByRole('article').evaluateAll((all) =>
      all.map((one) => ({
        label: one.getAttribute('aria-label'),
        place: `${one.getAttribute('aria-posinset')} of ${one.getAttribute('aria-setsize')}`,
        focusable: one.tabIndex === 0,
      })),
    );
    expect(articles).toEqual([
      { label: 'Clip by @alice', place: '1 of -1', focusable: true },
      { label: 'Clip by @mika@film.example', place: '2 of -1', focusable: true },
    ]);
    await currentArticle(page, 'Clip by @alice').getByText('A testsrc2 picture').waitFor();
  });

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

  test('seeks with the slider and the keys', async () => {
    site.api.state.statuses = [tall('30')];
    const page = await openFeed();
    await waitUntilPlaying(page);
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowRight');
    const time = () => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
    await eventually(time).toBeGreaterThan(5);
    await page.getByRole('slider', { name: 'Position in the clip' }).fill('2');
    await eventually(time).toBeCloseTo(2, 1);
    const spoken = page.getByRole('slider', { name: 'Position in the clip' });
    await eventually(() => spoken.getAttribute('aria-valuetext')).toBe('0:02 of 0:12');
  });

  test('shows its keys, gives the focus back, and can do without letters', async () => {
    site.api.state.statuses = [tall('30'), wide('29'), tall('28')];
    const page = await openFeed({ viewport: viewports.desktop });
    await waitUntilPlaying(page);
    const help = page.getByRole('button', { name: 'Keyboard shortcuts' });
    await help.click();
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('j');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('checkbox', { name: 'Use single-letter keys' }).uncheck();
    await page.keyboard.press('Escape');
    expect(await help.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await currentPosition(page)).toBe(1);
    await page.keyboard.press('?');
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await eventually(() => currentPosition(page)).toBe(2);
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('does not start by itself for people who want less motion', async () => {
    site.api.state.statuses = [tall('30')];
    const page = await openFeed({ reducedMotion: 'reduce' });
    const play = page.getByRole('button', { name: 'Play', exact: true });
    await play.waitFor();
    await eventually(async () => (await playingVideo(page)).primed).toBe(1);
    expect((await playingVideo(page)).playing).toBe(0);
    await play.click();
    await waitUntilPlaying(page);
  });

  test('finds new clips while it is open, and shows them on demand', async () => {
    site.api.state.statuses = [tall('30')];
    // A server that gives known clips again.
    const asked: string[] = [];
    const page = await site.open('/', {}, async (empty) => {
      await empty.clock.install();
      await empty.route('**/timelines/public?min_id=*', (route) => {
        asked.push(route.request().url());
        return route.continue({ url: `${site.api.origin}/api/v1/timelines/public?limit=20` });
      });
    });
    await waitUntilPlaying(page);
    site.api.state.statuses = [wide('31'), tall('30')];
    await page.clock.fastForward(16_000);
    await page.getByRole('button', { name: 'New clips' }).click();
    await currentArticle(page, 'Clip by @mika@film.example').waitFor();
    await eventually(() => currentPosition(page)).toBe(1);
    expect(asked[0]).toContain('/api/v1/timelines/public?min_id=30&limit=20');
    expect(await page.getByRole('article').count()).toBe(2);
    await eventually(async () => (await playingVideo(page)).source).toMatch(/wide\.mp4$/);
  });

  test('is where it was after a visit to another page', async () => {
    site.api.state.statuses = [tall('30'), wide('29'), tall('28')];
    const page = await openFeed();
    await waitUntilPlaying(page);
    await page.keyboard.press('j');
    await eventually(() => currentPosition(page)).toBe(2);
    await page.getByRole('link', { name: 'Find' }).click();
    await page.getByRole('heading', { name: 'Sign in first' }).waitFor();
    await page.goBack();
    await eventually(() => currentPosition(page)).toBe(2);
    await waitUntilPlaying(page);
    expect((await playingVideo(page)).source).toMatch(/wide\.mp4$/);
  });

  test('follows the author of a clip', async () => {
    site.api.state.me = fakeCredentials(fakeAccount('9', 'nora'));
    site.api.state.accounts = [alice, mika];
    site.api.state.statuses = [tall('30'), wide('29')];
    const page = await openFeed({}, '/?feed=public');
    await page.getByRole('button', { name: 'Follow @alice' }).click();
    await page.getByRole('button', { name: 'Following. Stop following @alice' }).waitFor();
    await page.getByRole('link', { name: 'Home' }).first().click();
    await currentArticle(page, 'Clip by @alice').waitFor();
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
