/** Where a press was, in pixels of the window. */
export interface Press {
  readonly x: number;
  readonly y: number;
}

/** A second press within this time, and this near, belongs to the first. */
const DOUBLE_MS = 250;
const DOUBLE_PX = 48;

/**
 * Tells one press from two. The second one comes at once, and each that follows it likes once more, as people do; a single one is
 * known as such a moment later.
 */
export function createTaps(on: { readonly single: () => void; readonly double: (at: Press) => void }) {
  let last: (Press & { readonly time: number }) | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return {
    press(at: Press, time: number): void {
      const isSecond =
        last !== null && time - last.time < DOUBLE_MS && Math.hypot(at.x - last.x, at.y - last.y) < DOUBLE_PX;
      last = { ...at, time };
      clearTimeout(waiting);
      if (isSecond) on.double(at);
      else waiting = setTimeout(on.single, DOUBLE_MS);
    },
    /** Forgets a press that nothing came of yet. */
    stop: () => clearTimeout(waiting),
  };
}
