import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** Moves a row that is wider than its place so that what is chosen in it stands in the middle, and leaves the page where it is. */
export function useChosenInSight(row: RefObject<HTMLElement | null>, chosen: string): void {
  useLayoutEffect(() => {
    const one = row.current?.querySelector(
      `[aria-selected="true"], [aria-current]:not([aria-current="false"])`,
    );
    if (!row.current || !one) return;
    const place = row.current.getBoundingClientRect();
    const { left, width } = one.getBoundingClientRect();
    row.current.scrollLeft += left + width / 2 - place.left - place.width / 2;
  }, [row, chosen]);
}
