import { useEffect, useRef } from 'preact/hooks';

/** Calls `tick` again and again while the page is visible; `null` stops it. */
export function useInterval(tick: () => void, everyMs: number | null): void {
  const latest = useRef(tick);
  latest.current = tick;
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') latest.current();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
