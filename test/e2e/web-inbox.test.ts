import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  PATIENCE_MS,
  viewports,
  type WatchedPage,
} from '../helpers/browser.ts';
import { settle } from '../helpers/news.ts';
import { type NewsRig, startNewsRig } from '../helpers/news-rig.ts';
import type { Person } from '../helpers/people.ts';

/** A folder for pictures of every step, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

let rig: NewsRig;
let browser: Browser;
let video: VideoId;

beforeAll(async () => {
  if (!hasBrowser) return;
  rig = await startNewsRig();
  browser = await launchBrowser();
});
beforeEach(async () => {
  if (hasBrowser) video = await rig.clear();
});
afterAll(async () => {
  await browser?.close();
  await rig?.server.close();
});

type Size = 'phone' | 'desktop';

/** A page of somebody who is signed in there. */
async function openAs(
  who: Person,
  size: Size,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<WatchedPage> {
  // Posters of clips that were never made.
  const expected = [/404 .*\/media\//];
  const viewport = size === 'desktop' && shots ? { width: 1440, height: 900 } : viewports[size];
  const opened = await openPage(browser, rig.server.origin, { viewport, colorScheme, expected });
  const session = await rig.people.tokenOf(who.account, 'cookie');
  await opened.page.context().addCookies([{ name: 'vireo-session', value: session, url: rig.server.origin }]);
  return opened;
}

async function done({ problems, close }: WatchedPage): Promise<void> {
  expect(problems).toEqual([]);
  await close();
}

async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/inbox-${name}.png` });
  expect(await axeViolations(page), name).toEqual([]);
  const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  expect(await page.evaluate(isTooWide), name).toBe(false);
}

const place = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
const row = (page: Page, sentence: string) => page.getByRole('main').getByRole('link', { name: sentence });

/** Sentences of the list, the newest first. */
const sentences = (page: Page) =>
  page.getByRole('list', { name: 'Notifications' }).getByRole('article').getByRole('link').allTextContents();

const eventually = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: PATIENCE_MS });

describe.skipIf(!hasBrowser)('the inbox', { timeout: 90_000 }, () => {
  test('what happens arrives at once, is counted, put into words, and is read once it was shown', async () => {
    const { alice, bob, eve, deeds } = rig;
    const opened = await openAs(alice, 'phone');
    const { page } = opened;
    await page.goto('/settings/security');
    await place(page, 'Inbox').waitFor();
    // The page listens before anything happens.
    await eventually(() => hasCounted(page)).toBe(true);
    await deeds.like(bob.account, video);
    await place(page, 'Inbox, 1 new').waitFor();
    await deeds.like(eve.account, video);
    await deeds.follow(bob.account, alice.account);
    const comment = await deeds.comment(bob.account, video, 'Where is this?');
    await place(page, 'Inbox, 3 new').waitFor();
    if (shots) await page.screenshot({ path: `${shots}/inbox-badge.png` });

    await place(page, 'Inbox, 3 new').click();
    await row(page, 'New: bob commented on your clip').waitFor();
    expect(await sentences(page)).toEqual([
      'New: bob commented on your clip',
      'New: bob follows you now',
      'New: eve and bob liked your clip',
    ]);
    // Shown is read; the marks stay for this visit.
    await place(page, 'Inbox').waitFor();
    expect(await page.getByText('Where is this?').count()).toBe(1);
    const href = await row(page, 'New: bob commented on your clip').getAttribute('href');
    expect(href).toBe(`/@alice/${video}?comment=${comment}`);
    await page.getByText('Show everyone').click();
    await page.getByRole('listitem').getByRole('link', { name: '@eve' }).waitFor();
    await look(page, 'phone-light');

    await deeds.share(eve.account, video);
    await row(page, 'New: eve shared your clip').waitFor();
    await deeds.unlike(eve.account, video);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.getByText('Everything is marked as read.').waitFor();
    await row(page, 'New: eve shared your clip').waitFor({ state: 'detached' });
    await page.reload();
    await row(page, 'bob liked your clip').waitFor();
    expect(await page.getByText('New:').count()).toBe(0);
    await done(opened);
  });

  test('by kind, with the keyboard, and what to do where there is nothing', async () => {
    const { alice, bob, eve, deeds, server } = rig;
    await deeds.comment(eve.account, video, 'Wonderful light in the last seconds of it, and the bird');
    await deeds.like(bob.account, video);
    await deeds.follow(eve.account, alice.account);
    const { inTx, notifications } = server.context;
    await inTx((tx) => notifications.on.onVideoPublished.all(tx, [{ videoId: video }]));
    await settle(server.context);
    const opened = await openAs(alice, 'desktop', 'dark');
    const { page } = opened;
    await page.goto('/inbox');
    await row(page, 'Your clip is out').waitFor();
    await look(page, 'desktop-dark');
    await page.getByRole('tab', { name: 'All' }).focus();
    await page.keyboard.press('ArrowRight');
    await eventually(() => sentences(page)).toEqual([expect.stringContaining('eve commented on your clip')]);
    await page.keyboard.press('ArrowRight');
    await eventually(() => sentences(page)).toEqual([expect.stringContaining('bob liked your clip')]);
    expect(new URL(page.url()).search).toBe('?show=likes');
    await page.keyboard.press('End');
    await eventually(() => sentences(page)).toEqual([expect.stringContaining('Your clip is out')]);
    await page.keyboard.press('ArrowLeft');
    await eventually(() => sentences(page)).toEqual([expect.stringContaining('eve follows you now')]);
    await page.getByRole('button', { name: 'Follow @eve' }).press('Enter');
    await page.getByRole('button', { name: /Stop following @eve/ }).waitFor();
    await rig.clear();
    await page.goto('/inbox');
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
    await look(page, 'desktop-empty');
    await done(opened);
  });

  test('who asks to follow is let in or turned away', async () => {
    const { alice, bob, eve, deeds, server } = rig;
    const { db } = server.context;
    await db('accounts').where({ id: alice.id }).update({ locked: true });
    const locked = { ...alice.account, locked: true };
    await deeds.follow(bob.account, locked);
    await deeds.follow(eve.account, locked);
    const opened = await openAs(alice, 'phone', 'dark');
    const { page } = opened;
    await page.goto('/inbox');
    await row(page, 'New: bob wants to follow you').waitFor();
    await page.getByRole('button', { name: 'Accept @bob' }).waitFor();
    await look(page, 'phone-requests');
    await page.getByRole('button', { name: 'Accept @bob' }).press('Enter');
    await page.getByText('@bob follows you now.').waitFor();
    const stateOf = async (who: Person) =>
      (await db('follows').where({ follower_id: who.id, target_id: alice.id }).first('state'))?.state;
    expect(await stateOf(bob)).toBe('accepted');
    await page.getByRole('tab', { name: 'Follows' }).click();
    await page
      .getByRole('region', { name: 'They want to follow you' })
      .getByRole('button', { name: 'Decline @eve' })
      .click();
    await page.getByText('@eve was turned away.').waitFor();
    await eventually(() => stateOf(eve)).not.toBe('pending');
    await db('accounts').where({ id: alice.id }).update({ locked: false });
    await done(opened);
  });

  test('what was set aside can be let through', async () => {
    const { alice, bob, deeds, client } = rig;
    const path = '/api/v2/notifications/policy';
    expect((await client.patch(path, { as: alice, body: { for_not_following: 'filter' } })).status).toBe(200);
    await deeds.comment(bob.account, video, 'Hello from somebody you do not know');
    const opened = await openAs(alice, 'phone');
    const { page } = opened;
    await page.goto('/inbox');
    await page.getByRole('link', { name: /Notifications of 1 person were set aside/ }).click();
    await page.getByText('Hello from somebody you do not know').waitFor();
    await look(page, 'phone-aside');
    await page.getByRole('button', { name: 'Let through @bob' }).click();
    await page.getByRole('heading', { name: 'Nothing is set aside' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Back to the inbox' }).first().click();
    await row(page, 'New: bob commented on your clip').waitFor();
    await done(opened);
  });
});

/** Whether the page has counted, as it does once it listens. */
async function hasCounted(page: Page): Promise<boolean> {
  return page.evaluate(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.includes('unread_count')),
  );
}
