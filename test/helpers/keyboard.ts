import type { Locator, Page } from 'playwright-core';
import { INTERACTIVE } from './painted.ts';

/** More stops than any screen has. */
const MOST_STOPS = 400;

/** What a walk by Tab through a screen found. */
interface Walk {
  /** How many elements took the focus. */
  readonly stops: number;
  /** What is wrong, each with its element. */
  readonly faults: readonly string[];
}

/** Reached in another way, or by something beside it that does the same. */
const ELSEWHERE = [
  // The name of the server leads home, as the place beside it does.
  'nav > a[class*=_brand_]',
  // Behind a button that is called the same.
  'input[type=file]',
  // One of them takes Tab, arrows go on: shown by the walks of their own.
  '[role=tab]',
  '[role=menuitem]',
];

/** It is the thumb that shows the focus, of which no script is told (web/src/editing/trim.module.css). */
const THUMBS = 'input[class*=_handle_]';

/** Makes any use of the mouse or of a finger an error in the console, which fails the test. */
export async function forbidPointers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    for (const name of ['pointerdown', 'mousedown', 'touchstart', 'wheel']) {
      addEventListener(
        name,
        ({ isTrusted }) => isTrusted && console.error(`There is no mouse here: ${name}.`),
        true,
      );
    }
  });
}

/** Goes by Tab to an element, as somebody without a mouse does. */
export async function reach(page: Page, target: Locator, by: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.waitFor();
  for (let n = 0; n < MOST_STOPS; n += 1) {
    if (await target.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press(by);
  }
  throw new Error(`${by} does not lead to ${target}.`);
}

/** Goes there by Tab and presses it. */
export async function press(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await reach(page, target);
  await page.keyboard.press(key);
}

/** What has the focus, as assistive technology is told of it. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const on = document.activeElement;
    const label = on instanceof HTMLInputElement ? on.labels?.[0]?.textContent : undefined;
    return on?.getAttribute('aria-label') ?? label ?? on?.textContent ?? '';
  });
}

/**
 * Goes through all that Tab reaches, from where the focus is until it is there again: each stop shows that it has the focus and lies
 * free, they come in the order in which they are read, nothing holds the focus, and nothing that can be pressed is left out.
 * Where a dialog is open it is that which is gone through. A feed has no end: of it that is the panel beside it, or its first article.
 */
export async function walk(page: Page, isFeed = false): Promise<Walk> {
  await page.evaluate(begin, {
    interactive: INTERACTIVE,
    elsewhere: ELSEWHERE.join(', '),
    thumbs: THUMBS,
    isFeed,
  });
  for (let n = 0; n < MOST_STOPS; n += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => (window as unknown as Walked).walked.stop())) break;
  }
  return page.evaluate(() => (window as unknown as Walked).walked.end());
}

interface Walked {
  readonly walked: { stop(): boolean; end(): Walk };
}

/** Runs in the page. */
function begin(asked: { interactive: string; elsewhere: string; thumbs: string; isFeed: boolean }): void {
  const { interactive, elsewhere, thumbs, isFeed } = asked;
  const LOOKS = ['outline', 'boxShadow', 'borderColor', 'backgroundColor', 'textDecoration'] as const;
  const PARTS = [null, '::before', '::after'];
  const dialog = document.querySelector('dialog:modal');
  const part = isFeed ? (document.querySelector('aside') ?? document.querySelector('article')) : null;
  const room = dialog ?? part ?? document.body;
  const stops: Element[] = [];
  const faults = new Set<string>();
  let rounds = 0;
  let hasLeft = false;
  let inside = 0;
  const told = (one: Element) => one.outerHTML.replace(/<svg.*?<\/svg>/gs, '').slice(0, 140);
  const looksOf = (one: Element) =>
    [one, one.firstElementChild, one.closest('label') ?? one.nextElementSibling, one.parentElement].map(
      (each) => PARTS.map((part) => LOOKS.map((look) => getComputedStyle(each ?? one, part)[look])),
    );
  const all = () => [...room.querySelectorAll(interactive)];
  const before = new Map(all().map((one) => [one, JSON.stringify(looksOf(one))]));

  const isOutlined = (one: Element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
  };
  /** Whether it shows the focus, by an outline or by looking other than without it. */
  const isShown = (one: Element) => isOutlined(one) || before.get(one) !== JSON.stringify(looksOf(one));
  /** Whether something of it can be seen (WCAG 2.4.11). */
  const isFree = (one: Element) => {
    const { left, top, right, bottom } = one.getBoundingClientRect();
    const [x0, x1] = [Math.max(left, 0), Math.min(right, innerWidth)];
    const [y0, y1] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
    if (x1 <= x0 || y1 <= y0) return false;
    return [0.5, 0.15, 0.85].some((part) => {
      const hit = document.elementFromPoint(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part);
      return hit !== null && (one.contains(hit) || hit.contains(one) || hit.closest('label')?.contains(one));
    });
  };
  const isOpen = (one: Element) =>
    one.checkVisibility({ visibilityProperty: true }) &&
    one.closest('[inert], [aria-hidden=true]') === null &&
    one.getBoundingClientRect().width > 0 &&
    !one.matches(':disabled');
  /** One of a group of radio buttons stands for all. */
  const isReached = (one: Element) =>
    stops.includes(one) ||
    (one instanceof HTMLInputElement &&
      one.type === 'radio' &&
      stops.some((stop) => stop instanceof HTMLInputElement && stop.name === one.name));

  /** Films with the controls of the browser, and days, of which each part is a stop. */
  const hasStopsWithin = (one: Element) =>
    one instanceof HTMLVideoElement
      ? one.controls
      : one instanceof HTMLInputElement && ['date', 'datetime-local'].includes(one.type);

  const stop = () => {
    const on = document.activeElement;
    // Past the last one is the window itself.
    if (on === null || on === document.body) {
      hasLeft = stops.length > 0;
      return false;
    }
    if (hasLeft && stops.includes(on)) return true;
    // The controls of the browser are within it.
    if (stops.at(-1) === on && hasStopsWithin(on) && inside < 20) {
      inside += 1;
      return false;
    }
    inside = 0;
    if (stops.at(-1) === on) {
      faults.add(`holds the focus: ${told(on)}`);
      return true;
    }
    if (stops.includes(on)) return true;
    // Before the part that is asked for, and after it.
    if (room === part && !room.contains(on)) return stops.length > 0;
    if (!room.contains(on)) faults.add(`outside of the dialog: ${told(on)}`);
    // It comes round once, and goes down the page otherwise.
    const last = stops.at(-1);
    if (last && last.compareDocumentPosition(on) & Node.DOCUMENT_POSITION_PRECEDING) {
      rounds += 1;
      if (rounds > 1) faults.add(`is not next in the order of reading: ${told(on)}`);
    }
    if (!isShown(on) && !on.matches(thumbs)) faults.add(`does not show the focus: ${told(on)}`);
    if (!isFree(on)) faults.add(`is covered or outside of the window: ${told(on)}`);
    stops.push(on);
    return false;
  };
  const end = () => {
    for (const one of all()) {
      if (isOpen(one) && !isReached(one) && !one.matches(elsewhere))
        faults.add(`never reached: ${told(one)}`);
    }
    for (const one of room.querySelectorAll('*')) {
      if (!one.checkVisibility()) continue;
      const { order, flexDirection } = getComputedStyle(one);
      if (order !== '0' || flexDirection.endsWith('reverse'))
        faults.add(`stands in another order: ${told(one)}`);
      if (one instanceof HTMLElement && one.tabIndex > 0) faults.add(`takes its turn early: ${told(one)}`);
    }
    return { stops: stops.length, faults: [...faults] };
  };
  Object.assign(window, { walked: { stop, end } });
}
