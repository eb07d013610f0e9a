import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  type PageOptions,
  viewports,
  type WatchedPage,
} from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';
import { eventually } from '../helpers/web-site.ts';

const { phone, desktop } = viewports;

let browser: Browser;
let server: TestServer;
let client: Client;
let people: People;
let alice: Person;
let bob: Person;
let carol: Person;
let mika: Account;
let clip: VideoId;
const opened: WatchedPage[] = [];

beforeAll(async () => {
  if (!hasBrowser) return;
  browser = await launchBrowser();
  server = await startTestServer({ role: 'all', variables: { INSTANCE_RULES: 'Be kind\nNo spam' } });
  client = clientOf(server.origin);
  people = createPeople(server);
  alice = await people.signedIn('alice');
  bob = await people.signedIn('bob');
  carol = await people.signedIn('carol');
  mika = await people.remote('mika', 'film.example');
}, 60_000);
afterEach(async () => {
  const problems = opened.flatMap((one) => one.problems);
  for (const one of opened.splice(0)) await one.close();
  expect(problems).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function newClip(): Promise<string> {
  clip = await createVideoFactory(server.context).video(alice.account, { assets: [], caption: 'First snow' });
  return `/@alice/${clip}`;
}

async function open(path: string, as: Person | null, options: PageOptions = {}): Promise<Page> {
  const watched = await openPageAs(browser, server, people, as?.account ?? null, options);
  opened.push(watched);
  await watched.page.goto(path);
  return watched.page;
}

async function say(as: Person, text: string, parent_id?: string): Promise<string> {
  const answer = await client.post(`/api/v1/videos/${clip}/comments`, { as, body: { text, parent_id } });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.id;
}

/** A comment of another server, as its delivery leaves it. */
async function sayElsewhere(text: string): Promise<void> {
  const { comments, inTx } = server.context;
  const written = { contentHtml: `<p>${text}</p>`, contentWarning: '', sensitive: false, language: null };
  const uri = `https://film.example/notes/${clip}`;
  await inTx((tx) =>
    comments.receiveRemote(tx, mika, {
      ...{ uri, url: uri, videoId: clip, parentId: null, visibility: 'public' },
      ...written,
      ...{ publishedAt: new Date(), editedAt: null, mentions: [] },
    }),
  );
}

const commentOf = (page: Page, text: string): Locator => page.getByRole('article').filter({ hasText: text });
const isFocused = (at: Locator) => at.evaluate((element) => element === document.activeElement);
/** By the keyboard; its first item has the focus. */
async function openMenu(page: Page, comment: Locator): Promise<void> {
  await comment.getByRole('button', { name: /^More about/ }).press('Enter');
  await eventually(() => isFocused(page.getByRole('menuitem').first())).toBe(true);
}
const menuOf = async (page: Page, text: string, item: string) => {
  await commentOf(page, text)
    .getByRole('button', { name: /^More about/ })
    .click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};

describe.skipIf(!hasBrowser)('comments', { timeout: 60_000 }, () => {
  test('are written with a suggested name, answered, liked, changed and taken back, by keyboard', async () => {
    const page = await open(await newClip(), bob, { viewport: desktop });
    await page.getByText('No comments yet').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'comments-empty-desktop');
    const field = page.getByRole('textbox', { name: 'Add a comment' });
    await field.focus();
    await page.keyboard.type('How lovely, @car');
    await page.getByRole('option', { name: /carol/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await field.getAttribute('aria-activedescendant')).toBe(
      await page.getByRole('option', { name: /carol/ }).getAttribute('id'),
    );
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'comments-suggestions-desktop');
    await page.keyboard.press('Enter');
    expect(await field.inputValue()).toBe('How lovely, @carol ');
    await page.keyboard.press('Control+Enter');
    const comment = commentOf(page, 'How lovely');
    await comment.getByRole('link', { name: '@carol' }).waitFor();
    expect(await field.inputValue()).toBe('');
    await page.getByText('1 comment', { exact: true }).waitFor();

    await comment.getByRole('button', { name: /^Reply to/ }).press('Enter');
    await page.getByRole('textbox', { name: 'Reply to @bob' }).waitFor();
    await page.keyboard.type('And so cold');
    await page.keyboard.press('Control+Enter');
    await page
      .getByRole('list', { name: /^Replies to/ })
      .getByText('And so cold')
      .waitFor();
    const like = comment.getByRole('button', { name: /^Like the comment/ }).first();
    await like.press('Enter');
    await eventually(() => like.getAttribute('aria-pressed')).toBe('true');

    await openMenu(page, comment.first());
    await page.keyboard.press('Enter');
    const edit = page.getByRole('textbox', { name: 'Edit your comment' });
    await edit.waitFor();
    expect(await edit.inputValue()).toBe('How lovely, @carol');
    await edit.fill('How splendid');
    await page.keyboard.press('Control+Enter');
    await commentOf(page, 'How splendid').getByText('edited').first().waitFor();
    await eventually(() => isFocused(commentOf(page, 'How splendid').first())).toBe(true);

    const answer = await client.get(`/api/v1/videos/${clip}/comments`, { as: bob });
    expect(answer.body).toMatchObject([
      { content: '<p>How splendid</p>', favourited: true, replies_count: 1 },
    ]);

    await openMenu(page, commentOf(page, 'And so cold').last());
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const keep = page.getByRole('button', { name: 'Keep' });
    await eventually(() => isFocused(keep)).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Comment deleted.').waitFor();
    expect(await page.getByText('And so cold').count()).toBe(0);
    await page.getByText('1 comment', { exact: true }).waitFor();
  });

  test('that do not arrive are taken off the list, and their text is kept', async () => {
    const page = await open(await newClip(), bob, { viewport: phone, expected: [/ERR_FAILED/] });
    await page.getByRole('button', { name: 'Comments', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Comments' });
    const field = dialog.getByRole('textbox', { name: 'Add a comment' });
    await page.route('**/comments', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await field.fill('Long thought about');
    await dialog.getByRole('button', { name: 'Post' }).click();
    await dialog.getByText('Nothing was lost.').waitFor();
    expect(await field.inputValue()).toBe('Long thought about');
    expect(await dialog.getByRole('article').count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'comments-failed-phone');
    await page.unroute('**/comments');
    await dialog.getByRole('button', { name: 'Post' }).click();
    await commentOf(page, 'Long thought about').waitFor();
    expect(await dialog.getByText('Nothing was lost.').count()).toBe(0);
    await field.fill('x'.repeat(501));
    await dialog.getByText('1 character too many').waitFor();
  });

  test('are pinned, hidden and shown by the author of the clip, who is marked', async () => {
    const path = await newClip();
    await say(bob, 'The older one');
    const rude = await say(carol, 'A rude one');
    await say(alice, 'Thank you', rude);
    await sayElsewhere('From afar');
    const page = await open(path, alice, { viewport: phone });
    const opener = page.getByRole('button', { name: 'Show 4 comments' });
    await opener.click();
    const dialog = page.getByRole('dialog', { name: 'Comments' });
    await commentOf(page, 'From afar').getByText('film.example').first().waitFor();
    await commentOf(page, 'A rude one').locator('..').getByRole('button', { name: 'Show 1 reply' }).click();
    await commentOf(page, 'Thank you').last().getByText('Author', { exact: true }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'comments-phone');

    await menuOf(page, 'The older one', 'Pin to the top');
    await page.getByText('Pinned to the top.').waitFor();
    expect(await dialog.getByRole('article').first().textContent()).toContain('Pinned');
    expect(await dialog.getByRole('article').first().textContent()).toContain('The older one');

    await menuOf(page, 'A rude one', 'Hide');
    await dialog.getByText('Hidden by you').waitFor();
    expect(await page.getByText('A rude one').count()).toBe(0);
    await picture(page, 'comments-hidden-phone');
    await page.getByRole('button', { name: 'Show hidden comment by carol' }).click();
    await commentOf(page, 'A rude one').waitFor();
    const seenBy = async (as: Person) =>
      (await client.get(`/api/v1/videos/${clip}/comments`, { as })).body.map(
        ({ content }: { content: string }) => content,
      );
    expect(await seenBy(bob)).not.toContain('<p>A rude one</p>');
    await menuOf(page, 'A rude one', 'Show to everybody');
    await eventually(() => seenBy(bob)).toContain('<p>A rude one</p>');

    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await isFocused(page.getByRole('button', { name: /^Show \d comments/ }))).toBe(true);
  });

  test('come by themselves, and wait where somebody reads further down', async () => {
    const path = await newClip();
    for (let n = 0; n < 12; n += 1) await say(alice, `Remark number ${n}`);
    const page = await open(path, bob, { viewport: desktop });
    await commentOf(page, 'Remark number 11').waitFor();
    const listening = page.waitForResponse((answer) =>
      answer.url().includes('/api/v1/streaming/video/comments'),
    );
    await page.reload();
    await listening;
    await commentOf(page, 'Remark number 11').waitFor();
    const live = await say(carol, 'Just now');
    await commentOf(page, 'Just now').waitFor();
    await page.getByRole('status').filter({ hasText: 'New comment by carol' }).waitFor({ state: 'attached' });
    await page.getByText('13 comments', { exact: true }).waitFor();

    await commentOf(page, 'Remark number 0').scrollIntoViewIfNeeded();
    await say(carol, 'While you read');
    const waiting = page.getByRole('button', { name: '1 new comment' });
    await waiting.waitFor();
    expect(await page.getByText('While you read').count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'comments-new-desktop');
    await waiting.click();
    await eventually(() => isFocused(commentOf(page, 'While you read'))).toBe(true);

    await client.put(`/api/v1/statuses/${live}`, { as: carol, body: { status: 'Just then' } });
    await commentOf(page, 'Just then').waitFor();
    await client.delete(`/api/v1/statuses/${live}`, { as: carol });
    await commentOf(page, 'Just then').waitFor({ state: 'detached' });
  });

  test.each([
    ['phone', phone],
    ['desktop', desktop],
  ] as const)('are found by their address on a %s, unfolded and marked', async (name, viewport) => {
    const path = await newClip();
    const first = await say(bob, 'A question');
    const answer = await say(alice, 'An answer', first);
    const deep = await say(bob, 'Thanks for it', answer);
    const page = await open(`${path}?comment=${deep}`, null, { viewport });
    const found = commentOf(page, 'Thanks for it').last();
    await found.waitFor();
    await eventually(() => isFocused(found)).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, `comments-linked-${name}`);
    // The own page of a comment leads there, too.
    await page.goto(`/@bob/${deep}`);
    await page.waitForURL(`**${path}?comment=${deep}`);
    await page.getByRole('link', { name: 'Sign in' }).last().waitFor();
  });

  test('are read and not written where they are off', async () => {
    const path = await newClip();
    await say(bob, 'Before that');
    await server.context.db('videos').where({ id: clip }).update({ comments_open: false });
    const page = await open(path, bob, { viewport: desktop });
    await commentOf(page, 'Before that').waitFor();
    await page.getByText('Comments are off for this clip.').waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect(await page.getByRole('button', { name: /^Reply/ }).count()).toBe(0);
  });
});

describe.skipIf(!hasBrowser)('reports', { timeout: 60_000 }, () => {
  test.each(['light', 'dark'] as const)('of an account begin at its profile, in %s', async (colorScheme) => {
    const page = await open('/@carol', bob, { viewport: desktop, colorScheme });
    const opener = page.getByRole('button', { name: 'More about @carol' });
    await opener.press('Enter');
    await page.getByRole('menuitem', { name: 'Report @carol' }).click();
    const panel = page.getByRole('complementary', { name: 'Report' });
    await panel.getByText('Step 1 of 2').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, `report-account-${colorScheme}`);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await isFocused(opener)).toBe(true);
  });

  const kept = () => server.context.db('reports').orderBy('id', 'desc').first();

  test('of a comment go through three steps by keyboard alone, and end with a way not to see its author', async () => {
    const path = await newClip();
    await sayElsewhere('Buy my shoes');
    const page = await open(path, bob, { viewport: phone });
    await page.getByRole('button', { name: 'Show 1 comment' }).press('Enter');
    await openMenu(page, commentOf(page, 'Buy my shoes'));
    await page.keyboard.press('End');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Report');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Report' });
    await dialog.getByRole('radio', { name: 'This comment' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'report-what-phone');
    await dialog.getByRole('radio', { name: 'This comment' }).press('Enter');
    await dialog.getByRole('heading', { name: 'Why?' }).waitFor();
    await dialog.getByRole('button', { name: 'Next' }).press('Enter');
    await dialog.getByText('Choose a reason first.').waitFor();
    await dialog.getByRole('radio', { name: /breaks the law/ }).press('Space');
    const ownWork = dialog.getByRole('link', { name: 'It is a work of mine: claim copyright' });
    expect(await ownWork.getAttribute('href')).toBe('/copyright');
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole('radio', { name: /breaks a rule/ }).press('Space');
    await dialog.getByRole('checkbox', { name: 'No spam' }).press('Space');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'report-why-phone');
    await dialog.getByRole('button', { name: 'Next' }).press('Enter');
    await dialog.getByRole('textbox', { name: 'Details' }).fill('It is everywhere.');
    await dialog.getByRole('checkbox', { name: /film\.example/ }).press('Space');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'report-more-phone');
    await dialog.getByRole('button', { name: 'Send report' }).press('Enter');
    const done = dialog.getByRole('heading', { name: 'Thank you' });
    await done.waitFor();
    await eventually(() => isFocused(done)).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'report-done-phone');
    const [comment] = (await client.get(`/api/v1/videos/${clip}/comments`, { as: alice })).body;
    expect(await kept()).toMatchObject({
      ...{ reporter_id: bob.id, target_id: mika.id, comment_ids: [comment.id], forwarded: true },
      ...{ category: 'violation', rule_ids: ['2'], comment: 'It is everywhere.' },
    });
    await dialog.getByRole('button', { name: 'Block @mika@film.example' }).press('Enter');
    await dialog.getByRole('button', { name: 'Blocked' }).waitFor();
    const [relationship] = (await client.get(`/api/v1/accounts/relationships?id[]=${mika.id}`, { as: bob }))
      .body;
    expect(relationship.blocking).toBe(true);
    await dialog.getByRole('button', { name: 'Done' }).press('Enter');
    await page.getByRole('dialog', { name: 'Comments' }).waitFor();
  });
});
