import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, PATIENCE_MS } from '../helpers/browser.ts';
import { forbidPointers, press, reach } from '../helpers/keyboard.ts';
import { type LivedIn, startLivedIn } from '../helpers/lived-in.ts';
import { settled } from '../helpers/screen-steps.ts';
import { openPageAs } from '../helpers/signed-in-page.ts';
import { watchedPages } from '../helpers/watched-pages.ts';

let site: LivedIn;
let browser: Browser;
const pages = watchedPages();

beforeAll(async () => {
  if (!hasBrowser) return;
  site = await startLivedIn();
  browser = await launchBrowser('--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** A page at which no pointer may be used: that is an error in its console. */
async function open(who: 'nora' | 'visitor', path: string): Promise<Page> {
  const page = await pages.show(
    openPageAs(browser, site.server, site.people, who === 'nora' ? site.nora.account : null, {
      ...{ role: 'admin', viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' },
    }),
  );
  await forbidPointers(page);
  await page.goto(path);
  return page;
}

const button = (at: Page | Locator, name: string | RegExp) =>
  at.getByRole('button', { name, ...(typeof name === 'string' ? { exact: true } : {}) }).first();
const hasFocus = (at: Locator) => at.evaluate((one) => one === document.activeElement);
const eventually = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: PATIENCE_MS });
/** The clip that the keys are about. */
const current = (page: Page) =>
  page.evaluate(() => document.elementFromPoint(600, 450)?.closest('article')?.dataset.id ?? null);

/** Opens a menu by Tab and takes one of its entries by arrows. */
async function choose(page: Page, menu: Locator, item: string): Promise<void> {
  await press(page, menu);
  const wanted = page.getByRole('menuitem', { name: item, exact: true });
  await wanted.waitFor();
  await eventually(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('menuitem');
  while (!(await hasFocus(wanted))) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

describe.skipIf(!hasBrowser)('by keyboard alone', { timeout: 90_000 }, () => {
  test('the feed is gone through, left, and all is done that one does with a clip', async () => {
    const page = await open('nora', '/?feed=local');
    await eventually(() => current(page)).not.toBeNull();
    await page.getByRole('slider', { name: 'Position in the clip' }).first().waitFor();
    const first = await current(page);
    for (const [forth, back] of [
      ['j', 'k'],
      ['ArrowDown', 'ArrowUp'],
      ['PageDown', 'PageUp'],
    ] as const) {
      await page.keyboard.press(forth);
      await eventually(() => current(page)).not.toBe(first);
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('ARTICLE');
      await page.keyboard.press(back);
      await eventually(() => current(page)).toBe(first);
    }
    await page.keyboard.press('Control+End');
    await eventually(() => hasFocus(button(page, 'Previous clip'))).toBe(true);
    await page.keyboard.press('PageDown');
    await page.keyboard.press('Control+Home');
    await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Local');

    await page.keyboard.press('PageUp');
    await eventually(() => current(page)).toBe(first);
    // The keys are about it once it was painted.
    await settled(page);
    const article = page.getByRole('article').first();
    for (const [key, name] of [
      ['l', /^Like/],
      ['b', /^Save/],
    ] as const) {
      const was = await button(article, name).getAttribute('aria-pressed');
      await page.keyboard.press(key);
      await eventually(() => button(article, name).getAttribute('aria-pressed')).not.toBe(was);
    }
    for (const [key, title] of [
      ['c', /comment/i],
      ['s', 'Share'],
    ] as const) {
      const opener = button(article, key === 'c' ? /^Comments/ : 'Share');
      await reach(page, opener);
      await page.keyboard.press(key);
      const heading = page.getByRole('complementary').getByRole('heading', { name: title }).first();
      await eventually(() => hasFocus(heading)).toBe(true);
      await page.keyboard.press('Escape');
      await eventually(() => hasFocus(opener)).toBe(true);
    }
    const sound = button(article, /^Turn sound/);
    const offered = await sound.getAttribute('aria-label');
    await page.keyboard.press('m');
    await eventually(() => sound.getAttribute('aria-label')).not.toBe(offered);
    await page.keyboard.press('ArrowRight');
    const place = article.getByRole('slider', { name: 'Position in the clip' });
    await eventually(() => place.inputValue().then(Number)).toBeGreaterThan(4);
    await page.keyboard.press('f');
    await eventually(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
    await page.keyboard.press('f');
    await eventually(() => page.evaluate(() => document.fullscreenElement)).toBeNull();
  });

  test('the keys are told, and single letters can be switched off', async () => {
    const page = await open('nora', '/?feed=local');
    await eventually(() => current(page)).not.toBeNull();
    await settled(page);
    // By Tab one would go through all clips.
    await page.keyboard.press('j');
    await page.keyboard.press('Control+End');
    await press(page, button(page, 'Keyboard shortcuts'));
    const letters = page.getByRole('dialog').getByRole('checkbox', { name: 'Use single-letter keys' });
    await press(page, letters, 'Space');
    await page.keyboard.press('Escape');
    await eventually(() => hasFocus(button(page, 'Keyboard shortcuts'))).toBe(true);
    const first = await current(page);
    const like = button(page.locator(`article[data-id="${first}"]`), /^Like/);
    const was = await like.getAttribute('aria-pressed');
    for (const key of ['j', 'l', '?', 's']) await page.keyboard.press(key);
    // What is pressed after them has its effect, so that theirs would be there, too.
    await page.keyboard.press('PageDown');
    await eventually(() => current(page)).not.toBe(first);
    await page.keyboard.press('PageUp');
    await eventually(() => current(page)).toBe(first);
    expect(await like.getAttribute('aria-pressed')).toBe(was);
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.getByRole('complementary').count()).toBe(0);
  });

  test('comments are written, answered, liked, pinned, hidden and reported', async () => {
    const page = await open('nora', `/@nora/${site.own}`);
    const item = (text: string) => page.getByRole('article').filter({ hasText: text }).first();
    await item('Wonderful.').waitFor();
    await reach(page, page.getByRole('textbox', { name: 'Add a comment' }));
    await page.keyboard.type('It snowed all night');
    await page.keyboard.press('Control+Enter');
    await item('It snowed all night').waitFor();
    await press(page, button(item('Wonderful.'), /^Reply to/));
    await page.getByRole('textbox', { name: /^Reply to/ }).waitFor();
    await page.keyboard.type('And in the morning, too');
    await page.keyboard.press('Control+Enter');
    await item('And in the morning, too').waitFor();
    await press(page, button(item('Wonderful.'), /^Like the comment/));
    await eventually(() => button(item('Wonderful.'), /^Like the comment/).getAttribute('aria-pressed')).toBe(
      'true',
    );
    const more = () => button(item('Wonderful.'), /^More about/);
    await choose(page, more(), 'Pin to the top');
    await page.getByText('Pinned to the top.').waitFor();
    await choose(page, more(), 'Unpin');
    await page.getByText('No longer pinned.').waitFor();
    await choose(page, more(), 'Report');
    await page.getByRole('heading', { name: 'What do you want to report?' }).waitFor();
    await page.keyboard.press('Escape');
    await eventually(() => hasFocus(more())).toBe(true);
    await choose(page, button(item('It snowed all night'), /^More about/), 'Edit');
    await page.getByRole('textbox', { name: 'Edit your comment' }).waitFor();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('It snowed till noon');
    await page.keyboard.press('Control+Enter');
    await item('It snowed till noon').waitFor();
    await choose(page, more(), 'Hide');
    await page.getByText(/^Hidden\. /).waitFor();
  });

  test('a clip is reported in three steps', async () => {
    const page = await open('nora', `/@ben/${site.other}`);
    await choose(page, button(page, 'More'), 'Report');
    const panel = page.getByRole('complementary', { name: 'Report' });
    await panel.getByRole('heading', { name: 'What do you want to report?' }).waitFor();
    await press(page, button(panel, 'Next'));
    await eventually(() => hasFocus(panel.getByRole('heading', { name: 'Why?' }))).toBe(true);
    // The radio buttons are one stop; arrows choose.
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await eventually(() => panel.getByRole('radio', { checked: true }).count()).toBe(1);
    await press(page, panel.getByRole('radio', { checked: true }), 'ArrowDown');
    await press(page, button(panel, 'Next'));
    await panel.getByRole('heading', { name: 'Anything else they should know?' }).waitFor();
    await reach(page, panel.getByRole('textbox', { name: 'Details' }));
    await page.keyboard.type('It is an advertisement.');
    await press(page, button(panel, 'Send report'));
    await panel.getByRole('heading', { name: 'Thank you' }).waitFor();
    const [filed] = await site.server.context.db('reports').where({ reporter_id: site.nora.id });
    expect(filed).toMatchObject({ comment: 'It is an advertisement.' });
  });

  test('people and clips are found, followed, and left again', async () => {
    const page = await open('nora', '/search');
    await reach(page, page.getByRole('combobox', { name: 'Search for people' }));
    await page.keyboard.type('birds');
    await page.getByRole('tab', { name: /^Clips/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await eventually(() => page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
    await reach(page, page.getByRole('tab', { selected: true }));
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await eventually(() => page.getByRole('tab', { selected: true }).textContent()).toMatch(/^Hashtags/);
    await press(page, page.getByRole('tabpanel').getByRole('link', { name: /birds/ }).first());
    await page.getByRole('heading', { name: '#birds', level: 1 }).waitFor();
    await press(page, page.getByRole('main').getByRole('button', { name: /[Ff]ollow(ing)? #birds$/ }));
    await button(page.getByRole('main'), 'Follow #birds').waitFor();
    await page.goto('/@ben');
    await press(page, button(page.getByRole('main'), /Stop following @ben$/));
    await press(page, button(page.getByRole('main'), 'Follow @ben'));
    await button(page.getByRole('main'), /Stop following @ben$/).waitFor();
  });

  test('a visitor follows from another server', async () => {
    const page = await open('visitor', '/@ben');
    const opener = button(page, 'Follow from your server');
    await press(page, opener);
    const field = page.getByRole('dialog').getByRole('textbox', { name: 'Your server' });
    await reach(page, field);
    await page.keyboard.type('not a server');
    await page.keyboard.press('Enter');
    await page.getByText('Write the name of a server, like social.example.').waitFor();
    await page.keyboard.press('Escape');
    await eventually(() => hasFocus(opener)).toBe(true);
  });

  test('who asks to follow is let in, and the history forgets', async () => {
    const page = await open('nora', '/inbox?show=follows');
    await press(page, button(page.getByRole('region', { name: 'They want to follow you' }), 'Accept @fay'));
    await page.getByText('@fay follows you now.').waitFor();
    await reach(page, page.getByRole('tab', { selected: true }));
    await page.keyboard.press('Home');
    await eventually(() => page.getByRole('tab', { selected: true }).textContent()).toBe('All');
    await page.goto('/library/history');
    await press(page, button(page, /^Remove A blackbird/));
    await page.getByText('Removed from your history.').waitFor();
  });
});

describe.skipIf(!hasBrowser)('forms by keyboard alone', { timeout: 90_000 }, () => {
  test('the studio: what is said of a clip, and figures as tables', async () => {
    const page = await open('nora', '/studio');
    await press(page, page.getByRole('row').filter({ hasText: 'Not yet' }).getByRole('link').first());
    await page.getByText('All changes are saved.').waitFor();
    await reach(page, page.getByLabel('Caption', { exact: true }));
    await page.keyboard.press('End');
    await page.keyboard.type(', but soon');
    await press(page, button(page, 'Save'));
    await page.getByText('All changes are saved.').waitFor();
    expect(await site.server.context.db('videos').where({ id: site.draft }).first('caption')).toEqual({
      caption: 'Not yet, but soon',
    });
    await page.goto('/studio/analytics');
    await press(page, button(page, 'Show as table: Views'));
    await page.getByRole('table').first().waitFor();
  });

  test('an upload: the file, its cut, its words, its time', async () => {
    const page = await open('nora', '/upload');
    const choosing = page.waitForEvent('filechooser');
    await press(page, page.locator('button').filter({ hasText: 'Choose a video' }));
    await (await choosing).setFiles({ name: 'birds.mp4', mimeType: 'video/mp4', buffer: site.file });
    const begins = page.getByRole('slider', { name: 'Begins at' });
    await press(page, begins, 'ArrowRight');
    await page.keyboard.press('ArrowRight');
    await eventually(() => begins.inputValue()).toBe('0.2');
    await reach(page, page.getByLabel('Caption', { exact: true }));
    await page.keyboard.type('By keyboard');
    await reach(page, page.getByRole('radio', { name: 'As soon as it is ready' }));
    const kept = page.getByRole('radio', { name: 'Not yet: keep it as a draft' });
    while (!(await hasFocus(kept))) await page.keyboard.press('ArrowDown');
    expect(await kept.isChecked()).toBe(true);
    await press(page, button(page, 'Upload'));
    await page.getByRole('progressbar').first().waitFor();
    const stored = () =>
      site.server.context.db('videos').where({ caption: 'By keyboard' }).first('edit_list');
    await eventually(stored).toMatchObject({ edit_list: { in: 0.2 } });
  });

  test('a recording', async () => {
    const page = await open('nora', '/record');
    await press(page, button(page, 'Turn on the camera'));
    await page.getByLabel('What the camera sees').waitFor();
    await reach(page, page.getByLabel('Countdown'));
    await page.keyboard.press('Home');
    await press(page, button(page, 'Record'));
    const bar = page.getByRole('progressbar', { name: 'Your recording' });
    await eventually(() => bar.evaluate((one) => (one as HTMLProgressElement).value)).toBeGreaterThan(1);
    await press(page, button(page, 'Stop this take'));
    await press(page, button(page, 'Look at it'));
    await press(page, button(page, 'Use this clip'));
    await page.getByRole('heading', { name: 'Upload a clip' }).waitFor();
  });

  test('settings: words, switches, choices, and a dialog', async () => {
    const page = await open('nora', '/settings/profile');
    const main = page.getByRole('main');
    await reach(page, main.getByRole('textbox', { name: 'Name' }));
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Nora');
    await press(page, button(main, 'Save'));
    await page.getByText('Your profile is saved.').waitFor();
    await page.goto('/settings/privacy');
    const hides = main.getByRole('switch', { name: 'Hide whom I follow and who follows me' });
    await press(page, hides, 'Space');
    const stored = () =>
      site.server.context.db('accounts').where({ id: site.nora.id }).first('hide_collections');
    await eventually(stored).toEqual({ hide_collections: true });
    await page.goto('/settings/appearance');
    await reach(page, main.getByRole('radio', { checked: true }));
    await page.keyboard.press('ArrowDown');
    await eventually(() => page.evaluate(() => document.documentElement.dataset.theme)).toBeDefined();
    await page.goto('/settings/filters');
    await press(page, button(main, 'Add a filter'));
    const dialog = page.getByRole('dialog', { name: 'Add a filter' });
    await reach(page, dialog.getByRole('textbox', { name: 'Name' }));
    await page.keyboard.type('Endings');
    await reach(page, dialog.getByRole('textbox', { name: 'Words and phrases' }));
    await page.keyboard.type('ending');
    await press(page, button(dialog, 'Save').or(button(dialog, 'Add')));
    await page.getByText('Filter added.').waitFor();
  });

  test('signing up, and letting somebody in', async () => {
    const page = await open('visitor', '/register');
    await reach(page, page.getByLabel('Name', { exact: true }));
    await page.keyboard.type('hanna');
    await reach(page, page.getByLabel('Password', { exact: true }));
    await page.keyboard.type('a long password');
    await reach(page, page.getByLabel('Your age in years'));
    await page.keyboard.type('30');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What do you like?' }).waitFor();
    for (const heading of ['Whom do you want to follow?', 'Who may find you?', 'You are set']) {
      await press(page, button(page.getByRole('main'), /^(Next|Skip)$/));
      await page.getByRole('heading', { name: heading }).waitFor();
    }
    await pages.close();
    const staff = await open('nora', '/admin/approvals');
    const opener = button(staff, 'Reject @dora');
    await press(staff, opener);
    await staff.getByRole('dialog').waitFor();
    await staff.keyboard.press('Escape');
    await eventually(() => hasFocus(opener)).toBe(true);
    await press(staff, button(staff, 'Approve @dora'));
    await staff.getByText('@dora can sign in now.').waitFor();
  });
});
