import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { hasBrowser, launchBrowser, PATIENCE_MS, viewports, type WatchedPage } from '../helpers/browser.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { focused, forbidPointers, press, reach } from '../helpers/keyboard.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { linkIn, workMail } from '../helpers/mail-server.ts';
import { createDeeds } from '../helpers/news.ts';
import type { Person } from '../helpers/people.ts';
import { openPageAs } from '../helpers/signed-in-page.ts';
import { looksWell } from '../helpers/staff-page.ts';

/** What the dialog offers for each, and how that is kept. */
const OF_ACCOUNT = [
  ...([['Warn', 'warn'] as const, ['Mark as sensitive', 'sensitive'] as const] as const),
  ...([
    ['Close comments', 'comments-off'] as const,
    ['Keep out of discovery', 'no-discovery'] as const,
  ] as const),
  ...([
    ['Freeze', 'freeze'] as const,
    ['Limit', 'silence'] as const,
    ['Suspend', 'suspend'] as const,
  ] as const),
];
const OF_VIDEO = [
  ['Mark as sensitive', 'sensitive'],
  ['Close comments', 'comments-off'],
  ['Take its sound away', 'mute'],
  ['Keep out of discovery', 'no-discovery'],
  ['Remove', 'remove'],
] as const;

let rig: MailRig;
let browser: Browser;
let milo: Person;
let mona: Person;
let playable: Awaited<ReturnType<typeof createClipFactory>>;
let visits: WatchedPage[] = [];

beforeAll(async () => {
  if (!hasBrowser) return;
  const variables = { INSTANCE_RULES: 'Be kind.\nNo spoilers.' };
  [rig, browser] = await Promise.all([startMailRig({ variables }), launchBrowser()]);
  milo = await rig.people.signedIn('milo', 'moderator');
  mona = await rig.people.signedIn('mona', 'moderator');
  playable = await createClipFactory(rig.server.context);
}, 120_000);
afterEach(async () => {
  const problems = visits.flatMap((visit) => visit.problems);
  await Promise.all(visits.map(({ close }) => close()));
  visits = [];
  expect(problems).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await rig?.close();
});

async function visit(who: Person | Account | null, path: string, size: keyof typeof viewports = 'desktop') {
  const account = who && 'account' in who ? who.account : who;
  const isStaff = account?.id === milo.id || account?.id === mona.id;
  const opened = await openPageAs(browser, rig.server, rig.people, account, {
    ...{ viewport: viewports[size], locale: 'en', reducedMotion: 'reduce' },
    role: isStaff ? 'moderator' : 'user',
  });
  visits.push(opened);
  await forbidPointers(opened.page);
  await opened.page.goto(path);
  return opened.page;
}

/** Somebody with an address, a clip, and a comment below a clip. */
async function somebody(username: string) {
  const account = await rig.people.local(username, { email: `${username}@people.example` });
  const videoId = await playable(account);
  const commentId = await createDeeds(rig.server.context).comment(account, videoId, 'You are a fool.');
  return { account, videoId, commentId };
}

const button = (at: Page | Locator, name: string | RegExp) =>
  at.getByRole('button', { name, exact: typeof name === 'string' }).first();

/** Chooses by letters, as a list of choices is worked without a mouse. */
async function choose(page: Page, list: Locator, name: string): Promise<void> {
  await reach(page, list);
  await page.keyboard.type(name);
  const shown = () => list.evaluate((one) => (one as HTMLSelectElement).selectedOptions[0]?.label);
  await expect.poll(shown, { timeout: PATIENCE_MS }).toContain(name);
}

/** Fills the dialog of measures and sends it, by keyboard alone. */
async function act(page: Page, dialog: Locator, name: string, reason: string): Promise<void> {
  await choose(page, dialog.getByLabel('What is done'), name);
  await reach(page, dialog.getByLabel('Reason'));
  await page.keyboard.type(reason);
  await press(page, button(dialog, name));
  await page.getByText(`Done: ${name}.`).waitFor();
  await dialog.waitFor({ state: 'detached' });
}

const measuresOf = (account: Account) =>
  rig.server.context
    .db('measures')
    .where({ account_id: account.id })
    .orderBy('id')
    .select('target_kind', 'target_id', 'measure', 'facts', 'rule_ids', 'strike', 'lifted_at');

/** What is kept of the latest measure about somebody. */
const lastOf = async (account: Account) => (await measuresOf(account)).at(-1);

/** Letters to somebody so far, the newest last. */
async function lettersTo(username: string) {
  await workMail(rig.server.context);
  return rig.mailbox.received.filter(({ to }) => to.includes(`${username}@people.example`));
}

async function report(target: Account, posts: { videoIds?: VideoId[]; commentIds?: string[] }) {
  const reporter = await rig.people.local(`reporter_of_${target.username}`);
  const filed = await rig.server.context.inTx((tx) =>
    rig.server.context.moderation.file(tx, {
      ...{ reporterId: reporter.id, targetId: target.id, videoIds: posts.videoIds ?? [] },
      ...{
        commentIds: (posts.commentIds ?? []) as never,
        comment: 'Rude.',
        category: 'violation',
        forward: false,
      },
    }),
  );
  if (!filed.ok) throw new Error(filed.detail);
}
const openReports = (target: Account) =>
  rig.server.context.db('reports').where({ target_id: target.id, state: 'open' }).pluck('id');

describe.skipIf(!hasBrowser)('what a moderator does, without a mouse', { timeout: 60_000 }, () => {
  test('every measure on an account: taken with a reason, on record, and taken back', async () => {
    const { account } = await somebody('sam');
    const page = await visit(milo, `/admin/accounts/${account.id}`);
    for (const [name, measure] of OF_ACCOUNT) {
      await press(page, button(page, 'Act'));
      const dialog = page.getByRole('dialog', { name: 'Act on this account' });
      await act(page, dialog, name, `Because of ${measure}.`);
      // The focus is again where it came from.
      expect(await focused(page)).toBe('Act');
      await page.getByRole('row', { name: new RegExp(`^${name} .*Because of ${measure}\\.`) }).waitFor();
      expect(await lastOf(account)).toMatchObject({
        measure,
        facts: `Because of ${measure}.`,
        target_kind: 'account',
      });
    }
    await looksWell(page, 'admin-measures-taken');
    const taken = await measuresOf(account);
    expect(taken.map(({ strike }) => strike)).toEqual(OF_ACCOUNT.map((_, n) => n + 1));
    for (let left = OF_ACCOUNT.length; left > 0; left -= 1) {
      const back = page.getByRole('button', { name: 'Take back' });
      expect(await back.count()).toBe(left);
      await press(page, back.first());
      await expect.poll(() => back.count(), { timeout: PATIENCE_MS }).toBe(left - 1);
    }
    expect((await measuresOf(account)).every(({ lifted_at }) => lifted_at !== null)).toBe(true);
    const { db } = rig.server.context;
    const row = await db('accounts').where({ id: account.id }).first();
    expect(row).toMatchObject({ state: 'active', silenced: false, frozen: false, all_sensitive: false });
  });

  test('every measure on a video, found by its number', async () => {
    const { account, videoId } = await somebody('vera');
    const page = await visit(milo, `/admin/videos?q=${videoId}`);
    for (const [name, measure] of OF_VIDEO) {
      await press(page, button(page, `Act on @vera ${videoId}`));
      await act(page, page.getByRole('dialog', { name: 'Act on this video' }), name, '');
      expect(await lastOf(account)).toMatchObject({ measure, target_kind: 'video', target_id: videoId });
    }
    const row = page.getByRole('row', { name: new RegExp(videoId) });
    for (const mark of ['Removed', 'Sensitive', 'Close comments', 'Keep out of discovery']) {
      await row.getByText(mark, { exact: true }).waitFor();
    }
    await looksWell(page, 'admin-measures-video');
  });

  test('a comment is removed with the reports about it by one key, its person told, and all of it undone', async () => {
    const { account, commentId } = await somebody('cora');
    await report(account, { commentIds: [commentId] });
    const page = await visit(milo, `/admin/reports/${account.id}`);
    await page.getByText('You are a fool.').first().waitFor();
    await page.keyboard.press('m');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 report is closed with it.').waitFor();
    await choose(page, dialog.getByLabel('Who or what it is about'), 'Comment');
    await page.getByRole('dialog', { name: 'Act on this comment' }).waitFor();
    await press(page, dialog.getByRole('checkbox', { name: 'Be kind.' }), 'Space');
    await looksWell(page, 'admin-measures-report');
    await act(page, dialog, 'Remove', 'An insult.');
    expect(await lastOf(account)).toMatchObject({
      measure: 'remove',
      target_kind: 'comment',
      target_id: commentId,
    });
    expect(await openReports(account)).toEqual([]);
    const [letter] = await lettersTo('cora');
    for (const words of ['A comment of yours was removed.', 'Why: An insult.', 'Be kind.']) {
      expect(letter?.text).toContain(words);
    }

    await press(page, button(page, 'Undo'));
    await page.getByText('Taken back.').waitFor();
    expect(await lastOf(account)).not.toMatchObject({ lifted_at: null });
    expect(await openReports(account)).toHaveLength(1);
    expect(await lettersTo('cora')).toHaveLength(2);
  });

  test('nobody is told where the moderator says so, and that is no strike', async () => {
    const { account } = await somebody('nils');
    const page = await visit(milo, `/admin/accounts/${account.id}`);
    await press(page, button(page, 'Act'));
    const dialog = page.getByRole('dialog');
    await press(page, dialog.getByRole('checkbox', { name: /^Tell the person/ }), 'Space');
    await act(page, dialog, 'Limit', 'Quietly.');
    expect(await lastOf(account)).toMatchObject({ measure: 'silence', strike: null });
    expect(await lettersTo('nils')).toEqual([]);
  });

  test('the video of a report is fetched once it is asked for, without sound and fast', async () => {
    const { account, videoId } = await somebody('ede');
    await report(account, { videoIds: [videoId] });
    const page = await visit(milo, `/admin/reports/${account.id}`);
    const fetched: string[] = [];
    page.on('request', (request) => /\.mp4/.test(request.url()) && fetched.push(request.url()));
    await page.getByRole('heading', { name: `Video ${videoId}` }).waitFor();
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: /^Evidence of report/ });
    await button(dialog, 'Watch the video, without sound').waitFor();
    expect(fetched).toEqual([]);
    await press(page, button(dialog, 'Watch the video, without sound'));
    const video = dialog.locator('video');
    const state = () =>
      video.evaluate((one: HTMLVideoElement) => [one.muted, one.playbackRate, one.readyState > 0]);
    await expect.poll(state, { timeout: PATIENCE_MS }).toEqual([true, 2, true]);
    await press(page, button(dialog, 'Speed 1×'));
    await expect.poll(state, { timeout: PATIENCE_MS }).toEqual([true, 1, true]);
  });

  test('the log takes back what can be taken back, and says why of the rest', async () => {
    const { account } = await somebody('lore');
    const before = await visit(milo, `/admin/accounts/${account.id}`);
    await press(before, button(before, 'Act'));
    await act(before, before.getByRole('dialog'), 'Freeze', 'To be looked at.');
    const page = await visit(mona, `/admin/audit?target_kind=account&target_id=${account.id}`);
    await press(page, button(page, /^Take back entry \d+: account\.freeze$/));
    const dialog = page.getByRole('dialog', { name: 'Take back' });
    await reach(page, dialog.getByLabel('Reason'));
    await page.keyboard.type('The wrong one.');
    await press(page, button(dialog, 'Take back'));
    await page.getByText('It was taken back.').waitFor();
    await page.getByRole('row', { name: /^account\.freeze Taken back/ }).waitFor();
    const inverse = page.getByRole('row', { name: /^account\.unfreeze Takes back/ });
    await inverse.getByText('The wrong one.').waitFor();
    await inverse.getByText('This took something back. To have that again, do it again.').waitFor();
    expect(await lastOf(account)).not.toMatchObject({ lifted_at: null });
    await looksWell(page, 'admin-log-undone');
  });
});

describe.skipIf(!hasBrowser)('appeals', { timeout: 60_000 }, () => {
  test('somebody reads why, says why not, and another moderator decides', async () => {
    const { account } = await somebody('anke');
    const staff = await visit(milo, `/admin/accounts/${account.id}`);
    await press(staff, button(staff, 'Act'));
    const dialog = staff.getByRole('dialog');
    await press(staff, dialog.getByRole('checkbox', { name: 'No spoilers.' }), 'Space');
    await act(staff, dialog, 'Warn', 'You told the end.');

    const theirs = await visit(account, '/settings/status', 'phone');
    const decision = theirs.getByRole('article').filter({ hasText: 'A warning' });
    for (const words of ['You told the end.', 'No spoilers.', /^A person decided this\. Counts until/]) {
      await decision.getByText(words).waitFor();
    }
    await reach(theirs, decision.getByLabel('Why it is wrong'));
    await theirs.keyboard.type('It was another film.');
    await press(theirs, button(decision, 'Send the appeal'));
    await decision.getByText('Nobody has decided about it yet.').waitFor();
    await looksWell(theirs, 'appeal-sent');

    await staff.goto('/admin/appeals');
    const row = (page: Page) => page.getByRole('row', { name: /^@anke .*It was another film\./ });
    await row(staff).getByText('You took this decision: somebody else decides.').waitFor();
    expect(await row(staff).getByRole('button').count()).toBe(0);

    const other = await visit(mona, '/admin/appeals');
    await press(other, button(row(other), 'Accept'));
    const deciding = other.getByRole('dialog', { name: 'Accept this appeal?' });
    await reach(other, deciding.getByLabel('Reason'));
    await other.keyboard.type('You are right.');
    await press(other, button(deciding, 'Accept'));
    await other.getByText('No appeals').waitFor();
    await choose(other, other.getByLabel('State'), 'Accepted');
    await row(other).getByText('Accepted', { exact: true }).waitFor();
    await looksWell(other, 'admin-appeals');
    expect(await lastOf(account)).not.toMatchObject({ lifted_at: null });

    await theirs.reload();
    for (const words of ['It was accepted.', 'You are right.', /This was taken back\./]) {
      await decision.getByText(words).waitFor();
    }
    expect((await lettersTo('anke')).at(-1)?.text).toContain('You are right.');
  });

  test('somebody who cannot sign in any more appeals by the link of the mail, and reads the answer there', async () => {
    const { account } = await somebody('susa');
    const staff = await visit(milo, `/admin/accounts/${account.id}`);
    await press(staff, button(staff, 'Act'));
    await act(staff, staff.getByRole('dialog'), 'Suspend', 'Spam.');
    const [letter] = await lettersTo('susa');
    if (!letter) throw new Error('No letter came.');

    const theirs = await visit(null, linkIn(letter, '/settings/status').href, 'phone');
    await theirs.getByRole('heading', { name: 'Your account was suspended' }).waitFor();
    await theirs.getByText(/^A person decided this\. Until .* this can be taken back/).waitFor();
    await reach(theirs, theirs.getByLabel('Why it is wrong'));
    await theirs.keyboard.type('It was no spam.');
    await press(theirs, button(theirs, 'Send the appeal'));
    await theirs.getByText('Nobody has decided about it yet.').waitFor();
    await looksWell(theirs, 'appeal-by-link');

    const other = await visit(mona, '/admin/appeals', 'phone');
    await press(other, button(other.getByRole('row', { name: /It was no spam\./ }), 'Reject'));
    const deciding = other.getByRole('dialog', { name: 'Reject this appeal?' });
    await reach(other, deciding.getByLabel('Reason'));
    await other.keyboard.type('It was spam.');
    await press(other, button(deciding, 'Reject'));
    await other.getByText('No appeals').waitFor();
    await looksWell(other, 'admin-appeals-phone');
    expect(await lastOf(account)).toMatchObject({ measure: 'suspend', lifted_at: null });

    await theirs.reload();
    await theirs.getByText('It was rejected.').waitFor();
    await theirs.getByText('It was spam.').waitFor();
  });
});
