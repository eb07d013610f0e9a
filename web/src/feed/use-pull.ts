import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** So far the finger goes for the list to follow by half of it, and so far the list has to come. */
const RESISTANCE = 0.5;
const ENOUGH_PX = 72;
const MOST_PX = 110;

/** How far a list is pulled below its top, as a part of what it takes to begin anew; that is done when the finger leaves. */
export function usePull(
  scroller: RefObject<HTMLElement | null>,
  refresh: () => Promise<void>,
): ReadonlySignal<number> {
  const pulled = useSignal(0);
  const latest = useRef(refresh);
  latest.current = refresh;
  useEffect(() => {
    const root = scroller.current;
    if (!root) return;
    let from: number | null = null;
    const begin = (event: TouchEvent) => {
      from = root.scrollTop <= 0 && event.touches.length === 1 ? (event.touches[0]?.clientY ?? null) : null;
    };
    const move = (event: TouchEvent) => {
      if (from === null) return;
      const way = ((event.touches[0]?.clientY ?? from) - from) * RESISTANCE;
      pulled.value = root.scrollTop > 0 ? 0 : Math.max(0, Math.min(way, MOST_PX)) / ENOUGH_PX;
    };
    const end = () => {
      const isEnough = pulled.peek() >= 1;
      from = null;
      pulled.value = 0;
      if (isEnough) void latest.current();
    };
    root.addEventListener('touchstart', begin, { passive: true });
    root.addEventListener('touchmove', move, { passive: true });
    root.addEventListener('touchend', end);
    root.addEventListener('touchcancel', end);
    return () => {
      root.removeEventListener('touchstart', begin);
      root.removeEventListener('touchmove', move);
      root.removeEventListener('touchend', end);
      root.removeEventListener('touchcancel', end);
    };
  }, [scroller]);
  return pulled;
}
