import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AccountId, AuditId, ReportId, VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { activityOf, eventually, post } from '../helpers/activities.ts';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser, launchBrowser, viewports, type WatchedPage } from '../helpers/browser.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { type Peer, startPeer } from '../helpers/peer.ts';
import { createPeople, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';

const REPORTS = 200;
const TARGETS = 24;
/** Of three other servers, whose Flags come in like all that they send. */
const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const;
const CATEGORIES = ['spam', 'legal', 'violation', 'other'] as const;

let server: TestServer;
let browser: Browser;
let people: People;
let mona: WatchedPage;
let max: WatchedPage;
let monaAccount: Account;
let maxAccount: Account;
let peers: readonly Peer[] = [];

/** Two people work through what 200 reports told, at once, and take all of it back. */
describe.skipIf(!hasBrowser)('two moderators and 200 reports', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    // What comes in is worked on; frames of what is reported are copied below, for those that are looked at.
    const variables = { ALLOWED_PRIVATE_ADDRESSES: ADDRESSES.join(), QUEUES: 'inbox' };
    [server, browser] = await Promise.all([startTestServer({ role: 'all', variables }), launchBrowser()]);
    people = createPeople(server);
    monaAccount = await people.local('mona', { role: 'moderator' });
    maxAccount = await people.local('max', { role: 'moderator' });
    await seed();
    // Whoever was slower is told so.
    const expected = [/409 .*report_changes/];
    const as = { role: 'moderator', viewport: viewports.desktop, expected } as const;
    mona = await openPageAs(browser, server, people, monaAccount, as);
    max = await openPageAs(browser, server, people, maxAccount, as);
    await Promise.all([mona, max].map(({ page }) => page.goto('/admin/reports')));
  }, 90_000);
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await picture(mona.page, 'admin-reports-failed-mona');
    await picture(max.page, 'admin-reports-failed-max');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await Promise.all(peers.map((peer) => peer.close()));
  });

  test('who meet at one report: the slower one is told who has it', async () => {
    const first = await targetOf(mona.page, 0);
    await Promise.all([mona, max].map(({ page }) => row(page, first).waitFor()));
    await picture(mona.page, 'admin-reports-desktop');
    expect(await axeViolations(mona.page)).toEqual([]);
    await openDialog(max.page, first, 'Dismiss');
    await openDialog(mona.page, first, 'Resolve');
    await confirm(mona.page, 'Resolve');
    await row(mona.page, first).waitFor({ state: 'detached' });
    await confirm(max.page, 'Dismiss');
    await max.page.getByText('@mona has resolved').waitFor();
    await row(max.page, first).waitFor({ state: 'detached' });
    // By key, and back again.
    await mona.page.keyboard.press('u');
    await row(mona.page, first).waitFor();
    expect(await openReports()).toBe(REPORTS);
  });

  test('take, resolve and dismiss them all; every deed is in the log, and taken back all is as before', async () => {
    const before = await snapshot();
    const since = (await newestEntry()) ?? ('0' as AuditId);
    await Promise.all([work(mona.page, 'Resolve', 0), work(max.page, 'Dismiss', -1)]);
    expect(await openReports()).toBe(0);

    const entries = await entriesSince(since);
    const closing = entries.filter(({ action }) => action !== 'report.assign');
    const closers = await server.context.db('reports').select('id', 'state', 'closed_by');
    expect(closing.map(({ target_id }) => target_id).sort()).toEqual(closers.map(({ id }) => id).sort());
    const byPerson = { [monaAccount.id]: 'report.resolve', [maxAccount.id]: 'report.dismiss' };
    for (const { target_id: id, action, account_id: by } of closing) {
      const state = action === 'report.resolve' ? 'resolved' : 'dismissed';
      expect(action).toBe(byPerson[by]);
      expect(closers).toContainEqual({ id, state, closed_by: by });
    }
    expect(new Set(closing.map(({ account_id }) => account_id)).size).toBe(2);
    expect(entries.some(({ action }) => action === 'report.assign')).toBe(true);

    await takeBack(
      mona.page,
      entries.map(({ id }) => id),
    );
    expect(await snapshot()).toEqual(before);
    const undone = await server.context
      .db('audit_log')
      .whereIn(
        'undoes',
        entries.map(({ id }) => id),
      )
      .count('* as count')
      .first();
    expect(Number(undone?.count)).toBe(entries.length);
    expect([mona.problems, max.problems]).toEqual([[], []]);
  });

  test('read one account on one screen: keys, evidence that stays covered, notes; on a phone, too', async () => {
    const { page } = mona;
    await page.goto('/admin/reports');
    await rows(page).first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    const filmed = await keepFrames(page);
    for (let at = 0; at < filmed.at; at += 1) await page.keyboard.press('j');
    await page.locator(`[data-target="${filmed.target}"][aria-current]`).waitFor();
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: /^Evidence of report/ });
    const frames = dialog.getByRole('img');
    await frames.waitFor();
    expect(await frames.evaluate((img) => getComputedStyle(img).filter)).toContain('blur');
    await dialog.getByRole('button', { name: 'Show the frames' }).click();
    expect(await frames.evaluate((img) => getComputedStyle(img).filter)).toBe('grayscale(1)');
    await dialog.getByRole('button', { name: 'In colour' }).click();
    expect(await frames.evaluate((img) => getComputedStyle(img).filter)).toBe('none');
    await expectLoaded(frames);
    await picture(page, 'admin-reports-evidence');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Note for the rest of the staff' }).fill('Wrote to them.');
    await page.getByRole('button', { name: 'Add a note' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Wrote to them.' }).waitFor();
    await picture(page, 'admin-reports-account');
    await page.setViewportSize(viewports.phone);
    await picture(page, 'admin-reports-account-phone');
    expect(await axeViolations(page)).toEqual([]);
    await page.goto('/admin/reports');
    await row(page, filmed.target).waitFor();
    await picture(page, 'admin-reports-phone');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    expect(mona.problems).toEqual([]);
  });
});

/** From people of this server and Flags of three others, about accounts and their clips. */
async function seed(): Promise<void> {
  const { context } = server;
  const playable = await createClipFactory(context);
  const reporters = await Promise.all(Array.from({ length: 6 }, (_, n) => people.local(`reporter${n}`)));
  peers = await Promise.all(ADDRESSES.map(startPeer));
  const flaggers = await Promise.all(peers.map((peer) => peer.actor('instance', { type: 'Application' })));
  const targets: { account: Account; videoId: VideoId }[] = [];
  for (let n = 0; n < TARGETS; n += 1) {
    const account = await people.local(`target${n}`);
    targets.push({ account, videoId: await playable(account) });
  }
  await context.db('video_assets').where({ role: 'mp4' }).update({ width: 180, height: 320 });
  for (let n = 0; n < REPORTS; n += 1) {
    const { account, videoId } = pick(targets, n);
    const videoIds = n % 3 === 0 ? [] : [videoId];
    if (n % 5 < 2) {
      const flagger = pick(flaggers, n);
      const object = [account.actorUri, ...videoIds.map((id) => context.urls.video(id))];
      const flag = activityOf('Flag', flagger, object, { content: `Report ${n}` });
      expect(await post(server, flagger, flag)).toMatchObject({ status: 202 });
      continue;
    }
    const filed = await context.inTx((tx) =>
      context.moderation.file(tx, {
        ...{ targetId: account.id, commentIds: [], videoIds, forward: false },
        ...{ reporterId: pick(reporters, n).id, comment: `Report ${n}`, category: pick(CATEGORIES, n) },
      }),
    );
    if (!filed.ok) throw new Error(filed.detail);
  }
  await eventually('all are on the desk', async () => (await openReports()) === REPORTS);
}

const run = {
  ...{ signal: new AbortController().signal, attempt: 1, lastAttempt: false },
  whenLost: () => undefined,
};

function pick<T>(list: readonly T[], n: number): T {
  const one = list[n % list.length];
  if (one === undefined) throw new Error('An empty list');
  return one;
}

const rows = (page: Page) => page.getByRole('list', { name: 'Reported accounts' }).locator('[data-target]');
const row = (page: Page, target: string) => page.locator(`[data-target="${target}"]`);

async function targetOf(page: Page, at: number): Promise<string> {
  const target = await rows(page).nth(at).getAttribute('data-target');
  if (target === null) throw new Error('A row without a target');
  return target;
}

/** The first row but one that is about clips, with the frames of these copied. */
async function keepFrames(page: Page): Promise<{ at: number; target: string }> {
  const { db } = server.context;
  for (let at = 1; ; at += 1) {
    const target = await targetOf(page, at);
    const of = db('reports').where({ target_id: target });
    if (await of.clone().where({ video_ids: [] }).first('id')) continue;
    const reports: ReportId[] = await of.clone().orderBy('id').pluck('id');
    for (const id of reports) await server.context.reportDesk.sheets.keep(id, run);
    return { at, target };
  }
}

async function openDialog(page: Page, target: string, verb: 'Resolve' | 'Dismiss'): Promise<void> {
  await row(page, target)
    .getByRole('button', { name: new RegExp(`^${verb} the reports`) })
    .click();
  await page.getByRole('dialog', { name: verb }).waitFor();
}

/** Confirms, and waits until the queue was read again. */
async function confirm(page: Page, verb: 'Resolve' | 'Dismiss'): Promise<void> {
  const again = page.waitForResponse((answer) => answer.url().includes('/report_groups'));
  await page.getByRole('dialog', { name: verb }).getByRole('button', { name: verb, exact: true }).click();
  await again;
  await page.getByRole('dialog', { name: verb }).waitFor({ state: 'detached' });
}

/** Works through the queue from one end until nothing is left; every third account is taken first. */
async function work(page: Page, verb: 'Resolve' | 'Dismiss', end: 0 | -1): Promise<void> {
  const empty = page.getByText('Nothing is reported');
  for (let round = 0; ; round += 1) {
    await rows(page).first().or(empty).waitFor();
    if (await empty.isVisible()) return;
    if (round % 3 === 0) {
      const again = page.waitForResponse((answer) => answer.url().includes('/report_groups'));
      again.catch(() => undefined);
      if (await isPressed(page, 'Take', end)) await again;
    }
    if (!(await isPressed(page, verb, end))) continue;
    await page.getByRole('dialog', { name: verb }).waitFor();
    await confirm(page, verb);
  }
}

/** Presses a button of the row that stands there in this moment, since the other one may take it away in the next. */
function isPressed(page: Page, verb: string, end: 0 | -1): Promise<boolean> {
  return rows(page).evaluateAll(
    (all, [name, at]) => {
      const button = all.at(at)?.querySelector<HTMLElement>(`[aria-label^="${name} the reports"]`);
      button?.click();
      return button != null;
    },
    [verb, end] as const,
  );
}

async function takeBack(page: Page, ids: readonly AuditId[]): Promise<void> {
  const status = await page.evaluate(async (audit_ids) => {
    const answer = await fetch('/api/v1/admin/report_changes/undo', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ audit_ids }),
    });
    return answer.status;
  }, ids);
  expect(status).toBe(200);
}

async function expectLoaded(image: ReturnType<Page['getByRole']>): Promise<void> {
  await expect.poll(() => image.evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
}

const openReports = async () =>
  Number((await server.context.db('reports').where({ state: 'open' }).count('* as count').first())?.count);

/** All reports but the numbers that count their changes, and when they were closed for the first time, which stays known. */
async function snapshot(): Promise<readonly object[]> {
  const all = await server.context.db('reports').orderBy('id');
  return all.map(({ version: _version, updated_at: _at, first_closed_at: _first, ...report }) => report);
}

const newestEntry = async (): Promise<AuditId | undefined> =>
  (await server.context.db('audit_log').orderBy('id', 'desc').first('id'))?.id;

interface Entry {
  readonly id: AuditId;
  readonly action: string;
  readonly target_id: ReportId;
  readonly account_id: AccountId;
}

const entriesSince = (since: AuditId): Promise<Entry[]> =>
  server.context
    .db('audit_log')
    .where('id', '>', since)
    .orderBy('id')
    .select('id', 'action', 'target_id', 'account_id');
