import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Instance } from '../../web/src/api/types.ts';
import { axeViolations, hasBrowser, viewports, waitUntilPlaying } from '../helpers/browser.ts';
import { fakeAccount, fakeCredentials, fakeRelationship, fakeStatus } from '../helpers/fake-entities.ts';
import { describeClip } from '../helpers/fake-media.ts';
import { eventually, useWebSite, wideClip } from '../helpers/web-site.ts';

const alice = fakeAccount('1', 'alice');
const mika = fakeAccount('2', 'mika', 'film.example');
const wide = (id: string, author = alice) => fakeStatus(id, author, describeClip(id, wideClip));

const site = useWebSite();
const signIn = (name: 'user' | 'admin' = 'user') => {
  site.api.state.accounts = [alice, mika];
  site.api.state.me = fakeCredentials(alice, name);
};

const setRegistrations = (change: Partial<Instance['registrations']>) => {
  const { instance } = site.api.state;
  site.api.state.instance = { ...instance, registrations: { ...instance.registrations, ...change } };
};

/** What of a page begins or ends beside the screen, or holds more than it has room for. */
const beyondTheEdges = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('main :is(h1, p, a, button, [class*=caption])')]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1)
      .filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        // Small buttons are larger to a finger than to the eye.
        const overflows = !one.matches('[class*=small]') && one.scrollWidth > one.clientWidth + 1;
        return left < 0 || right > innerWidth || (overflows && one.clientWidth > 0);
      })
      .map((one) => `${one.tagName} ${one.className} ${one.textContent?.slice(0, 20)}`),
  );

describe.skipIf(!hasBrowser).each(Object.entries(viewports))('pages on a %s', (_size, viewport) => {
  test('signing in: a wrong password, then the right one, and back to where one was', async () => {
    site.api.state.accounts = [alice];
    const page = await site.open('/upload', { viewport, expected: [/401 .*\/sessions/] });
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Name or e-mail').fill('nobody');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    const error = page.getByRole('alert').filter({ hasText: 'The name or the password is wrong.' });
    await error.waitFor();
    expect(await error.evaluate((box) => box === document.activeElement)).toBe(true);
    expect(await page.getByLabel('Name or e-mail').inputValue()).toBe('nobody');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel('Name or e-mail').fill('alice');
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Upload a clip' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/upload');
  });

  test('signing in with a code beside the password, by keyboard alone', async () => {
    site.api.state.accounts = [alice];
    site.api.state.code = '123456';
    const page = await site.open('/login?next=/upload', { viewport, expected: [/401 .*\/sessions/] });
    await page.getByLabel('Name or e-mail').fill('alice');
    await page.getByLabel('Password').fill('correct horse');
    await page.keyboard.press('Enter');
    const code = page.getByLabel('Code', { exact: true });
    await code.waitFor();
    expect(await code.evaluate((box) => box === document.activeElement)).toBe(true);
    expect(await code.getAttribute('autocomplete')).toBe('one-time-code');
    expect(await page.getByRole('form').getByRole('alert').count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    const error = page.getByRole('alert').filter({ hasText: 'This code is not right.' });
    await error.waitFor();
    await eventually(() => error.evaluate((box) => box === document.activeElement)).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('123456');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Upload a clip' }).waitFor();
  });

  test('going back from the code to another name', async () => {
    site.api.state.accounts = [alice];
    site.api.state.code = '123456';
    const page = await site.open('/login', { viewport, expected: [/401 .*\/sessions/] });
    await page.getByLabel('Name or e-mail').fill('alice');
    await page.getByLabel('Password').fill('correct horse');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Back' }).click();
    expect(await page.getByLabel('Name or e-mail').inputValue()).toBe('alice');
    expect(await page.getByLabel('Code', { exact: true }).count()).toBe(0);
  });

  test('joining: the refusal stands at its field, and what was written stays', async () => {
    site.api.state.refusals.set('POST /api/v1/accounts', {
      ...{ status: 422, error: 'username-taken', sentence: 'The name alice is taken. Choose another one.' },
    });
    const page = await site.open('/register', { viewport, expected: [/422 .*\/accounts/] });
    await page.getByLabel('Name').fill('alice');
    await page.getByLabel('Password').fill('correct horse');
    await page.getByRole('main').getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('alert').filter({ hasText: 'is taken' }).waitFor();
    const name = page.getByLabel('Name');
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    expect(await name.inputValue()).toBe('alice');
    expect(await axeViolations(page)).toEqual([]);
    await name.fill('nora');
    await page.getByRole('main').getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'What do you like?' }).waitFor();
  });

  test('joining a server that asks why, and being told to wait', async () => {
    setRegistrations({ approval_required: true });
    const page = await site.open('/register', { viewport });
    await page.getByLabel('Name').fill('nora');
    await page.getByLabel('Password').fill('correct horse');
    await page.getByLabel('Why do you want to join?').fill('I film birds.');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('main').getByRole('button', { name: 'Create account' }).click();
    await page.getByText('Your account @nora was created and waits for approval.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test('following somebody on another server, honestly', async () => {
    signIn();
    const page = await site.open('/find', { viewport, expected: [/502 .*\/search/] });
    const handle = page.getByRole('combobox', { name: 'Search for people' });
    await handle.fill('@nobody');
    await page.getByRole('heading', { name: 'No accounts found' }).waitFor();
    await handle.fill('@mika@film.example');
    await page.getByRole('article', { name: '@mika@film.example' }).waitFor();
    site.api.state.refusals.set('GET /api/v2/search', {
      ...{ status: 502, error: 'unreachable', sentence: 'film.example does not answer. Try again later.' },
    });
    await page.getByRole('button', { name: 'Ask film.example' }).click();
    await page.getByRole('alert').filter({ hasText: 'film.example does not answer.' }).waitFor();
    await handle.press('Enter');
    await page.getByRole('button', { name: 'Follow @mika@film.example' }).click();
    await page.getByText('Waiting for film.example to accept').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    site.api.state.relationships.set('2', fakeRelationship('2', { following: true }));
    await page.getByRole('button', { name: 'Following. Stop following @mika@film.example' }).click();
    await page.getByRole('button', { name: 'Follow @mika@film.example' }).waitFor();
    expect(await page.getByText('Waiting for').count()).toBe(0);
  });

  test('a profile, one of its clips, and deleting it', async () => {
    signIn();
    site.api.state.statuses = [wide('31'), wide('30')];
    const page = await site.open('/@alice', { viewport });
    await page.getByRole('link', { name: 'Clip number 31, 0:03' }).waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: '1,234 followers' }).count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Clip number 30, 0:03' }).click();
    await waitUntilPlaying(page);
    expect(new URL(page.url()).pathname).toBe('/@alice/30');
    await expect.poll(() => page.title(), { timeout: 20_000 }).toBe('Clip number 30 · Vireo Test');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog', { name: 'Delete this clip?' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(site.api.state.statuses).toHaveLength(2);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Delete clip' }).click();
    await page.getByText('Clip deleted.').waitFor();
    await page.getByRole('link', { name: 'Clip number 31, 0:03' }).waitFor();
    expect(await page.getByRole('link', { name: 'Clip number 30, 0:03' }).count()).toBe(0);
  });

  test('the longest names and words stay inside of the page', async () => {
    const endless = 'Donaudampfschifffahrtsgesellschaft'.repeat(6);
    const host = `${'far.'.repeat(16)}example`;
    const far = {
      ...fakeAccount('3', 'somebody_whose_name_is_very_long_indeed', host),
      display_name: endless,
    };
    site.api.state.accounts = [far];
    site.api.state.statuses = [{ ...wide('30', far), content: `<p>${endless} and more</p>` }];
    const page = await site.open('/@somebody/30', { viewport });
    await waitUntilPlaying(page);
    expect(await beyondTheEdges(page)).toEqual([]);
    await page.goto(`/@${far.acct}`);
    await page.getByRole('heading', { name: endless }).waitFor();
    expect(await beyondTheEdges(page)).toEqual([]);
    await page.goto('/?feed=local');
    await waitUntilPlaying(page);
    expect(await beyondTheEdges(page)).toEqual([]);
  });

  test('letting people in', async () => {
    signIn('admin');
    const asked = '2026-11-20T10:00:00.000Z';
    site.api.state.pending = [
      {
        ...{ id: '5', username: 'nora', email: 'nora@mail.example', reason: 'I film birds.' },
        ...{ confirmed: true, created_at: asked },
      },
      { id: '6', username: 'sam', email: null, reason: null, confirmed: true, created_at: asked },
    ];
    const page = await site.open('/admin/approvals', { viewport });
    await page.getByText('I film birds.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Approve @nora' }).click();
    await page.getByText('@nora can sign in now.').waitFor();
    await page.getByRole('button', { name: 'Reject @sam' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('heading', { name: 'Nobody is waiting' }).waitFor();
    expect(site.api.state.calls).toContain('POST /api/v1/admin/accounts/5/approve');
    expect(site.api.state.calls).toContain('POST /api/v1/admin/accounts/6/reject');
  });

  test('addresses that lead nowhere', async () => {
    const page = await site.open('/no/such/page', { viewport });
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('pages', () => {
  test.each([
    '//evil.example/x',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '/\t/evil.example',
    '////evil.example',
    '/.//evil.example',
  ])('W3: after signing in, next=%s stays on this server', async (next) => {
    signIn();
    const page = await site.open(`/login?next=${encodeURIComponent(next)}`);
    await eventually(() => new URL(page.url()).pathname).not.toBe('/login');
    expect(new URL(page.url()).origin).toBe(site.api.origin);
  });

  test('a server that takes nobody says so, and offers no way to join', async () => {
    setRegistrations({ enabled: false, mode: 'closed' });
    const page = await site.open('/register');
    await page.getByRole('heading', { name: 'No new accounts' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Password').waitFor();
    expect(await page.getByRole('link', { name: 'Create account' }).count()).toBe(0);
  });

  test('signing out, and a session that ended elsewhere', async () => {
    signIn();
    const page = await site.open('/@alice', { expected: [/401 .*\/favourites/] });
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sign in' }).waitFor();
    signIn();
    site.api.state.refusals.set('GET /api/v1/favourites', {
      ...{ status: 401, error: 'not-signed-in', sentence: 'Sign in first.' },
    });
    await page.goto('/library/liked');
    await page.getByText('Your session has ended.').waitFor();
    await page.getByRole('heading', { name: 'Sign in first' }).waitFor();
  });

  test('a profile or a clip that is not there says what to do', async () => {
    const page = await site.open('/@nobody', { expected: [/404 .*lookup/, /4\d\d .*\/statuses\//] });
    await page.getByRole('heading', { name: 'There is no such account here.' }).waitFor();
    await page.goto('/@alice/99');
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
    site.api.state.refusals.set('GET /api/v1/statuses/98', {
      ...{ status: 410, error: 'gone', sentence: 'This clip was deleted.' },
    });
    await page.goto('/@alice/98');
    await page.getByRole('heading', { name: 'This clip is gone' }).waitFor();
  });

  test('a clip opens under the name of its author, whatever name the address had', async () => {
    site.api.state.statuses = [wide('30', mika)];
    const page = await site.open('/@alice/30');
    await waitUntilPlaying(page);
    expect(new URL(page.url()).pathname).toBe('/@mika@film.example/30');
    const origin = page.getByRole('link', { name: 'Open on film.example' });
    expect(await origin.getAttribute('href')).toBe('https://film.example/@mika/30');
  });

  test('copying a link and hearing that it worked', async () => {
    site.api.state.statuses = [wide('30')];
    const page = await site.open('/@alice/30', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'More', exact: true }).first().click();
    await page.getByRole('menuitem', { name: 'Copy link' }).click();
    await page.getByText('Link copied.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(`${site.api.origin}/@alice/30`);
  });

  test('the keyboard gets past the navigation, and starts at the content after a change of page', async () => {
    const page = await site.open('/login');
    await page.getByLabel('Password').waitFor();
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    // Passkeys stand first.
    const passkey = page.getByRole('button', { name: 'Sign in with a passkey' });
    expect(await passkey.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('login');
    await page.getByRole('link', { name: 'Create account' }).click();
    await page.getByLabel('E-mail (optional)').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await expect.poll(() => page.title(), { timeout: 20_000 }).toBe('Join Vireo Test · Vireo Test');
  });

  test('only what people write for others is HTML, and nothing of it runs', async () => {
    const evil = '<img src=x onerror="document.title=1">';
    site.api.state.accounts = [{ ...alice, display_name: evil, username: 'alice' }];
    site.api.state.statuses = [{ ...wide('30'), spoiler_text: evil }];
    const page = await site.open('/@alice');
    await page.getByRole('heading', { name: evil }).waitFor();
    await page.goto('/@alice/30');
    await page.getByText(evil).first().waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
  });

  test('says that one is offline, and goes on by itself', async () => {
    site.api.state.statuses = [wide('30')];
    // What begins once something plays may be asked for while there is no connection.
    const page = await site.open('/@alice/30', { expected: [/ERR_INTERNET_DISCONNECTED/] });
    await waitUntilPlaying(page);
    await page.context().setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await page.context().setOffline(false);
    await page.getByText('You are offline.').waitFor({ state: 'detached' });
  });
});
