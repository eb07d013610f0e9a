import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, untilInPage } from '../helpers/browser.ts';
import {
  bringWorker,
  buildAnother,
  type DeviceRig,
  keptAddresses,
  startDeviceRig,
  workerSession,
} from '../helpers/device-rig.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import type { Person } from '../helpers/people.ts';
import { settled } from '../helpers/screen-steps.ts';
import { eventually } from '../helpers/web-site.ts';

const SETUP_MS = 120_000;

/** The page as an app, on a real server and in a real browser. */
describe.skipIf(!hasBrowser)('the page as an app', { timeout: 90_000 }, () => {
  let rig: DeviceRig;
  let device: BrowserContext | undefined;

  beforeAll(async () => {
    rig = await startDeviceRig();
  }, SETUP_MS);
  afterEach(async () => {
    await device?.close();
    device = undefined;
  });
  afterAll(() => rig?.close());

  /** A page of a device whose worker is there. */
  async function open(path: string, who: Person | null = null, locale = 'en'): Promise<Page> {
    device = await rig.device(who, locale);
    const page = await device.newPage();
    await page.goto(path);
    await bringWorker(page);
    return page;
  }
  const favourites = (video: string) =>
    rig.server.context.db('likes').where({ video_id: video }).select('account_id');

  const follows = () => rig.server.context.db('follows').where({ follower_id: rig.bob.id }).select('state');

  test('can be installed, as the browser sees it', async () => {
    const profile = await mkdtemp(join(tmpdir(), 'vireo-profile-'));
    const own = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      args: ['--headless=new', '--no-sandbox', '--disable-gpu'],
      baseURL: rig.origin,
    });
    try {
      const page = await own.newPage();
      await page.goto('/');
      const session = await own.newCDPSession(page);
      const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
      expect(installabilityErrors).toEqual([]);
      const { errors, data } = await session.send('Page.getAppManifest');
      expect(errors).toEqual([]);
      const manifest = JSON.parse(data ?? '');
      expect(manifest).toMatchObject({
        name: 'Small Films',
        short_name: 'Small Films',
        lang: 'en',
        dir: 'ltr',
      });
      for (const { src, sizes } of manifest.icons) {
        const side = await page.evaluate(async (address) => {
          const { width, height } = await createImageBitmap(await (await fetch(address)).blob());
          return `${width}x${height}`;
        }, src);
        expect(side, src).toBe(sizes);
      }
    } finally {
      await own.close();
      await rm(profile, { recursive: true, force: true });
    }
  });

  test('opens everywhere without a connection, and goes on by itself', async () => {
    const page = await open('/', rig.bob);
    const [id] = rig.videos;
    await page.getByRole('article').first().waitFor();
    await eventually(() => page.evaluate(() => localStorage.getItem('vireo.first-clips'))).not.toBe(null);
    await eventually(
      async () => (await keptAddresses(page)).filter((path) => path.startsWith('/media/')).length,
    ).toBe(3);
    await device?.setOffline(true);
    for (const path of [
      ...[
        '/search',
        '/inbox',
        '/upload',
        '/record',
        '/settings',
        '/settings/app',
        '/studio',
        '/library/saved',
      ],
      ...['/@alice', `/@alice/${id}`, '/tags/sea'],
    ]) {
      await page.goto(path);
      await page.getByText('You are offline. The page goes on').waitFor();
      expect(new URL(page.url()).pathname).toBe(path);
      await page.getByRole('heading', { level: 1 }).or(page.getByRole('alert')).first().waitFor();
    }
    await page.goto('/');
    await page.getByRole('heading', { name: 'You are offline' }).waitFor();
    await page.getByText('Gulls in the rain').waitFor();
    await eventually(() =>
      page
        .locator('main li img')
        .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth)),
    ).toEqual([180, 180, 180]);
    expect(await axeViolations(page)).toEqual([]);
    await device?.setOffline(false);
    await page.getByRole('article').first().waitFor();
  });

  test('keeps the words of its language', async () => {
    const page = await open('/search', null, 'de');
    await eventually(async () =>
      (await keptAddresses(page)).some((path) => path.includes('/words-de-')),
    ).toBe(true);
    await device?.setOffline(true);
    await page.goto('/tags/sea');
    await page.getByText('Du bist offline.').waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  });

  test('begins once something plays, and not before', async () => {
    device = await rig.device();
    const page = await device.newPage();
    const scripts: string[] = [];
    page.on('request', (request) => {
      if (/\/start-/.test(request.url())) scripts.push(request.url());
    });
    // Without something that plays it begins after a while: that while does not pass here.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1_000);
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    expect(scripts).toEqual([]);
    await page.evaluate(() => document.dispatchEvent(new Event('timeupdate')));
    await eventually(() => scripts).toHaveLength(1);
  });

  test('is offered once, after some watching, and in the settings', async () => {
    const videos = createVideoFactory(rig.server.context);
    const more = await Promise.all(
      Array.from({ length: 12 }, () => videos.video(rig.bob.account, { assets: [] })),
    );
    const page = await open('/?feed=local');
    await page.evaluate(() => {
      const event = Object.assign(new Event('beforeinstallprompt'), {
        prompt: async () => Object.assign(window, { wasAsked: true }),
      });
      window.dispatchEvent(event);
    });
    const offer = page.getByText('Put Small Films on your home screen?');
    const watch = async (clips: number) => {
      // None is there at first: the first one to come is not gone to.
      await eventually(() => currentId(page)).not.toBe(null);
      await settled(page);
      for (let n = 0; n < clips; n += 1) {
        const before = await currentId(page);
        await page.keyboard.press('j');
        await eventually(() => currentId(page)).not.toBe(before);
      }
    };
    await watch(5);
    expect(await offer.count()).toBe(0);
    await watch(7);
    await offer.waitFor();
    await page.getByRole('button', { name: 'Install' }).click();
    expect(await page.evaluate(() => Reflect.get(window, 'wasAsked'))).toBe(true);
    expect(await page.evaluate(() => localStorage.getItem('vireo.install-offered'))).toBe('yes');
    await page.goto('/settings/app');
    await page.getByText('In the menu of your browser').waitFor();
    await page.evaluate(() => window.dispatchEvent(new Event('beforeinstallprompt')));
    await page.getByRole('button', { name: 'Install' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await rig.server.context.db('videos').whereIn('id', more).delete();
  });

  test('keeps neither answers of the API nor videos', async () => {
    const page = await open('/', rig.bob);
    await page.getByRole('article').first().waitFor();
    for (const path of ['/inbox', '/search', '/settings/account', '/@alice']) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
    }
    const kept = await keptAddresses(page);
    expect(kept).toContain('/app/shell');
    const isAllowed = (path: string) =>
      /^\/(?:assets\/[\w.-]+|app\/shell|favicon\.svg|media\/.*poster.*)$/.test(path);
    expect(kept.filter((path) => !isAllowed(path))).toEqual([]);
    expect(kept.filter((path) => path.includes('hls-source'))).toEqual([]);
  });

  test('sends a like that was made without a connection, also after it was closed', async () => {
    const [id = ''] = rig.videos;
    const page = await open(`/@alice/${id}`, rig.bob);
    const like = page.getByRole('button', { name: /^Like/ }).first();
    await like.waitFor();
    await device?.setOffline(true);
    await like.click();
    await page.getByRole('button', { name: 'Follow @alice' }).first().click();
    await page.getByText('Kept. It is sent as soon as you are online.').waitFor();
    await page.close();
    expect([await favourites(id), await follows()]).toEqual([[], []]);
    await device?.setOffline(false);
    const again = await device?.newPage();
    await again?.goto('/search');
    await eventually(() => favourites(id)).toHaveLength(1);
    await eventually(follows).toHaveLength(1);
    await eventually(() => again?.evaluate(() => localStorage.getItem('vireo.outbox'))).toBe(null);
  });

  test('has its worker send what waits while no page is open', async () => {
    const [, id = ''] = rig.videos;
    const page = await open(`/@alice/${id}`, rig.bob);
    const like = page.getByRole('button', { name: /^Like/ }).first();
    await like.waitFor();
    const other = (await device?.newPage()) as Page;
    const { session, registrationId } = await workerSession(page);
    await session.detach();
    await device?.setOffline(true);
    await like.click();
    await page.getByText('You are offline. The page goes on').waitFor();
    await eventually(() =>
      page.evaluate(async () => {
        const found = await navigator.serviceWorker.getRegistration();
        const sync: unknown = found && Reflect.get(found, 'sync');
        return (sync as { getTags(): Promise<string[]> }).getTags();
      }),
    ).toEqual(['outbox']);
    await page.close();
    await device?.setOffline(false);
    const { session: speaking } = await workerSession(other);
    await speaking.send('ServiceWorker.dispatchSyncEvent', {
      ...{ origin: rig.origin, registrationId, tag: 'outbox', lastChance: false },
    });
    await eventually(() => favourites(id)).toHaveLength(1);
    await eventually(() => device?.serviceWorkers()[0]?.evaluate(readBox, 'sent')).toHaveLength(1);
    // Taken back elsewhere since then: the page does not like it anew.
    await rig.server.context.db('likes').where({ video_id: id }).delete();
    await other.goto(`/@alice/${id}`);
    await eventually(() => other.evaluate(() => localStorage.getItem('vireo.outbox'))).toBe(null);
    expect(await favourites(id)).toEqual([]);
  });

  test('tells of a new version, and takes it when somebody says so', async () => {
    const another = await buildAnother(rig);
    const page = await open('/search');
    const other = (await device?.newPage()) as Page;
    await other.goto('/settings/app');
    await bringWorker(other);
    await other.getByText('This is the newest version.').waitFor();
    const before = await keptAddresses(page);
    const builtBy = () =>
      page.evaluate(() => JSON.parse(localStorage.getItem('vireo.last-known') ?? '{}').build as unknown);
    await eventually(builtBy).toBeTruthy();
    const old = await builtBy();
    await rig.serve(another);
    const look = () =>
      page.evaluate(async () => {
        await (await navigator.serviceWorker.getRegistration())?.update();
      });
    await look();
    await page.getByText('A new version is ready.').waitFor();
    await other.getByText('A new version is ready.').first().waitFor();
    // Nothing has changed so far: other pages of the old version still come whole.
    expect(await page.title()).toBe('Search · Small Films');
    await page.getByRole('button', { name: 'Reload' }).click();
    await untilInPage(page, () => document.title === 'Find anything · Small Films');
    // What is open goes on with the files that it is made of.
    await other.getByRole('link', { name: 'Search' }).click();
    await other.waitForURL('**/search');
    await eventually(() => other.title()).toBe('Search · Small Films');
    const after = await keptAddresses(page);
    expect(before.filter((path) => !after.includes(path))).toEqual([]);
    await bringWorker(page);
    await eventually(builtBy).not.toBe(old);
    await device?.setOffline(true);
    await page.goto('/search');
    await page.getByText('You are offline. The page goes on').waitFor();
    await eventually(() => page.title()).toBe('Find anything · Small Films');
    await rig.serve();
  });

  test('keeps nothing of somebody who has signed out', async () => {
    const page = await open('/', rig.bob);
    await page.getByRole('article').first().waitFor();
    await eventually(async () => (await keptAddresses(page)).some((path) => path.startsWith('/media/'))).toBe(
      true,
    );
    const kept = () =>
      page.evaluate(() =>
        JSON.stringify([localStorage['vireo.last-known'], localStorage['vireo.first-clips']]),
      );
    await eventually(kept).toContain('bob');
    // Signed in elsewhere as somebody else, too, nothing of it is there.
    await page.evaluate(() => fetch('/api/v1/sessions/current', { method: 'DELETE' }));
    await page.goto('/settings');
    await bringWorker(page);
    await eventually(async () => (await keptAddresses(page)).some((path) => path.startsWith('/media/'))).toBe(
      false,
    );
    await eventually(kept).not.toContain('bob');
  });

  test('takes a video that another app shares', async () => {
    const page = await open('/search', rig.bob);
    await page.evaluate(() => {
      const form = document.createElement('form');
      Object.assign(form, { method: 'post', action: '/upload/shared', enctype: 'multipart/form-data' });
      const input = Object.assign(document.createElement('input'), { type: 'file', name: 'video' });
      const files = new DataTransfer();
      files.items.add(new File(['not really a video'], 'holiday.mp4', { type: 'video/mp4' }));
      input.files = files.files;
      const text = Object.assign(document.createElement('input'), { name: 'text', value: 'At the sea' });
      form.append(input, text);
      document.body.append(form);
      form.submit();
    });
    await page.getByText('holiday.mp4').waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/upload');
    const caption = page.getByLabel('Caption', { exact: true });
    await eventually(() => caption.inputValue()).toBe('At the sea');
    // What is written is still there on the next visit; the video comes once.
    await caption.fill('At the sea, in the rain');
    await page.reload();
    await eventually(() => caption.inputValue()).toBe('At the sea, in the rain');
    expect(await page.getByText('holiday.mp4').count()).toBe(0);
  });

  test('says that a shared video is lost where there is no worker', async () => {
    const answer = await fetch(`${rig.origin}/upload/shared`, {
      ...{ method: 'POST', redirect: 'manual', body: new FormData() },
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/upload?shared=lost']);
    const page = await open('/upload?shared=lost', rig.bob);
    await page.getByText('The video that was shared did not arrive here.').waitFor();
  });

  test('is taken away where the server wants none', async () => {
    const page = await open('/search');
    expect(await keptAddresses(page)).toContain('/app/shell');
    await rig.serve(undefined, { worker: 'off' });
    await page.evaluate(async () => {
      await (await navigator.serviceWorker.getRegistration())?.update();
    });
    await eventually(() => keptAddresses(page)).toEqual([]);
    await eventually(() =>
      page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length),
    ).toBe(0);
    await rig.serve();
  });
});

/** The clip that fills the screen. */
const currentId = (page: Page) =>
  page.evaluate(
    () => document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('article')?.dataset.id ?? null,
  );

/** What the page and its worker keep under a name. */
function readBox(key: string): Promise<unknown> {
  return new Promise((resolve) => {
    const opened = indexedDB.open('vireo', 1);
    opened.onsuccess = () => {
      const asked = opened.result.transaction('kept').objectStore('kept').get(key);
      asked.onsuccess = () => resolve(asked.result);
    };
  });
}
