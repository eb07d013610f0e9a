import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Context } from '../../context.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { Seeded } from './seed.ts';

/** What a picture may weigh, and how good it is tried to be, the best first. */
export const MAX_BYTES = 120 * 1024;
const QUALITIES = [86, 78, 70, 60, 50];
/** On a machine that has just encoded all clips. */
const PATIENCE_MS = 30_000;
const SEEN_SECONDS = 2.5;

const sizes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  tablet: { viewport: { width: 820, height: 1180 }, deviceScaleFactor: 1.5 },
  desktop: { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1.25 },
} as const;

interface Shot {
  readonly name: string;
  readonly size: keyof typeof sizes;
  readonly scheme: 'light' | 'dark';
  /** Who looks. */
  readonly as: string;
  readonly path: (seeded: Seeded) => string;
  /** What is done there before the picture is taken. */
  readonly prepare?: (page: Page, seeded: Seeded) => Promise<unknown>;
}

/** Until the clip that is watched has shown its first seconds. */
async function playing(page: Page): Promise<void> {
  await page.waitForFunction(
    (seconds) =>
      [...document.querySelectorAll('video')].some((one) => !one.paused && one.currentTime > seconds),
    SEEN_SECONDS,
  );
}

/** Until no picture of the page is missing that is in sight. */
async function pictured(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('[class*=bone]'));
  await page.waitForFunction(() =>
    [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > innerHeight),
  );
}

/** Until every video in sight has a picture. */
async function shown(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('video')].every((one) => one.readyState >= 2),
  );
}

/** Until nothing moves in any more, and nothing is loaded that takes the place of what is waited for. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('[role=status] [class*=spinner]'));
  await page.evaluate(async () => {
    const moving = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(moving.map((one) => one.finished));
  });
}

const shots: readonly Shot[] = [
  {
    ...{ name: 'feed', size: 'phone', scheme: 'dark', as: 'saltmarsh' },
    path: () => '/?feed=following',
    prepare: playing,
  },
  {
    ...{ name: 'feed-desktop', size: 'desktop', scheme: 'dark', as: 'saltmarsh' },
    path: () => '/?feed=following',
    prepare: async (page) => {
      await page.mouse.wheel(0, 900);
      await page.locator('article').nth(1).scrollIntoViewIfNeeded();
      await playing(page);
    },
  },
  {
    ...{ name: 'comments', size: 'phone', scheme: 'dark', as: 'saltmarsh' },
    path: ({ ids }) => `/@northlight/${ids[0]}`,
    prepare: async (page) => {
      await playing(page);
      await page.keyboard.press('c');
      await page.getByRole('dialog').getByText('The reflection is the best part').waitFor();
    },
  },
  {
    ...{ name: 'watch', size: 'desktop', scheme: 'dark', as: 'saltmarsh' },
    path: ({ ids }) => `/@rooftops/${ids[11]}`,
    prepare: playing,
  },
  {
    ...{ name: 'profile', size: 'tablet', scheme: 'light', as: 'saltmarsh' },
    path: () => '/@ferncroft',
    prepare: pictured,
  },
  {
    ...{ name: 'search', size: 'desktop', scheme: 'light', as: 'saltmarsh' },
    path: () => '/search',
    prepare: async (page) => {
      await page.getByRole('heading', { name: 'Trending hashtags' }).waitFor();
      await page.locator('main [data-clip] img').first().waitFor();
      await pictured(page);
    },
  },
  {
    ...{ name: 'upload', size: 'desktop', scheme: 'light', as: 'ferncroft' },
    path: () => '/upload',
    prepare: async (page, { files }) => {
      await page
        .locator('input[type=file]')
        .first()
        .setInputFiles(files[9] ?? '');
      await page.getByLabel('Begins at').waitFor();
      await page.getByLabel('Caption', { exact: true }).fill('Kite day on the common field #kite');
      await shown(page);
    },
  },
  {
    ...{ name: 'analytics', size: 'desktop', scheme: 'light', as: 'ferncroft' },
    path: () => '/studio/analytics',
    prepare: async (page) => {
      await page.getByText('Watch time').first().waitFor();
      await page.getByRole('region', { name: 'Period', exact: true }).evaluate((one) => one.scrollIntoView());
    },
  },
  {
    ...{ name: 'inbox', size: 'phone', scheme: 'light', as: 'ferncroft' },
    path: () => '/inbox',
    prepare: pictured,
  },
  {
    ...{ name: 'settings', size: 'desktop', scheme: 'dark', as: 'ferncroft' },
    path: () => '/settings/feed',
  },
];

/** Takes every picture, each in a profile of its own. */
export async function takeAll(input: {
  readonly context: Context;
  readonly browser: Browser;
  readonly seeded: Seeded;
  readonly folder: string;
  readonly tell: (text: string) => void;
}): Promise<void> {
  const { context, browser, seeded, folder, tell } = input;
  await mkdir(folder, { recursive: true });
  const { origin } = context.config;
  for (const { name, size, scheme, as, path, prepare } of shots) {
    const profile = await browser.newContext({
      ...sizes[size],
      colorScheme: scheme,
      baseURL: origin,
      locale: 'en',
    });
    profile.setDefaultTimeout(PATIENCE_MS);
    const value = await sessionOf(context, seeded.accounts.get(as));
    await profile.addCookies([{ name: 'vireo-session', value, url: origin }]);
    const page = await profile.newPage();
    await page.goto(path(seeded));
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    await prepare?.(page, seeded);
    await settled(page);
    const bytes = await keep(page, join(folder, `${name}.webp`));
    await profile.close();
    tell(`${name}: ${Math.ceil(bytes / 1024)} kB`);
  }
}

async function sessionOf({ auth, inTx }: Context, account: Account | undefined): Promise<string> {
  if (!account) throw new Error('Nobody of this name was made.');
  const input = { accountId: account.id, role: 'user', kind: 'cookie', userAgent: 'screenshots' } as const;
  return (await inTx((tx) => auth.openSession(tx, input))).token;
}

/** Writes what the page shows, as good as its bytes allow. */
async function keep(page: Page, path: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  for (const quality of QUALITIES) {
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality });
    const bytes = Buffer.from(data, 'base64');
    if (bytes.length > MAX_BYTES) continue;
    await writeFile(path, bytes);
    return bytes.length;
  }
  throw new Error(`${path} would be larger than ${MAX_BYTES / 1024} kB at the lowest quality.`);
}
