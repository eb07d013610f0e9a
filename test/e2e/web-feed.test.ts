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
    expect(site.api.state.calls).toContain('GET /api/v1/feed_statuses?feed_type=for_you&limit=10&cursor=81');
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
    // What came before may have been told on the way, and this only as the page was left.
    await eventually(() => told().some((one) => /^(skip|watch) 529$/.test(one))).toBe(true);
    expect(events().every(({ source }) => source === 'for_you')).toBe(true);
    const watched = events().find(({ type }) => type === 'watch')?.watched_seconds ?? 0;
    expect(watched).toBeGreaterThan(3);
    expect(watched).toBeLessThan(30);
  });

  test('is a feed of articles to people who listen to it', async () => {
    site.api.state.statuses = [tall('30'), wide('29')];
    const page = await openFeed();
    const feed = page.getByRole('feed', { name: 'For You' });
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
    const page = await site.open('/?feed=federated', {}, async (empty) => {
      await empty.clock.install();
    });
    await waitUntilPlaying(page);
    site.api.state.statuses = [wide('31'), tall('30')];
    await page.clock.fastForward(16_000);
    await page.getByRole('button', { name: 'New clips' }).click();
    await currentArticle(page, 'Clip by @mika@film.example').waitFor();
    await eventually(() => currentPosition(page)).toBe(1);
    expect(await page.getByRole('article').count()).toBe(2);
    await eventually(async () => (await playingVideo(page)).source).toMatch(/wide\.mp4$/);
  });

  test('is where it was after a visit to another page', async () => {
    site.api.state.accounts = [alice, mika];
    site.api.state.statuses = [tall('30'), wide('29'), tall('28')];
    const page = await openFeed();
    await waitUntilPlaying(page);
    await page.keyboard.press('j');
    await eventually(() => currentPosition(page)).toBe(2);
    await currentArticle(page, 'Clip by @mika@film.example')
      .getByRole('link', { name: 'Profile of @mika' })
      .click();
    await page.getByRole('heading', { name: 'Mika' }).waitFor();
    await page.goBack();
    await eventually(() => currentPosition(page)).toBe(2);
    await waitUntilPlaying(page);
    expect((await playingVideo(page)).source).toMatch(/wide\.mp4$/);
  });

  test('follows the author of a clip', async () => {
    site.api.state.me = fakeCredentials(fakeAccount('9', 'nora'));
    site.api.state.accounts = [alice, mika];
    site.api.state.statuses = [tall('30'), wide('29')];
    const page = await openFeed({}, '/?feed=federated');
    await page.getByRole('button', { name: 'Follow @alice' }).click();
    await page.getByRole('button', { name: 'Following. Stop following @alice' }).waitFor();
    await page.getByRole('link', { name: 'Following', exact: true }).click();
    await currentArticle(page, 'Clip by @alice').waitFor();
  });
});
