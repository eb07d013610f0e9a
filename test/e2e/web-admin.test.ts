import { describe, expect, test } from 'vitest';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser } from '../helpers/browser.ts';
import type { Person } from '../helpers/people.ts';
import { settled } from '../helpers/screen-steps.ts';
import { picture } from '../helpers/signed-in-page.ts';
import { staffRig } from '../helpers/staff-page.ts';

let mod: Person;

const rig = staffRig({}, async ({ people }) => {
  mod = await people.signedIn('milo', 'moderator');
  await people.local('dora', { pending: true });
});

describe.skipIf(!hasBrowser)('the pages for the staff', { timeout: 120_000 }, () => {
  test('begin with an overview, whose tiles lead to where the work is', async () => {
    const { page, problems, close } = await rig.enter();
    await page.goto('/admin');
    await page
      .getByRole('main')
      .getByRole('link', { name: /^Sign-ups 1 Oldest request/ })
      .click();
    await page.getByRole('heading', { name: 'Sign-ups', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Approve @dora' }).waitFor();
    await picture(page, 'admin-sign-ups');
    const nav = page.getByRole('navigation', { name: 'Administration' });
    expect(await nav.getByRole('link', { name: 'Sign-ups' }).getAttribute('aria-current')).toBe('page');
    expect(await axeViolations(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test('show in their list where one is, however far down that stands', async () => {
    const { page, problems, close } = await rig.enter();
    await page.setViewportSize({ width: 1280, height: 600 });
    await page.goto('/admin/services');
    await page.getByRole('heading', { name: 'Auxiliary services', level: 1 }).waitFor();
    const nav = page.getByRole('navigation', { name: 'Administration' });
    const place = nav.getByRole('link', { name: 'Auxiliary services' });
    const isInSight = () =>
      place.evaluate((one) => {
        const { top, bottom } = one.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      });
    await expect.poll(isInSight).toBe(true);
    // The list moves, not the page: a pixel is rounded.
    expect(await page.evaluate(() => scrollY)).toBeLessThanOrEqual(1);
    expect(problems).toEqual([]);
    await close();
  });

  test('have their places in a menu on phones, which closes once one is chosen', async () => {
    const { page, problems, close } = await rig.enter({ person: mod, role: 'moderator', size: 'phone' });
    await page.goto('/admin');
    const menu = page.getByText('Menu: Overview');
    await menu.click();
    await picture(page, 'admin-menu');
    expect(await axeViolations(page)).toEqual([]);
    await page
      .getByRole('navigation', { name: 'Administration' })
      .getByRole('link', { name: 'Sign-ups' })
      .click();
    await page.getByRole('heading', { name: 'Sign-ups', level: 1 }).waitFor();
    await page.getByText('Menu: Sign-ups').waitFor();
    expect(await page.locator('details[open]').count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test('speak the language of the page, with words that come with them alone', async () => {
    const { page, problems, close } = await rig.enter({ locale: 'de' });
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
    await page.goto('/settings');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const ofStaff = () => fetched.filter((path) => path.startsWith('/assets/words-of-staff-de'));
    expect(ofStaff()).toEqual([]);
    await page.goto('/admin/approvals');
    await page.getByRole('heading', { name: 'Beitrittsanfragen' }).waitFor();
    await page.getByRole('button', { name: '@dora zulassen' }).waitFor();
    expect(ofStaff()).toHaveLength(1);
    expect(problems).toEqual([]);
    await close();
  });

  test('find an account, give it a role that was just made, and show that in the log', async () => {
    const { page, problems, close } = await rig.enter({ size: 'phone' });
    await page.goto('/admin/roles');
    await page.getByRole('button', { name: 'New role' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Reader of reports');
    await page.getByRole('checkbox', { name: 'Reports and appeals' }).check();
    await picture(page, 'admin-role-form');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('rowheader', { name: 'Reader of reports' }).waitFor();
    await picture(page, 'admin-roles');
    expect(await axeViolations(page)).toEqual([]);

    await page.goto('/admin/accounts');
    await page.getByRole('textbox', { name: 'Name' }).fill('mil');
    await page.getByRole('button', { name: 'Search: Name' }).click();
    await page.waitForURL('**/admin/accounts?username=mil');
    await page.getByRole('link', { name: '@boss' }).waitFor({ state: 'detached' });
    await picture(page, 'admin-accounts');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('link', { name: '@milo' }).click();
    await page.getByRole('heading', { name: '@milo', level: 1 }).waitFor();
    await picture(page, 'admin-account');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Change role' }).click();
    await page.getByRole('dialog').getByLabel('Role', { exact: true }).selectOption('Reader of reports');
    await page.getByRole('dialog').getByLabel('Reason').fill('Reads well.');
    await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click();
    await page.getByText('@milo has another role now.').waitFor();
    await page.getByRole('button', { name: 'Change the storage limit' }).click();
    const quota = page.getByRole('dialog', { name: 'Storage of @milo' });
    await quota.getByLabel('Megabytes').fill('2048');
    await quota.getByLabel('Reason').fill('Films a lot.');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'admin-quota');
    await quota.getByRole('button', { name: 'Change the storage limit' }).click();
    await page.getByText(/ of 2(\.0)? GB/).waitFor();

    await page.getByRole('link', { name: 'What was done' }).click();
    await page.getByText('role.assign').waitFor();
    await page.getByText('Reads well.').waitFor();
    await picture(page, 'admin-log');
    expect(await axeViolations(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test('keep what is typed into a filter as soon as it is there', async () => {
    const { page, problems, close } = await rig.enter();
    // Before the page has been painted once: a quick hand on a slow machine.
    await page.addInitScript(() => {
      new MutationObserver((_, self) => {
        const field = document.querySelector<HTMLInputElement>('input[name=username]');
        if (!field) return;
        self.disconnect();
        field.value = 'mil';
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto('/admin/accounts');
    await page.getByRole('link', { name: '@boss' }).waitFor();
    await settled(page);
    await page.getByRole('button', { name: 'Search: Name' }).click();
    await page.waitForURL('**/admin/accounts?username=mil');
    expect(problems).toEqual([]);
    await close();
  });

  test('show somebody of the staff only what the role includes', async () => {
    const { page, close } = await rig.enter({ person: mod, role: 'moderator' });
    await page.goto('/admin');
    const nav = page.getByRole('navigation', { name: 'Administration' });
    await nav.getByRole('link', { name: 'Overview' }).waitFor();
    expect(await nav.getByRole('link', { name: 'Roles' }).count()).toBe(0);
    await page.goto('/admin/roles');
    await page.getByText('Your role does not include this page.').waitFor();
    await close();
  });

  test('say to others that they are not for them', async () => {
    const plain = await rig.people.signedIn('plain');
    const { page, close } = await rig.enter({ person: plain, role: 'user', size: 'phone' });
    await page.goto('/admin/approvals');
    await page.getByText('This page is for the people who run this server.').waitFor();
    await close();
  });
});

describe.skipIf(!hasBrowser)('where a second factor is wanted', { timeout: 60_000 }, () => {
  const strict = staffRig({ variables: { STAFF_SECOND_FACTOR: 'required' } });

  test('the pages lead whoever has none to where it is set up', async () => {
    const { page, close } = await strict.open('/admin/accounts', 'One more step first', { size: 'phone' });
    await picture(page, 'admin-second-factor');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Set up a second factor' }).click();
    await page.waitForURL('**/settings/security');
    await close();
  });
});
