import type { Page } from 'playwright-core';
import type { WatchedPage } from './browser.ts';
import { forgetLimits } from './limits.ts';
import { openScreen, type Screen } from './screens.ts';
import type { TestServer } from './server.ts';

/** What no screen takes, not even beside much else. */
const STILL_MS = 60_000;

interface Walk {
  readonly server: TestServer;
  readonly screens: readonly Screen[];
  /** A page in a profile of its own. */
  readonly open: () => Promise<WatchedPage>;
  /** Looks at a screen that is open; gives what is wrong with it. */
  readonly look: (page: Page, screen: Screen) => Promise<readonly string[]>;
}

/**
 * Opens screens one after another and gives everything that is wrong with them, each with the name of its screen, and what the browser
 * complained of. Must be empty. A browser without a screen sometimes stands still, and nothing that it shows comes any more: a screen that
 * does not come is opened once more in a fresh profile, and is a fault when it does not come there either.
 */
export async function walkScreens({ server, screens, open, look }: Walk): Promise<string[]> {
  let watched = await open();
  const visit = async (screen: Screen) => {
    await forgetLimits(server);
    await openScreen(watched.page, screen);
    return [...(await look(watched.page, screen)), ...watched.problems.splice(0)];
  };
  const faults: string[] = [];
  for (const screen of screens) {
    const found = await inTime(visit(screen)).catch(async (error: Error) => {
      process.stderr.write(`${screen.name} is opened once more: ${error.message}\n`);
      await inTime(watched.close()).catch(() => undefined);
      watched = await open();
      return inTime(visit(screen)).catch(({ message }: Error) => [message]);
    });
    faults.push(...found.map((one) => `${screen.name}: ${one}`));
  }
  await watched.close();
  return faults;
}

async function inTime<Done>(work: Promise<Done>): Promise<Done> {
  let timer: NodeJS.Timeout | undefined;
  const still = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`Stood still for ${STILL_MS / 1000} s.`)), STILL_MS);
  });
  try {
    return await Promise.race([work, still]);
  } finally {
    clearTimeout(timer);
  }
}
