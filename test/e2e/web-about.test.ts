import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import { axeViolations } from '../helpers/axe.ts';
import { hasBrowser, launchBrowser, viewports } from '../helpers/browser.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';

let server: TestServer;
let browser: Browser;
let people: People;
let alice: Person;
const desktop = { viewport: { width: 1440, height: 900 }, locale: 'en' } as const;
const phone = { viewport: viewports.phone, locale: 'en' } as const;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer();
  browser = await launchBrowser();
  people = createPeople(server);
  alice = await people.signedIn('alice');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function set(changes: Record<string, string | null>): Promise<void> {
  const { inTx, settings } = server.context;
  const outcome = await inTx((tx) => settings.change(tx, operator, changes, ''));
  expect(outcome).toMatchObject({ ok: true });
  await settings.refresh();
}

describe.skipIf(!hasBrowser)('the pages about the server', { timeout: 120_000 }, () => {
  test('say what there is to say where nothing was written', async () => {
    const absent = { expected: [/404 .*instance\/(privacy_policy|domain_blocks)/, /404 .*\/about\//] };
    const { page, problems, close } = await openPageAs(browser, server, people, null, {
      ...phone,
      ...absent,
    });
    await page.goto('/about');
    await page.getByRole('heading', { name: /^About/, level: 1 }).waitFor();
    await page.getByText('This server does not say who runs it.').waitFor();
    await page.getByRole('heading', { name: 'In numbers' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'about-empty-phone');
    const places = page.getByRole('navigation', { name: 'About this server' });
    await places.getByRole('link', { name: 'Rules' }).click();
    await page.getByText('No rules yet').waitFor();
    await places.getByRole('link', { name: 'Privacy' }).click();
    await page.getByText('Nothing written yet').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await places.getByRole('link', { name: 'Limited servers' }).click();
    await page.getByText('This list is not for everybody').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await places.getByRole('link', { name: 'Copyright' }).click();
    await page.getByRole('heading', { name: 'Copyright claim' }).waitFor();
    await page.goBack();
    await places.getByRole('link', { name: 'How clips are chosen' }).click();
    await page.getByRole('heading', { name: 'What you are shown, and why' }).waitFor();
    await page.goto('/about/nothing');
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test('show who runs it, the rules with their numbers, what is known of people, and whom it limits', async () => {
    const { inTx, instances, domains } = server.context;
    await people.local('boss', { role: 'owner' });
    await set({
      INSTANCE_NAME: 'Bird Films',
      INSTANCE_ABOUT: '# Hello\n\nWe film **birds**.\n\n- Herons\n- Wrens\n\n<script>alert(1)</script>',
      INSTANCE_EMAIL: 'staff@video.example',
      INSTANCE_RULES: 'Be kind.\nNo spam.',
      INSTANCE_PRIVACY_POLICY: 'We keep *little*.\n\n| What | How long |\n|---|---|\n| Addresses | 30 days |',
      INSTANCE_SOURCE_URL: 'https://code.example/vireo',
    });
    await inTx((tx) =>
      instances.setPolicy(tx, 'bad.example', { severity: 'suspend', publicComment: 'Spam.' }),
    );
    await inTx((tx) => domains.list.setAudience(tx, operator, 'public'));
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, options] of [
        ['phone', phone],
        ['desktop', desktop],
      ] as const) {
        const opened = await openPageAs(browser, server, people, null, { ...options, colorScheme });
        const { page, problems, close } = opened;
        const seen = async (path: string, text: string, name: string) => {
          await page.goto(path);
          await page.getByText(text).first().waitFor();
          expect(await axeViolations(page), path).toEqual([]);
          await picture(page, `about-${name}-${size}-${colorScheme}`);
        };
        await seen('/about', 'We film', 'server');
        await page.getByRole('link', { name: 'Write to staff@video.example' }).waitFor();
        await page.getByRole('link', { name: /boss/ }).first().waitFor();
        expect(await page.getByRole('link', { name: 'Source', exact: true }).getAttribute('href')).toBe(
          'https://code.example/vireo',
        );
        await seen('/about/rules', 'Be kind.', 'rules');
        await page.getByText('Rule 1').waitFor();
        await seen('/about/privacy', 'Addresses', 'privacy');
        await seen('/about/blocks', 'bad.example', 'blocks');
        await page.getByRole('row', { name: /bad\.example Suspended Spam\./ }).waitFor();
        expect(problems).toEqual([]);
        await close();
      }
    }
  });

  test('are led to from the navigation, the settings, the form for joining and reports', async () => {
    const visitor = await openPageAs(browser, server, people, null, desktop);
    await visitor.page.goto('/register');
    await visitor.page.getByRole('link', { name: 'the rules of this server' }).waitFor();
    await visitor.page.getByRole('link', { name: 'About this server' }).click();
    await visitor.page.getByRole('heading', { name: 'About Bird Films' }).waitFor();
    const member = await openPageAs(browser, server, people, alice.account, phone);
    await member.page.goto('/settings');
    await member.page.getByRole('link', { name: 'About this server' }).click();
    await member.page.getByRole('heading', { name: 'About Bird Films' }).waitFor();
    await member.page.goto('/settings/feed');
    await member.page.locator('a[href="/about/algorithm"]').first().click();
    await member.page.getByRole('heading', { name: 'What you are shown, and why' }).waitFor();
    await member.page.goto('/@boss');
    await member.page.getByRole('button', { name: 'More' }).first().click();
    await member.page.getByRole('menuitem', { name: /Report/ }).click();
    await member.page.getByLabel('It breaks a rule').first().check();
    const link = member.page.getByRole('link', { name: 'Read the rules' });
    expect(await link.getAttribute('href')).toBe('/about/rules');
    expect([...visitor.problems, ...member.problems]).toEqual([]);
    await Promise.all([visitor.close(), member.close()]);
  });
});
