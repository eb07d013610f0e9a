import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

const rig = staffRig({}, async ({ server: { context } }) => {
  const { db, ids } = context;
  const id = ids.next<'exchange-peer'>();
  const past = new Date(Date.now() - 3_600_000);
  await db('exchange_peers').insert([
    { id, host: 'big.example', next_at: past, fetched_at: past, succeeded_at: past },
    {
      ...{ id: ids.next<'exchange-peer'>(), host: 'shut.example', next_at: past, fetched_at: past },
      ...{ failures: 3, failure: 'It does not tell this server what trends there.' },
    },
  ]);
  const told = (place: number, more: object) => ({
    ...{ id: ids.next<'told-post'>(), source: 'peer', source_id: id, host: 'big.example', rank: 50 },
    ...{ uri: `https://big.example/${place}`, told_at: past, counts_until: past, ...more },
  });
  await db('told_posts').insert([
    told(1, { state: 'refused', reason: 'not-public' }),
    told(2, { state: 'refused', reason: 'not-public' }),
    told(3, { state: 'refused', reason: 'author-not-discoverable' }),
    told(4, { state: 'waiting', next_at: past }),
  ]);
});

const peerOf = (host: string) => rig.server.context.db('exchange_peers').where({ host }).first();

describe.skipIf(!hasBrowser)('the page about what trends elsewhere', { timeout: 120_000 }, () => {
  test('says of each server what became of what it told, and lets it be paused, removed and put back', async () => {
    const at = { path: '/admin/discovery', heading: 'Discovery', name: 'admin-discovery' };
    await looksWellEverywhere(rig, at, (page) => page.getByRole('row', { name: /big\.example/ }).waitFor());
    const { page, problems, close } = await rig.open('/admin/discovery', 'Discovery');
    await page.getByRole('row', { name: /big\.example .*2 not-public/ }).waitFor();
    await page.getByRole('row', { name: /shut\.example .*It does not tell this server/ }).waitFor();
    await page.getByRole('button', { name: 'Pause big.example' }).click();
    await page.getByRole('button', { name: 'Go on with big.example' }).waitFor();
    expect((await peerOf('big.example')).paused_at).not.toBeNull();
    await page.getByRole('button', { name: 'Remove shut.example' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('shut.example is removed.').waitFor();
    expect(await peerOf('shut.example')).toBeUndefined();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByRole('row', { name: /shut\.example/ }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test('names a server, and fills the feeds', async () => {
    const first = await rig.open('/admin', 'Overview');
    await first.page.getByRole('link', { name: /Fill the feeds/ }).click();
    await first.page.getByRole('heading', { name: 'Discovery' }).waitFor();
    await first.close();
    const { page, problems, close } = await rig.open('/admin/discovery', 'Discovery', {
      ...{ size: 'phone' as const, expected: [/status of 422/] },
    });
    const asking = page.getByRole('form', { name: 'Ask a server' });
    await asking.getByLabel('Server').fill('no name');
    await asking.getByRole('button').click();
    await asking.getByText('“no name” is not the name of a server.').waitFor();
    await asking.getByLabel('Server').fill('https://far.example/');
    await asking.getByRole('button').click();
    await page.getByText('far.example', { exact: true }).first().waitFor();
    expect(await peerOf('far.example')).toBeDefined();
    const form = page.getByRole('form', { name: 'Fill the feeds' });
    await form.getByLabel('Topics').fill('#birds, sea');
    await form.getByRole('button').click();
    await form.getByText('Name at least one server to read from, or an account.').waitFor();
    await form.getByLabel('Servers to read from').fill('far.example');
    await form.getByRole('button').click();
    await page.getByText('#birds #sea far.example').first().waitFor();
    await looksWell(page, 'admin-discovery-pack');
    const tile = await rig.open('/admin', 'Overview');
    await tile.page.getByRole('link', { name: /Clips brought from elsewhere.*of at most 120/ }).waitFor();
    await looksWell(tile.page, 'admin-overview-beginning');
    await tile.close();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Stopped').first().waitFor();
    expect((await rig.server.context.db('discovery_packs').first()).state).toBe('stopped');
    expect(problems).toEqual([]);
    await close();
  });
});
