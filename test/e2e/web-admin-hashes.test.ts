import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { quarantineKey } from '../../media/keys.ts';
import { hasBrowser, untilInPage } from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { ffmpegRaw } from '../helpers/media-samples.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

const FILE = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
let video = '';

const rig = staffRig({}, async ({ server, boss }) => {
  const { context, dataDir } = server;
  const { db, ids, storage } = context;
  const id = await createVideoFactory(context).video(boss.account, {});
  await db('videos').where({ id }).update({ original_sha256: FILE });
  video = id;
  const path = join(dataDir, 'kept.mp4');
  await ffmpegRaw(
    ...['-f', 'lavfi', '-i', 'testsrc=size=180x320:rate=10', '-t', '1', '-pix_fmt', 'yuv420p', path],
  );
  const key = quarantineKey(id);
  await storage.putBytes(key, await readFile(path), { contentType: 'application/octet-stream' });
  await db('listed_media_matches').insert({
    ...{ id: ids.next(), video_id: id, account_id: boss.id, found_by: 'picture', sha256: OTHER },
    evidence_key: key,
  });
});

describe.skipIf(!hasBrowser)('the page about hash lists', { timeout: 120_000 }, () => {
  test('a video is listed by its address, a list is brought after a look at it, and an entry removed', async () => {
    const { page, problems, close } = await rig.open('/admin/hashes', 'Hash lists', {
      expected: [/status of 422/],
    });
    await page.getByText('Nothing is listed').waitFor();
    const form = page.getByRole('form', { name: 'A video that is here' });
    await form.getByLabel('Its number, or its address').fill('the one with the cat');
    await form.getByRole('button', { name: 'Add to the list' }).click();
    await form.getByText('Write the number at the end').waitFor();
    await form.getByLabel('Its number, or its address').fill(`${rig.server.origin}/@boss/${video}`);
    await form.getByLabel('What it is, for the staff').fill('Known abuse');
    await form.getByRole('button', { name: 'Add to the list' }).click();
    await page.getByRole('row', { name: new RegExp(`^Known abuse The file ${FILE}`) }).waitFor();

    const csv = `sha256,phash,label\n${FILE},,\n${OTHER},,From a friend\nnonsense,,\n`;
    await page.locator('input[type=file]').setInputFiles({
      ...{ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) },
    });
    const plan = page.getByRole('region', { name: 'What the list would change' });
    await plan.getByText('New: 1. Listed already: 1.').waitFor();
    await plan.getByText('1 line says nothing that can be used: 4').waitFor();
    expect(await rig.server.context.db('listed_media').pluck('sha256')).toEqual([FILE]);
    await looksWell(page, 'admin-hashes-import');
    await plan.getByRole('button', { name: 'Add them' }).click();
    await page.getByRole('row', { name: /^From a friend/ }).waitFor();
    const asked = await page.request.get('/api/v1/admin/hashes/export');
    expect(await asked.text()).toBe(
      `sha256,phash,label,sound,sound_action\n${FILE},,Known abuse,,\n${OTHER},,From a friend,,\n`,
    );

    await page.getByRole('button', { name: 'Remove: From a friend' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('row', { name: /^From a friend/ }).waitFor({ state: 'detached' });
    const log = await rig.server.context.db('audit_log').where('action', 'like', 'hash.%').orderBy('id');
    expect(log.map(({ action }) => action)).toEqual(['hash.add', 'hash.import', 'hash.remove']);
    expect(problems).toEqual([]);
    await close();
    const at = { path: '/admin/hashes', heading: 'Hash lists', name: 'admin-hashes' };
    await looksWellEverywhere(rig, at, (shown) => shown.getByRole('row', { name: /Known abuse/ }).waitFor());
  });

  test('evidence is shown to whoever says why, covered at first, and to nobody else', async () => {
    const { page, problems, close } = await rig.open('/admin/hashes?view=matches', 'Hash lists', {
      expected: [/status of 404/],
    });
    const [match] = await rig.server.context.hashes.matches({
      ...{ maxId: null, minId: null, sinceId: null, limit: 1 },
    });
    const file = `/api/v1/admin/hashes/matches/${match?.id}/file`;
    expect((await page.request.get(file)).status()).toBe(404);
    await page.getByRole('button', { name: `Look at the evidence: ${video}` }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('Asked by the police.');
    await page.getByRole('button', { name: 'Look at it' }).click();
    const evidence = page.getByRole('dialog', { name: 'Evidence' });
    const kept = evidence.getByLabel(`Kept video ${video}`);
    await kept.waitFor();
    await untilInPage(
      page,
      () => (document.querySelector('dialog video') as HTMLVideoElement).readyState > 0,
    );
    expect(await kept.evaluate((element) => getComputedStyle(element).filter)).toContain('blur');
    expect(await kept.evaluate((element) => (element as HTMLVideoElement).muted)).toBe(true);
    await looksWell(page, 'admin-hashes-evidence');
    await evidence.getByRole('button', { name: 'Uncover' }).click();
    expect(await kept.evaluate((element) => getComputedStyle(element).filter)).toBe('grayscale(1)');
    await evidence.getByRole('button', { name: 'In colour' }).click();
    expect(await kept.evaluate((element) => getComputedStyle(element).filter)).toBe('none');
    const entry = await rig.server.context.db('audit_log').where({ action: 'hash.evidence' }).first();
    expect(entry).toMatchObject({ account_id: rig.boss.id, reason: 'Asked by the police.' });

    // Somebody else of the staff has said nothing yet.
    const ada = await rig.people.signedIn('ada', 'admin');
    const other = await rig.open('/admin/hashes?view=matches', 'Hash lists', { person: ada, role: 'admin' });
    expect((await other.page.request.get(file)).status()).toBe(404);
    expect((await page.request.get(file)).status()).toBe(200);
    expect(problems).toEqual([]);
    await Promise.all([close(), other.close()]);
  });
});
