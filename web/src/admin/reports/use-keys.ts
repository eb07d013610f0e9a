import { useEffect, useRef } from 'preact/hooks';
import { letterKeys } from '../../state/preferences.ts';

/** What each key does on a page of the staff. */
export type Keys = Readonly<Partial<Record<string, () => void>>>;

/** Listens to keys, except where they mean something else: in fields, in dialogs, and where letters are turned off. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (letterKeys.value === 'off' || document.querySelector('dialog:modal')) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest('input, textarea, select, [contenteditable], [popover], [role=menu]')) return;
      const action = latest.current[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
