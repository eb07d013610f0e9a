import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, launchBrowser, openPage } from '../helpers/browser.ts';
import { createOAuthClient } from '../helpers/oauth.ts';
import {
  type Client,
  clientOf,
  createPeople,
  PASSWORD,
  type People,
  type Person,
} from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { watchedPages } from '../helpers/watched-pages.ts';
import { eventually } from '../helpers/web-site.ts';

let server: TestServer;
let browser: Browser;
let people: People;
let client: Client;
let directory: string;
const pages = watchedPages();

beforeAll(async () => {
  if (!hasBrowser) return;
  directory = await mkdtemp(join(tmpdir(), 'vireo-settings-'));
  server = await startTestServer({ role: 'all' });
  people = createPeople(server);
  client = clientOf(server.origin);
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (directory) await rm(directory, { recursive: true, force: true });
});

interface Look extends BrowserContextOptions {
  readonly expected?: readonly RegExp[];
}

/** A page of settings as somebody sees it who is signed in. */
async function openAs(who: Person, path: string, options: Look = {}): Promise<Page> {
  const page = await pages.show(openPage(browser, server.origin, { reducedMotion: 'reduce', ...options }));
  const session = await people.tokenOf(who.account, 'cookie');
  await page.context().addCookies([{ name: 'vireo-session', value: session, url: server.origin }]);
  await page.goto(path);
  return page;
}

const own = async (as: Person, path: string) => (await client.get(path, { as })).body;
const main = (page: Page) => page.getByRole('main');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const press = (page: Page, name: string) =>
  main(page).getByRole('switch', { name, exact: true }).press('Space');
/** The first change on its way there takes so long that others could be there before it. Counts those that are answered. */
async function slowFirst(page: Page, path: string): Promise<{ readonly done: number }> {
  const count = { sent: 0, done: 0 };
  await page.route(`**${path}`, async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    count.sent += 1;
    if (count.sent === 1) await new Promise((resolve) => setTimeout(resolve, 500));
    await route.fulfill({ response: await route.fetch() });
    count.done += 1;
  });
  return count;
}
const hasFocus = (page: Page, label: string) =>
  page.getByRole('textbox', { name: label }).evaluate((box) => box === document.activeElement);

describe.skipIf(!hasBrowser)('settings', { timeout: 60_000 }, () => {
  test('profile: words, links, switches, and a picture that is cropped', async () => {
    const nora = await people.signedIn('nora');
    const page = await openAs(nora, '/settings/profile', { expected: [/status of 422/] });
    await page.getByRole('textbox', { name: 'Name' }).fill('Nora');
    await page.getByRole('textbox', { name: 'About you' }).fill('I film birds.');
    await page.getByLabel('Label 1').fill('Site');
    await page.getByLabel('Content 1').fill('https://birds.example');
    await button(page, 'Save').press('Enter');
    await page.getByText('Your profile is saved.').waitFor();
    await press(page, 'This account is automated');
    await eventually(async () => {
      const { display_name, bot, source } = await own(nora, '/api/v1/accounts/verify_credentials');
      return { display_name, bot, note: source.note, fields: source.fields };
    }).toMatchObject({
      ...{ display_name: 'Nora', bot: true, note: 'I film birds.' },
      fields: [{ name: 'Site', value: 'https://birds.example' }],
    });

    const picture = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(400, 300);
      const context = canvas.getContext('2d');
      if (context) {
        context.fillStyle = 'teal';
        context.fillRect(0, 0, 200, 300);
        context.fillStyle = 'orange';
        context.fillRect(200, 0, 200, 300);
      }
      return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
    });
    const file = { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(picture) };
    await page.getByLabel('Choose a profile picture').and(page.locator('input')).setInputFiles(file);
    await page.getByRole('dialog', { name: 'Choose the part to show' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel('Zoom').press('End');
    await page.getByLabel('Left or right').press('Home');
    await button(page, 'Use this picture').press('Enter');
    await page.getByText('Your profile picture is changed.').waitFor();
    await eventually(async () => (await own(nora, '/api/v1/accounts/verify_credentials')).avatar).not.toMatch(
      /pictures\/avatar\.png$/,
    );
    // The left part alone was chosen, so that nothing of the right one is in it.
    const colour = await page.evaluate(
      async (url) => {
        const image = await createImageBitmap(await (await fetch(url)).blob());
        const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
        context?.drawImage(image, 0, 0);
        return [...(context?.getImageData(image.width - 4, 4, 1, 1).data ?? [])].map((n) =>
          Math.round(n / 64),
        );
      },
      (await own(nora, '/api/v1/accounts/verify_credentials')).avatar,
    );
    expect(colour.slice(0, 3)).toEqual([0, 2, 2]);
    await button(page, 'Remove the profile picture').click();
    await page.getByText('Your profile picture is removed.').waitFor();
  });

  test('account: a wrong password stands at its field, with the focus; the right one changes the address', async () => {
    const ada = await people.signedIn('ada');
    const page = await openAs(ada, '/settings/account', { expected: [/status of 4\d\d .*change_email/] });
    await page.getByLabel('New e-mail address').fill('ada@mail.test');
    await page.getByRole('textbox', { name: 'Password' }).fill('not it');
    await page.keyboard.press('Enter');
    await page.getByText('The password is not right.').waitFor();
    expect(await hasFocus(page, 'Password')).toBe(true);
    expect(await page.getByRole('textbox', { name: 'Password' }).getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByLabel('New e-mail address').inputValue()).toBe('ada@mail.test');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Your address is ada@mail.test now.').waitFor();
    // Every other session has ended, so that the page itself is asked.
    const email = await page.evaluate(
      async () => (await (await fetch('/api/v1/emails/preferences')).json()).email,
    );
    expect(email).toBe('ada@mail.test');
  });

  test('privacy: who follows, who finds one, how new clips are, and the history', async () => {
    const paul = await people.signedIn('paul');
    const page = await openAs(paul, '/settings/privacy');
    await press(page, 'I decide who follows me');
    await press(page, 'Hide whom I follow and who follows me');
    await press(page, 'Let people find my clips by searching');
    await press(page, 'Suggest me to others');
    await page.getByRole('radio', { name: 'Followers Only people' }).check();
    await press(page, 'Make duets');
    await press(page, 'Keep a history');
    await eventually(async () => {
      const me = await own(paul, '/api/v1/accounts/verify_credentials');
      const { privacy, permissions, hide_collections, indexable, discoverable } = me.source;
      const { history_paused } = await own(paul, '/api/v1/feed_settings');
      return {
        locked: me.locked,
        privacy,
        duet: permissions.duet,
        hide_collections,
        indexable,
        discoverable,
        history_paused,
      };
    }).toEqual({
      ...{ locked: true, privacy: 'private', duet: false, hide_collections: true },
      ...{ indexable: true, discoverable: false, history_paused: true },
    });
    await button(page, 'Clear history').press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Clear history' }).press('Enter');
    await page.getByText('Your history is cleared.').waitFor();
  });

  test('what the server refuses goes back to what it was, and says why', async () => {
    const rita = await people.signedIn('rita');
    const page = await openAs(rita, '/settings/privacy', { expected: [/status of 503/] });
    await page.route('**/update_credentials', (route) => route.fulfill({ status: 503, body: 'busy' }));
    await press(page, 'I decide who follows me');
    await page.getByText('This server is busy or restarting.').first().waitFor();
    await eventually(() =>
      page.getByRole('switch', { name: 'I decide who follows me', exact: true }).isChecked(),
    ).toBe(false);
  });

  test('feed: personal or not, interests, languages, sliders, and all forgotten', async () => {
    const finn = await people.signedIn('finn');
    const page = await openAs(finn, '/settings/feed', { expected: [/status of 422/] });
    await press(page, 'Choose clips by what I do');
    await page.getByRole('textbox', { name: 'Hashtag' }).fill('#birds');
    await page.keyboard.press('Enter');
    await page.getByText('#birds', { exact: true }).waitFor();
    await page.getByRole('textbox', { name: 'Hashtag' }).fill('no tag');
    await page.keyboard.press('Enter');
    await eventually(() => hasFocus(page, 'Hashtag')).toBe(true);
    await eventually(() => page.getByRole('textbox', { name: 'Hashtag' }).getAttribute('aria-invalid')).toBe(
      'true',
    );
    await page.getByLabel('Add a language').selectOption('de');
    await button(page, 'Remove German').waitFor();
    await page.getByLabel('Clips that many people watch now').press('End');
    await eventually(() => own(finn, '/api/v1/feed_settings')).toMatchObject({
      ...{ personal: false, interests: ['birds'], languages: ['de'], sliders: { 'source.trending': 4 } },
    });
    await button(page, 'All back to normal').click();
    await button(page, 'Remove #birds').press('Enter');
    await eventually(() => own(finn, '/api/v1/feed_settings')).toMatchObject({ interests: [], sliders: {} });
    await button(page, 'Forget what was learnt').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget what was learnt' }).click();
    await page.getByText('It is forgotten.').waitFor();
  });

  test('filters: words added, changed and removed by keyboard; what is missing is said', async () => {
    const fred = await people.signedIn('fred');
    const page = await openAs(fred, '/settings/filters');
    await button(page, 'Add a filter').press('Enter');
    await button(page, 'Save').press('Enter');
    await page.getByText('Write at least one word.').waitFor();
    expect(await hasFocus(page, 'Words and phrases')).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.type('finale');
    await page.getByLabel('How long').selectOption('day');
    await button(page, 'Save').press('Enter');
    await page.getByRole('heading', { name: 'finale' }).waitFor();
    await button(page, 'Change finale').press('Enter');
    await page.getByLabel('Words and phrases').fill('finale\nwinner');
    await page.getByRole('radio', { name: 'Show it behind a warning' }).press('Space');
    await button(page, 'Save').press('Enter');
    await page.getByText('2 words').waitFor();
    const [filter] = await own(fred, '/api/v2/filters');
    expect(filter).toMatchObject({ title: 'finale', filter_action: 'warn' });
    expect(filter.expires_at).not.toBeNull();
    expect(filter.keywords.map(({ keyword }: { keyword: string }) => keyword)).toEqual(['finale', 'winner']);
    await button(page, 'Remove finale').press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).press('Enter');
    await page.getByText('No filters yet.').waitFor();
    expect(await own(fred, '/api/v2/filters')).toEqual([]);
  });

  test('people and servers: lifted, put back, and one more page', async () => {
    const bea = await people.signedIn('bea');
    const others = await Promise.all(Array.from({ length: 42 }, (_, n) => people.remote(`other${n}`)));
    for (const { id } of others) await client.post(`/api/v1/accounts/${id}/block`, { as: bea });
    const [muted] = [await people.remote('loud')];
    await client.post(`/api/v1/accounts/${muted.id}/mute`, { as: bea });
    const page = await openAs(bea, '/settings/filters', { expected: [/status of 422/] });
    const blockedNow = async () => (await own(bea, '/api/v1/blocks?limit=80')).length;
    await button(page, 'Unmute @loud@remote.test').press('Enter');
    await button(page, 'Mute @loud@remote.test again').press('Enter');
    await button(page, 'Unmute @loud@remote.test').waitFor();
    await button(page, 'Unblock @other41@remote.test').press('Enter');
    await eventually(blockedNow).toBe(41);
    await button(page, 'Block @other41@remote.test again').press('Enter');
    await eventually(blockedNow).toBe(42);
    // The server knows it before the page has heard the answer.
    await eventually(() => page.getByRole('button', { name: /^Unblock/ }).count()).toBe(40);
    await button(page, 'Show more').first().press('Enter');
    await button(page, 'Unblock @other0@remote.test').waitFor();
    await page.getByLabel('Server', { exact: true }).fill('not a name');
    await page.keyboard.press('Enter');
    await eventually(() => page.getByLabel('Server', { exact: true }).getAttribute('aria-invalid')).toBe(
      'true',
    );
    expect(await hasFocus(page, 'Server')).toBe(true);
    await page.getByLabel('Server', { exact: true }).fill('loud.test');
    await page.keyboard.press('Enter');
    await button(page, 'Unblock loud.test').press('Enter');
    await button(page, 'Block loud.test again').waitFor();
    expect(await own(bea, '/api/v1/domain_blocks')).toEqual([]);
  });

  test('notifications: kinds, by whom, and by mail', async () => {
    const ines = await people.signedIn('ines');
    await server.context.db('users').where({ account_id: ines.id }).update({ email: 'ines@mail.test' });
    const page = await openAs(ines, '/settings/notifications', { expected: [/status of 503/] });
    const changes = await slowFirst(page, '/api/v2/notifications/policy');
    await press(page, 'Likes');
    await press(page, 'Comments on my clips');
    await page.getByLabel('New accounts').selectOption({ label: 'Set aside' });
    await eventually(() => changes.done).toBe(3);
    expect(await own(ines, '/api/v2/notifications/policy')).toMatchObject({
      ...{ muted_types: expect.arrayContaining(['favourite', 'vireo.comment']), for_new_accounts: 'filter' },
    });
    // This server sends no mail, and says so.
    await page.getByLabel('How often').selectOption('daily');
    await page.getByText('This server sends no mail.').waitFor();
    await eventually(() => page.getByLabel('How often').inputValue()).toBe('never');
  });

  test('language of one’s own clips', async () => {
    const lena = await people.signedIn('lena');
    const page = await openAs(lena, '/settings/language');
    await page.getByLabel('Language of new clips').selectOption('fr');
    const language = async () => (await own(lena, '/api/v1/accounts/verify_credentials')).source.language;
    await eventually(language).toBe('fr');
    await page.getByLabel('Language of new clips').selectOption({ label: 'Not said' });
    await eventually(language).toBe(null);
  });

  test('apps: what they may do, and their end', async () => {
    const theo = await people.signedIn('theo');
    const oauth = createOAuthClient(server, client);
    const app = await oauth.register({ client_name: 'Sparrow', scopes: 'read write' });
    const fields = oauth.asked(app, { scope: 'read write' });
    const code = await oauth.code(fields, await people.tokenOf(theo.account, 'cookie'));
    const token = (await oauth.token(oauth.exchangeOf(app, code))).body.access_token;
    const page = await openAs(theo, '/settings/apps');
    await page.getByRole('heading', { name: 'Sparrow' }).waitFor();
    await page.getByText('Reads what you can see · Posts and changes things for you').waitFor();
    await button(page, 'End access of Sparrow').press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'End access' }).press('Enter');
    await page.getByRole('heading', { name: 'No connected apps' }).waitFor();
    expect((await client.get('/api/v1/accounts/verify_credentials', { as: { token } })).status).toBe(401);
  });

  test('device: what is chosen is kept here, and the page looks like it', async () => {
    const page = await pages.show(openPage(browser, server.origin, { colorScheme: 'light' }));
    await page.goto('/settings');
    await page.getByText('These settings are about this device.').waitFor();
    await main(page).getByRole('link', { name: 'Appearance' }).click();
    await page.getByRole('radio', { name: 'Dark' }).check();
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await background()).toBe('rgb(12, 13, 15)');
    await page.goto('/settings/accessibility');
    expect(await background()).toBe('rgb(12, 13, 15)');
    await page.getByRole('radio', { name: 'Larger' }).check();
    await press(page, 'High contrast');
    await page.getByRole('radio', { name: 'Reduced' }).check();
    await page.goto('/settings/playback');
    await press(page, 'Play clips by themselves');
    await page.getByLabel('Speed').selectOption({ label: '1.5 times' });
    await page.getByRole('group', { name: 'Data saver' }).getByRole('radio', { name: 'On' }).check();
    await page.reload();
    expect(await page.getByLabel('Speed').inputValue()).toBe('1.5');
    expect(await page.evaluate(() => ({ ...document.documentElement.dataset }))).toMatchObject({
      ...{ theme: 'dark', text: 'larger', contrast: 'more', motion: 'reduce' },
    });
    expect(await page.evaluate(() => localStorage.getItem('vireo.data-saver'))).toBe('on');
    expect(await axeViolations(page)).toEqual([]);
  });

  test('an archive is made and fetched, and a list is brought', async () => {
    const dora = await people.signedIn('dora');
    await people.local('mika');
    const page = await openAs(dora, '/settings/data', { expected: [/status of (404|422)/] });
    await button(page, 'Make an archive').press('Enter');
    await page.getByText(/^Ready: /).waitFor({ timeout: 30_000 });
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download', exact: true }).press('Enter');
    expect((await downloading).suggestedFilename()).toMatch(/\.zip$/);

    await button(page, 'Bring it').press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Choose a file first.' }).waitFor();
    const file = join(directory, 'blocked_accounts.csv');
    const { host } = new URL(server.origin);
    await writeFile(file, `mika@${host}\nnobody_here@${host}\n`);
    await page.getByLabel('Choose a CSV file').and(page.locator('input')).setInputFiles(file);
    expect(await page.getByLabel('What it holds').inputValue()).toBe('blocks');
    await button(page, 'Bring it').press('Enter');
    await page.getByText('Done: 2 lines, 1 failed.').waitFor({ timeout: 30_000 });
    await eventually(async () => (await own(dora, '/api/v1/blocks')).length).toBe(1);
    const failures = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Lines that failed of Whom you block' }).press('Enter');
    expect((await failures).suggestedFilename()).toMatch(/^failures-.*\.csv$/);
  });

  test('moving: an old account named, and somewhere else refused at its field', async () => {
    const otto = await people.signedIn('otto');
    const old = await people.signedIn('otto_old');
    const page = await openAs(otto, '/settings/move', { expected: [/status of 4\d\d/] });
    await page.getByLabel('Old account').fill('nobody at all');
    await page.keyboard.press('Enter');
    await eventually(() => page.getByLabel('Old account').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Old account').fill('@otto_old');
    await page.keyboard.press('Enter');
    await page.getByText(old.account.actorUri).waitFor();
    expect((await own(otto, '/api/v1/accounts/alias')).also_known_as_uris).toEqual([old.account.actorUri]);
    await page.getByLabel('New account').fill('@otto_old');
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Move' }).press('Enter');
    await page.getByText('does not name this account').waitFor();
    expect(await hasFocus(page, 'New account')).toBe(true);
    await button(page, `Remove ${old.account.actorUri}`).press('Enter');
    await page.getByText('None named.').waitFor();
  });

  test('leaving: the password is asked for, and what happens is said', async () => {
    const lars = await people.signedIn('lars');
    const page = await openAs(lars, '/settings/delete', { expected: [/status of 4\d\d/] });
    await page.getByRole('textbox', { name: 'Password' }).fill('not it');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete my account' }).press('Enter');
    await page.getByText('The password is not right.').waitFor();
    expect(await hasFocus(page, 'Password')).toBe(true);
    await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete my account' }).press('Enter');
    await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect((await client.get('/api/v1/accounts/verify_credentials', { as: lars })).status).toBe(401);
  });
});
