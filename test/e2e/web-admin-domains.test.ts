import { describe, expect, test } from 'vitest';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser } from '../helpers/browser.ts';
import { jobRun } from '../helpers/job-run.ts';
import { picture } from '../helpers/signed-in-page.ts';
import { looksWell, staffRig } from '../helpers/staff-page.ts';

const rig = staffRig({}, async ({ server, people, boss }) => {
  const { db, instances, inTx } = server.context;
  for (const [host, software] of [
    ['one.example', 'mastodon'],
    ['two.example', 'mastodon'],
    ['tubes.example', 'peertube'],
  ] as const) {
    const there = await people.remote('someone', host);
    await people.follow(boss.account, there);
    await db('instances').insert({ host, software, software_version: '1.0' });
  }
  const since = new Date(Date.now() - 3_600_000);
  await db('delivery_hosts').insert({
    host: 'two.example',
    failing_since: since,
    failures: 9,
    updated_at: since,
  });
  await inTx((tx) =>
    instances.setPolicy(tx, 'hand.example', { severity: 'noop', publicComment: 'By hand.' }),
  );
});

const decided = async () =>
  (await rig.server.context.instances.policies()).map(({ domain, severity }) => `${domain} ${severity}`);

const LIST = `#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
evil.example,suspend,false,false,Spam,false
hand.example,suspend,false,false,,false
bücher.example,silence,false,false,,false
e***l.example,suspend,false,false,,true
`;

describe.skipIf(!hasBrowser)('the pages about other servers', { timeout: 120_000 }, () => {
  test('look at a file before it counts, apply it, and take it back', async () => {
    const { page, problems, close } = await rig.open('/admin/domains', 'Domains');
    await page.getByRole('heading', { name: 'Domains', level: 1 }).waitFor();
    await page.locator('input[type=file]').setInputFiles({
      ...{ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST) },
    });
    const plan = page.getByRole('region', { name: 'What the file would change' });
    await plan.getByText('New: 2. Changed: 0. So already: 0.').waitFor();
    await plan.getByText('They stay as the staff or a list decided: 1.').waitFor();
    await plan.getByText('Lines that are not taken as they are: 1').click();
    await plan.getByText('part of the name is hidden').waitFor();
    expect(await decided()).toEqual(['hand.example noop']);
    await picture(page, 'admin-domains-import');
    expect(await axeViolations(page)).toEqual([]);
    await plan.getByRole('button', { name: 'Apply the file' }).click();
    await page.getByRole('row', { name: /evil\.example Suspended/ }).waitFor();
    expect(await decided()).toEqual([
      ...['evil.example suspend', 'hand.example noop', 'xn--bcher-kva.example silence'],
    ]);
    await page.getByRole('button', { name: 'Undo: domain.import several' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('The wrong file');
    await dialog.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Undone').waitFor();
    await page.getByRole('row', { name: /evil\.example/ }).waitFor({ state: 'detached' });
    expect(await decided()).toEqual(['hand.example noop']);
    expect(problems).toEqual([]);
    await close();
  });

  test('find servers by what they run, decide about several at once, and take that back as one', async () => {
    const { page, problems, close } = await rig.open('/admin/servers', 'Servers');
    await page.getByRole('row', { name: /tubes\.example/ }).waitFor();
    await page.getByLabel('Software').selectOption('mastodon');
    await page.getByRole('row', { name: /tubes\.example/ }).waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /two\.example.*Failing/ }).waitFor();
    await page.getByRole('button', { name: 'Choose all on this page' }).click();
    await page.getByRole('button', { name: 'Decide about the chosen (2)' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Accounts known here: 2.').waitFor();
    await dialog.getByText('People here who follow somebody there: 1.').waitFor();
    await dialog.getByLabel('Level').selectOption('no-feed');
    await picture(page, 'admin-servers-bulk');
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('row', { name: /one\.example.*Not in feeds/ }).waitFor();
    expect(await decided()).toEqual(['hand.example noop', 'one.example no-feed', 'two.example no-feed']);
    await page.goto('/admin/domains');
    await page.getByRole('button', { name: 'Undo: domain.bulk several' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('row', { name: /one\.example/ }).waitFor({ state: 'detached' });
    expect(await decided()).toEqual(['hand.example noop']);
    expect(problems).toEqual([]);
    await close();
  });

  test('tell all that is known of a server, on a phone', async () => {
    const { page, problems, close } = await rig.open('/admin/servers/two.example', 'two.example', {
      size: 'phone',
    });
    await page.getByRole('heading', { name: 'two.example', level: 1 }).waitFor();
    await page.getByText('failures in a row: 9').waitFor();
    await picture(page, 'admin-server');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Try again now' }).click();
    await page.getByText('It is tried now.').waitFor();
    const [entry] = await rig.server.context.audit.list(
      { action: 'domain.retry' },
      { maxId: null, minId: null, limit: 1 },
    );
    expect(entry).toMatchObject({ target: { id: 'two.example' }, actor: { accountId: rig.boss.id } });
    expect(problems).toEqual([]);
    await close();
  });

  test('what is here of a server is deleted once a reason is given, and the page tells how far that has come', async () => {
    const { people, server } = rig;
    const there = await Promise.all(['ann', 'bea', 'cat'].map((name) => people.remote(name, 'bad.example')));
    await server.context.db('instances').insert({ host: 'bad.example' });
    const { page, problems, close } = await rig.open('/admin/servers/bad.example', 'bad.example');
    await page.getByRole('button', { name: 'Delete its data' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Delete its data' });
    await dialog.getByText('Accounts that end, with their videos and follows: 3.').waitFor();
    const send = dialog.getByRole('button', { name: 'Delete its data' });
    await send.press('Enter');
    expect(await dialog.getByLabel('Reason').evaluate((one) => one.matches(':invalid:focus'))).toBe(true);
    await dialog.getByLabel('Reason').fill('Nothing but spam.');
    await send.press('Enter');
    // Nobody works yet; meanwhile it is not asked for again.
    await page.getByRole('status').filter({ hasText: '0 of 3 accounts' }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Delete its data' }).count()).toBe(0);
    await looksWell(page, 'admin-server-purge');
    await server.context.handlers['domains.purge']({ domain: 'bad.example' }, jobRun());
    await page.getByRole('status').filter({ hasText: 'Done: 3 accounts' }).waitFor();
    const ids = there.map(({ id }) => id);
    expect(await server.context.db('accounts').whereIn('id', ids).where({ state: 'active' })).toEqual([]);
    const log = await server.context.audit.list(
      { action: 'domain.purge' },
      { maxId: null, minId: null, limit: 1 },
    );
    expect(log[0]).toMatchObject({ target: { id: 'bad.example' }, reason: 'Nothing but spam.' });
    expect(problems).toEqual([]);
    await close();
  });

  test('of very many decisions, some are shown, and each is found', async () => {
    const { db } = rig.server.context;
    const many = Array.from({ length: 1_200 }, (_, n) => ({
      domain: `many${n}.example`,
      severity: 'suspend',
    }));
    await db('domain_policies').insert(many);
    const { page, problems, close } = await rig.open('/admin/domains', 'Domains', { size: 'phone' });
    const rows = page.getByRole('table', { name: 'Domains' }).getByRole('row', { name: /many\d+\.example/ });
    await page.getByText(/^100 of 1,20\d$/).waitFor();
    await page.getByRole('button', { name: 'Show more' }).press('Enter');
    await page.getByText(/^200 of 1,20\d$/).waitFor();
    await page.getByLabel('Find in this list').fill('many1199');
    await expect.poll(() => rows.count()).toBe(1);
    await looksWell(page, 'admin-domains-many');
    await page.getByLabel('Find in this list').fill('nowhere');
    await page.getByText('Nothing matches').waitFor();
    await db('domain_policies').whereLike('domain', 'many%').delete();
    expect(problems).toEqual([]);
    await close();
  });

  test('follow lists, and ask others whom they block', async () => {
    const { page, problems, close } = await rig.open('/admin/domain-lists', 'Lists');
    await page.getByText('No list is followed').waitFor();
    await page.getByLabel('Address of the list').fill('https://lists.example/blocks.csv');
    await page.getByRole('button', { name: 'Follow a list' }).click();
    await page.getByRole('row', { name: /lists\.example/ }).waitFor();
    await page.getByRole('button', { name: 'Ask the ten most followed' }).click();
    await page.getByRole('row', { name: /tubes\.example/ }).waitFor();
    await picture(page, 'admin-domain-lists');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Ask no more: tubes.example' }).click();
    await page.getByRole('row', { name: /tubes\.example/ }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'End: https://lists.example/blocks.csv' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
    await page.getByText('No list is followed').waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});
