import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Role } from '../../src/modules/staff/index.ts';
import { openPage, type PageOptions, type WatchedPage } from './browser.ts';
import type { People } from './people.ts';
import type { TestServer } from './server.ts';

/** Opens a fresh profile on a real server, signed in as somebody, or as nobody. */
export async function openPageAs(
  browser: Browser,
  { origin }: Pick<TestServer, 'origin'>,
  people: People,
  account: Account | null,
  { role = 'user', ...options }: PageOptions & { readonly role?: Role } = {},
): Promise<WatchedPage> {
  const watched = await openPage(browser, origin, options);
  if (account) {
    const value = await people.tokenOf(account, 'cookie', role);
    await watched.page.context().addCookies([{ name: 'vireo-session', value, url: origin }]);
  }
  return watched;
}

/** Keeps a picture of the page, where a run wants pictures. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  const directory = process.env.SCREENSHOTS;
  if (!directory) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`), fullPage });
}
