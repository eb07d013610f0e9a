import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser, launchBrowser, viewports } from '../helpers/browser.ts';
import { addressOf, openClaim, postedAgain } from '../helpers/claims.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { linkIn, workMail } from '../helpers/mail-server.ts';
import { smallTargets } from '../helpers/painted.ts';
import type { Person } from '../helpers/people.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';

let rig: MailRig;
let browser: Browser;
let moderator: Person;
let author: Person;
let original: VideoId;
let duet: VideoId;
let unrelated: VideoId;

beforeAll(async () => {
  if (!hasBrowser) return;
  rig = await startMailRig();
  browser = await launchBrowser();
  moderator = await rig.people.signedIn('milo', 'moderator');
  author = await rig.people.signedIn('una');
  const other = await rig.people.signedIn('dora');
  const playable = await createClipFactory(rig.server.context);
  const people = [author.account, other.account, other.account] as const;
  ({ original, duet, other: unrelated } = await postedAgain(rig.server.context, people, 7, playable));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rig?.close();
});

const open = (who: Person | null, viewport: keyof typeof viewports) =>
  openPageAs(browser, rig.server, rig.people, who?.account ?? null, {
    ...{ viewport: viewports[viewport], locale: 'en' },
    ...(who === moderator ? { role: 'moderator' as const } : {}),
  });

async function looksRight(page: Page, name: string): Promise<void> {
  expect(await axeViolations(page)).toEqual([]);
  expect(await smallTargets(page)).toEqual([]);
  await picture(page, name);
}

const stateOf = async (id: VideoId): Promise<string> =>
  (await rig.server.context.db('videos').where({ id }).first('state')).state;

/** Fills a field with the words that stand above it. */
async function fill(page: Page, words: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, text] of Object.entries(words)) {
    await page.getByLabel(label, { exact: true }).fill(text);
  }
}

describe.skipIf(!hasBrowser)('a copyright claim', { timeout: 180_000 }, () => {
  test('is filed, confirmed, upheld, answered, and what was removed is back', async () => {
    const url = await addressOf(rig.server.context, original);
    const claimant = await open(null, 'phone');
    await claimant.page.goto(`/copyright?video=${encodeURIComponent(url)}`);
    await claimant.page.getByRole('heading', { name: 'Copyright claim' }).waitFor();
    await looksRight(claimant.page, 'claim-form-phone');
    await fill(claimant.page, {
      'Your full name': 'Ada Rights',
      'E-mail address': 'ada@rights.example',
      'The work': 'A film of the sea; all of it is shown.',
      'Where the original can be seen': 'https://rights.example/sea',
      Signature: 'Ada Rights',
    });
    await claimant.page.getByLabel('Country').selectOption({ label: 'Germany' });
    expect(await claimant.page.getByLabel('The videos').inputValue()).toBe(url);
    const send = claimant.page.getByRole('button', { name: 'Send the claim' });
    await send.press('Enter');
    await claimant.page.getByText('Both statements have to be made').waitFor();
    await looksRight(claimant.page, 'claim-form-refused');
    for (const box of await claimant.page.getByRole('checkbox').all()) await box.press('Space');
    await send.press('Enter');
    await claimant.page.getByRole('heading', { name: 'One more step' }).waitFor();
    await looksRight(claimant.page, 'claim-sent');

    await workMail(rig.server.context);
    const mail = rig.mailbox.received.find(({ to }) => to.includes('ada@rights.example'));
    if (!mail) throw new Error('No mail came.');
    await claimant.page.goto(linkIn(mail, '/copyright/claim').href);
    await claimant.page.getByRole('button', { name: 'Confirm the claim' }).click();
    await claimant.page.getByText('Waits for a decision').waitFor();
    await looksRight(claimant.page, 'claim-open-phone');

    const staff = await open(moderator, 'desktop');
    await staff.page.goto('/admin/claims');
    await staff.page.getByRole('link', { name: 'Ada Rights' }).waitFor();
    await looksRight(staff.page, 'admin-claims');
    await staff.page.getByRole('link', { name: 'Ada Rights' }).click();
    await staff.page.getByRole('list', { name: 'What goes with them' }).waitFor();
    await looksRight(staff.page, 'admin-claim');
    await staff.page.getByRole('button', { name: 'Uphold' }).click();
    const dialog = staff.page.getByRole('dialog', { name: 'Uphold the claim?' });
    await dialog.getByLabel('Reason').fill('It is the same film.');
    await looksRight(staff.page, 'admin-claim-uphold');
    await dialog.getByRole('button', { name: 'Uphold' }).click();
    await staff.page.getByRole('button', { name: 'Take back' }).waitFor();
    expect(await Promise.all([original, duet].map(stateOf))).toEqual(['removed', 'removed']);
    await looksRight(staff.page, 'admin-claim-upheld');

    const uploader = await open(author, 'phone');
    await uploader.page.goto('/settings/status');
    await uploader.page.getByRole('button', { name: 'Write a counter-notice' }).click();
    const form = uploader.page.getByRole('form', { name: 'Answer to the claim' });
    await fill(uploader.page, {
      'Your full name': 'Una Ploader',
      'Postal address': 'Shore 1, Kiel',
      'Why the removal was wrong': 'I filmed it myself.',
      Signature: 'Una Ploader',
    });
    await uploader.page.getByLabel('Country').selectOption({ label: 'Germany' });
    for (const box of await form.getByRole('checkbox').all()) await box.check();
    await looksRight(uploader.page, 'counter-form-phone');
    await form.getByRole('button', { name: 'Send the counter-notice' }).click();
    await uploader.page.getByText(/Your video comes back on/).waitFor();
    await looksRight(uploader.page, 'counter-sent-phone');

    await claimant.page.reload();
    await claimant.page.getByText('I filmed it myself.').waitFor();
    await claimant.page.getByRole('button', { name: 'I have gone to court' }).waitFor();
    await looksRight(claimant.page, 'claim-countered-phone');

    await staff.page.reload();
    await staff.page.getByRole('button', { name: 'Accept' }).click();
    await staff.page
      .getByRole('dialog', { name: 'Accept the counter-notice?' })
      .getByRole('button', { name: 'Accept' })
      .click();
    await staff.page.getByText('Taken back').first().waitFor();
    expect(await Promise.all([original, duet].map(stateOf))).toEqual(['published', 'published']);
    await looksRight(staff.page, 'admin-claim-restored');
    const phone = await open(moderator, 'phone');
    await phone.page.goto(staff.page.url());
    await phone.page.getByText('Taken back').first().waitFor();
    await looksRight(phone.page, 'admin-claim-phone');
    await phone.page.goto('/admin/claims');
    await phone.page.getByRole('link', { name: 'Ada Rights' }).waitFor();
    await looksRight(phone.page, 'admin-claims-phone');

    await uploader.page.reload();
    await uploader.page.getByText('Accepted: your video is seen again').waitFor();
    for (const one of [claimant, staff, uploader, phone]) {
      expect(one.problems).toEqual([]);
      await one.close();
    }
  });

  test('says how far its decision has come, and leaves the focus where it is', async () => {
    const { context } = rig.server;
    const videos = [await addressOf(context, unrelated)];
    const claimId = await openClaim(context, { videos, email: 'many@rights.example' });
    const decision = { claimId, answer: 'It is.', keepAway: false, sounds: 'mute' } as const;
    await context.inTx((tx) => context.claims.uphold(tx, operator, decision));
    const its = () => context.db('claim_videos').where({ claim_id: claimId });
    await its().update({ awaits: 'removal' });
    const staff = await open(moderator, 'desktop');
    await staff.page.goto(`/admin/claims/${claimId}`);
    const remaining = staff.page.getByText('1 video is still to be removed or muted.');
    await remaining.waitFor();
    const back = staff.page.getByRole('button', { name: 'Take back' });
    await back.focus();
    await looksRight(staff.page, 'admin-claim-in-portions');
    await its().update({ awaits: null });
    await remaining.waitFor({ state: 'detached' });
    expect(await back.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(staff.problems).toEqual([]);
    await staff.close();
  });
});
