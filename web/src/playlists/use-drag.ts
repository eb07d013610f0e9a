import { useEffect, useRef, useState } from 'preact/hooks';
import { rowAt } from './reordering.ts';

/** Which row is dragged, and where it would go. */
export interface Drag {
  readonly from: number;
  readonly to: number;
}

/**
 * Dragging a row of a list. The window is listened to, and not the handle: as the rows change places, that one leaves the document for a
 * moment and would lose the pointer. Escape lets go without moving.
 */
export function useDrag(
  rows: () => readonly { readonly top: number; readonly bottom: number }[],
  onDrop: (drag: Drag) => void,
): readonly [drag: Drag | null, begin: (from: number) => void] {
  const [drag, setDrag] = useState<Drag | null>(null);
  const latest = useRef({ drag, rows, onDrop });
  latest.current = { drag, rows, onDrop };
  const isDragging = drag !== null;
  useEffect(() => {
    if (!isDragging) return;
    const stop = new AbortController();
    const on = { signal: stop.signal };
    const end = () => setDrag(null);
    addEventListener(
      'pointermove',
      ({ clientY }) => setDrag((now) => now && { ...now, to: rowAt(clientY, latest.current.rows()) }),
      on,
    );
    addEventListener(
      'pointerup',
      () => {
        const { drag: last, onDrop: drop } = latest.current;
        if (last && last.to !== last.from) drop(last);
        end();
      },
      on,
    );
    addEventListener('pointercancel', end, on);
    addEventListener('keydown', ({ key }) => key === 'Escape' && end(), on);
    return () => stop.abort();
  }, [isDragging]);
  return [drag, (from) => setDrag({ from, to: from })];
}
