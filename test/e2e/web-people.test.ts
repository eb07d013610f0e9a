import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, launchBrowser, type PageOptions, viewports } from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { openPageAs, picture } from '../helpers/signed-in-page.ts';
import { watchedPages } from '../helpers/watched-pages.ts';

let server: TestServer;
let browser: Browser;
let people: People;
let nora: Person;
let star: Person;
const pages = watchedPages();

describe.skipIf(!hasBrowser)('people one does not know yet', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    server = await startTestServer();
    people = createPeople(server);
    nora = await people.signedIn('nora');
    star = await people.signedIn('star');
    const [ben, tern] = [await people.signedIn('ben'), await people.signedIn('tern')];
    await people.follow(nora.account, ben.account);
    await people.follow(ben.account, star.account);
    await people.remote('mika', 'film.example');
    const { video } = createVideoFactory(server.context);
    const tagged = await video(tern.account);
    await server.context.db('video_tags').insert({ tag: 'terns', video_id: tagged });
    const client = clientOf(server.origin);
    expect((await client.post('/api/v1/tags/terns/follow', { as: nora })).status).toBe(200);
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function openAs(who: Person | null, path: string, options: PageOptions = {}): Promise<Page> {
    const page = await pages.show(openPageAs(browser, server, people, who?.account ?? null, options));
    await page.goto(path);
    return page;
  }

  test('are suggested with the reason, and not again once one said so', async () => {
    const page = await openAs(nora, '/directory', { viewport: viewports.desktop });
    await page.getByText('Followed by @ben').waitFor();
    await page.getByText('Posts about #terns').waitFor();
    await page.getByRole('heading', { name: 'Directory' }).waitFor();
    await picture(page, 'directory-desktop');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Do not suggest @star' }).click();
    await page.getByText('@star is not suggested any more.').first().waitFor();
    await page.reload();
    await page.getByText('Posts about #terns').waitFor();
    expect(await page.getByText('Followed by @ben').count()).toBe(0);
  });

  test('stand in the directory, for visitors, too, and by where they are', async () => {
    const page = await openAs(null, '/directory?order=new');
    const list = page.getByRole('list', { name: 'Directory' });
    await list.getByRole('article', { name: '@mika@film.example' }).waitFor();
    await picture(page, 'directory-phone');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('combobox', { name: 'Where' }).selectOption('local');
    await list.getByRole('article', { name: '@tern' }).waitFor();
    expect(await list.getByRole('article', { name: '@mika@film.example' }).count()).toBe(0);
    expect(page.url()).toContain('where=local');
  });

  test('are followed by whoever comes from their server', async () => {
    const uri = encodeURIComponent('https://film.example/users/mika');
    const page = await openAs(nora, `/authorize_interaction?uri=${uri}`);
    await page.getByRole('article', { name: '@mika@film.example' }).waitFor();
    await picture(page, 'authorize-phone');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Follow @mika@film.example' }).click();
    const follows = () =>
      server.context.db('follows').where({ follower_id: nora.id }).count('* as count').first();
    await expect.poll(follows, { timeout: 10_000 }).toEqual({ count: '2' });
    await page.goto('/authorize_interaction');
    await page.getByText('The link is not whole.').waitFor();
    await pages.close();
    const visitor = await openAs(null, `/authorize_interaction?uri=${uri}`);
    const signIn = visitor.getByRole('main').getByRole('link', { name: 'Sign in' });
    await signIn.waitFor();
    // Whoever signs in comes back to it.
    expect(decodeURIComponent((await signIn.getAttribute('href')) ?? '')).toContain(uri);
  });
});
