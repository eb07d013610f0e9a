import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { hasBrowser, launchBrowser, openPage, viewports, type WatchedPage } from '../helpers/browser.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { settled } from '../helpers/screen-steps.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { MARKS, pseudo, pseudoWords } from '../helpers/words.ts';

/** A folder for pictures of every page, where somebody wants to look at them. */
const shots = process.env.SCREENSHOTS;
/** Its dates and units have no Latin letters: what has them came from no message. */
const LANGUAGE = 'ja';
const FILE = '/assets/words-pseudo.js';

let server: TestServer;
let browser: Browser;
let words: string;
let nora: Person;
let clip: VideoId;
let session: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  server = await startTestServer({
    variables: { INSTANCE_NAME: 'Καράβι', INSTANCE_DESCRIPTION: 'Μικρά βίντεο' },
  });
  browser = await launchBrowser();
  words = await pseudoWords();
  const people = createPeople(server);
  nora = await people.signedIn('nora', 'admin');
  const mika = await people.signedIn('mika');
  const far = await people.remote('lena', 'far.test');
  for (const { id, name } of [
    { id: nora.id, name: 'Νόρα' },
    { id: mika.id, name: 'Μίκα' },
    { id: far.id, name: 'Λένα' },
  ]) {
    await server.context.db('accounts').where({ id }).update({ display_name: name });
  }
  await people.follow(mika.account, nora.account);
  await people.follow(nora.account, mika.account);
  await people.local('paul', { pending: true });
  const playable = await createClipFactory(server.context);
  clip = await playable(nora.account, { caption: 'Κύματα', tags: ['κύματα'] });
  await playable(mika.account, { caption: 'Χιόνι' });
  session = await people.tokenOf(nora.account, 'cookie', 'admin');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** A page whose every message is between marks. */
async function openPseudo(as?: string): Promise<WatchedPage> {
  const opened = await openPage(browser, server.origin, {
    viewport: viewports.phone,
    reducedMotion: 'reduce',
    // Nobody has asked for an archive yet, and what is not there is looked for, too.
    expected: [/status of 40[14] /],
  });
  const { page } = opened;
  if (as !== undefined) {
    await page.context().addCookies([{ name: 'vireo-session', value: as, url: server.origin }]);
  }
  await page.route(`**${FILE}`, (route) => route.fulfill({ contentType: 'text/javascript', body: words }));
  await page.route(
    (url) => url.origin === server.origin && !/^\/(api|assets|media|proxy)\//.test(url.pathname),
    async (route) => {
      if (route.request().resourceType() !== 'document') return route.fallback();
      const response = await route.fetch();
      const body = (await response.text())
        .replace('<html lang="en"', `<html lang="${LANGUAGE}"`)
        .replace('<title>', `<link rel="modulepreload" id="words" href="${FILE}"><title>`);
      return route.fulfill({ response, body });
    },
  );
  return opened;
}

/** What is read or shown and stands between no marks; names of people and servers, addresses and units aside. */
const unmarked = ([open, close]: typeof MARKS): string[] => {
  const isName = /@?[\w.-]+@[\w.:-]+|@\w+|#\S+|\bhttps?:\S+|\b127\.0\.0\.1:?\d*|\bfar\.test\b/g;
  const isUnit = /\b(?:[kMG]?B|MP4|WebM|JPEG|PNG|WebP|Vireo|UTC|nora|mika|lena|paul)\b|^Because\.$|^test$/g;
  const bare = (text: string): string => {
    let [left, before] = [text, ''];
    while (left !== before) {
      before = left;
      left = left.replace(new RegExp(`${open}[^${open}${close}]*${close}`, 'g'), '');
    }
    return left.replace(isName, '').replace(isUnit, '');
  };
  const isHidden = (element: Element) =>
    element.closest('script, style, noscript, code, kbd, [lang]:not(html)');
  const found: string[] = [];
  const look = (element: Element, text: string | null) => {
    if (text && /[A-Za-z]{2}/.test(bare(text)) && !isHidden(element)) {
      found.push(`${element.tagName.toLowerCase()}: ${text.trim().slice(0, 120)}`);
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (node.parentElement) look(node.parentElement, node.textContent);
  }
  for (const element of document.querySelectorAll('body *')) {
    for (const name of ['aria-label', 'aria-valuetext', 'aria-description', 'title', 'alt', 'placeholder']) {
      look(element, element.getAttribute(name));
    }
  }
  return [...new Set(found)];
};

/** What is wider than the page, and words that reach out of what they stand in. */
const tooWide = (): string[] => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const found = scrollWidth > clientWidth ? [`the page is ${scrollWidth}`] : [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    let box = node.parentElement;
    while (box && getComputedStyle(box).display === 'inline') box = box.parentElement;
    if (!box || !node.textContent?.trim() || box.closest('[class*=VisuallyHidden], [class*=hidden]'))
      continue;
    const { overflowX, clipPath, position } = getComputedStyle(box);
    if (overflowX !== 'visible' || clipPath !== 'none' || position === 'absolute') continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const [words, within] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
    if (words.width > 0 && (words.right > within.right + 1 || words.left < within.left - 1)) {
      found.push(`${box.tagName.toLowerCase()}.${box.className}: ${node.textContent.slice(0, 60)}`);
    }
  }
  return found;
};

async function look(page: Page, where: string): Promise<string[]> {
  if (shots) await page.screenshot({ path: `${shots}/pseudo-${where.replaceAll('/', '_')}.png` });
  const faults = [...(await page.evaluate(unmarked, MARKS)), ...(await page.evaluate(tooWide))];
  return faults.map((fault) => `${where}  ${fault}`);
}

async function visit(page: Page, path: string): Promise<string[]> {
  await page.goto(path);
  await page.getByRole('main').waitFor();
  await page.waitForLoadState('networkidle');
  return look(page, path);
}

const ownPages = () => [
  ...['/', '/?feed=following', '/search', '/search?q=%CE%BA', '/tags/κύματα', `/sounds/${clip}`],
  ...['/inbox', '/library/saved', '/library/liked', '/library/history', '/studio', `/studio/${clip}`],
  ...['/studio/analytics', `/studio/${clip}/analytics`, '/upload', '/record', '/welcome'],
  ...[
    '/admin',
    '/admin/approvals',
    '/@nora',
    '/@mika',
    '/@lena@far.test',
    '/@nora/followers',
    '/@nora/following',
  ],
  ...[`/@nora/${clip}`, '/@nobody', '/nowhere/at/all', '/settings'],
  ...['profile', 'account', 'security', 'apps', 'invites', 'privacy', 'feed', 'filters', 'notifications'].map(
    (name) => `/settings/${name}`,
  ),
  ...['language', 'playback', 'accessibility', 'appearance', 'data', 'move', 'delete'].map(
    (name) => `/settings/${name}`,
  ),
];

describe.skipIf(!hasBrowser)('in a language whose words are longer', { timeout: 400_000 }, () => {
  test('every page of somebody who is signed in says nothing but messages, and holds them', async () => {
    const { page, problems, close } = await openPseudo(session);
    const faults: string[] = [];
    for (const path of ownPages()) faults.push(...(await visit(page, path)));
    expect(faults).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test('so does what opens above a clip', async () => {
    const { page, problems, close } = await openPseudo(session);
    const faults: string[] = [];
    await page.goto('/');
    const article = page.getByRole('article').first();
    await article.waitFor();
    // Keys are listened to once it was painted.
    await settled(page);
    for (const [key, title] of [
      ['c', 'Comments'],
      ['s', 'Share'],
      ['?', 'Keys'],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole('heading', { name: pseudo(title) }).waitFor();
      faults.push(...(await look(page, title)));
      await page.keyboard.press('Escape');
    }
    for (const item of ['Why am I seeing this?', 'Report']) {
      await article.getByRole('button', { name: pseudo('More'), exact: true }).click();
      faults.push(...(await look(page, 'menu')));
      await page.getByRole('menuitem', { name: pseudo(item) }).click();
      await page.getByRole('heading', { name: pseudo(item) }).waitFor();
      await page.waitForLoadState('networkidle');
      faults.push(...(await look(page, item)));
      await page.keyboard.press('Escape');
    }
    expect(faults).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test('so do those of a visitor', async () => {
    const { page, problems, close } = await openPseudo();
    const faults: string[] = [];
    for (const path of ['/', '/login', '/register', '/invite/ABCD', '/settings', '/upload', '/@nora']) {
      faults.push(...(await visit(page, path)));
    }
    expect(faults).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });
});
