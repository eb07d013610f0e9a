import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createAnalyticsRig, strangers } from '../helpers/analytics.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  PATIENCE_MS,
  viewports,
  type WatchedPage,
} from '../helpers/browser.ts';
import type { Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** A folder for pictures of every step, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

/** How often the page asks for newer figures (web/src/studio/analytics-page.tsx). */
const REFRESH_MS = 10_000;

let server: TestServer;
let browser: Browser;
let rig: ReturnType<typeof createAnalyticsRig>;
let alice: Person;
let birds: VideoId;
let draft: VideoId;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer();
  browser = await launchBrowser();
  rig = createAnalyticsRig(server);
  const authored = await rig.authored({ caption: 'Birds at seven #birds' });
  alice = authored.author;
  birds = authored.id;
  const make = (facts: Parameters<typeof rig.videos.video>[1]) => rig.videos.video(alice.account, facts);
  await make({ caption: 'Snow on the roof' });
  await make({ state: 'received', caption: 'On its way' });
  const refused = await make({ state: 'rejected', caption: 'No film at all' });
  await server.context
    .db('videos')
    .where({ id: refused })
    .update({
      ...{ media_state: 'failed', media_reason: 'no-video', media_detail: 'This file has no picture.' },
    });
  draft = await make({ state: 'draft', awaitsPost: true, caption: 'Not yet' });
  // Twenty-five people watch, twenty of them to the end.
  await rig.watch(birds, strangers(25), { kind: 'view', source: 'for_you' });
  await rig.watch(birds, strangers(20), { kind: 'complete', ms: 10_000, source: 'for_you' });
  await rig.watch(birds, strangers(25), { ms: 8_000, source: 'for_you' });
  await server.context.analytics.fold();
  await server.context.db('video_views').insert({
    ...{ video_id: birds, views: 25, completions: 20, skips: 0, watched_ms: 200_000 },
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

type Size = 'phone' | 'desktop';

async function openAs(who: Person, size: Size, colorScheme: 'light' | 'dark'): Promise<WatchedPage> {
  // Posters of clips that were never made.
  const expected = [/404 .*\/media\//];
  const viewport = size === 'desktop' && shots ? { width: 1440, height: 900 } : viewports[size];
  const opened = await openPage(browser, server.origin, {
    viewport,
    colorScheme,
    expected,
    acceptDownloads: true,
  });
  const session = await rig.people.tokenOf(who.account, 'cookie');
  await opened.page.context().addCookies([{ name: 'vireo-session', value: session, url: server.origin }]);
  return opened;
}

async function done({ problems, close }: WatchedPage): Promise<void> {
  expect(problems).toEqual([]);
  await close();
}

async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/studio-${name}.png`, fullPage: true });
  expect(await axeViolations(page), name).toEqual([]);
  const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  expect(await page.evaluate(isTooWide), name).toBe(false);
}

const eventually = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: PATIENCE_MS });
const row = (page: Page, caption: string) => page.getByRole('row').filter({ hasText: caption });
const rows = (page: Page) => page.locator('tbody tr');

describe.skipIf(!hasBrowser).each([
  ['phone', 'dark'],
  ['desktop', 'light'],
] as const)('the studio on a %s, %s', (size, scheme) => {
  test('lists clips in every state, and finds, sorts and deletes them', async () => {
    const opened = await openAs(alice, size, scheme);
    const { page } = opened;
    const gone = await rig.videos.video(alice.account, { caption: 'Gone soon' });
    await page.goto('/studio');
    await rows(page).nth(5).waitFor();
    await row(page, 'On its way').getByText('Being made, 0 %').waitFor();
    await row(page, 'No film at all').getByText('This file has no picture.').waitFor();
    await row(page, 'No film at all').getByRole('link', { name: 'Upload again' }).waitFor();
    await row(page, 'Birds at')
      .getByText(/^\d\d%$/)
      .waitFor();
    await page.getByText('Views').first().waitFor();
    await look(page, `list-${size}-${scheme}`);

    await page.getByLabel('State').selectOption('draft');
    await eventually(() => rows(page).count()).toBe(1);
    expect(new URL(page.url()).search).toBe('?state=draft');
    await page.getByLabel('State').selectOption('');
    await page.getByLabel('Words of the caption').fill('snow');
    await page.keyboard.press('Enter');
    await eventually(() => rows(page).count()).toBe(1);
    await page.getByLabel('Words of the caption').fill('nobody wrote this');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Show all clips' }).click();
    await page.getByLabel('Sort by').selectOption('views');
    await eventually(() => rows(page).first().textContent()).toContain('Birds at');

    await row(page, 'Gone soon').getByRole('button', { name: 'Actions for Gone soon' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
    await look(page, `delete-${size}-${scheme}`);
    await page.getByRole('button', { name: 'Delete clip' }).press('Enter');
    await row(page, 'Gone soon').waitFor({ state: 'detached' });
    expect(await server.context.db('videos').where({ id: gone, state: 'published' })).toEqual([]);
    await done(opened);
  });

  test('changes what is said of a clip by keyboard, keeps its versions, and says what is not saved', async () => {
    const opened = await openAs(alice, size, scheme);
    const { page } = opened;
    await page.goto(`/studio/${birds}`);
    const caption = page.getByLabel('Caption', { exact: true });
    await page.getByText('All changes are saved.').waitFor();
    await caption.focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(`Birds at eight, on a ${size}`);
    await page.getByText('There are changes that are not saved.').waitFor();
    await page.getByLabel('Download it').press('Space');
    const mayDownload = await page.getByLabel('Download it').isChecked();
    await look(page, `edit-${size}-${scheme}`);
    await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
    await page.getByText('All changes are saved.').waitFor();
    const saved = await server.context.db('videos').where({ id: birds }).first();
    expect(saved).toMatchObject({ caption: `Birds at eight, on a ${size}`, allows_download: mayDownload });
    await page.getByText('Earlier versions').press('Enter');
    await page.getByText('Birds at seven').waitFor();
    await done(opened);
  });

  test('gives a draft a time in the zone of whoever looks, and takes it back', async () => {
    const opened = await openAs(alice, size, scheme);
    const { page } = opened;
    await page.goto(`/studio/${draft}`);
    await page.getByRole('radio', { name: 'Post it at' }).check();
    await page.getByLabel('Time', { exact: true }).fill('2020-01-01T10:00');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    // The browser says what it is about; nothing is sent.
    expect(await server.context.db('scheduled_posts').where({ video_id: draft })).toEqual([]);
    const soon = new Date(Date.now() + 2 * 86_400_000);
    const local = `${soon.getFullYear()}-${String(soon.getMonth() + 1).padStart(2, '0')}-${String(soon.getDate()).padStart(2, '0')}T10:30`;
    await page.getByLabel('Time', { exact: true }).fill(local);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('All changes are saved.').waitFor();
    const [held] = await server.context.db('scheduled_posts').where({ video_id: draft });
    expect(held?.scheduled_at).toEqual(new Date(local));
    await page.getByText('Scheduled', { exact: true }).waitFor();
    await look(page, `draft-${size}-${scheme}`);
    await page.getByRole('radio', { name: 'Keep it as a draft' }).check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Draft', { exact: true }).waitFor();
    expect(await server.context.db('scheduled_posts').where({ video_id: draft })).toEqual([]);
    await done(opened);
  });

  test('shows figures as charts and tables, of all clips and of one, and as CSV', async () => {
    const opened = await openAs(alice, size, scheme);
    const { page } = opened;
    await page.clock.install();
    await page.goto('/studio/analytics');
    const views = page.getByRole('button', { name: /^Views 2[56]/ });
    await views.waitFor();
    await page.getByRole('button', { name: /^Watched to the end \d\d%/ }).press('Enter');
    await page.getByRole('button', { name: 'Show as table: Watched to the end' }).press('Enter');
    await page
      .getByRole('table')
      .getByRole('cell', { name: /^\d\d%$/ })
      .waitFor();
    await page.getByRole('button', { name: 'Show as chart: Watched to the end' }).press('Enter');
    const chart = page.getByRole('slider', { name: 'Watched to the end' });
    await chart.press('End');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/: \d\d%$/);
    await chart.press('Home');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/: 0%$/);
    await page.getByText('For you').waitFor();
    await look(page, `analytics-${size}-${scheme}`);
    await page.getByRole('combobox', { name: 'Period' }).selectOption('7');
    await eventually(async () => new URL(page.url()).searchParams.get('days')).toBe('7');
    const saving = page.waitForEvent('download');
    await page.getByRole('link', { name: 'By time' }).click();
    expect((await saving).suggestedFilename()).toMatch(/^analytics-series-.*\.csv$/);

    // One more stranger, seen without a reload.
    const seen = size === 'phone' ? 25 : 26;
    await page.getByRole('button', { name: `Views ${seen}` }).waitFor();
    await rig.watch(birds, strangers(1, size === 'phone' ? 30 : 40), { kind: 'view' });
    await server.context.analytics.fold();
    await page.clock.fastForward(REFRESH_MS);
    await page.getByRole('button', { name: `Views ${seen + 1}` }).waitFor();

    await page.getByRole('link', { name: /^Birds at/ }).click();
    await page.getByRole('slider', { name: 'How far people watch' }).waitFor();
    await look(page, `clip-analytics-${size}-${scheme}`);
    await page.goto(`/studio/${birds}/analytics?from=2020-01-01&to=2020-01-05`);
    await page.getByText('Under 20 viewers: not shown').first().waitFor();
    await done(opened);
  });
});
