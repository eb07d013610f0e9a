import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { isWebFresh } from '../../src/setup/web.mjs';
import { launchBrowser, openPage, PATIENCE_MS, type PageOptions } from './browser.ts';
import { type FakeApi, startFakeApi } from './fake-api.ts';
import { type FakeClip, makeClip } from './fake-media.ts';
import { watchedPages } from './watched-pages.ts';

/** A build, two clips and a browser, on a machine that is busy. */
const SETUP_MS = 120_000;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A portrait clip long enough for HLS. */
export const tallClip: FakeClip = {
  name: 'tall',
  width: 180,
  height: 320,
  seconds: 12,
  picture: 'testsrc2',
  hls: true,
};

/** A landscape clip so short that the page takes its MP4. */
export const wideClip: FakeClip = {
  name: 'wide',
  width: 320,
  height: 180,
  seconds: 3,
  picture: 'smptebars',
  hls: false,
};

/** The built page, on a fake server with real clips, and a browser to look at it. */
export interface WebSite {
  readonly api: FakeApi;
  /** Folder of the built page. */
  readonly dist: string;
  /** For files of the test; goes away with the site. */
  readonly directory: string;
  /** Opens a path in a fresh profile, before the page loads if `prepare` is given. */
  open(path: string, options?: PageOptions, prepare?: (page: Page) => Promise<void>): Promise<Page>;
}

/**
 * Makes a site for the tests of a file and takes it away after them. Each test starts with an empty server and
 * fails at its end if anything went wrong in the console of its page.
 */
export function useWebSite(): WebSite {
  let directory: string;
  let dist: string;
  let browser: Browser;
  let api: FakeApi;
  const pages = watchedPages();

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'vireo-web-test-'));
    const media = join(directory, 'media');
    mkdirSync(media);
    dist = await builtWeb(directory);
    await makeClip(media, tallClip);
    await makeClip(media, wideClip);
    api = await startFakeApi(dist, media);
    browser = await launchBrowser();
  }, SETUP_MS);
  afterAll(async () => {
    await browser?.close();
    await api?.close();
    rmSync(directory, { recursive: true });
  });
  beforeEach(() => api.reset());
  return {
    get dist() {
      return dist;
    },
    get directory() {
      return directory;
    },
    get api() {
      return api;
    },
    async open(path, options, prepare) {
      const page = await pages.show(openPage(browser, api.origin, options));
      await prepare?.(page);
      await page.goto(path);
      return page;
    },
  };
}

/** Asks again and again until the assertion holds, for as long as a busy machine may take. */
export function eventually<T>(ask: () => T, message?: string) {
  return expect.poll(ask, { timeout: PATIENCE_MS, ...(message === undefined ? {} : { message }) });
}

/** The page as it is built of what stands there now: the build that `npm test` begins with, or one in that folder. */
async function builtWeb(directory: string): Promise<string> {
  if (isWebFresh(root)) return join(root, 'web', 'dist');
  const own = join(directory, 'dist');
  await buildWeb(own);
  return own;
}

/** Builds the page with the command that `npm start` uses; from other sources where `from` holds them. */
export async function buildWeb(outDir: string, from = root): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', 'web', '--outDir', outDir, '--logLevel', 'warn'],
    { cwd: from, env: { ...process.env, NODE_ENV: 'production' } },
  );
}
