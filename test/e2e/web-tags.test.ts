import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replaceTags, tagsOfText } from '../../src/db/tags.ts';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser, launchBrowser, viewports } from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';

let server: TestServer;
let browser: Browser;
let people: People;
let alice: Person;
/** When the clips of today were posted: that day may be over before the tests are. */
let now: number;
const DAY_MS = 86_400_000;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer();
  browser = await launchBrowser();
  people = createPeople(server);
  alice = await people.signedIn('alice');
  const bob = await people.signedIn('bob');
  const { db, ids, inTx, clock } = server.context;
  const videos = createVideoFactory(server.context);
  now = clock.now();
  for (const [n, daysAgo] of [0, 0, 0, 1, 3, 3].entries()) {
    // Not in one millisecond: their ids might meet.
    const at = now - daysAgo * DAY_MS - n;
    const id = await videos.video(bob.account, { id: ids.at(at), caption: 'Good #Café', assets: [] });
    await db('videos')
      .where({ id })
      .update({ published_at: new Date(at) });
    await inTx((tx) => replaceTags(tx, [{ videoId: id, tags: tagsOfText('Good #Café') }]));
  }
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.skipIf(!hasBrowser)('the page of a hashtag', { timeout: 120_000 }, () => {
  test('says how much it is used, and lets one mute it and show it on the profile', async () => {
    const options = { viewport: viewports.phone, locale: 'en' } as const;
    const { page, close } = await openPageAs(browser, server, people, alice.account, options);
    await page.goto('/tags/cafe?order=newest');
    await page.getByRole('heading', { name: '#Café' }).waitFor();
    const bars = page.getByRole('img', { name: /^Clips on each of the last days: .*: 3 clips/ });
    expect(await bars.locator('rect').count()).toBe(7);
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'tag-phone');
    const menu = page.getByRole('button', { name: 'More about #Café' });
    await menu.press('Enter');
    await page.getByRole('menuitem', { name: 'Show #Café on your profile' }).press('Enter');
    await page.getByText('#Café is on your profile.').waitFor();
    await menu.press('Enter');
    await page.getByRole('menuitem', { name: 'Mute #Café' }).press('Enter');
    await page.getByText('You muted this hashtag').waitFor();
    await page.getByText('No clips with #Café').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'tag-muted-phone');
    await page.goto('/tags/cafe');
    await page.getByRole('button', { name: 'More about #Café' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Share' }).press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Share this hashtag' });
    await sheet.getByText('QR code', { exact: true }).press('Enter');
    await sheet.getByRole('img', { name: 'QR code with this link' }).waitFor();
    await sheet.getByText('New clips in a feed reader', { exact: true }).press('Enter');
    expect(await sheet.getByLabel('Address of the feed').inputValue()).toMatch(/\/feeds\/tags\/cafe\.atom$/);
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'tag-share-phone');
    await page.goto('/@alice');
    await page.getByRole('link', { name: /#Café/ }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'profile-tags-phone');
    await close();
  });

  test('all that somebody follows and has muted stands in the settings, and is ended there', async () => {
    const dora = await people.signedIn('dora');
    const { db, inTx, tags } = server.context;
    await inTx(async (tx) => {
      await tags.follow(tx, dora.id, 'sea');
      await tags.mute(tx, dora.id, 'cafe');
    });
    const options = { viewport: viewports.phone, locale: 'en' } as const;
    const { page, close } = await openPageAs(browser, server, people, dora.account, options);
    await page.goto('/settings/hashtags');
    await page.getByText('#Café').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'settings-hashtags-phone');
    const tagsOf = (table: string) => db(table).where({ account_id: dora.id }).orderBy('tag').pluck('tag');
    await page.getByRole('button', { name: 'Remove #Café' }).press('Enter');
    await page.getByText('#Café is muted no more.').waitFor();
    expect(await tagsOf('tag_mutes')).toEqual([]);
    await page.getByText('You have muted no hashtag.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByRole('button', { name: 'Remove #Café' }).waitFor();
    await expect.poll(() => tagsOf('tag_mutes')).toEqual(['cafe']);
    const form = page.getByRole('form', { name: 'Follow a hashtag' });
    await form.getByLabel('Hashtag').fill('two words');
    await form.getByRole('button').press('Enter');
    await form.getByText('This is no hashtag.').waitFor();
    await form.getByLabel('Hashtag').fill('#Birds');
    await form.getByRole('button').press('Enter');
    await page.getByRole('button', { name: 'Remove #birds' }).waitFor();
    expect(await tagsOf('tag_follows')).toEqual(['birds', 'sea']);

    await page.goto('/settings/profile');
    await page.getByText('Your profile shows no hashtag.').waitFor();
    const feature = page.getByRole('form', { name: 'Show a hashtag' });
    await feature.getByLabel('Hashtag').fill('sea');
    await feature.getByRole('button').press('Enter');
    await page.getByRole('button', { name: 'Remove #sea' }).press('Enter');
    await page.getByText('#sea is not on your profile any more.').waitFor();
    expect(await tagsOf('featured_tags')).toEqual([]);
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'settings-featured-phone');
    await close();
  });

  test('names the days as the server counts them, also where the day before is not over', async () => {
    const options = { locale: 'en', timezoneId: 'Pacific/Pago_Pago' } as const;
    const { page, close } = await openPageAs(browser, server, people, alice.account, options);
    await page.goto('/tags/cafe');
    const told = await page.getByRole('img', { name: /^Clips on each/ }).getAttribute('aria-label');
    const today = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
      now,
    );
    expect(told).toContain(`; ${today}: 3 clips`);
    await close();
  });
});
