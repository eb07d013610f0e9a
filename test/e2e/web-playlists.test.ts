import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { axeViolations, hasBrowser, launchBrowser, type PageOptions, viewports } from '../helpers/browser.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';
import { watchedPages } from '../helpers/watched-pages.ts';

let server: TestServer;
let browser: Browser;
let people: People;
let client: Client;
let nora: Person;
let clips: VideoId[];
const pages = watchedPages();

const NAMES = ['Snow', 'Ice', 'Thaw'];

describe.skipIf(!hasBrowser)('playlists', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    server = await startTestServer();
    people = createPeople(server);
    client = clientOf(server.origin);
    nora = await people.signedIn('nora');
    const playable = await createClipFactory(server.context);
    clips = [];
    for (const caption of NAMES) clips.push(await playable(nora.account, { caption }));
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function openAs(who: Person | null, path: string, options: PageOptions = {}): Promise<Page> {
    const page = await pages.show(openPageAs(browser, server, people, who?.account ?? null, options));
    await page.goto(path);
    return page;
  }

  async function playlistOf(facts: object = {}): Promise<string> {
    const body = { title: 'Winter', description: 'From first snow to thaw.', video_ids: clips, ...facts };
    const made = await client.post('/api/v1/playlists', { as: nora, body });
    expect(made.status, made.text).toBe(200);
    return made.body.id;
  }
  const orderOf = async (id: string): Promise<string[]> =>
    (await client.get(`/api/v1/playlists/${id}/videos`)).body.map((one: { id: string }) => one.id);
  const rows = (page: Page) => page.getByRole('list', { name: 'Clips of this playlist' }).locator('li');
  const handleOf = (page: Page, name: string) => page.getByRole('button', { name: `Move ${name}:` });

  test('what is chosen in a row wider than a phone is in sight, and a long name stays within the panel', async () => {
    const title = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
    const id = await playlistOf({ title });
    const page = await openAs(nora, '/library/history', { viewport: viewports.phone });
    const endOf = (one: Locator) =>
      one.evaluate((element) => element.getBoundingClientRect().right - document.documentElement.clientWidth);
    const lists = page.getByRole('navigation', { name: 'Your lists' });
    await lists.waitFor();
    expect(await lists.evaluate((row) => row.scrollWidth - row.clientWidth)).toBeGreaterThan(0);
    expect(await endOf(lists.getByRole('link', { name: 'History' }))).toBeLessThan(0);
    await page.goto(`/@nora/${clips[0]}`);
    await page.getByRole('button', { name: 'More', exact: true }).first().press('Enter');
    await page.getByRole('menuitem', { name: 'Save to…' }).press('Enter');
    const choice = page.getByRole('dialog').locator('label').filter({ hasText: title });
    await choice.waitFor();
    expect(await choice.evaluate((label) => label.scrollWidth - label.clientWidth)).toBe(0);
    await client.delete(`/api/v1/playlists/${id}`, { as: nora });
  });

  test('a clip of one’s own is pinned to the profile from its menu, and taken down again', async () => {
    const page = await openAs(nora, `/@nora/${clips[0]}`, { viewport: viewports.phone });
    const turn = async (name: string, told: string) => {
      await page.getByRole('button', { name: 'More', exact: true }).first().press('Enter');
      await page.getByRole('menuitem', { name }).press('Enter');
      await page.getByText(told).waitFor();
    };
    const pins = () => server.context.db('pins').where({ account_id: nora.id }).pluck('video_id');
    await turn('Pin to your profile', 'It stands first on your profile.');
    expect(await pins()).toEqual([clips[0]]);
    await turn('Unpin from your profile', 'It is not pinned any more.');
    expect(await pins()).toEqual([]);
    await turn('Pin to your profile', 'It stands first on your profile.');
    await page.goto('/@nora');
    await page.getByText('Pinned', { exact: true }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'profile-pinned-phone');
  });

  test('a clip is saved to a new one from its menu, and taken out again', async () => {
    const page = await openAs(nora, `/@nora/${clips[0]}`);
    await page.getByRole('button', { name: 'More', exact: true }).first().click();
    await page.getByRole('menuitem', { name: 'Save to…' }).click();
    await page.getByRole('button', { name: 'New playlist' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Cold days');
    await page.getByRole('combobox', { name: 'Who can see it' }).selectOption('private');
    await picture(page, 'playlist-new');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const box = page.getByRole('checkbox', { name: 'Cold days' });
    await box.waitFor();
    expect(await box.isChecked()).toBe(true);
    await picture(page, 'playlist-save-to');
    expect(await axeViolations(page)).toEqual([]);
    const own = async () => (await client.get('/api/v1/playlists', { as: nora })).body;
    expect(await own()).toMatchObject([{ title: 'Cold days', visibility: 'private', videos_count: 1 }]);
    await box.click();
    await page.getByText('Taken out of Cold days.').waitFor();
    expect(await own()).toMatchObject([{ videos_count: 0 }]);
  });

  test('its owner moves clips by keys and by dragging, and chooses the cover', async () => {
    const id = await playlistOf();
    const [snow = '', ice = '', thaw = ''] = clips;
    const page = await openAs(nora, `/playlists/${id}`, { viewport: viewports.desktop });
    await rows(page).nth(2).waitFor();
    await picture(page, 'playlist-own-desktop');
    expect(await axeViolations(page)).toEqual([]);
    const held = handleOf(page, 'Snow');
    const isHeld = () => expect.poll(() => held.evaluate((one) => one === document.activeElement)).toBe(true);
    await held.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByText('Now 2 of 3.').waitFor();
    expect(await orderOf(id)).toEqual([ice, snow, thaw]);
    // The handle moved along with its clip: the next key goes on with it.
    await isHeld();
    await page.keyboard.press('ArrowDown');
    await page.getByText('Now 3 of 3.').waitFor();
    expect(await orderOf(id)).toEqual([ice, thaw, snow]);
    await isHeld();
    await page.keyboard.press('Home');
    await page.getByText('Now 1 of 3.').waitFor();
    expect(await orderOf(id)).toEqual([snow, ice, thaw]);

    const [from, to] = [await handleOf(page, 'Thaw').boundingBox(), await rows(page).first().boundingBox()];
    if (!from || !to) throw new Error('The rows are not there.');
    await page.mouse.move(from.x + 10, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 10, to.y + to.height * 1.5, { steps: 5 });
    await page.mouse.move(to.x + 10, to.y + 5, { steps: 5 });
    await picture(page, 'playlist-dragging');
    await page.mouse.up();
    await expect.poll(() => orderOf(id)).toEqual([thaw, snow, ice]);
    // Escape lets go.
    await page.mouse.move(from.x + 10, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 10, to.y + 5, { steps: 5 });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await orderOf(id)).toEqual([thaw, snow, ice]);

    await page.getByRole('button', { name: 'Use Ice as the cover' }).click();
    await page.getByText('This clip is the cover now.').first().waitFor();
    const about = async () => (await client.get(`/api/v1/playlists/${id}`)).body;
    expect(await about()).toMatchObject({ cover_video_id: ice, cover: { video_id: ice } });
    await page.getByRole('button', { name: 'Take Ice out of this playlist' }).click();
    await expect.poll(() => orderOf(id)).toEqual([thaw, snow]);
    await expect.poll(async () => (await about()).cover).toMatchObject({ video_id: thaw });
  });

  test('plays through in its order, and an address of it goes on in it', async () => {
    const id = await playlistOf();
    const page = await openAs(null, `/playlists/${id}`);
    await rows(page).nth(2).waitFor();
    await picture(page, 'playlist-visitor-phone');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Play all' }).click();
    const bar = page.getByRole('navigation', { name: 'Playing Winter' });
    await bar.getByText('1 of 3').waitFor();
    // Each has two seconds, and leads to the next one by itself.
    await bar.getByText('2 of 3').waitFor();
    await picture(page, 'playlist-playing-phone');
    expect(await axeViolations(page)).toEqual([]);
    await bar.getByText('3 of 3').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/@nora/${clips[2]}`);

    await page.goto(`/@nora/${clips[1]}?playlist=${id}`);
    await bar.getByText(/[23] of 3/).waitFor();
    await page.getByRole('button', { name: 'Previous clip' }).click();
    await expect.poll(() => page.url()).toContain(`?playlist=${id}`);
    await bar.getByRole('link').click();
    await page.getByRole('heading', { name: 'Winter' }).waitFor();
  });

  test('stands on the profile and in the library', async () => {
    const page = await openAs(null, '/@nora', { viewport: viewports.desktop });
    await page.getByRole('tab', { name: 'Playlists' }).click();
    await page
      .getByRole('link', { name: /Winter/ })
      .first()
      .waitFor();
    await picture(page, 'playlist-profile-desktop');
    expect(await axeViolations(page)).toEqual([]);
    await pages.close();
    const own = await openAs(nora, '/library/playlists');
    await own.getByRole('link', { name: /Cold days/ }).waitFor();
    await picture(own, 'playlist-library-phone');
    expect(await axeViolations(own)).toEqual([]);
    await own.getByRole('button', { name: 'New playlist' }).click();
    await own.getByRole('textbox', { name: 'Title' }).fill('Rain');
    await own.getByRole('button', { name: 'Save', exact: true }).click();
    await own.getByRole('heading', { name: 'Rain', level: 1 }).waitFor();
    await own.getByText('Nothing in it yet').waitFor();
    await own.getByRole('button', { name: 'Delete playlist' }).click();
    await own.getByRole('dialog').getByRole('button', { name: 'Delete playlist' }).click();
    await own.getByText('Playlist deleted.').first().waitFor();
  });

  test('is reported as what it is, taken down from the desk with the report, and given back', async () => {
    const id = await playlistOf({ visibility: 'public', title: 'Hateful clips' });
    const rita = await people.signedIn('rita');
    const page = await openAs(rita, `/playlists/${id}`, { viewport: viewports.phone });
    await page.getByRole('button', { name: 'Report' }).press('Enter');
    await page.getByRole('radio', { name: 'This playlist' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'playlist-report-phone');
    await page.getByRole('button', { name: 'Next' }).press('Enter');
    await page.getByRole('radio', { name: /It is spam/ }).press('Space');
    await page.getByRole('button', { name: 'Next' }).press('Enter');
    await page.getByRole('button', { name: 'Send report' }).press('Enter');
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    const row = await server.context.db('reports').where({ target_id: nora.id }).first();
    expect(row.playlist_ids).toEqual([id]);

    const mona = await people.local('mona', { role: 'moderator' });
    const staff = await openPageAs(browser, server, people, mona, {
      ...{ viewport: viewports.desktop, role: 'moderator' as const },
    });
    await staff.page.goto(`/admin/reports/${nora.id}`);
    await staff.page.getByRole('heading', { name: `Playlist ${id}` }).waitFor();
    await staff.page.getByText('Hateful clips').waitFor();
    expect(await axeViolations(staff.page)).toEqual([]);
    await picture(staff.page, 'admin-report-playlist-desktop');
    await staff.page.getByRole('button', { name: 'Take the playlist down' }).press('Enter');
    const dialog = staff.page.getByRole('dialog', { name: 'Take the playlist down' });
    await dialog.getByText(/1 report that names it is closed/).waitFor();
    await dialog.getByLabel('Reason').fill('Hate');
    await dialog.getByRole('button', { name: 'Take the playlist down' }).press('Enter');
    await staff.page.getByText('Taken down', { exact: true }).waitFor();
    expect((await client.get(`/api/v1/playlists/${id}`)).status).toBe(404);

    const owner = await openPageAs(browser, server, people, nora.account, { viewport: viewports.phone });
    await owner.page.goto(`/playlists/${id}`);
    await owner.page.getByText('The staff took this playlist down: nobody else sees it.').waitFor();
    expect(await axeViolations(owner.page)).toEqual([]);
    await picture(owner.page, 'playlist-taken-down-phone');
    await owner.close();

    await staff.page.getByRole('button', { name: 'Undo' }).press('Enter');
    await staff.page.getByRole('button', { name: 'Take the playlist down' }).waitFor();
    expect((await client.get(`/api/v1/playlists/${id}`)).status).toBe(200);
    await staff.close();
  });

  test('is taken down from its own page by the staff, and by nobody else', async () => {
    const id = await playlistOf({ visibility: 'public', title: 'Mocking clips' });
    const max = await people.local('max', { role: 'moderator' });
    const staff = await openPageAs(browser, server, people, max, {
      ...{ viewport: viewports.phone, role: 'moderator' as const, colorScheme: 'dark' as const },
    });
    await staff.page.goto(`/playlists/${id}`);
    await staff.page.getByRole('button', { name: 'Take down' }).press('Enter');
    const dialog = staff.page.getByRole('dialog', { name: 'Take this playlist down?' });
    expect(await axeViolations(staff.page)).toEqual([]);
    await picture(staff.page, 'playlist-take-down-phone');
    await dialog.getByRole('button', { name: 'Take down' }).press('Enter');
    await staff.page.getByText('Taken down.').first().waitFor();
    expect(new URL(staff.page.url()).pathname).toBe('/@nora');
    expect((await client.get(`/api/v1/playlists/${id}`)).status).toBe(404);
    const { action } = await server.context
      .db('audit_log')
      .where({ target_kind: 'playlist', target_id: id })
      .first();
    expect(action).toBe('playlist.take-down');
    await staff.close();

    const other = await playlistOf({ visibility: 'public', title: 'Kind clips' });
    const reader = await openAs(await people.signedIn('rolf'), `/playlists/${other}`);
    await reader.getByRole('button', { name: 'Report' }).waitFor();
    expect(await reader.getByRole('button', { name: 'Take down' }).count()).toBe(0);
  });

  test('is passed on by its link, a code and its feed', async () => {
    await server.context.db('accounts').where({ id: nora.id }).update({ indexable: true });
    const id = await playlistOf({ visibility: 'public' });
    const page = await openAs(null, `/playlists/${id}`, { viewport: viewports.phone });
    await page.getByRole('button', { name: 'Share' }).press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Share this playlist' });
    expect(await sheet.getByLabel('Link').inputValue()).toBe(`${server.context.urls.origin}/playlists/${id}`);
    await sheet.getByText('New clips in a feed reader', { exact: true }).press('Enter');
    const feed = await sheet.getByLabel('Address of the feed').inputValue();
    expect(new URL(feed).pathname).toBe(`/feeds/playlists/${id}.atom`);
    expect((await client.get(new URL(feed).pathname)).text).toContain('<title>Thaw</title>');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'playlist-share-phone');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });
});
