import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { contributionFeatures } from '../../src/modules/ranking/contributions.ts';
import { partKey } from '../../web/src/feed/why/parts.ts';
import { english } from '../../web/src/feed/why/words.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  PATIENCE_MS,
  untilInPage,
  viewports,
} from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { settled } from '../helpers/screen-steps.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

test('there is a word for each part that a score can have', () => {
  const features = [...contributionFeatures, 'trending', 'newest', 'followed'];
  expect(features.filter((feature) => partKey(feature, english) === null)).toEqual([]);
});

/** For You as a real server with its ranking engine makes it, in a browser. */
describe.skipIf(!hasBrowser)('what is chosen for somebody', () => {
  let server: TestServer;
  let people: People;
  let browser: Browser;
  let viewer: Person;

  beforeAll(async () => {
    server = await startTestServer({ variables: { RANKING: 'on', RANKING_BUDGET_MS: '10000' } });
    people = createPeople(server);
    const videos = createVideoFactory(server.context);
    for (let n = 0; n < 12; n += 1) {
      const author = await people.local(`author${n}`);
      // What they look like is of no matter here.
      for (let count = 0; count < 2; count += 1) await videos.video(author, { assets: [] });
    }
    viewer = await people.signedIn('viewer');
    await server.context.recommending.reload();
    await vi.waitFor(() => expect(server.context.recommending.isLoaded()).toBe(true), PATIENCE_MS);
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(viewport: (typeof viewports)[keyof typeof viewports], colorScheme: 'light' | 'dark') {
    const watched = await openPage(browser, server.origin, { viewport, colorScheme });
    const value = await people.tokenOf(viewer.account, 'cookie');
    await watched.page.context().addCookies([{ name: 'vireo-session', value, url: server.origin }]);
    await watched.page.goto('/');
    await currentId(watched.page);
    return watched;
  }

  /** The clip that fills the screen, once there is one. */
  async function currentId(page: Page): Promise<VideoId> {
    const id = await untilInPage(
      page,
      () =>
        document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('article')?.dataset.id ?? null,
    );
    return id as VideoId;
  }

  const press = async (page: Page, name: string) => {
    await page.getByRole('button', { name: 'More', exact: true }).first().click();
    await page.getByRole('menuitem', { name }).click();
  };

  test.each([
    ['phone', 'dark'],
    ['desktop', 'light'],
  ] as const)('on a %s: its reasons are those of the server, number by number', async (size, scheme) => {
    const { page, problems, close } = await open(viewports[size], scheme);
    const slates = await server.context.db('feed_slates').where({ account_id: viewer.id }).orderBy('id');
    const slate = slates.at(-1);
    expect(slate.weights_version).not.toBe('mix');
    const shown = await page.getByRole('article').evaluateAll((all) => all.map((one) => one.dataset.id));
    expect(shown).toEqual(slate.video_ids.slice(0, shown.length));

    await press(page, 'Why am I seeing this?');
    await page.getByRole('heading', { name: 'Where it was found' }).waitFor();
    const [id] = shown as VideoId[];
    if (id === undefined) throw new Error('Nothing is shown.');
    const chosen = await server.context.recommending.lastSlateWith(viewer.id, id);
    const item = chosen?.items.find(({ videoId }) => videoId === id);
    if (!item) throw new Error('There is no reason.');
    await page.getByText(`Weights ${slate.weights_version}`).waitFor();
    await page.getByText('Every part of its score').click();
    const score = new Intl.NumberFormat('en', {
      ...{ minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' as const },
    }).format(item.score);
    await page.getByText(`They add up to ${score}. This was number 1 of what was chosen for you.`).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const link = page.getByRole('link', { name: 'How this server chooses' });
    expect(await link.getAttribute('href')).toBe('/about/algorithm');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Where it was found' }).waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await close();
  });

  test('fewer like this turns its sources down, and not interested takes it out; both can be undone', async () => {
    const { page, problems, close } = await open(viewports.phone, 'dark');
    const id = await currentId(page);
    const sliders = async () => (await server.context.recommending.wishes.of(viewer.id)).sliders;
    await press(page, 'Why am I seeing this?');
    await page.getByRole('button', { name: 'Fewer like this' }).click();
    await page.getByText('count half as much for you now').waitFor();
    const wished = Object.entries(await sliders());
    expect(wished.length).toBeGreaterThan(0);
    for (const [name, value] of wished) expect([name.startsWith('source.'), value]).toEqual([true, 0.5]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(sliders, { timeout: PATIENCE_MS }).toEqual({});

    const unwanted = () =>
      server.context.db('not_interested').where({ account_id: viewer.id }).pluck('video_id');
    await press(page, 'Not interested');
    await expect.poll(() => currentId(page), { timeout: PATIENCE_MS }).not.toBe(id);
    await expect.poll(unwanted, { timeout: PATIENCE_MS }).toEqual([id]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => currentId(page), { timeout: PATIENCE_MS }).toBe(id);
    expect(await unwanted()).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test('a like is counted by the server', async () => {
    const { page, problems, close } = await open(viewports.phone, 'dark');
    const id = await currentId(page);
    // Keys are listened to once it was painted.
    await settled(page);
    await page.keyboard.press('l');
    const liked = async () =>
      (await server.context.engagement.reactionsOf(viewer.id, [id], [id])).liked.has(id);
    await expect.poll(liked, { timeout: PATIENCE_MS }).toBe(true);
    expect(problems).toEqual([]);
    await close();
  });
});
