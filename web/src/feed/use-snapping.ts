import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { prefersReducedMotion } from '../state/preferences.ts';
import type { Timeline } from '../state/timeline.ts';

/** A slide counts as the current one from here on, not when the scrolling has ended (web.md 3.4). */
const VISIBLE_PART = 0.6;

/**
 * Ties the scroll position of a feed to the current clip of its timeline, both ways. Returns a function that
 * goes to the clip at a position, with the focus, as the ARIA feed pattern asks. `begin` is called with a clip when it becomes the
 * current one.
 */
export function useSnapping(
  scroller: RefObject<HTMLElement | null>,
  timeline: Timeline,
  index: number,
  begin: (status: Status) => void,
): (position: number) => void {
  const items = timeline.items.value;
  const latest = useRef(begin);
  latest.current = begin;
  const become = (id: string) => {
    if (timeline.currentId.peek() === id) return;
    const status = timeline.items.peek().find((one) => one.id === id);
    if (status) latest.current(status);
    timeline.currentId.value = id;
  };
  /** Where a key is taking us; the slides on the way there are passed by. */
  const target = useRef<string | null>(null);
  const slideAt = (position: number) => scroller.current?.children[position];

  useEffect(() => {
    const root = scroller.current;
    if (!root) return;
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target: slide, intersectionRatio } of entries) {
          const id = slide instanceof HTMLElement ? slide.dataset.id : undefined;
          if (id === undefined || intersectionRatio < VISIBLE_PART) continue;
          if (target.current !== null && target.current !== id) continue;
          target.current = null;
          become(id);
        }
      },
      { root, threshold: VISIBLE_PART },
    );
    for (const slide of root.children) observer.observe(slide);
    return () => observer.disconnect();
  }, [scroller, timeline, items]);

  useEffect(() => {
    const letGo = () => {
      target.current = null;
    };
    const root = scroller.current;
    root?.addEventListener('wheel', letGo, { passive: true });
    root?.addEventListener('touchstart', letGo, { passive: true });
    return () => {
      root?.removeEventListener('wheel', letGo);
      root?.removeEventListener('touchstart', letGo);
    };
  }, [scroller]);

  // Coming back, clips put on top and clips taken away: the current clip stays where it is.
  useLayoutEffect(() => {
    slideAt(index)?.scrollIntoView({ behavior: 'instant', block: 'start' });
  }, [items]);

  return (position) => {
    const slide = slideAt(position);
    const id = timeline.items.peek()[position]?.id;
    if (!(slide instanceof HTMLElement) || id === undefined) return;
    target.current = id;
    become(id);
    slide.focus({ preventScroll: true });
    slide.scrollIntoView({ behavior: prefersReducedMotion() ? 'instant' : 'smooth', block: 'start' });
  };
}
