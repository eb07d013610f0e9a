import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  type PageOptions,
  untilInPage,
  viewports,
  type WatchedPage,
} from '../helpers/browser.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { storeWatched } from '../helpers/watched.ts';

/** Finding people and clips, and what one has of them, on a real server with real clips. */
describe.skipIf(!hasBrowser)('discovering', { timeout: 60_000 }, () => {
  let browser: Browser;
  let server: TestServer;
  let people: People;
  let client: Client;
  let alice: Person;
  let nora: Person;
  let cookie: string;
  let watched: WatchedPage | undefined;
  const clips: VideoId[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await startTestServer();
    const { context, origin } = server;
    people = createPeople(server);
    client = clientOf(origin);
    alice = await people.signedIn('alice');
    nora = await people.signedIn('nora');
    cookie = await people.tokenOf(alice.account, 'cookie');
    const playable = await createClipFactory(context);
    for (const [caption, tags] of [
      ['First snow #snow #birds', ['snow', 'birds']],
      ['A blackbird #birds', ['birds']],
      ['Two cranes #birds', ['birds']],
    ] as const) {
      clips.push(await playable(nora.account, { caption, tags }));
    }
    await client.patch('/api/v1/accounts/update_credentials', {
      as: nora,
      body: {
        display_name: 'Nora',
        note: 'I film #birds.',
        fields_attributes: [{ name: 'Camera', value: 'A small one' }],
      },
    });
    await context
      .db('video_views')
      .insert({ video_id: clips[0], views: 12_345, completions: 0, skips: 0, watched_ms: 0 });
    await client.post(`/api/v1/statuses/${clips[0]}/pin`, { as: nora, body: {} });
    await client.post(`/api/v1/statuses/${clips[1]}/favourite`, { as: alice, body: {} });
    await client.post(`/api/v1/statuses/${clips[2]}/bookmark`, { as: alice, body: {} });
    for (const name of ['ben', 'cleo'])
      await people.follow((await people.signedIn(name)).account, nora.account);
    await people.remote('mika', 'film.example');
  }, 120_000);
  afterEach(async () => {
    const { problems = [] } = watched ?? {};
    await watched?.close();
    watched = undefined;
    expect(problems).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(path: string, options: PageOptions & { as?: 'alice' } = {}): Promise<Page> {
    const { as, ...rest } = options;
    watched = await openPage(browser, server.origin, rest);
    const { page } = watched;
    if (as) await page.context().addCookies([{ name: 'vireo-session', value: cookie, url: server.origin }]);
    await page.goto(path);
    return page;
  }

  const poster = (page: Page, caption: string) =>
    page.getByRole('main').getByRole('link', { name: new RegExp(`^${caption}`) });
  const path = (page: Page) => new URL(page.url()).pathname;
  const seen = async (page: Page) => {
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await axeViolations(page)));
      await shoot(page, colorScheme);
    }
    return found;
  };

  describe.each(Object.entries(viewports))('on a %s', (_size, viewport) => {
    test('what is written is found as it is written, and remembered', async () => {
      const page = await open('/find', { viewport, as: 'alice' });
      const field = page.getByRole('searchbox');
      await page.getByRole('heading', { name: 'Trending hashtags' }).waitFor();
      await poster(page, 'A blackbird').waitFor();
      expect(path(page)).toBe('/search');
      expect(await seen(page)).toEqual([]);
      await field.pressSequentially('nor');
      await page.getByRole('article', { name: '@nora' }).waitFor();
      expect(await seen(page)).toEqual([]);
      await field.fill('birds');
      await page.getByRole('tab', { name: 'Clips 3' }).waitFor();
      await page.getByText('3 clips, 1 hashtag').waitFor({ state: 'attached' });
      await field.fill('birds snow');
      await page.getByRole('tab', { name: 'Clips 1' }).waitFor();
      await field.press('Enter');
      await page.getByRole('tab', { name: 'Hashtags' }).click();
      await page.getByRole('link', { name: '#snow' }).waitFor();
      expect(await seen(page)).toEqual([]);
      await field.fill('');
      await page.getByRole('button', { name: 'birds snow', exact: true }).click();
      expect(await field.inputValue()).toBe('birds snow');
      await page.reload();
      await page.getByRole('tab', { name: 'Clips 1' }).waitFor();
      await field.fill('');
      await page.getByRole('button', { name: 'Clear all' }).click();
      expect(await page.getByRole('button', { name: 'birds snow', exact: true }).count()).toBe(0);
    });

    test('a hashtag: its clips, its order, following it, and watching on in the list', async () => {
      const page = await open('/tag/birds', { viewport, as: 'alice' });
      await page.getByRole('heading', { name: '#birds', level: 1 }).waitFor();
      expect(path(page)).toBe('/tags/birds');
      await poster(page, 'Two cranes').waitFor();
      expect(await seen(page)).toEqual([]);
      await page.getByRole('button', { name: 'Follow #birds' }).click();
      await page.getByRole('button', { name: 'Following. Stop following #birds' }).waitFor();
      await page.getByRole('button', { name: 'Stop following #birds' }).click();
      await page.getByRole('button', { name: 'Follow #birds' }).waitFor();
      await page.getByRole('tab', { name: 'Newest' }).press('ArrowLeft');
      await page.getByRole('heading', { name: 'Nothing trends here now' }).waitFor();
      await page.getByRole('button', { name: 'Show the newest' }).click();
      await poster(page, 'Two cranes').click();
      await page.waitForURL(`**/@nora/${clips[2]}`);
      await page.getByRole('region', { name: 'About this clip' }).waitFor();
      await page.keyboard.press('j');
      await page.waitForURL(`**/@nora/${clips[1]}`);
      await page.getByRole('button', { name: 'Next clip' }).click();
      await page.waitForURL(`**/@nora/${clips[0]}`);
      await page.getByRole('button', { name: 'Previous clip' }).waitFor();
      expect(await page.getByRole('button', { name: 'Next clip' }).count()).toBe(0);
      await shoot(page, 'watch');
      await page.keyboard.press('k');
      await page.waitForURL(`**/@nora/${clips[1]}`);
      await page.goBack();
      await poster(page, 'A blackbird').waitFor();
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
        .toMatch(/^A blackbird/);
    });

    test('a profile, who follows it, and what one can do about it', async () => {
      const page = await open('/@nora', { viewport, as: 'alice' });
      await page.getByRole('heading', { name: 'Nora', level: 1 }).waitFor();
      const posters = page.getByRole('list', { name: 'Clips' }).getByRole('link');
      await poster(page, 'First snow').waitFor();
      const [pinned] = await posters.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
      expect(pinned).toBe('First snow #snow #birds, Pinned, 0:05, 12.3K views');
      expect(await posters.count()).toBe(3);
      await page.getByText('A small one').waitFor();
      expect(await seen(page)).toEqual([]);
      await openMenu(page);
      expect(await axeViolations(page)).toEqual([]);
      await shoot(page, 'menu');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByText('You will not see @nora in your feeds.').waitFor();
      await page.getByText('You muted this account').waitFor();
      await openMenu(page);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByText('You muted this account').waitFor({ state: 'detached' });
      await openMenu(page);
      await page.getByRole('menuitem', { name: 'Block @nora' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
      await page.getByRole('heading', { name: 'You blocked @nora' }).waitFor();
      await page.getByRole('main').getByRole('button', { name: 'Stop blocking @nora' }).click();
      await poster(page, 'First snow').waitFor();
      await page.getByRole('link', { name: '2 followers' }).click();
      await page.getByRole('article', { name: '@cleo' }).waitFor();
      expect(await page.getByRole('article').count()).toBe(2);
      expect(await seen(page)).toEqual([]);
      await page.getByRole('link', { name: 'Following', exact: true }).click();
      await page.getByRole('heading', { name: 'Nobody yet' }).waitFor();
    });

    test('the own profile, and the library: saved, liked, and watched until it is forgotten', async () => {
      const events = clips.map((video_id) => ({
        ...{ id: randomUUID(), video_id, type: 'watch', watched_seconds: 4 },
      }));
      await client.post('/api/v1/events', { as: alice, body: { events } });
      await storeWatched(server.context);
      const page = await open('/@alice', { viewport, as: 'alice' });
      await page.getByRole('heading', { name: 'No clips yet' }).waitFor();
      await page.getByRole('tab', { name: 'Clips' }).press('ArrowRight');
      await poster(page, 'A blackbird').waitFor();
      expect(await seen(page)).toEqual([]);
      await page.goto('/library/saved');
      await poster(page, 'Two cranes').waitFor();
      await page.getByRole('link', { name: 'Liked', exact: true }).click();
      await poster(page, 'A blackbird').waitFor();
      await page.getByRole('link', { name: 'History', exact: true }).click();
      await poster(page, 'First snow').waitFor();
      expect(await page.getByRole('list', { name: 'History' }).getByRole('listitem').count()).toBe(3);
      expect(await seen(page)).toEqual([]);
      await page.getByRole('button', { name: /^Remove A blackbird/ }).click();
      await page.getByText('Removed from your history.').waitFor();
      expect((await client.get('/api/v1/history', { as: alice })).body.entries).toHaveLength(2);
      await page.getByRole('button', { name: 'Clear history' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Clear history' }).click();
      await page.getByRole('heading', { name: 'Nothing watched yet' }).waitFor();
      expect((await client.get('/api/v1/history', { as: alice })).body.entries).toEqual([]);
    });
  });

  test('a sound leads to the clip it is from, and one that is not there says so', async () => {
    const page = await open('/sounds/1', { expected: [/404 .*(statuses|sounds)/] });
    await page.getByRole('heading', { name: 'There is no such sound here' }).waitFor();
    await server.context.db('videos').where({ id: clips[1] }).update({ sound_title: 'Dawn chorus' });
    await page.goto(`/sounds/${clips[1]}`);
    await page.getByRole('heading', { name: 'Dawn chorus' }).waitFor();
    expect(await seen(page)).toEqual([]);
    await poster(page, 'A blackbird').waitFor();
    await page.getByRole('link', { name: 'Watch the original' }).click();
    await page.waitForURL(`**/@nora/${clips[1]}`);
  });

  test('who presses Enter at once has the server of a handle asked, and nothing else in its place', async () => {
    const page = await open('/search', { as: 'alice' });
    const asked: (string | null)[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === '/api/v2/search' && searchParams.get('q')?.includes('nobody'))
        asked.push(searchParams.get('resolve'));
    });
    const field = page.getByRole('searchbox');
    const handle = `@nobody@${new URL(server.origin).host}`;
    await field.fill(handle);
    await field.press('Enter');
    await page.getByText(`Nobody called ${handle} was found.`).waitFor();
    // What is found as it is written comes after a pause, which is over then.
    await field.fill('birds');
    await page.getByRole('tab', { name: 'Clips 3' }).waitFor();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((resolve) => resolve !== 'true')).toEqual([]);
  });

  test('a visitor finds an account by its whole name, and sees what is there for visitors', async () => {
    const page = await open('/search', { viewport: viewports.desktop });
    const field = page.getByRole('searchbox');
    await expect.poll(() => field.evaluate((box) => box === document.activeElement)).toBe(true);
    await page.keyboard.type('@mika@film.example');
    await page.getByRole('article', { name: '@mika@film.example' }).waitFor();
    await page.getByText('Sign in to have film.example asked, too.').waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(
      '/@mika@film.example',
    );
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'mika' }).waitFor();
    await page.getByText('Older clips may be missing here.').waitFor();
    await page.getByRole('button', { name: 'Follow from your server' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await seen(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.goto('/library/history');
    await page.getByRole('heading', { name: 'Sign in first' }).waitFor();
  });

  test('a poster moves while the pointer or the focus is on it, and not for who wants no motion', async () => {
    const page = await open('/tags/birds', { viewport: viewports.desktop });
    await poster(page, 'Two cranes').hover();
    await untilInPage(
      page,
      () => (document.querySelector('main video') as HTMLVideoElement)?.currentTime > 0,
    );
    await page.mouse.move(0, 0);
    await untilInPage(page, () => !document.querySelector('main video'));
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await poster(page, 'Two cranes').hover();
    await poster(page, 'A blackbird').hover();
    expect(await page.locator('main video').count()).toBe(0);
  });

  test('lists that somebody hides, an account that moved, and one that is not there', async () => {
    const { db } = server.context;
    await db('accounts').where({ id: nora.id }).update({ hide_collections: true });
    const page = await open('/@nora', { expected: [/404 .*(lookup|@nobody)/] });
    await page.getByText('2 followers').waitFor();
    expect(await page.getByRole('link', { name: '2 followers' }).count()).toBe(0);
    await page.goto('/@nora/followers');
    await page.getByRole('heading', { name: 'This list is hidden' }).waitFor();
    await db('accounts').where({ id: nora.id }).update({ moved_to_id: alice.id, hide_collections: false });
    await page.goto('/@nora');
    await page.getByText('They go on as @alice.').waitFor();
    expect(await seen(page)).toEqual([]);
    await page.getByRole('link', { name: 'Open @alice' }).click();
    await page.getByRole('heading', { name: 'alice', level: 1 }).waitFor();
    await page.goto('/@alice');
    await page.getByRole('heading', { name: 'No clips yet' }).waitFor();
    expect(await page.getByRole('tab').count()).toBe(0);
    await db('accounts').where({ id: alice.id }).update({ shows_likes: true });
    await page.reload();
    await page.getByRole('tab', { name: 'Liked' }).click();
    await poster(page, 'A blackbird').waitFor();
    expect(await seen(page)).toEqual([]);
    await page.goto('/@nobody/following');
    await page.getByRole('heading', { name: 'There is no such account here.' }).waitFor();
  });
});

/** Opens the menu of a profile by the keyboard, which is on its first entry then. */
async function openMenu(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More about @nora' }).press('Enter');
  await untilInPage(page, () => document.activeElement?.getAttribute('role') === 'menuitem');
}

let shots = 0;

/** Keeps a picture where `SCREENSHOTS` names a folder. */
async function shoot(page: Page, what: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  shots += 1;
  const { width } = page.viewportSize() ?? { width: 0 };
  const name = new URL(page.url()).pathname.replaceAll('/', '_');
  await page.screenshot({ path: `${folder}/${String(shots).padStart(3, '0')}-${width}${name}-${what}.png` });
}
