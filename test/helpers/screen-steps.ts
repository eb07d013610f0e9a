import type { Page } from 'playwright-core';
import { untilInPage } from './browser.ts';

/** Steps by which a screen comes to show what is opened on it. Each ends once that can be seen. */
export type Step = (page: Page) => Promise<void>;

/** Waits for what follows a paint, like the focus that goes to what came and the keys that are listened to. */
export const settled: Step = (page) =>
  page.evaluate(async () => {
    // A browser without a screen may paint nothing for a while: then nobody waits for it.
    const painted = () =>
      new Promise((done) => {
        requestAnimationFrame(() => setTimeout(done, 0));
        setTimeout(done, 2_000);
      });
    await painted();
    await painted();
  });

/** The tiles of the overview come one by one, each with a number that it asks for. */
export const tilesAreThere: Step = async (page) => {
  for (const path of ['reports', 'claims', 'held', 'approvals', 'backups', 'storage', 'queues', 'server']) {
    await page.locator(`main a[href^="/admin/${path}"] strong`).first().waitFor();
  }
  await untilInPage(
    page,
    () => ![...document.querySelectorAll('main strong')].some(({ textContent }) => textContent === '…'),
  );
};

/** A key of the clip pages, once they listen: that is after their first paint. */
export const key =
  (name: string): Step =>
  async (page) => {
    await page.getByRole('button', { name: 'Share', exact: true }).first().waitFor();
    await settled(page);
    await page.keyboard.press(name);
  };

/** A button by its name, the first of several. */
export const pressButton =
  (name: string): Step =>
  (page) =>
    page.getByRole('button', { name, exact: true }).first().press('Enter');

/** Waits for something by its label. */
export const sees =
  (label: string): Step =>
  (page) =>
    page.getByLabel(label).first().waitFor();

/** A button behind which a dialog is. */
export const openDialogOf =
  (name: string | RegExp): Step =>
  async (page) => {
    await page
      .getByRole('button', { name, ...(typeof name === 'string' ? { exact: true } : {}) })
      .first()
      .press('Enter');
    await page.getByRole('dialog').waitFor();
  };

/** Waits for something by its words, where what is shown first is asked for. */
export const reads =
  (words: string): Step =>
  (page) =>
    page.getByText(words, { exact: true }).first().waitFor();

/** The menu of a button, and one of its entries. */
export const menuItem =
  (menu: string | RegExp, item?: string): Step =>
  async (page) => {
    const exact = typeof menu === 'string';
    await page.getByRole('button', { name: menu, exact }).first().press('Enter');
    await untilInPage(page, () => document.activeElement?.getAttribute('role') === 'menuitem');
    if (item !== undefined) await page.getByRole('menuitem', { name: item, exact: true }).press('Enter');
  };

/** Something that is folded, by its words. */
export const unfold =
  (words: string): Step =>
  (page) =>
    page.locator('summary').filter({ hasText: words }).press('Enter');

/** To the next question of a report, by an answer where one is needed. */
export const reportStep =
  (answer?: string): Step =>
  async (page) => {
    const question = page.locator('form h3');
    const before = (await question.textContent()) ?? '';
    const isNext = (old: string) => document.querySelector('form h3')?.textContent !== old;
    const changed = () =>
      untilInPage(page, isNext, before, 3_000).then(
        () => true,
        () => false,
      );
    // A busy machine may press before the page listens; who sees no change does it again.
    for (let tries = 0; tries < 5; tries += 1) {
      if (answer !== undefined) await page.getByRole('radio', { name: answer }).press('Space');
      await page.getByRole('button', { name: 'Next', exact: true }).press('Enter');
      if (await changed()) return settled(page);
    }
    throw new Error(`Nothing follows after "${before}".`);
  };

/** A picture for the profile, as far as the part that is shown of it. */
export const cropPicture: Step = async (page) => {
  const picture = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(400, 300);
    canvas.getContext('2d')?.fillRect(0, 0, 200, 300);
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
  });
  const file = { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(picture) };
  await page.getByLabel('Choose a profile picture').and(page.locator('input')).setInputFiles(file);
};

/** A video for an upload, which the browser has read. */
export const chooseVideo =
  (buffer: Buffer): Step =>
  async (page) => {
    const file = { name: 'birds.mp4', mimeType: 'video/mp4', buffer };
    await page.locator('input[type=file]').and(page.getByLabel('Choose a video')).setInputFiles(file);
    await page.getByRole('slider', { name: 'Begins at' }).waitFor();
  };
