import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { signIn, until } from '../../src/setup/demo/client.ts';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  PATIENCE_MS,
  type PageOptions,
  untilInPage,
  viewports,
} from '../helpers/browser.ts';
import { clip } from '../helpers/media-samples.ts';
import { createPeople, PASSWORD } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { watchedPages } from '../helpers/watched-pages.ts';

const CAPTION = 'Waves at night';

let directory: string;
let server: TestServer;
let blog: Server;
let browser: Browser;
let clipId: string;
let cookie: string;
const pages = watchedPages();

describe.skipIf(!hasBrowser)('a clip goes on from here', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vireo-share-'));
    server = await startTestServer({ role: 'all', host: '127.0.0.2' });
    const people = createPeople(server);
    await people.local('alice');
    const bob = await people.local('bob');
    cookie = await people.tokenOf(bob, 'cookie');
    const file = await clip(directory, 'clip.mp4', { seconds: 4, size: '360x640' });
    const app = await signIn(server.origin, 'alice', PASSWORD);
    clipId = await app.upload(file, { filename: 'clip.mp4', caption: CAPTION });
    await until('all of it is made', async () => (await app.processing(clipId)).done, 120_000);
    blog = await startBlog(server.origin, clipId);
    browser = await launchBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    blog?.close();
    await server?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function open(origin: string, path: string, options: PageOptions = {}): Promise<Page> {
    const page = await pages.show(openPage(browser, origin, options));
    await page.goto(path);
    return page;
  }

  test('plays in a frame of another site, which works it and is told', async () => {
    const { port } = blog.address() as AddressInfo;
    const page = await open(`http://127.0.0.1:${port}`, '/', { viewport: viewports.desktop });
    const heard = (type: string) =>
      untilInPage(page, (wanted) => Reflect.get(window, 'heard').includes(wanted), type);
    await heard('ready');
    const order = (message: object) =>
      page.evaluate(
        (sent) => document.querySelector('iframe')?.contentWindow?.postMessage(sent, '*'),
        message,
      );
    await order({ type: 'mute' });
    await order({ type: 'play' });
    await heard('play');
    const frame = page.frames().find((one) => one.url().includes('/embed/'));
    await untilInPage(frame, () => (document.querySelector('video')?.currentTime ?? 0) > 0.3);
    await order({ type: 'pause' });
    await heard('pause');
    await order({ type: 'seek', seconds: 3 });
    await untilInPage(frame, () => Math.abs((document.querySelector('video')?.currentTime ?? 0) - 3) < 0.1);
    // A portrait clip is shown whole in a frame that is broad.
    await page.locator('iframe').evaluate((one) => one.setAttribute('height', '200'));
    await untilInPage(frame, () => innerHeight === 200);
    expect(await frame?.evaluate(() => document.querySelector('video')?.clientHeight)).toBe(200);
    // Only the page around is listened to.
    const stayed = await frame?.evaluate(async () => {
      const heard = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
      window.postMessage({ type: 'seek', seconds: 0 }, '*');
      await heard;
      return document.querySelector('video')?.currentTime;
    });
    expect(stayed).toBeCloseTo(3, 0);
    await order({ type: 'nothing' });
    await order({ type: 'seek', seconds: 2 });
    await order({ type: 'play' });
    await heard('ended');
    expect(await axeViolations(page)).toEqual([]);
    await picture(page, 'frame');
    expect(await page.context().cookies()).toEqual([]);
    const id = clipId as VideoId;
    await expect
      .poll(async () => (await server.context.counters.of([id])).get(id)?.views, { timeout: 60_000 })
      .toBe(1);
  });

  test.each(Object.entries(viewports))('is shared from its page on a %s', async (size, viewport) => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    const page = await open(server.origin, `/@alice/${clipId}`, { viewport, permissions });
    await signedIn(page);
    const opener = page.getByRole('button', { name: /^Share/ }).first();
    await opener.click();
    const panel = page.getByRole(size === 'phone' ? 'dialog' : 'complementary', { name: 'Share' });
    await picture(page, `panel-${size}`);
    await panel.getByRole('button', { name: 'Copy link' }).click();
    await panel.getByText('Link copied.').waitFor();
    expect(await clipboardOf(page)).toBe(`${server.origin}/@alice/${clipId}`);
    await panel.getByRole('button', { name: 'Share to your followers' }).click();
    await panel.getByText('Your followers see this clip now.').waitFor();
    await panel.getByText('QR code', { exact: true }).click();
    await panel.getByRole('img', { name: 'QR code with the link to this clip' }).waitFor();
    await panel.getByText('Embed on a web page').click();
    await panel.getByRole('button', { name: 'Copy code' }).click();
    await panel.getByText('Code copied.').waitFor();
    expect(await clipboardOf(page)).toContain(`<iframe src="${server.origin}/embed/${clipId}"`);
    // Beside a clip the room is dark, whatever the system prefers.
    expect(await axeViolations(page)).toEqual([]);
    await panel.getByRole('button', { name: 'Shared to your followers' }).click();
    await panel.getByText('Your followers no longer get this clip from you.').waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
    const sent = await server.context.db('outward_shares').where({ video_id: clipId });
    expect(sent).toHaveLength(1);
  });

  test('is opened on the server where a visitor is at home, by keyboard', async () => {
    const page = await open(server.origin, `/@alice/${clipId}`);
    await page
      .context()
      .route('https://social.example/**', (route) => route.fulfill({ body: 'Here you are.' }));
    await page
      .getByRole('button', { name: /^Share/ })
      .first()
      .click();
    const panel = page.getByRole('dialog', { name: 'Share' });
    await panel.getByRole('link', { name: 'Sign in to share to your followers' }).waitFor();
    const field = panel.getByRole('textbox', { name: 'Your server' });
    await field.fill('not a server');
    await page.keyboard.press('Enter');
    await panel.getByText('Write the name of a server, like social.example.').waitFor();
    await field.fill('@me@social.example');
    const [theirs] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await theirs.waitForURL(/social\.example/, { timeout: PATIENCE_MS });
    const url = new URL(theirs.url());
    expect([url.origin, url.pathname]).toEqual(['https://social.example', '/authorize_interaction']);
    expect(url.searchParams.get('uri')).toBe(server.context.urls.video(clipId as VideoId));
    await panel.getByRole('button', { name: 'Open on social.example' }).waitFor();
    await page.reload();
    await page
      .getByRole('button', { name: /^Share/ })
      .first()
      .click();
    await panel.getByRole('button', { name: 'Open on social.example' }).waitFor();
  });

  test('what the server wrote into the first page is not asked for again', async () => {
    const asked: string[] = [];
    const page = await pages.show(openPage(browser, server.origin));
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto('/');
    await page.getByRole('article').filter({ hasText: CAPTION }).first().waitFor();
    expect(asked.filter((path) => /^\/api\/v[12]\/(instance|feed|timelines)/.test(path))).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  });

  /** For somebody to look at. */
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(process.env.SCREENSHOTS ?? directory, `share-${name}.png`) });

  async function signedIn(page: Page): Promise<void> {
    await page.context().addCookies([{ name: 'vireo-session', value: cookie, url: server.origin }]);
    await page.reload();
  }
});

const clipboardOf = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** A page of somebody else, on another origin, with the clip in a frame; it keeps what it is told. */
async function startBlog(origin: string, id: string): Promise<Server> {
  const site = createServer((_req, res) => {
    res.setHeader('content-type', 'text/html');
    res.end(`<!doctype html><html lang="en"><title>Blog</title><link rel="icon" href="data:,"><main><h1>My blog</h1>
<script>window.heard = []; addEventListener('message', ({ origin, data }) => {
  if (origin === '${origin}' && data.source === 'vireo' && data.id === '${id}') window.heard.push(data.type);
});</script>
<iframe src="${origin}/embed/${id}" title="A clip" width="405" height="720" sandbox="allow-scripts allow-same-origin allow-popups" allow="autoplay"></iframe></main></html>`);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  return site;
}
