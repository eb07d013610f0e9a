import type { Page } from 'playwright-core';

/** What can be pressed, typed into or moved. */
export const INTERACTIVE =
  'a[href], button, input, select, textarea, summary, [role=button], [role=menuitem], [role=slider], [role=tab], [tabindex="0"]';

/** Main controls are as large as a finger (web.md 7). */
const TARGET_PX = 44;

/** What may be smaller, as it stands in lines of text or in a table, and there is another way to it or room around it (WCAG 2.5.8). */
const SMALLER = [
  // Links within sentences and lines of facts.
  'p a',
  'dd a',
  'td a',
  // Who wrote a comment, and when: a line of its own text, beside the larger picture that leads to the same place.
  '[class*=_byline_] a',
  // Lines of text over a clip, 32 px high, so that they cover little of it.
  '[class*=_info_] :is(a, button)',
  // The place in a clip: as wide as the clip, and the arrow keys do the same.
  'input[class*=_slider_]',
  // There for the keyboard alone, which has no size.
  'a.skip',
];

/** Elements that can be pressed and are smaller than a finger, with their size. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(
    ([interactive, smaller, target]) => {
      const isHidden = (one: Element) =>
        one.closest('[inert]') !== null ||
        !one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      const open = document.querySelector('dialog:modal');
      /** A label is pressed for its field. */
      const boxesOf = (one: Element) =>
        [one, ...(one instanceof HTMLInputElement ? (one.labels ?? []) : [])].map((each) =>
          each.getBoundingClientRect(),
        );
      const hits = (one: Element, x: number, y: number) => {
        const hit = document.elementFromPoint(x, y);
        const label = hit?.closest('label')?.control;
        return hit !== null && (one.contains(hit) || label === one);
      };
      /** What is pressed around it counts, as parts that are not elements may make it larger. */
      const isLarge = (one: Element) => {
        const boxes = boxesOf(one);
        const [left, top] = [
          Math.min(...boxes.map((box) => box.left)),
          Math.min(...boxes.map((box) => box.top)),
        ];
        const width = Math.max(...boxes.map((box) => box.right)) - left;
        const height = Math.max(...boxes.map((box) => box.bottom)) - top;
        if (width >= target - 0.5 && height >= target - 0.5) return true;
        one.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
        const box = one.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        // Something lies over it just now, like a menu.
        if (!hits(one, x, y)) return true;
        const reach = target / 2 - 1;
        const isWide = width >= target - 0.5 || (hits(one, x - reach, y) && hits(one, x + reach, y));
        const isHigh = height >= target - 0.5 || (hits(one, x, y - reach) && hits(one, x, y + reach));
        return isWide && isHigh;
      };
      const all = [...(open ?? document).querySelectorAll(interactive)];
      return all
        .filter(
          (one) => !isHidden(one) && !one.matches(smaller) && !one.matches('article, main, [role=feed]'),
        )
        .filter((one) => one.getBoundingClientRect().width > 1 && !isLarge(one))
        .map((one) => {
          const { width, height } = one.getBoundingClientRect();
          return `${Math.round(width)}x${Math.round(height)} ${one.outerHTML.slice(0, 160)}`;
        });
    },
    [INTERACTIVE, SMALLER.join(', '), TARGET_PX] as const,
  );
}

/** What stands outside of the window at a side where one cannot scroll to it, or makes the page scroll sideways. */
export function besideTheWindow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const scrolls = (one: Element) => /auto|scroll/.test(getComputedStyle(one).overflowX);
    const isCut = (one: Element) => {
      const { left, right, width, height } = one.getBoundingClientRect();
      if (width < 2 || height < 2 || (left >= -1 && right <= clientWidth + 1)) return false;
      if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
      for (let up: Element | null = one; up; up = up.parentElement) if (scrolls(up)) return false;
      return true;
    };
    const speaks = (one: Element) =>
      one.matches('a, button, input, select, textarea, img, video, h1, h2, h3, p, li, label');
    const cut = [...document.querySelectorAll('body *')].filter((one) => speaks(one) && isCut(one));
    const found = cut.map((one) => `outside: ${one.outerHTML.slice(0, 160)}`);
    return scrollWidth > clientWidth ? [`the page is ${scrollWidth} px wide`, ...found] : found;
  });
}
