import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../helpers/browser.ts';
import { providerRow } from '../helpers/fasp-rows.ts';
import { looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

const rig = staffRig({}, async ({ server: { context } }) => {
  const { db, ids } = context;
  const { id } = await providerRow(context, 'accepted', { enabled: true });
  const info = {
    ...{ name: 'Finder', contactEmail: 'help@finder.example' },
    privacyPolicy: [{ url: 'https://finder.example/privacy', language: 'en' }],
    capabilities: [],
  };
  await db('fasp_providers').update({ info: JSON.stringify(info), info_at: new Date() });
  const away = 'It answered 503.';
  await db('fasp_capabilities').insert([
    ...['debug', 'account_search', 'follow_recommendation'].map((capability) => ({
      ...{ provider_id: id, capability, version: '0.1' },
    })),
    { provider_id: id, capability: 'trends', version: '0.1', enabled: true, ask_failure: away },
  ]);
  const asked = { provider_id: id, asked_at: new Date(Date.now() - 120_000) };
  const body = '{"callback":"385175161776640000"}';
  await db('fasp_callbacks').insert([
    { ...asked, id: ids.next<'fasp-callback'>(), failure: away },
    { ...asked, id: ids.next<'fasp-callback'>(), called_at: new Date(), ip: '198.51.100.7', body },
  ]);
  const one = await db('fasp_providers').first();
  await db('fasp_providers').insert({
    ...{ ...one, id: ids.next<'fasp'>(), name: 'Newcomer', state: 'waiting', decided_at: null },
    info: null,
  });
});

const stateOf = async (name: string) =>
  (await rig.server.context.db('fasp_providers').where({ name }).first('state')).state;

describe.skipIf(!hasBrowser)('the page about auxiliary services', { timeout: 120_000 }, () => {
  test('shows whose key is to be compared, and lets it be accepted, used, removed and put back', async () => {
    const at = { path: '/admin/services', heading: 'Auxiliary services', name: 'admin-services' };
    await looksWellEverywhere(rig, at, (page) => page.getByRole('heading', { name: 'Newcomer' }).waitFor());
    const { page, problems, close } = await rig.open('/admin/services', 'Auxiliary services');
    await page.getByRole('button', { name: 'Accept Newcomer' }).click();
    await page.getByText('Newcomer is accepted.').waitFor();
    expect(await stateOf('Newcomer')).toBe('accepted');
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByRole('button', { name: 'Refuse Newcomer' }).waitFor();
    expect(await stateOf('Newcomer')).toBe('waiting');
    await page.getByRole('switch', { name: 'Tell it what is public here' }).click();
    await page.getByText('is not in use any more.').waitFor();
    expect(
      (await rig.server.context.db('fasp_capabilities').where({ capability: 'data_sharing' }).first())
        .enabled,
    ).toBe(false);
    await page.getByRole('button', { name: 'Ask for a call by Finder' }).click();
    await page.getByText('Finder is being asked to call.').waitFor();
    const calls = page.getByRole('table', { name: 'Calls of Finder' });
    await calls.getByText('Not yet').waitFor();
    await calls.getByText('198.51.100.7').waitFor();
    await page.getByRole('button', { name: 'Look again at the calls of Finder' }).click();
    await page.getByRole('button', { name: 'Remove Finder' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Finder is removed.').waitFor();
    expect(await stateOf('Finder')).toBe('removed');
    expect(problems).toEqual([]);
    await close();
  });
});
