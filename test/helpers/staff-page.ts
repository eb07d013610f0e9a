import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Role } from '../../src/modules/staff/index.ts';
import { axeViolations } from './axe.ts';
import { hasBrowser, launchBrowser, viewports, type WatchedPage } from './browser.ts';
import { createPeople, type People, type Person } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';
import { openPageAs, picture } from './signed-in-page.ts';

type ServerOptions = Parameters<typeof startTestServer>[0];

/** The two sizes in which the pages of the staff are looked at. */
const sizes = { phone: viewports.phone, desktop: { width: 1440, height: 900 } } as const;

export interface StaffVisit {
  readonly size?: keyof typeof sizes;
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  /** Default: boss, who owns the server. */
  readonly person?: Person;
  readonly role?: Role;
  /** Console errors that belong to the test. */
  readonly expected?: readonly RegExp[];
}

/** What a test of the pages for the staff works with; there once its `beforeAll` has run. */
export interface StaffRig {
  readonly server: TestServer;
  readonly browser: Browser;
  readonly people: People;
  /** Owns the server. */
  readonly boss: Person;
  /** A fresh profile, signed in, that has not gone anywhere yet. */
  enter(visit?: StaffVisit): Promise<WatchedPage>;
  /** Opens a page of the staff in a fresh profile, and waits for its heading. */
  open(path: string, heading: string, visit?: StaffVisit): Promise<WatchedPage>;
}

/**
 * A server, a browser and its owner for the tests of one file, and the way to a page of the staff. `prepare` puts there
 * what the pages show.
 */
export function staffRig(
  options: ServerOptions = {},
  prepare: (rig: StaffRig) => Promise<void> = async () => undefined,
): StaffRig {
  let parts: Pick<StaffRig, 'server' | 'browser' | 'people' | 'boss'> | undefined;
  const there = () => {
    if (!parts) throw new Error('The server of the test is not started yet.');
    return parts;
  };
  const rig: StaffRig = {
    get server() {
      return there().server;
    },
    get browser() {
      return there().browser;
    },
    get people() {
      return there().people;
    },
    get boss() {
      return there().boss;
    },
    enter(visit = {}) {
      const { server, browser, people, boss } = there();
      const { person = boss, role = 'owner', size = 'desktop', locale = 'en' } = visit;
      const { colorScheme = 'light', expected = [] } = visit;
      const options = { role, viewport: sizes[size], locale, colorScheme, expected };
      return openPageAs(browser, server, people, person.account, options);
    },
    async open(path, heading, visit) {
      const watched = await rig.enter(visit);
      await watched.page.goto(path);
      await watched.page.getByRole('heading', { name: heading, level: 1, exact: true }).waitFor();
      return watched;
    },
  };
  beforeAll(async () => {
    if (!hasBrowser) return;
    const [server, browser] = await Promise.all([startTestServer(options), launchBrowser()]);
    const people = createPeople(server);
    parts = { server, browser, people, boss: await people.signedIn('boss', 'owner') };
    await prepare(rig);
  }, 120_000);
  afterAll(async () => {
    await parts?.browser.close();
    await parts?.server.close();
  });
  return rig;
}

/** What every page of the staff is held to: clean by axe, no wider than the window, and kept as a picture. */
export async function looksWell(page: Page, name: string): Promise<void> {
  expect(await axeViolations(page)).toEqual([]);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth),
    `${name} is wider than the window`,
  ).toBe(false);
  await picture(page, name, true);
}

/** The same in both sizes and in both themes, with the whole page on the pictures. */
export async function looksWellEverywhere(
  rig: StaffRig,
  at: { readonly path: string; readonly heading: string; readonly name: string },
  settled: (page: Page) => Promise<void>,
): Promise<void> {
  for (const size of ['phone', 'desktop'] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, problems, close } = await rig.open(at.path, at.heading, { size, colorScheme });
      await settled(page);
      await looksWell(page, `${at.name}-${size}-${colorScheme}`);
      expect(problems).toEqual([]);
      await close();
    }
  }
}
