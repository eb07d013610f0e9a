import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { createIcons } from '../../src/http/icons/index.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { launchWholeBrowser, viewports } from './browser.ts';
import { createVideoFactory } from './factories.ts';
import { listen } from './page-server.ts';
import { createPeople, type Person } from './people.ts';
import { ownPort } from './ports.ts';
import { startTestServer, type TestServer } from './server.ts';
import { buildWeb } from './web-site.ts';

const HOST = '127.0.0.1';
const root = fileURLToPath(new URL('../..', import.meta.url));

/** A real server whose built page can be replaced and which can go away, and a browser with the worker of the page. */
export async function startDeviceRig() {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-device-'));
  const dist = join(directory, 'dist');
  await buildWeb(dist);
  const port = await ownPort(HOST);
  const origin = `http://${HOST}:${port}`;
  const variables = { PORT: String(port), ORIGIN: origin, INSTANCE_NAME: 'Small Films' };
  const server: TestServer = await startTestServer({ role: 'none', variables });
  const people = createPeople(server);
  const [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
  const videos = await makeVideos(server, alice);
  const browser: Browser = await launchWholeBrowser();
  let http: Server | null = null;

  async function stop(): Promise<void> {
    const open = http;
    http = null;
    open?.closeAllConnections();
    if (open) await new Promise((resolve) => open.close(resolve));
  }
  /** Answers with a built page, in place of the one before; `changes` to its configuration. */
  async function serve(webDir = dist, app: object = {}): Promise<void> {
    await stop();
    const config = { ...server.context.config, app: { ...server.context.config.app, ...app } };
    http = await listen({ ...server, context: { ...server.context, config } }, webDir, port);
  }
  await serve();

  return {
    ...{ directory, dist, origin, server, people, alice, bob, videos, browser, serve, stop },

    /** A device on which somebody is signed in, or nobody. */
    async device(who: Person | null = null, locale = 'en'): Promise<BrowserContext> {
      const context = await browser.newContext({ baseURL: origin, viewport: viewports.phone, locale });
      if (who) {
        const value = await people.tokenOf(who.account, 'cookie');
        await context.addCookies([{ name: 'vireo-session', value, url: origin }]);
      }
      return context;
    },

    async close(): Promise<void> {
      await browser.close();
      await stop();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type DeviceRig = Awaited<ReturnType<typeof startDeviceRig>>;

/** Clips with covers, and nothing that would play. */
async function makeVideos(server: TestServer, author: Person): Promise<VideoId[]> {
  const { db, storage } = server.context;
  const factory = createVideoFactory(server.context);
  const sign = await readFile(join(root, 'web/public/favicon.svg'), 'utf8');
  const icons = createIcons(sign, { color: '#35c795', background: '#0c0d0f' });
  const ids: VideoId[] = [];
  for (const caption of ['Waves at night', 'Gulls in the rain', 'The pier in fog']) {
    const id = await factory.video(author.account, { caption, assets: ['poster'] });
    const { key } = await db('video_assets').where({ video_id: id, role: 'poster' }).first();
    // Browsers see what a picture is.
    await storage.putBytes(key, icons.png('square', 180), { contentType: 'image/jpeg' });
    ids.push(id);
  }
  return ids;
}

/** Another build of the page, which says its name otherwise. */
export async function buildAnother({ directory }: Pick<DeviceRig, 'directory'>): Promise<string> {
  const other = join(directory, 'other');
  await cp(join(root, 'web'), join(other, 'web'), {
    recursive: true,
    filter: (path) => !path.startsWith(join(root, 'web/dist')),
  });
  await symlink(join(root, 'node_modules'), join(other, 'node_modules'));
  const words = join(other, 'web/src/search/words.ts');
  const text = await readFile(words, 'utf8');
  await writeFile(words, text.replace(/title: '[^']+'/, "title: 'Find anything'"));
  const dist = join(directory, 'other-dist');
  await buildWeb(dist, other);
  return dist;
}

/** Waits until the worker of the page is there, which otherwise begins once something plays. */
export async function bringWorker(page: Page): Promise<void> {
  await page.evaluate(() => document.dispatchEvent(new Event('timeupdate')));
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 50));
  });
}

/** Addresses of everything that the page keeps in caches. */
export const keptAddresses = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
    }
    return found;
  });

/** Speaks to the browser about its workers. */
export async function workerSession(page: Page): Promise<{ session: CDPSession; registrationId: string }> {
  const session = await page.context().newCDPSession(page);
  const found = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  return { session, registrationId: await found };
}
