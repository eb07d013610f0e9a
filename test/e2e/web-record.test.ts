import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  axeViolations,
  hasBrowser,
  launchBrowser,
  openPage,
  PATIENCE_MS,
  viewports,
} from '../helpers/browser.ts';
import { createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** A folder for pictures of every step, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;

let server: TestServer;
let withCamera: Browser;
let withoutCamera: Browser;
let session: string;

const launch = (device: string) =>
  launchBrowser('--use-fake-ui-for-media-stream', `--use-fake-device-for-media-stream=${device}`);

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer();
  const people = createPeople(server);
  session = await people.tokenOf(await people.local('alice'), 'cookie');
  withCamera = await launch('device-count=2');
  withoutCamera = await launch('device-count=0');
}, 120_000);
afterAll(async () => {
  await withCamera?.close();
  await withoutCamera?.close();
  await server?.close();
});

async function open(browser: Browser, size: keyof typeof viewports) {
  const opened = await openPage(browser, server.origin, { viewport: viewports[size] });
  await opened.page.context().addCookies([{ name: 'vireo-session', value: session, url: server.origin }]);
  await opened.page.goto('/record');
  return opened;
}

async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/record-${name}.png`, fullPage: true });
  expect(await axeViolations(page), name).toEqual([]);
}

const eventually = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: PATIENCE_MS });

/** So much more is recorded than is told now. */
async function take(page: Page, number: number): Promise<void> {
  await page.getByRole('button', { name: 'Record', exact: true }).press('Enter');
  const bar = page.getByRole('progressbar', { name: 'Your recording' });
  const told = () => bar.evaluate((one) => (one as HTMLProgressElement).value);
  const before = await told();
  await eventually(told).toBeGreaterThan(before + 1);
  await page.getByRole('button', { name: 'Stop this take' }).press('Enter');
  await page.getByText(new RegExp(`^${number} takes?, `)).waitFor();
}

describe.skipIf(!hasBrowser)('recording', { timeout: 90_000 }, () => {
  test('takes by keyboard, one of them undone, a look at them, and the form of uploads', async () => {
    const opened = await open(withCamera, 'phone');
    const { page } = opened;
    await page.getByRole('button', { name: 'Turn on the camera' }).press('Enter');
    await page.getByLabel('What the camera sees').waitFor();
    await page.getByRole('button', { name: 'Other camera' }).press('Enter');
    await page.getByLabel('What the camera sees').waitFor();
    await page.getByRole('meter').or(page.locator('meter')).first().waitFor();
    await look(page, 'camera-phone');
    // A countdown that is called off, long before its end, and none.
    await page.getByLabel('Countdown').selectOption('10');
    await page.getByRole('button', { name: 'Record', exact: true }).press('Enter');
    await page.getByRole('timer').waitFor();
    await page.getByRole('button', { name: 'Cancel the countdown' }).press('Enter');
    await page.getByRole('timer').waitFor({ state: 'detached' });
    await page.getByLabel('Countdown').selectOption('0');
    await take(page, 1);
    await take(page, 2);
    await page.getByRole('button', { name: 'Undo the last take' }).press('Enter');
    await page.getByText(/^1 take, /).waitFor();
    await take(page, 2);
    await page.getByRole('button', { name: 'Look at it' }).press('Enter');
    await page.getByRole('button', { name: 'Use this clip' }).waitFor();
    await look(page, 'review-phone');
    await page.getByRole('button', { name: 'Use this clip' }).press('Enter');
    await page.getByRole('heading', { name: 'Upload a clip' }).waitFor();
    await page.getByText(/^recording-.*\.(webm|mp4)$/).waitFor();
    await page.getByRole('slider', { name: 'Begins at' }).waitFor();
    await page.route('**/api/v1/videos', (route) => route.abort());
    const sent = page.waitForRequest(
      (one) => one.method() === 'POST' && one.url().endsWith('/api/v1/videos'),
    );
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    // What was undone is left out.
    const { edit } = (await sent).postDataJSON();
    expect(edit.cuts).toHaveLength(1);
    expect(edit.cuts[0].to - edit.cuts[0].from).toBeGreaterThan(1);
    expect(opened.problems.filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);
    await opened.close();
  });

  test('without a camera it says so, and what to do', async () => {
    const opened = await open(withoutCamera, 'desktop');
    const { page } = opened;
    await page.getByRole('button', { name: 'Turn on the camera' }).click();
    await page.getByRole('heading', { name: 'No camera was found' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Upload a video' }).waitFor();
    await look(page, 'none-desktop');
    expect(opened.problems).toEqual([]);
    await opened.close();
  });
});
