import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  type PageOptions,
  untilInPage,
  viewports,
} from '../helpers/browser.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { settled } from '../helpers/screen-steps.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn } from '../helpers/sounds.ts';
import { storeWatched } from '../helpers/watched.ts';
import { watchedPages } from '../helpers/watched-pages.ts';

/** Finding people and clips, and what one has of them, on a real server with real clips. */
describe.skipIf(!hasBrowser)('discovering', { timeout: 60_000 }, () => {
  let browser: Browser;
  let server: TestServer;
  let people: People;
  let client: Client;
  let alice: Person;
  let nora: Person;
  let cookie: string;
  const pages = watchedPages();
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
    await context.db('accounts').where({ id: nora.id }).update({ indexable: true });
    await context.search.follow();
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
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(path: string, options: PageOptions & { as?: 'alice' | 'nora' } = {}): Promise<Page> {
    const { as, ...rest } = options;
    const page = await pages.show(openPage(browser, server.origin, rest));
    if (as) {
      const value = as === 'nora' ? await people.tokenOf(nora.account, 'cookie') : cookie;
      await page.context().addCookies([{ name: 'vireo-session', value, url: server.origin }]);
    }
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

  test.each(['tags', 'sounds'])(
    'what trends is shown at once in its place, and not moved by %s that come later',
    async (late) => {
      const sound = await heardIn(server.context, clips[0] as VideoId);
      const held = Promise.withResolvers<void>();
      const page = await open('/about', { as: 'alice' });
      // What a server without a worker has no list of.
      const { body } = await client.get(`/api/v1/sounds/${sound}`);
      await page.route(/\/api\/v1\/trends\/(?:tags|sounds)/, async (route) => {
        const url = route.request().url();
        if (url.includes(late)) await held.promise;
        if (url.includes('sounds')) await route.fulfill({ json: [body] });
        else await route.continue();
      });
      const trending = page.waitForResponse(/\/api\/v1\/trends\/statuses/);
      await page.goto('/search');
      await trending;
      await page.getByRole('link', { name: 'Find people' }).waitFor();
      expect(await poster(page, 'A blackbird').count()).toBe(0);
      expect(await page.getByRole('heading', { name: /^Trending/ }).count()).toBe(0);
      held.resolve();
      await poster(page, 'A blackbird').waitFor();
      expect(await page.getByRole('heading', { name: /^Trending/ }).allTextContents()).toEqual([
        ...['Trending hashtags', 'Trending sounds', 'Trending clips'],
      ]);
      expect(await seen(page)).toEqual([]);
      await page.getByRole('region', { name: 'Trending sounds' }).getByRole('link').press('Enter');
      await page.waitForURL(`**/sounds/${sound}`);
    },
  );

  describe.each(Object.entries(viewports))('on a %s', (_size, viewport) => {
    test('what is written is found as it is written, and remembered', async () => {
      const page = await open('/find', { viewport, as: 'alice' });
      const field = page.getByRole('combobox', { name: 'Search for people' });
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
      await settled(page);
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
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByText('You will not see @nora in your feeds.').waitFor();
      await page.getByText('You muted this account').waitFor();
      await openMenu(page);
      await page.keyboard.press('ArrowDown');
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
      await page.getByRole('tab', { name: 'Playlists' }).press('ArrowRight');
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
    const sound = await heardIn(server.context, clips[1] as VideoId);
    await page.goto(`/sounds/${sound}`);
    await page.getByRole('heading', { name: 'Dawn chorus' }).waitFor();
    expect(await seen(page)).toEqual([]);
    await poster(page, 'A blackbird').waitFor();
    await page.getByRole('figure', { name: 'Clips a day' }).waitFor();
    await shoot(page, 'sound');
    await page.getByRole('link', { name: 'Watch the original' }).click();
    await page.waitForURL(`**/@nora/${clips[1]}`);
  });

  test('one keeps a sound', async () => {
    const sound = await heardIn(server.context, clips[2] as VideoId);
    const page = await open(`/sounds/${sound}`, { as: 'alice' });
    await page.getByRole('heading', { name: 'Original sound of @nora', level: 1 }).waitFor();
    expect(await page.getByRole('button', { name: 'Name and rights' }).count()).toBe(0);
    const save = page.getByRole('button', { name: 'Save Original sound of @nora', exact: true });
    await save.press('Enter');
    await page.getByRole('button', { name: 'Saved. Stop saving Original sound of @nora' }).waitFor();
    const kept = await client.get('/api/v1/sounds/saved', { as: alice });
    expect(kept.body).toMatchObject([{ id: sound, saved: true }]);
    await page.goto('/library/sounds');
    await page.getByRole('link', { name: 'Original sound of @nora' }).waitFor();
    expect(await seen(page)).toEqual([]);
    await page.getByRole('link', { name: 'Original sound of @nora' }).press('Enter');
    await page.waitForURL(`**/sounds/${sound}`);
    await page.getByRole('button', { name: 'Saved. Stop saving Original sound of @nora' }).press('Enter');
    await page.getByText('Not saved any more.').waitFor();
    await page.goto('/library/sounds');
    await page.getByRole('heading', { name: 'No sounds saved yet' }).waitFor();
  });

  test('its author names a sound', async () => {
    const sound = await heardIn(server.context, clips[2] as VideoId);
    const own = await open(`/sounds/${sound}`, { as: 'nora' });
    await own.getByRole('button', { name: 'Name and rights' }).click();
    await own.getByLabel('Name', { exact: true }).fill('Cranes at dusk');
    await own.getByLabel('Licence').selectOption({ label: 'CC BY 4.0' });
    await own.getByLabel('Source').fill('https://birds.test/cranes');
    expect(await axeViolations(own)).toEqual([]);
    await shoot(own, 'sound-name');
    await own.getByRole('button', { name: 'Keep' }).click();
    await own.getByRole('heading', { name: 'Cranes at dusk', level: 1 }).waitFor();
    const rights = own.getByRole('region', { name: 'Rights' });
    await rights.getByRole('link', { name: 'birds.test' }).waitFor();
    await rights.getByText('nobody has checked it').waitFor();
    expect((await client.get(`/api/v1/sounds/${sound}`)).body).toMatchObject({
      ...{ title: 'Cranes at dusk', rights: { licence: 'CC-BY-4.0', by_staff: false } },
    });
    expect(
      await own.getByRole('link', { name: 'Download the usage report (CSV)' }).getAttribute('href'),
    ).toBe(`/api/v1/studio/sounds/${sound}/export`);
    await shoot(own, 'sound-rights-said');
  });

  test('who presses Enter at once has the server of a handle asked, and nothing else in its place', async () => {
    const page = await open('/search', { as: 'alice' });
    const asked: (string | null)[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === '/api/v2/search' && searchParams.get('q')?.includes('nobody'))
        asked.push(searchParams.get('resolve'));
    });
    const field = page.getByRole('combobox', { name: 'Search for people' });
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

  test('the list below the field is gone through by the keyboard, and takes one to what is meant', async () => {
    const page = await open('/search', { as: 'alice', viewport: viewports.desktop });
    const field = page.getByRole('combobox', { name: 'Search for people' });
    const options = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
    const active = () =>
      field.evaluate(
        (box) => document.getElementById(box.getAttribute('aria-activedescendant') ?? '')?.textContent,
      );
    await field.fill('nor');
    await options.first().waitFor();
    expect(await field.getAttribute('aria-expanded')).toBe('true');
    await field.press('ArrowDown');
    expect(await active()).toContain('Nora');
    expect(await seen(page)).toEqual([]);
    await field.press('Escape');
    await expect.poll(() => field.getAttribute('aria-expanded')).toBe('false');
    expect(await field.inputValue()).toBe('nor');
    await field.press('ArrowDown');
    await field.press('ArrowDown');
    await field.press('ArrowUp');
    expect(await active()).toBeUndefined();
    await field.fill('#bir');
    await options.filter({ hasText: '#birds' }).waitFor();
    await field.press('ArrowUp');
    expect(await active()).toBe('#birds');
    await field.press('Enter');
    await page.getByRole('heading', { name: '#birds', level: 1 }).waitFor();
    await page.goBack();
    await field.fill('');
    await page.getByRole('button', { name: '#bir', exact: true }).click();
    await field.fill('nora');
    await options.filter({ hasText: 'Nora' }).click();
    await page.getByRole('heading', { name: 'Nora', level: 1 }).waitFor();
  });

  test.each(Object.entries(viewports))(
    'on a %s, clips are narrowed down, and a slip is set right',
    async (_, viewport) => {
      const page = await open('/search?q=blackbird', { as: 'alice', viewport });
      await poster(page, 'A blackbird').waitFor();
      await page.getByLabel('From').selectOption('Other servers');
      await page.getByText('No clip fits all filters.').waitFor();
      expect(new URL(page.url()).searchParams.get('place')).toBe('remote');
      expect(await seen(page)).toEqual([]);
      await page.reload();
      await page.getByText('No clip fits all filters.').waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await poster(page, 'A blackbird').waitFor();
      await page.getByLabel('Posted').selectOption('Last 7 days');
      await page.getByLabel('Length').selectOption('Under 30 seconds');
      await poster(page, 'A blackbird').waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await page.getByRole('combobox', { name: 'Search for people' }).fill('bidrs');
      await page.getByText('Nothing has “bidrs”. These are clips for “birds”.').waitFor();
      await poster(page, 'Two cranes').waitFor();
      expect(await seen(page)).toEqual([]);
    },
  );

  test('the clips of one person are searched from their profile', async () => {
    const page = await open('/@nora', { as: 'alice' });
    await openMenu(page);
    await page.getByRole('menuitem', { name: 'Search clips of @nora' }).click();
    const field = page.getByRole('combobox', { name: 'Search for people' });
    await field.fill(`${await field.inputValue()} blackbird`);
    await page.getByRole('tab', { name: 'Clips 1' }).waitFor();
    await poster(page, 'A blackbird').waitFor();
    // Who does not allow it is found by nobody, and nothing says otherwise.
    await page.goto('/@cleo');
    await page.getByRole('button', { name: 'More about @cleo' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Share' }).waitFor();
    expect(await page.getByRole('menuitem', { name: /^Search/ }).count()).toBe(0);
  });

  test('a profile is passed on by its link, a code and its feed', async () => {
    const page = await open('/@nora');
    await openMenu(page);
    await page.getByRole('menuitem', { name: 'Share' }).press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Share the profile of @nora' });
    expect(await sheet.getByLabel('Link').inputValue()).toBe(`${server.origin}/@nora`);
    await sheet.getByText('QR code', { exact: true }).press('Enter');
    await sheet.getByRole('img', { name: 'QR code with this link' }).waitFor();
    await sheet.getByText('New clips in a feed reader', { exact: true }).press('Enter');
    const feed = await sheet.getByLabel('Address of the feed').inputValue();
    expect((await client.get(new URL(feed).pathname)).text).toContain('A blackbird');
  });

  test('says how to search more exactly', async () => {
    const page = await open('/search', { viewport: viewports.phone });
    await page.getByText('Search more exactly').press('Enter');
    await page.getByText('Clips of one person').waitFor();
    expect(await seen(page)).toEqual([]);
  });

  test('the address of a page of this server leads there', async () => {
    const page = await open('/search');
    const field = page.getByRole('combobox', { name: 'Search for people' });
    await field.fill(`${server.origin}/tags/birds`);
    await page.getByRole('link', { name: 'Open this page' }).waitFor();
    expect(await page.getByText('No accounts found').count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    await field.press('Enter');
    await page.getByRole('heading', { name: '#birds', level: 1 }).waitFor();
  });

  test('a visitor finds an account by its whole name, and sees what is there for visitors', async () => {
    const page = await open('/search', { viewport: viewports.desktop });
    const field = page.getByRole('combobox', { name: 'Search for people' });
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
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(['Clips', 'Playlists']);
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
