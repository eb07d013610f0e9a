import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteOf, type Rig, startRig } from '../helpers/activities.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  type PageOptions,
  viewports,
} from '../helpers/browser.ts';
import { createPeople, type People } from '../helpers/people.ts';
import { watchedPages } from '../helpers/watched-pages.ts';

/** What is pasted into the search is asked for where it is from; and what the page says where nothing comes. */
describe.skipIf(!hasBrowser)('searching', { timeout: 60_000 }, () => {
  let browser: Browser;
  let rig: Rig;
  let people: People;
  let cookie: string;
  const pages = watchedPages();

  beforeAll(async () => {
    browser = await launchBrowser();
    rig = await startRig();
    people = createPeople(rig.server);
    cookie = await people.tokenOf(await people.local('reader'), 'cookie');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await rig?.close();
  });

  async function open(path: string, options: PageOptions = {}): Promise<Page> {
    const page = await pages.show(openPage(browser, rig.server.origin, options));
    await page.context().addCookies([{ name: 'vireo-session', value: cookie, url: rig.server.origin }]);
    await page.goto(path);
    return page;
  }
  const fieldOf = (page: Page) => page.getByRole('combobox', { name: 'Search for people' });
  const retry = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Try again' });
  // Pictures of a server that is only made of documents.
  const noPictures = { expected: [/(404|502|503) .*(\/media\/|\.(mp4|jpe?g|webp))/, /Failed to load/] };

  test('says on a phone what can be written into its field, to the end', async () => {
    const page = await open('/search', { viewport: viewports.phone });
    const room = await fieldOf(page).evaluate((one) => {
      const field = one as HTMLInputElement;
      const { font, paddingInlineStart, paddingInlineEnd } = getComputedStyle(field);
      const pen = new OffscreenCanvas(1, 1).getContext('2d');
      if (!pen) throw new Error('Nothing can be measured.');
      pen.font = font;
      const padding = Number.parseFloat(paddingInlineStart) + Number.parseFloat(paddingInlineEnd);
      return field.clientWidth - padding - pen.measureText(field.placeholder).width;
    });
    expect(room).toBeGreaterThan(0);
  });

  test.each(Object.entries(viewports))(
    'on a %s, the address of a clip and a handle of another server are asked for by the keyboard alone',
    async (size, viewport) => {
      const { a } = rig;
      const dave = await a.actor(`dave_${size}`);
      const note = noteOf(dave, { content: `<p>A clip from elsewhere, ${size}</p>` });
      const address = a.url(`/@${dave.handle}/${size}`);
      for (const path of [new URL(note.id).pathname, new URL(address).pathname])
        a.page(path, { ...note, url: address });
      const page = await open('/search', { viewport, ...noPictures });
      await fieldOf(page).fill(address);
      await page.getByRole('button', { name: /^Ask / }).waitFor();
      expect(await rig.server.context.db('videos').where({ uri: note.id })).toEqual([]);
      await fieldOf(page).press('Enter');
      const poster = page.getByRole('main').getByRole('link', { name: /^A clip from elsewhere/ });
      await poster.waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await fieldOf(page).press('ArrowDown');
      await expect.poll(() => poster.evaluate((one) => one === document.activeElement)).toBe(true);
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.pathname.startsWith(`/@dave_${size}@`));

      const erin = await a.actor(`erin_${size}`);
      await page.goto('/search');
      await fieldOf(page).fill(erin.handle);
      await fieldOf(page).press('Enter');
      await page.getByRole('article', { name: new RegExp(`erin_${size}@`) }).waitFor();
      expect(await rig.server.context.db('accounts').where({ actor_uri: erin.id })).toHaveLength(1);
    },
  );

  test('a server that is away is said to be, and asked again', async () => {
    const { a } = rig;
    a.page('/away', 503);
    const page = await open('/search', { expected: [/502 .*\/api\/v2\/search/] });
    await fieldOf(page).fill(a.url('/away'));
    await fieldOf(page).press('Enter');
    await retry(page).first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test('while it looks, where nothing is found, where it takes too long, and without a network', async () => {
    const page = await open('/search', { expected: [/503 .*\/api\/v1\/search/, /ERR_|Failed to fetch/] });
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((done) => {
      letGo = done;
    });
    await page.route('**/api/v1/search/videos?*', async (route) => {
      await held;
      await route.continue();
    });
    await fieldOf(page).fill('nothinglikeit');
    await page.getByRole('status').filter({ hasText: 'Searching' }).waitFor();
    letGo();
    await page.getByRole('heading', { name: 'No clips found' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await page.unroute('**/api/v1/search/videos?*');
    await rig.server.context.db.transaction(async (tx) => {
      await tx.raw('lock table search_documents in access exclusive mode');
      await fieldOf(page).fill('nothing that ends');
      await page.getByText('This search takes too long. Add a rarer word').waitFor();
    });
    await retry(page).press('Enter');
    await page.getByRole('heading', { name: 'No clips found' }).waitFor();

    await page.context().setOffline(true);
    await fieldOf(page).fill('without a network');
    await page.getByText('This server cannot be reached right now.').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.context().setOffline(false);
    await retry(page).first().press('Enter');
    await page.getByRole('heading', { name: 'No clips found' }).waitFor();
  });
});
