import { readFile } from 'node:fs/promises';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../src/setup/demo/client.ts';
import { startInstance } from '../../src/setup/demo/instance.ts';
import { UPKEEP_DUE } from '../helpers/activities.ts';
import {
  hasBrowser,
  launchBrowser,
  openPage,
  untilInPage,
  type WatchedPage,
  waitUntilPlaying,
} from '../helpers/browser.ts';
import { clipAfter, swipeUp, watchFor } from '../helpers/feed-walk.ts';
import { clip, corpusFile } from '../helpers/media-samples.ts';
import { PASSWORD } from '../helpers/people.ts';
import { query } from '../helpers/probes.ts';
import { picture } from '../helpers/signed-in-page.ts';
import { CLIP_SECONDS, MADE_MS, openStage, type Stage } from '../helpers/story.ts';
import { unzip } from '../helpers/zip.ts';

const VIEWS = 20;
/** What is kept of the file, in seconds of it. */
const KEPT = { from: 1, to: 4 };
const captions = `WEBVTT

00:00:01.500 --> 00:00:04.000
Good morning, river
`;

let stage: Stage;
let browser: Browser;
let nora: WatchedPage;
let noraId: string;
/** The clips that she watched. */
let watched: readonly string[];
/** The one that she uploads. */
let clipId: string;

const here = (sql: string) => query(stage.here.database, sql);
const there = (sql: string) => query(stage.there.database, sql);
const asPhone = { hasTouch: true, isMobile: true, deviceScaleFactor: 2 } as const;
const eventually = <T>(ask: () => T) => expect.poll(ask, { timeout: 60_000 });
const main = () => nora.page.getByRole('main');
const tap = (within: Pick<Locator, 'getByRole'>, role: 'button' | 'link', name: string | RegExp) =>
  within
    .getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) })
    .first()
    .click();

/** Everything that somebody does here between coming and leaving, on a phone, beside a server where somebody follows. */
describe.skipIf(!hasBrowser)('the story of one person', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage(), launchBrowser()]);
    nora = await openPage(browser, stage.here.running.origin, {
      ...{ ...asPhone, acceptDownloads: true },
      // There is no archive before she asks for one, and no way in after she left.
      expected: [/404 .*exports\/archive/, /401 .*sessions/],
    });
  }, 180_000);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(nora.page, 'story-failed');
    expect(nora.problems).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  test('signs up, and says what she likes', async () => {
    const { page } = nora;
    await page.goto('/');
    await waitUntilPlaying(page);
    await picture(page, 'story-01-visitor');
    await page.goto('/register');
    await page.getByLabel('Name', { exact: true }).fill('nora');
    await page.getByLabel('Password').fill(PASSWORD);
    await tap(page, 'button', 'Create account');
    await page.getByRole('heading', { name: 'What do you like?' }).waitFor();
    await tap(main(), 'button', '#birds');
    await tap(main(), 'button', 'English');
    await picture(page, 'story-02-interests');
    await tap(main(), 'button', 'Next');
    await page.getByRole('heading', { name: 'Whom do you want to follow?' }).waitFor();
    await tap(main(), 'button', 'Skip');
    await page.getByRole('heading', { name: 'Who may find you?' }).waitFor();
    await tap(main(), 'button', 'Next');
    await tap(main(), 'link', 'Watch clips');
    await waitUntilPlaying(page);
    const [account] = (await here(`select id from accounts where username = 'nora'`)) as { id: string }[];
    noraId = account?.id ?? '';
    expect(await here(`select interests, languages from feed_settings where account_id = ${noraId}`)).toEqual(
      [{ interests: ['birds'], languages: ['en'] }],
    );
  });

  test(`watches ${VIEWS} clips that were chosen for her, by swipes and keys`, async () => {
    const { page } = nora;
    const seen = new Set<string>();
    let id: string | null = null;
    while (seen.size < VIEWS) {
      id = await clipAfter(page, id);
      // What counts is fetched with the first clip, which is watched for longer.
      await watchFor(page, id, CLIP_SECONDS * (seen.size === 0 ? 1.5 : 0.3));
      seen.add(id);
      if (seen.size === 2) await picture(page, 'story-03-for-you');
      if (seen.size % 2 === 0) await swipeUp(page);
      else await page.keyboard.press('j');
    }
    watched = [...seen];
  });

  test('likes one of them, and comments on it', async () => {
    const { page } = nora;
    const id = await clipAfter(page, null);
    const article = page.locator(`article[data-id="${id}"]`);
    await article.getByRole('button', { name: /^Like/ }).tap();
    await tap(article, 'button', /^Comments/);
    const dialog = page.getByRole('dialog', { name: 'Comments' });
    await dialog.getByRole('textbox', { name: 'Add a comment' }).fill('What a day!');
    await tap(dialog, 'button', 'Post');
    await dialog.getByRole('article').filter({ hasText: 'What a day!' }).waitFor();
    await picture(page, 'story-04-commented');
    await page.keyboard.press('Escape');
    await eventually(() => here(`select likes, comments from video_stats where video_id = ${id}`)).toEqual([
      { likes: 1, comments: 1 },
    ]);
  });

  test('follows Bob, whom she finds on another server, and his clip comes to her', async () => {
    const { page } = nora;
    await tap(page.getByRole('navigation', { name: 'Main' }), 'link', 'Search');
    await page.getByRole('combobox', { name: 'Search for people' }).fill(stage.bob.handle);
    await page.keyboard.press('Enter');
    await tap(page, 'button', `Follow ${stage.bob.handle}`);
    await page.getByRole('button', { name: /^Following\. Stop following @bob@/ }).waitFor();
    await picture(page, 'story-05-followed');
    await tap(page.getByRole('navigation', { name: 'Main' }), 'link', 'Home');
    await tap(page.getByRole('navigation', { name: 'Feeds' }), 'link', 'Following');
    await page.getByText('Waves at noon').waitFor({ timeout: 60_000 });
    await waitUntilPlaying(page);
    await picture(page, 'story-06-following');
  });

  test('has all that she watched counted', async () => {
    const rows = (sql: string) => here(`${sql} and watched_ms > 500 and video_id = any('{${watched}}')`);
    await eventually(() =>
      rows(`select count(*)::int as n from watch_history where account_id = ${noraId} and viewed`),
    ).toEqual([{ n: VIEWS }]);
    await eventually(() => rows('select count(*)::int as n from video_views where views > 0')).toEqual([
      { n: VIEWS },
    ]);
    await nora.page.goto('/library/history');
    await nora.page
      .getByRole('button', { name: /from your history$/ })
      .nth(VIEWS / 2)
      .waitFor();
    await picture(nora.page, 'story-07-history');
  });

  test('uploads a part of a recording with captions, sees how far it is, and then sees it', async () => {
    const { page } = nora;
    const found = await stage.bob.find(`@nora@${new URL(stage.here.running.origin).host}`);
    await stage.bob.follow(found?.id ?? '');
    // What is posted goes to those who follow by then.
    await until('Bob follows her', async () => (await stage.bob.relationship(found?.id ?? '')).following);
    const file =
      corpusFile('ax_trim_optimization_failure.mp4') ??
      (await clip(stage.directory, 'river.mp4', { seconds: 5.5, size: '360x640' }));
    await tap(page.getByRole('navigation', { name: 'Main' }), 'link', 'Upload');
    await page.locator('input[type=file]').first().setInputFiles(file);
    await page.getByRole('slider', { name: 'Begins at' }).fill(String(KEPT.from));
    await page.getByRole('slider', { name: 'Ends at' }).fill(String(KEPT.to));
    await page.getByText('3 sec of').waitFor();
    await page.getByLabel('Caption', { exact: true }).fill('My river #morning');
    await page
      .locator('input[type=file]')
      .and(page.getByLabel('Add captions'))
      .setInputFiles({
        ...{ name: 'river.en.vtt', mimeType: 'text/vtt', buffer: Buffer.from(captions) },
      });
    await picture(page, 'story-08-upload');
    await tap(main(), 'button', 'Upload');
    await page
      .getByRole('progressbar', { name: /progress$/ })
      .first()
      .waitFor();
    await picture(page, 'story-09-progress');
    const open = page.getByRole('link', { name: 'Open clip' });
    await open.waitFor({ timeout: MADE_MS });
    await picture(page, 'story-10-out');
    await open.click();
    await page.waitForURL(/\/@nora\/\d+$/);
    clipId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await waitUntilPlaying(page);
    await page.getByText('Good morning, river').waitFor();
    await picture(page, 'story-11-clip');
    const video = await page.locator('video').evaluate((one) => {
      const { duration, textTracks } = one as HTMLVideoElement;
      return { duration, cue: textTracks[0]?.cues?.[0]?.startTime };
    });
    expect(video.duration).toBeCloseTo(KEPT.to - KEPT.from, 0);
    expect(video.cue).toBeCloseTo(0.5, 1);
  });

  test('sees what Bob writes about it from there, as he writes it', async () => {
    const { page } = nora;
    await tap(page, 'button', /^(Comments|Show)/);
    const dialog = page.getByRole('dialog', { name: 'Comments' });
    await dialog.getByText('No comments yet').waitFor();
    const copy = await until('the clip is known there', async () => {
      const home = await stage.bob.home();
      return home.find(({ content }) => content.includes('My river'));
    });
    const answer = await fetch(`${stage.bob.origin}/api/v1/videos/${copy.id}/comments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stage.bob.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'Greetings from over here' }),
    });
    expect(answer.status).toBe(200);
    const comment = dialog.getByRole('article').filter({ hasText: 'Greetings from over here' });
    await comment.waitFor({ timeout: 60_000 });
    await picture(page, 'story-12-live-comment');
    await comment.getByRole('button', { name: /^Reply to/ }).tap();
    await dialog.getByRole('textbox', { name: /^Reply to/ }).fill('Come and see it!');
    await tap(dialog, 'button', 'Post');
    await until(
      'Bob is answered',
      async () =>
        (await there(`select 1 from comments where content_html like '%Come and see it!%'`)).length > 0,
    );
    await page.keyboard.press('Escape');
  });

  test('changes what she said of it, and the other server hears of that', async () => {
    const { page } = nora;
    await tap(main(), 'link', 'Edit clip');
    await page.getByLabel('Caption', { exact: true }).fill('My river in fog #morning');
    await page.getByLabel('Make a duet').uncheck();
    await picture(page, 'story-13-edit');
    await tap(page, 'button', 'Save');
    await page.getByText('All changes are saved.').waitFor();
    const row = `select caption_html like '%in fog%' as told, allows_duet from videos where uri like '%${clipId}'`;
    await eventually(() => there(row)).toEqual([{ told: true, allows_duet: false }]);
  });

  test('looks at how it does, after somebody watched it', async () => {
    const { page } = nora;
    const visitor = await openPage(browser, stage.here.running.origin, asPhone);
    await visitor.page.goto(`/@nora/${clipId}`);
    await untilInPage(visitor.page, () => (document.querySelector('video')?.currentTime ?? 0) > 2);
    await visitor.page.goto('about:blank');
    expect(visitor.problems).toEqual([]);
    await visitor.close();
    await tap(main(), 'link', 'Analytics');
    await page.getByRole('button', { name: /^Views [1-9]/ }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: /^Watch time [1-9]/ }).click();
    await page.getByRole('slider', { name: 'Watch time' }).waitFor();
    await picture(page, 'story-14-analytics');
    await tap(page, 'button', 'Show as table: Watch time');
    await page.getByRole('cell', { name: /^[1-9]\d* sec$/ }).waitFor();
    await picture(page, 'story-15-table');
  });

  test('takes everything along in one file', async () => {
    const { page } = nora;
    await page.goto('/settings/data');
    await tap(page, 'button', 'Make an archive');
    const download = page.getByRole('link', { name: 'Download', exact: true });
    await download.waitFor({ timeout: 60_000 });
    await picture(page, 'story-16-archive');
    const saving = page.waitForEvent('download');
    await download.click();
    const files = await unzip(await readFile(await (await saving).path()));
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'outbox.json',
        `media/${clipId}/original.mp4`,
        `media/${clipId}/captions-en.vtt`,
      ]),
    );
    const written = String(files.get('outbox.json'));
    for (const words of ['My river in fog', 'What a day!']) expect(written).toContain(words);
  });

  test('deletes the clip, then her account, and nothing of it is left on either server', async () => {
    const { page } = nora;
    await page.goto(`/@nora/${clipId}`);
    await tap(page, 'button', 'Delete');
    await tap(page, 'button', 'Delete clip');
    await page.getByText('Clip deleted.').waitFor();
    await eventually(() => there(`select state from videos where uri like '%${clipId}'`)).toEqual([]);
    await page.goto('/settings/delete');
    await page.getByLabel('Password').fill(PASSWORD);
    await picture(page, 'story-17-leave');
    await tap(main(), 'button', 'Delete my account');
    await tap(page.getByRole('dialog'), 'button', 'Delete my account');
    await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
    await picture(page, 'story-18-left');
    await page.goto('about:blank');
    // Thirty days go by. What is due then is done first thing.
    await here(`update users set delete_at = now() where account_id = ${noraId}`);
    await stage.here.running.stop();
    await here(UPKEEP_DUE);
    stage.here.running = await startInstance(stage.here);
    await eventually(() => there("select state from accounts where username = 'nora'")).toEqual([
      { state: 'deleted' },
    ]);
    await page.goto('/login');
    await page.getByLabel('Name or e-mail').fill('nora');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('That name and password do not match.').waitFor();
    await picture(page, 'story-19-no-way-back');
  });
});
