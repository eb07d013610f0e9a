import { describe, expect, test } from 'vitest';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser } from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { clientOf, type Person } from '../helpers/people.ts';
import { picture } from '../helpers/signed-in-page.ts';
import { staffRig } from '../helpers/staff-page.ts';

let mod: Person;
let bob: Person;

const rig = staffRig({}, async ({ people }) => {
  mod = await people.signedIn('milo', 'moderator');
  bob = await people.signedIn('bob');
});

describe.skipIf(!hasBrowser)('the pages about rules', { timeout: 120_000 }, () => {
  test('a rule is tried, saved, acts, and what it holds is published or refused', async () => {
    const video = await createVideoFactory(rig.server.context).video(rig.boss.account, {
      caption: 'A replica',
    });
    const { page, problems, close } = await rig.open('/admin/rules', 'Rules');
    await page.getByText('No rules yet').waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Add a rule' }).click();
    const editor = page.getByRole('dialog', { name: 'Add a rule' });
    await editor.getByLabel('Regular expression').fill('(?=a)');
    await editor.getByRole('button', { name: 'Try it' }).click();
    await editor.getByText('This expression cannot be read').waitFor();
    await editor.getByLabel('Regular expression').fill('');
    await editor.getByLabel('Name', { exact: true }).fill('Watches');
    await editor.getByLabel('Words, one on each line').fill('replica*\ncasino');
    await editor.getByRole('button', { name: 'Try it' }).click();
    await editor.getByText('1 text found among the newest').waitFor();
    await editor.getByRole('rowheader', { name: 'A replica' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'admin-rule-editor');
    await editor.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Watches Hold it for a moderator/ }).waitFor();
    await picture(page, 'admin-rules');

    const client = clientOf(rig.server.origin);
    for (const text of ['Replicas here', 'My casino']) {
      const said = await client.post(`/api/v1/videos/${video}/comments`, { as: bob, body: { text } });
      expect(said.body.held, said.text).toBe(true);
    }
    await page.goto('/admin/held');
    await page.getByText('Replicas here').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'admin-held');
    await page
      .getByRole('row', { name: /casino/ })
      .getByRole('button', { name: 'Publish the post of @bob' })
      .click();
    await page.getByText('The post of @bob is published.').waitFor();
    await page.getByRole('button', { name: 'Refuse the post of @bob' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('It sells watches.');
    await dialog.getByRole('button', { name: 'Refuse' }).click();
    await page.getByText('Nothing is held').waitFor();
    const shown = (await client.get(`/api/v1/videos/${video}/comments`)).body;
    expect(shown.map((one: { content: string }) => one.content)).toEqual(['<p>My casino</p>']);

    await page.goto('/admin/rules');
    await page.getByRole('button', { name: 'Turn “Watches” off' }).click();
    await page.getByRole('button', { name: 'Turn “Watches” on' }).waitFor();
    await page.getByRole('button', { name: 'Remove “Watches”' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No rules yet').waitFor();
    // The expression that cannot be read.
    expect(problems).toEqual([expect.stringContaining('/api/v1/admin/rules/test')]);
    await close();
  });

  test('a rule about labels is made, and what the classifier sees stands beside what is held', async () => {
    const { db, ids } = rig.server.context;
    const { page, problems, close } = await rig.open('/admin/rules', 'Rules', { size: 'phone' });
    await page.getByRole('button', { name: 'Add a rule' }).click();
    const editor = page.getByRole('dialog', { name: 'Add a rule' });
    await editor.getByLabel('Name', { exact: true }).fill('Blood');
    await editor.getByLabel('Labels of the classifier').fill('Gore >= 0,8\nnudity 1');
    await editor.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Change “Blood”' }).click();
    const changing = page.getByRole('dialog', { name: 'Change “Blood”' });
    expect(await changing.getByLabel('Labels of the classifier').inputValue()).toBe('gore 0.8\nnudity 1');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'admin-rule-labels');
    await changing.getByLabel('Labels of the classifier').fill('gore');
    await changing.getByRole('button', { name: 'Save' }).click();
    await changing.getByRole('alert').waitFor();

    const video_id = await createVideoFactory(rig.server.context).video(bob.account, { state: 'held' });
    const held = { id: ids.next(), video_id, account_id: bob.id, cause: 'rule', note: 'gore 0.93' };
    await db('held_posts').insert(held);
    const labels = [
      { name: 'gore', score: 0.93 },
      { name: 'nudity', score: 0.02 },
    ];
    const verdict = { id: ids.next(), video_id, state: 'answered', labels: JSON.stringify(labels) };
    await db('classifier_verdicts').insert(verdict);
    await page.goto('/admin/held');
    const seen = page.getByRole('list', { name: 'What the classifier sees' });
    await seen.waitFor();
    expect(await seen.getByRole('listitem').allTextContents()).toEqual(['gore: 93 %', 'nudity: 2 %']);
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'admin-held-labels');
    await db('videos').where({ id: video_id }).delete();
    await db('content_rules').delete();
    // The rule that cannot be saved.
    expect(problems).toEqual([expect.stringContaining('/api/v1/admin/rules/')]);
    await close();
  });

  test('raid mode is switched on and off, with the reason on record', async () => {
    const { page, problems, close } = await rig.open('/admin/rules', 'Rules', { size: 'phone' });
    await page.getByText('Raid mode is off.').waitFor();
    await page.getByRole('button', { name: 'Start raid mode' }).click();
    const dialog = page.getByRole('dialog', { name: 'Start raid mode' });
    await dialog.getByLabel('For how many hours').fill('3');
    await dialog.getByLabel('Reason').fill('A wave.');
    await dialog.getByRole('button', { name: 'Start raid mode' }).click();
    await page
      .getByText(/^Raid mode is on until/)
      .first()
      .waitFor();
    expect((await rig.server.context.raid.status()).reason).toBe('A wave.');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'admin-rules-phone');
    await page.getByRole('button', { name: 'End raid mode' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End raid mode' }).click();
    await page.getByText('Raid mode is off.').first().waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test('moderators decide about what is held, and make no rules', async () => {
    const { page, close } = await rig.open('/admin/rules', 'Rules', {
      ...{ person: mod, role: 'moderator' as const, size: 'phone' as const },
    });
    await page.getByText('Your role does not include this page.').waitFor();
    await page.goto('/admin/held');
    await page.getByText('Nothing is held').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await close();
  });
});
