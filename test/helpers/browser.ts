import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Frame, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** The program behind Debian's script: that one would outlive the browser that it was told to end. */
const SHELL = '/usr/lib/chromium/chromium-headless-shell';

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

/**
 * Starts the system's Chromium without a window, with further switches; it plays H.264 and may play sound at once. Takes the build that
 * has no windows, where there is one.
 */
export const launchBrowser = (...more: readonly string[]): Promise<Browser> =>
  launch(existsSync(SHELL) ? SHELL : CHROMIUM, more);

/** The same with what the build without windows lacks, like background sync. */
export const launchWholeBrowser = (...more: readonly string[]): Promise<Browser> => launch(CHROMIUM, more);

const launch = (executablePath: string, more: readonly string[]) =>
  chromium.launch({
    executablePath,
    args: [
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

/**
 * Waits until something holds in a page, and gives what it gives. Looks at it by the clock: Playwright's own way does so with every frame that
 * is painted, and a browser without a screen may paint none for a while.
 */
export async function untilInPage<Given, Arg = undefined>(
  where: Page | Frame | undefined,
  holds: (arg: Arg) => Given | Promise<Given>,
  ...[arg, timeout = PATIENCE_MS]: Arg extends undefined ? [] : [arg: Arg, timeout?: number]
): Promise<Exclude<Given, null | false>> {
  if (!where) throw new Error('There is no such page.');
  const found = await where.waitForFunction(holds as (arg: unknown) => Given, arg, { polling: 50, timeout });
  return (await found.jsonValue()) as Exclude<Given, null | false>;
}

/** Waits until the clip that is watched shows moving pictures. */
export async function waitUntilPlaying(page: Page): Promise<void> {
  await untilInPage(page, () =>
    [...document.querySelectorAll('video')].some(
      (video) => video.readyState >= 2 && !video.paused && video.currentTime > 0.2,
    ),
  );
}

export { axeViolations } from './axe.ts';
