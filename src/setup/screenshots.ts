import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from './screenshots/chromium.ts';
import { PASSWORD, seed } from './screenshots/seed.ts';
import { type OwnServer, startOwnServer } from './screenshots/server.ts';
import { takeAll } from './screenshots/shots.ts';

/**
 * Takes the pictures of README and docs: starts a server with data of its own, fills it with a community whose clips it makes itself, opens
 * its pages in Chromium, and writes pictures of them to docs/screenshots. `--stay` leaves the server up to be looked at.
 */
const began = performance.now();
const stopping = new Promise<void>((done) => {
  for (const event of ['SIGTERM', 'SIGINT'] as const) process.once(event, () => done());
});

function tell(text: string): void {
  process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${text}\n`);
}

async function main(stays: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vireo-screenshots-'));
  // The database runs as another user where we are root; where that one may not come in, it would live elsewhere and be left behind.
  await chmod(folder, 0o711);
  const server = await startOwnServer(folder);
  const browser = await launchChromium();
  try {
    await Promise.race([work({ server, browser, folder, stays }), stopping]);
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Work {
  readonly server: OwnServer;
  readonly browser: Browser;
  readonly folder: string;
  readonly stays: boolean;
}

async function work({ server, browser, folder, stays }: Work): Promise<void> {
  const { context, goBack } = server;
  const { origin } = context.config;
  tell(`the server answers at ${origin}`);
  const page = await browser.newPage();
  const seeded = await seed({ context, page, folder, goBack, tell });
  await page.close();
  await takeAll({ context, browser, seeded, folder: resolve('docs/screenshots'), tell });
  if (!stays) return;
  tell(`${origin} stays up: sign in as ferncroft with "${PASSWORD}"; stop it with Ctrl-C`);
  await stopping;
}

await main(process.argv.includes('--stay'));
