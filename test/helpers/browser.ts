import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Whether there is a browser to test with; suites say so and skip where there is none. */
export const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) process.stderr.write(`Browser tests are skipped: there is no ${CHROMIUM}.\n`);

/** The two sizes that every page is looked at in. */
export const viewports = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const;

/** A page that remembers everything that went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Console errors, uncaught exceptions and broken content security rules so far. Must stay empty. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** What a browser profile is like, and which console errors belong to the test. */
export interface PageOptions extends BrowserContextOptions {
  /** Console errors that belong to the test, like the 401 of a wrong password. Matched against text and address. */
  readonly expected?: readonly RegExp[];
}

/** For a machine that encodes video at the same time. */
export const PATIENCE_MS = 20_000;

/** A visitor asks who they are and hears 401; browsers write that to the console whatever the page does. */
const NOT_SIGNED_IN = /status of 401 .*\/api\/v1\/accounts\/verify_credentials/;

/** Starts the system's Chromium without a window, with further switches; it plays H.264 and may play sound at once. */
export function launchBrowser(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      ...more,
    ],
  });
}

/**
 * Opens a fresh profile, as a phone by default, on the given server. Paths given to `goto` are relative to it. Without the worker of the page, of
 * whose requests a test sees nothing, unless it asks for it.
 */
export async function openPage(
  browser: Browser,
  origin: string,
  { expected = [], ...options }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    ...{ baseURL: origin, viewport: viewports.phone, serviceWorkers: 'block' },
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const line = `${message.text()} ${message.location().url}`;
    if (![NOT_SIGNED_IN, ...expected].some((pattern) => pattern.test(line))) problems.push(line);
  });
  return { page, problems, close: () => context.close() };
}

/** Waits until the clip that is watched shows moving pictures. */
export async function waitUntilPlaying(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('video')].some(
      (video) => video.readyState >= 2 && !video.paused && video.currentTime > 0.2,
    ),
  );
}

export { axeViolations } from './axe.ts';
