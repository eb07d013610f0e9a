import { useEffect, useRef } from 'preact/hooks';
import { letterKeys } from '../state/preferences.ts';

/** What the keys do; a page leaves out what it does not have. */
export interface ClipKeys {
  readonly next?: () => void;
  readonly previous?: () => void;
  readonly toggle?: () => void;
  /** Seconds forward, or back below 0. */
  readonly seek?: (seconds: number) => void;
  readonly sound?: () => void;
  readonly captions?: () => void;
  readonly like?: () => void;
  readonly comments?: () => void;
  readonly share?: () => void;
  readonly save?: () => void;
  readonly fullscreen?: () => void;
  readonly search?: () => void;
  readonly help?: () => void;
}

const SEEK_S = 5;

function actionOf(key: string, keys: ClipKeys): (() => void) | undefined {
  const { seek } = keys;
  switch (key) {
    case 'j':
    case 'ArrowDown':
    case 'PageDown':
      return keys.next;
    case 'k':
    case 'ArrowUp':
    case 'PageUp':
      return keys.previous;
    case ' ':
      return keys.toggle;
    case 'ArrowLeft':
      return seek && (() => seek(-SEEK_S));
    case 'ArrowRight':
      return seek && (() => seek(SEEK_S));
    case 'm':
      return keys.sound;
    case 't':
      return keys.captions;
    case 'l':
      return keys.like;
    case 'c':
      return keys.comments;
    case 's':
      return keys.share;
    case 'b':
      return keys.save;
    case 'f':
      return keys.fullscreen;
    case '/':
      return keys.search;
    case '?':
      return keys.help;
    default:
      return undefined;
  }
}

/** Listens to the keys of the clip pages, except where they mean something else: in fields, on buttons, in dialogs. */
export function useClipKeys(keys: ClipKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('dialog:modal')) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (
        target.closest('input, textarea, select, [contenteditable], [popover], [role=menu], [role=tablist]')
      )
        return;
      // What is open beside the clip is scrolled and read by keys of its own; letters go on meaning the clip.
      if (target.closest('aside') && event.key.length > 1) return;
      if (event.key === ' ' && target.closest('button, a')) return;
      if (/^[^ ]$/.test(event.key) && letterKeys.value === 'off') return;
      const action = actionOf(event.key, latest.current);
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
