import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Status } from '../../web/src/api/types.ts';
import { axeViolations, hasBrowser, viewports, waitUntilPlaying } from '../helpers/browser.ts';
import { fakeAccount, fakeCredentials, fakeStatus } from '../helpers/fake-entities.ts';
import { describeClip } from '../helpers/fake-media.ts';
import { eventually, tallClip, useWebSite, wideClip } from '../helpers/web-site.ts';

const alice = fakeAccount('1', 'alice');
const mika = fakeAccount('2', 'mika', 'film.example');
const nora = fakeAccount('9', 'nora');

const tall = (id: string, changes: Partial<Status> = {}) =>
  fakeStatus(id, alice, describeClip(id, tallClip), changes);
const wide = (id: string, changes: Partial<Status> = {}) =>
  fakeStatus(id, mika, describeClip(id, wideClip), changes);

const site = useWebSite();

/** The clip that fills the screen. */
const current = (page: Page) =>
  page.evaluate(
    () => document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('article')?.dataset.id ?? null,
  );

function signIn(...statuses: Status[]): void {
  Object.assign(site.api.state, { me: fakeCredentials(nora), accounts: [alice, mika], statuses });
}

const like = (page: Page) => page.getByRole('button', { name: /^Like, / }).first();
const save = (page: Page) => page.getByRole('button', { name: /^Save, / }).first();
const called = (call: string) => site.api.state.calls.filter((one) => one === call).length;
const LIKE = 'POST /api/v1/statuses/30/favourite';
const UNLIKE = 'POST /api/v1/statuses/30/unfavourite';

describe.skipIf(!hasBrowser).each(Object.entries(viewports))(
  'what one can do with a clip, on a %s',
  (_name, viewport) => {
    test('is liked with a button, a key and two presses, and says how often', async () => {
      signIn(tall('30', { favourites_count: 11 }), wide('29'));
      const page = await site.open('/', { viewport });
      await waitUntilPlaying(page);
      await like(page).click();
      await eventually(() => like(page).getAttribute('title')).toBe('Like, 12 likes');
      expect(await like(page).getAttribute('aria-pressed')).toBe('true');
      await eventually(() => called(LIKE)).toBe(1);
      await page.keyboard.press('l');
      await eventually(() => like(page).getAttribute('title')).toBe('Like, 11 likes');
      await eventually(() => called(UNLIKE)).toBe(1);
      const surface = page.getByRole('button', { name: 'Pause', exact: true });
      await surface.dblclick({ position: { x: 120, y: 220 } });
      await page.locator('[class*=heart]').first().waitFor();
      await eventually(() => called(LIKE)).toBe(2);
      // Two presses like; they do not stop the clip.
      await waitUntilPlaying(page);
      expect(await axeViolations(page)).toEqual([]);
    });

    test('has a menu of what is rare', async () => {
      const video = {
        ...{
          views: 1,
          saves: 0,
          sound: { id: '30', title: 'Rain', original: true, account: null, muted: false, withheld: null },
          remix_of: null,
          remixes: 0,
          download_url: '/media/tall.mp4',
        },
        permissions: { comment: true, download: true, duet: true, stitch: true, sound: true, ask: false },
        ...{ remix_of: null, remixes: 0 },
      };
      signIn(wide('30', { video, content: '<p>Rain</p>' }), tall('29'));
      const page = await site.open('/', { viewport });
      await waitUntilPlaying(page);
      const opener = page.getByRole('button', { name: 'More', exact: true }).first();
      await opener.focus();
      await page.keyboard.press('Enter');
      const names = page.getByRole('menuitem');
      await names.first().waitFor();
      // What may be made with its sound is asked for, and there is no such sound.
      await eventually(() => names.allTextContents()).toEqual([
        ...[
          'Not interested',
          'Save to…',
          'Why am I seeing this?',
          'Duet',
          'Stitch',
          'Copy link',
          'Download',
          'Open on film.example',
        ],
        ...['Mute @mika@film.example', 'Block @mika@film.example', 'Report'],
      ]);
      await page.keyboard.press('ArrowDown');
      expect(await current(page)).toBe('30');
      expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
      const sound = page.getByRole('link', { name: 'Sound: Rain' });
      expect(await sound.getAttribute('href')).toBe('/sounds/30');
    });
  },
);

describe.skipIf(!hasBrowser)('what one can do with a clip', () => {
  test('rolls back what the server refuses, and says why', async () => {
    signIn(tall('30', { favourites_count: 3 }));
    site.api.state.refusals.set(LIKE, { status: 422, error: 'refused', sentence: 'Not this one.' });
    const page = await site.open('/', { expected: [/status of 422/] });
    await waitUntilPlaying(page);
    await page.keyboard.press('l');
    await page.getByText('Not this one.').waitFor();
    expect(await like(page).getAttribute('title')).toBe('Like, 3 likes');
    expect(await like(page).getAttribute('aria-pressed')).toBe('false');
  });

  test('keeps likes and saves while there is no connection, also over a reload, and sends them once', async () => {
    signIn(tall('30'), wide('29'));
    const page = await site.open('/', { expected: [/ERR_INTERNET_DISCONNECTED/, /status of 503/] });
    await waitUntilPlaying(page);
    await page.context().setOffline(true);
    await page.keyboard.press('l');
    await page.keyboard.press('b');
    await eventually(() => save(page).getAttribute('aria-pressed')).toBe('true');
    await page.getByText('You are offline.').waitFor();
    expect(called(LIKE)).toBe(0);
    // From before it is online: a call that the reload cuts off may have arrived, and is sent again.
    const calls = /\/(favourite|bookmark)$/;
    await page.route(calls, (route) => route.fulfill({ status: 503, body: '{}' }));
    await page.context().setOffline(false);
    // Whoever reloads meanwhile finds it as they left it.
    await page.reload();
    await eventually(() => like(page).getAttribute('aria-pressed')).toBe('true');
    const here = page.url();
    await page.goto('about:blank');
    await page.unroute(calls);
    await page.goto(here);
    await eventually(() => called(LIKE)).toBe(1);
    await eventually(() => called('POST /api/v1/statuses/30/bookmark')).toBe(1);
    // The answer comes a little later than the server counts.
    await eventually(() => page.evaluate(() => localStorage.getItem('vireo.outbox'))).toBe(null);
  });

  test('asks who is not signed in to do that', async () => {
    site.api.state.statuses = [tall('30')];
    const page = await site.open('/');
    await waitUntilPlaying(page);
    await like(page).click();
    await page.getByText('Sign in to like clips.').waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Name or e-mail').waitFor();
    expect(called(LIKE)).toBe(0);
  });

  test('a clip that does not interest goes at once, and comes back', async () => {
    signIn(tall('30'), wide('29'), tall('28'));
    const page = await site.open('/');
    await waitUntilPlaying(page);
    await page.keyboard.press('j');
    await eventually(() => current(page)).toBe('29');
    await page.getByRole('article').nth(1).getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Not interested' }).click();
    await eventually(() => current(page)).toBe('28');
    await eventually(() => [...site.api.state.unwanted]).toEqual(['29']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(() => current(page)).toBe('29');
    expect([...site.api.state.unwanted]).toEqual([]);
    expect(await page.getByRole('article').count()).toBe(3);
  });

  test('whom one mutes is gone from the feed, and comes back', async () => {
    signIn(tall('30'), wide('29'), tall('28'), wide('27'));
    const page = await site.open('/');
    await waitUntilPlaying(page);
    await page.getByRole('button', { name: 'More', exact: true }).first().click();
    await page.getByRole('menuitem', { name: 'Mute @alice' }).click();
    await page.getByText('@alice is muted.').waitFor();
    await eventually(() => page.getByRole('article').count()).toBe(2);
    expect(site.api.state.relationships.get('1')?.muting).toBe(true);
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(() => page.getByRole('article').count()).toBe(4);
    expect(site.api.state.relationships.get('1')?.muting).toBe(false);
  });

  test('shows who passed a clip on, and links of a caption lead to pages here', async () => {
    const shared = wide('29', {
      content:
        '<p>For <a href="https://film.example/@mika">@mika</a> <a href="https://film.example/tags/Rain">#Rain</a> <a href="https://example.org/">more</a></p>',
      tags: [{ name: 'Rain', url: 'https://vireo.test/tag/Rain' }],
      mentions: [{ id: '2', username: 'mika', acct: 'mika@film.example', url: 'https://film.example/@mika' }],
    });
    signIn({ ...tall('30'), reblog: { ...shared, reblog: null } });
    const page = await site.open('/?feed=following');
    const article = page.getByRole('article', { name: 'Clip by @mika@film.example' });
    await article.getByRole('link', { name: 'Alice shared this' }).waitFor();
    const hrefs = await article
      .locator('p a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(hrefs).toEqual(
      expect.arrayContaining(['/@mika@film.example', '/tags/Rain', 'https://example.org/']),
    );
    expect(hrefs).not.toContain('https://film.example/@mika');
  });

  test('comments and sharing open by keys, and Control with End leads out of the feed', async () => {
    signIn(tall('30'), wide('29'));
    const page = await site.open('/', { viewport: viewports.desktop });
    await waitUntilPlaying(page);
    await page.keyboard.press('j');
    await eventually(() => current(page)).toBe('29');
    await page.keyboard.press('Control+End');
    const previous = page.getByRole('button', { name: 'Previous clip' });
    expect(await previous.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('k');
    await eventually(() => current(page)).toBe('30');
    await page.keyboard.press('Control+Home');
    const tab = page.getByRole('link', { name: 'For You' });
    expect(await tab.evaluate((link) => link === document.activeElement)).toBe(true);
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Comments', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await eventually(() => page.getByRole('heading', { name: 'Comments', exact: true }).count()).toBe(0);
  });

  test('begins anew with the button and by pulling, and keeps what is shown where that fails', async () => {
    signIn(tall('30'), wide('29'));
    const page = await site.open('/', { hasTouch: true, expected: [/status of 503/] });
    await waitUntilPlaying(page);
    signIn(wide('31'), tall('30'));
    await page.getByRole('button', { name: 'Begin anew at the top' }).click();
    await eventually(() => current(page)).toBe('31');
    signIn(tall('32'), wide('31'));
    await page.getByRole('feed').evaluate((feed) => {
      const touch = (type: string, y: number) => {
        const touches = [new Touch({ identifier: 1, target: feed, clientX: 100, clientY: y })];
        feed.dispatchEvent(
          new TouchEvent(type, {
            touches: type === 'touchend' ? [] : touches,
            changedTouches: touches,
            bubbles: true,
          }),
        );
      };
      touch('touchstart', 100);
      touch('touchmove', 300);
      touch('touchend', 300);
    });
    await eventually(() => current(page)).toBe('32');
    site.api.state.down = true;
    await page.getByRole('button', { name: 'Begin anew at the top' }).click();
    await page.getByText('Nothing was lost.').first().waitFor();
    expect(await current(page)).toBe('32');
    site.api.state.down = false;
  });
});
