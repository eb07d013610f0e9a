import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser, launchBrowser, viewports } from '../helpers/browser.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';

let server: TestServer;
let browser: Browser;
let people: People;
let alice: Person;
let bob: Person;
let carol: Person;
const desktop = { viewport: { width: 1440, height: 900 }, locale: 'en' } as const;
const phone = { viewport: viewports.phone, locale: 'en' } as const;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer({ role: 'all' });
  browser = await launchBrowser();
  people = createPeople(server);
  [alice, bob, carol] = [
    await people.signedIn('alice'),
    await people.signedIn('bob'),
    await people.signedIn('carol'),
  ];
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.skipIf(!hasBrowser)('starter packs', { timeout: 120_000 }, () => {
  test('are made with the keyboard, shared by a link, followed at once, and left', async () => {
    const maker = await openPageAs(browser, server, people, alice.account, phone);
    await maker.page.goto('/packs');
    await maker.page.getByText('No starter packs yet').waitFor();
    expect(await axeViolations(maker.page)).toEqual([]);
    await picture(maker.page, 'packs-empty-phone');
    await maker.page.getByRole('button', { name: 'New starter pack' }).press('Enter');
    await maker.page.getByLabel('Name', { exact: true }).fill('Bird people');
    await maker.page.getByLabel('What connects them').fill('They know every song.');
    await maker.page.keyboard.press('Tab');
    await maker.page.getByRole('button', { name: 'Create' }).press('Enter');
    await maker.page.getByRole('heading', { name: 'Bird people' }).waitFor();
    for (const name of ['bob', 'carol']) {
      await maker.page.getByLabel('Find people to put in').fill(name);
      await maker.page.getByRole('button', { name: `Put @${name} in` }).press('Enter');
      await maker.page.getByRole('article', { name: `@${name}` }).waitFor();
    }
    expect(await axeViolations(maker.page)).toEqual([]);
    await picture(maker.page, 'pack-own-phone');
    await maker.page.getByRole('button', { name: 'Share' }).click();
    await maker.page.getByText('QR code', { exact: true }).press('Enter');
    await maker.page.getByRole('img', { name: 'QR code with this link' }).waitFor();
    expect(await axeViolations(maker.page)).toEqual([]);
    await picture(maker.page, 'pack-share-phone');
    const path = new URL(maker.page.url()).pathname;
    await maker.close();

    const visitor = await openPageAs(browser, server, people, null, desktop);
    await visitor.page.goto(path);
    await visitor.page.getByRole('heading', { name: 'Bird people' }).waitFor();
    await visitor.page.getByRole('article', { name: '@carol' }).waitFor();
    expect(await axeViolations(visitor.page)).toEqual([]);
    await picture(visitor.page, 'pack-visitor-desktop');
    await visitor.page.goto('/search?q=every%20song');
    await visitor.page.getByRole('tab', { name: /^Starter packs/ }).click();
    await visitor.page.getByRole('link', { name: /Bird people/ }).waitFor();
    expect(await axeViolations(visitor.page)).toEqual([]);
    await picture(visitor.page, 'search-packs-desktop');
    await visitor.page.getByRole('link', { name: /Bird people/ }).press('Enter');
    await visitor.page.getByRole('heading', { name: 'Bird people' }).waitFor();
    for (const none of ['/packs/1', '/packs/nonsense']) {
      await visitor.page.goto(none);
      await visitor.page.getByRole('heading', { name: 'No such starter pack', level: 1 }).waitFor();
    }
    await visitor.close();

    const member = await openPageAs(browser, server, people, bob.account, desktop);
    await member.page.goto('/inbox');
    await picture(member.page, 'inbox');
    await member.page.getByText(/put you into the starter pack/).click();
    await member.page.getByText('You are in this starter pack.').waitFor();
    await member.page.getByRole('button', { name: 'Follow all' }).click();
    await member.page.getByText('You follow 1 of them.').waitFor();
    await picture(member.page, 'pack-member-desktop');
    await member.page.reload();
    await member.page.getByRole('article', { name: '@carol' }).waitFor();
    await expect.poll(() => member.page.getByRole('button', { name: 'Follow all' }).count()).toBe(0);
    await member.page.getByRole('button', { name: 'More about this starter pack' }).click();
    await member.page.getByRole('menuitem', { name: 'Leave this starter pack' }).click();
    await member.page.getByRole('dialog').getByRole('button', { name: 'Leave this starter pack' }).click();
    await member.page.getByText('You are not in it any more.').waitFor();
    await member.page.getByRole('article', { name: '@bob' }).waitFor({ state: 'detached' });
    await member.page.goto('/packs');
    await member.page.getByRole('link', { name: /Bird people/ }).waitFor();
    expect(await axeViolations(member.page)).toEqual([]);
    await picture(member.page, 'packs-desktop');
    expect(
      await server.context.db('follows').where({ follower_id: bob.id, target_id: carol.id }),
    ).toHaveLength(1);
    await member.close();
  });

  test('is reported as what it is, and taken down from the desk with the report', async () => {
    const made = await server.context.inTx((tx) =>
      server.context.packs.create(tx, alice.id, { title: 'Hateful people', description: 'Look at them.' }),
    );
    if (!made.ok) throw new Error(made.detail);
    const { id } = made.pack;
    const reporter = await openPageAs(browser, server, people, carol.account, phone);
    await reporter.page.goto(`/packs/${id}`);
    await reporter.page.getByRole('button', { name: 'More about this starter pack' }).press('Enter');
    await reporter.page.getByRole('menuitem', { name: 'Report' }).press('Enter');
    await reporter.page.getByRole('radio', { name: 'This starter pack' }).waitFor();
    expect(await axeViolations(reporter.page)).toEqual([]);
    await picture(reporter.page, 'pack-report-phone');
    await reporter.page.getByRole('button', { name: 'Next' }).press('Enter');
    await reporter.page.getByRole('radio', { name: /It is spam/ }).press('Space');
    await reporter.page.getByRole('button', { name: 'Next' }).press('Enter');
    await reporter.page.getByRole('button', { name: 'Send report' }).press('Enter');
    await reporter.page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await reporter.close();
    const row = await server.context.db('reports').where({ target_id: alice.id }).first();
    expect(row.pack_ids).toEqual([id]);

    const mona = await people.local('mona', { role: 'moderator' });
    const staff = await openPageAs(browser, server, people, mona, { ...desktop, role: 'moderator' });
    await staff.page.goto(`/admin/reports/${alice.id}`);
    await staff.page.getByRole('heading', { name: `Starter pack ${id}` }).waitFor();
    await staff.page.getByText('Hateful people').waitFor();
    expect(await axeViolations(staff.page)).toEqual([]);
    await picture(staff.page, 'admin-report-pack-desktop');
    await staff.page.getByRole('button', { name: 'Take the starter pack down' }).press('Enter');
    const dialog = staff.page.getByRole('dialog', { name: 'Take the starter pack down' });
    await dialog.getByText(/1 report that names it is closed/).waitFor();
    await dialog.getByLabel('Reason').fill('Hate');
    await dialog.getByRole('button', { name: 'Take the starter pack down' }).press('Enter');
    await staff.page.getByText('Taken down', { exact: true }).waitFor();
    const standing = async () => {
      const { state } = await server.context.db('reports').where({ id: row.id }).first('state');
      return [state, (await server.context.packs.one(id, null)) === null];
    };
    expect(await standing()).toEqual(['resolved', true]);
    await staff.page.setViewportSize(viewports.phone);
    await picture(staff.page, 'admin-report-pack-phone');
    await staff.page.getByRole('button', { name: 'Undo' }).press('Enter');
    await staff.page.getByRole('button', { name: 'Take the starter pack down' }).waitFor();
    expect(await standing()).toEqual(['open', false]);
    expect(await axeViolations(staff.page)).toEqual([]);
    await staff.close();
  });
});
