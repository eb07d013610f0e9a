import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

const rig = staffRig({ variables: { INVITES: 'everyone' } });
const actions = () => rig.server.context.db('audit_log').orderBy('id').pluck('action');

describe.skipIf(!hasBrowser)('the page about invites', { timeout: 120_000 }, () => {
  test('one is made, found, ended, and counts again once that is taken back', async () => {
    const { inTx, auth, db } = rig.server.context;
    const guest = await rig.people.signedIn('gwen');
    const form = { maxUses: 3, expiresInSeconds: null, autofollow: false };
    const made = await inTx((tx) => auth.invites.create(tx, { id: guest.id, role: 'user' }, form));
    const code = made.ok ? made.invite.code : '';
    const { page, problems, close } = await rig.open('/admin/invites', 'Invites');
    await page.getByRole('button', { name: 'Make an invite' }).click();
    const row = page.getByRole('table', { name: 'All invites' }).getByRole('row');
    await row.filter({ hasText: '@boss' }).waitFor();
    await row.filter({ hasText: '@gwen' }).waitFor();

    await page.getByRole('textbox', { name: 'Given by' }).fill('@gwen');
    await page.keyboard.press('Enter');
    await row.filter({ hasText: '@boss' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: `End: ${code}` }).click();
    await page.getByRole('button', { name: `Let it count again: ${code}` }).waitFor();
    expect(await auth.invites.isOpen(code)).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: `End: ${code}` }).waitFor();
    expect(await auth.invites.isOpen(code)).toBe(true);
    const [ended, reopened] = await db('audit_log').where('action', 'like', 'invite.%').orderBy('id');
    expect([ended.action, reopened.action]).toEqual(['invite.revoke', 'invite.reopen']);
    expect(reopened.undoes).toBe(ended.id);
    expect(problems).toEqual([]);
    await close();
    await looksWellEverywhere(
      rig,
      { path: '/admin/invites', heading: 'Invites', name: 'admin-invites' },
      (shown) => shown.getByRole('button', { name: `End: ${code}` }).waitFor(),
    );
  });
});

describe.skipIf(!hasBrowser)('the page about who may join', { timeout: 120_000 }, () => {
  test('many are added at once; what is refused is left to be mended', async () => {
    const { page, problems, close } = await rig.open('/admin/joining', 'Who may join', {
      expected: [/status of 422/],
    });
    await page.getByText('Nothing is refused here').waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Add e-mail providers' });
    const lines = dialog.getByLabel('Domains, one on each line');
    await lines.fill('spam.test\n\nnot a domain\nquick.test\n');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByText('1 line was not added:').waitFor();
    expect(await lines.inputValue()).toBe('not a domain');
    await looksWell(page, 'admin-joining-refused');
    await page.keyboard.press('Escape');
    await page.getByRole('row', { name: /^quick\.test Refused/ }).waitFor();

    await page.getByRole('button', { name: 'Let them ask: quick.test' }).click();
    await page.getByRole('row', { name: /^quick\.test By approval/ }).waitFor();
    await page.getByLabel('Find in this list').fill('spam');
    await page.getByRole('row', { name: /^quick\.test/ }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove: spam.test' }).click();
    await page.getByText('Nothing in this list fits.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('row', { name: /^spam\.test Refused/ }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test('networks have an end and a note, and both can be changed', async () => {
    const { page, problems, close } = await rig.open('/admin/joining', 'Who may join');
    await page.getByRole('tab', { name: 'E-mail providers' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL('**/admin/joining?kind=ip');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const adding = page.getByRole('dialog', { name: 'Add networks' });
    await adding
      .getByLabel('Addresses or networks, one on each line')
      .fill('192.0.2.0/24 A school\n198.51.100.7');
    await adding.getByLabel('For how long').selectOption('7 days');
    await looksWell(page, 'admin-joining-add');
    await adding.getByRole('button', { name: 'Add', exact: true }).click();
    const school = page.getByRole('row', { name: /^192\.0\.2\.0\/24 Nobody joins .*A school/ });
    await school.waitFor();
    await school.getByRole('button', { name: 'Change: 192.0.2.0/24' }).click();
    const editing = page.getByRole('dialog', { name: 'Change: 192.0.2.0/24' });
    expect(await editing.getByLabel('For how long').inputValue()).toBe('as-is');
    await editing.getByLabel('What happens').selectOption('They join by approval');
    await editing.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /^192\.0\.2\.0\/24 They join by approval .*A school/ }).waitFor();
    const blocks = await rig.server.context.staff.joining.ips();
    const left = blocks.map(({ expiresAt }) => (expiresAt?.getTime() ?? 0) - Date.now());
    for (const ms of left) expect(ms / 86_400_000).toBeCloseTo(7, 1);
    expect(await actions()).toContain('joining-block.change');
    expect(problems).toEqual([]);
    await close();
    await looksWellEverywhere(
      rig,
      { path: '/admin/joining?kind=ip', heading: 'Who may join', name: 'admin-joining' },
      (shown) => shown.getByRole('row', { name: /A school/ }).waitFor(),
    );
  });

  test('a name is kept, with a note', async () => {
    const { page, problems, close } = await rig.open('/admin/joining?kind=name', 'Who may join', {
      size: 'phone',
    });
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Add names' });
    await dialog.getByLabel('Names, one on each line').fill('@Mayor');
    await dialog.getByLabel('Note for the staff').fill('The town asked.');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('The town asked.').waitFor();
    await looksWell(page, 'admin-joining-names');
    expect(problems).toEqual([]);
    await close();
  });
});
