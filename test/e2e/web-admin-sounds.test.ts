import { describe, expect, test } from 'vitest';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import { hasBrowser } from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { refuseIn, storedFiles } from '../helpers/regional.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';
import { looksWell, looksWellEverywhere, staffRig } from '../helpers/staff-page.ts';

/** Clips of the factory have rows and no files. */
const NO_FILES = { expected: [/status of 404/] };

let video: VideoId;
let sound: SoundId;

const rig = staffRig({ variables: { COUNTRY_HEADER: 'X-Country' } }, async ({ server, people }) => {
  const { context } = server;
  const mika = await people.local('mika');
  const videos = createVideoFactory(context);
  video = await videos.video(mika, { caption: 'Cranes over the lake' });
  await context.db('videos').where({ id: video }).update({ sound_title: 'Cranes at dusk' });
  sound = await heardIn(context, video, printOfSound(501));
  await heardIn(context, await videos.video(mika, { caption: 'Frogs' }), printOfSound(502));
});

describe.skipIf(!hasBrowser)('the page about sounds', { timeout: 120_000 }, () => {
  test('a sound is found, decided about, and the decision taken back', async () => {
    const { page, problems, close } = await rig.open('/admin/sounds', 'Sounds', NO_FILES);
    await page.getByText('Sound ', { exact: false }).first().waitFor();
    await page.getByRole('textbox', { name: 'Name or id' }).fill('cranes');
    await page.getByRole('textbox', { name: 'Name or id' }).press('Enter');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    const [report] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the usage report (CSV)' }).click(),
    ]);
    expect(report.suggestedFilename()).toBe('sound-usage.csv');
    await page.getByRole('link', { name: 'Cranes at dusk' }).click();
    await page.getByRole('heading', { name: 'Cranes at dusk', level: 1 }).waitFor();
    await page.getByText('Nothing was decided about this sound.').waitFor();

    await page.getByRole('button', { name: 'Decide', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Decide about this sound' });
    await dialog.getByLabel('What is done').selectOption('refuse');
    await dialog.getByText('new ones are not taken').waitFor();
    await dialog.getByRole('textbox').fill('The label asks for it.');
    await looksWell(page, 'admin-sounds-decide');
    await dialog.getByRole('button', { name: 'Refuse' }).click();
    await page.getByText('The label asks for it.').waitFor();
    const rules = () => rig.server.context.db('sound_rules').where({ sound_id: sound }).pluck('action');
    expect(await rules()).toEqual(['refuse']);
    await page.getByRole('button', { name: 'Take back' }).click();
    const back = page.getByRole('dialog', { name: 'Take this back?' });
    await back.getByRole('button', { name: 'Take back' }).click();
    await page.getByText('Nothing was decided about this sound.').waitFor();
    expect(await rules()).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test('a sound is refused in some countries, by their names', async () => {
    const { page, problems, close } = await rig.open(`/admin/sounds/${sound}`, 'Cranes at dusk', {
      ...{ size: 'phone', expected: [/status of 422/, ...NO_FILES.expected] },
    });
    await page.getByRole('button', { name: 'Decide', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Decide about this sound' });
    await dialog.getByLabel('What is done').selectOption('refuse');
    await dialog.getByLabel('Where').selectOption('in');
    await dialog.getByText('Elsewhere, all is as it was.').waitFor();
    await dialog.getByLabel('Countries').fill('DE, Frankreich');
    await dialog.getByRole('button', { name: 'Refuse' }).click();
    await dialog.getByText('Write a country as two letters').waitFor();
    await looksWell(page, 'admin-sounds-countries');
    await dialog.getByLabel('Countries').fill('fr de');
    await dialog.getByRole('button', { name: 'Refuse' }).click();
    await page.getByText('In Germany and France').waitFor();
    await page.getByRole('button', { name: 'Decide', exact: true }).click();
    expect(await dialog.getByLabel('Where').inputValue()).toBe('in');
    expect(await dialog.getByLabel('Countries').inputValue()).toBe('DE, FR');
    await dialog.press('Escape');
    await rig.server.context.db('sound_rules').delete();
    expect(problems).toEqual([]);
    await close();
  });

  test('a clip says where its sound is withheld, and nothing of it where it is not', async () => {
    const { context } = rig.server;
    const ina = await rig.people.local('ina');
    const id = await createVideoFactory(context).video(ina, { caption: 'Geese', assets: [] });
    await storedFiles(context, id);
    const heard = await heardIn(context, id, printOfSound(503));
    await refuseIn(context, heard, { countries: ['DE'], except: false }, 'The label asks for it.');
    const { page, close } = await rig.enter({ size: 'phone', expected: [/./] });
    await page.context().setExtraHTTPHeaders({ 'x-country': 'DE' });
    await page.goto(`/@ina/${id}`);
    const why =
      'Because of its sound, this video is not given in the country that you are in. The label asks for it.';
    await page.getByText(why, { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await looksWell(page, 'sound-withheld');
    // What is stored is no film: where it is given, that is what is said.
    await page.context().setExtraHTTPHeaders({ 'x-country': 'FR' });
    await page.goto(`/@ina/${id}`);
    await page.getByText('This clip did not play.').waitFor();
    await close();
  });

  test('a clip says where its sound is muted and why, and nothing of it where it is heard', async () => {
    const { context } = rig.server;
    const ann = await rig.people.local('ann');
    const id = await createVideoFactory(context).video(ann, { caption: 'Terns', assets: [] });
    await storedFiles(context, id);
    const heard = await heardIn(context, id, printOfSound(504));
    await refuseIn(context, heard, { countries: ['DE'], except: false }, 'The label asks for it.', 'mute');
    const { page, close } = await rig.enter({ size: 'phone', expected: [/./] });
    const why = 'Muted in your country: The label asks for it.';
    await page.context().setExtraHTTPHeaders({ 'x-country': 'DE' });
    await page.goto(`/@ann/${id}`);
    await page.getByText(why, { exact: true }).first().waitFor();
    await looksWell(page, 'sound-muted-here');
    await page.context().setExtraHTTPHeaders({ 'x-country': 'FR' });
    const told = page.waitForResponse((answer) => answer.url().endsWith(`/api/v1/sounds/${heard}`));
    await page.goto(`/@ann/${id}`);
    expect(await (await told).json()).toMatchObject({ here: 'given' });
    await page.getByText('This clip did not play.').waitFor();
    expect(await page.getByText(why).count()).toBe(0);
    await close();
  });

  test('a sound is muted in all countries but some, and its list says so', async () => {
    const { page, problems, close } = await rig.open(`/admin/sounds/${sound}`, 'Cranes at dusk', NO_FILES);
    await page.getByRole('button', { name: 'Decide', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Decide about this sound' });
    await dialog.getByLabel('Where').selectOption('except');
    await dialog.getByText('There, its videos are played without their sound').waitFor();
    await dialog.getByLabel('Countries').fill('DE');
    await dialog.getByRole('button', { name: 'Mute' }).click();
    await page.getByText('Everywhere but in Germany').waitFor();
    await page.getByText('Muted in some countries').waitFor();
    await looksWell(page, 'admin-sounds-muted-some');
    await rig.server.context.db('sound_rules').delete();
    expect(problems).toEqual([]);
    await close();
  });

  test('the staff says whose a sound is, and what is wrong is said beside its field', async () => {
    const { page, problems, close } = await rig.open(`/admin/sounds/${sound}`, 'Cranes at dusk', {
      ...{ size: 'phone', expected: [/status of 422/, ...NO_FILES.expected] },
    });
    await page.getByRole('button', { name: 'Say whose it is' }).click();
    const dialog = page.getByRole('dialog', { name: 'Whose is this sound?' });
    await dialog.getByLabel('Licence', { exact: true }).selectOption({ label: 'Another one' });
    await dialog.getByLabel('Which licence').fill('Ask the band');
    await dialog.getByLabel('Rights holder').fill('Rain Records');
    await dialog.getByLabel('ISRC').fill('DE-A12');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await dialog.getByText('An ISRC has two letters').waitFor();
    await looksWell(page, 'admin-sounds-rights');
    await dialog.getByLabel('ISRC').fill('DE-A12-26-00001');
    await dialog.getByLabel('Licence', { exact: true }).selectOption({ label: 'CC BY 4.0' });
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'CC BY 4.0' }).waitFor();
    await page.goto(`/sounds/${sound}`);
    const said = page.getByRole('region', { name: 'Rights' });
    await said.getByText('DE-A12-26-00001').waitFor();
    await said.getByText('Those who run this server say so.').waitFor();
    await looksWell(page, 'sound-rights');
    expect(problems).toEqual([]);
    await close();
  });

  test('a clip says that its sound is off', async () => {
    const { page, problems, close } = await rig.enter(NO_FILES);
    const off = page.getByText('Its sound is off on this server.');
    await page.goto(`/@mika/${video}`);
    await page.getByRole('link', { name: 'Cranes at dusk' }).first().waitFor();
    expect(await off.count()).toBe(0);
    await rig.server.context.db('videos').where({ id: video }).update({ staff_muted: true });
    await page.reload();
    await off.waitFor();
    await looksWell(page, 'sound-off');
    expect(problems).toEqual([]);
    await close();
  });

  test('it looks well in both sizes and themes', async () => {
    await looksWellEverywhere(
      rig,
      { path: '/admin/sounds', heading: 'Sounds', name: 'admin-sounds' },
      (page) => page.getByRole('link', { name: 'Cranes at dusk' }).waitFor(),
    );
    for (const size of ['phone', 'desktop'] as const) {
      const visit = { ...NO_FILES, size, colorScheme: 'dark' as const };
      const { page, problems, close } = await rig.open(`/admin/sounds/${sound}`, 'Cranes at dusk', visit);
      await page.getByText('Cranes over the lake').waitFor();
      await looksWell(page, `admin-sound-${size}`);
      expect(problems).toEqual([]);
      await close();
    }
  });
});
