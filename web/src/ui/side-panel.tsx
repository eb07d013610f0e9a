import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Toasts } from '../shell/toasts.tsx';
import { sheetIsOpen } from '../state/panels.ts';
import { IconButton } from './button.tsx';
import { say } from './say.ts';
import styles from './side-panel.module.css';
import { hasRoomBeside, useMedia } from './use-media.ts';

interface SidePanelProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Took the place of another panel by itself: the focus stays where it is. */
  readonly keepsFocus?: boolean | undefined;
  /** Stands beside the title. */
  readonly head?: ComponentChildren;
  readonly children: ComponentChildren;
}

/**
 * What is opened about a clip: a sheet from below on phones, which keeps the focus inside; beside the clip where there is
 * room, where the keys of the clip go on working. The focus goes in, and back to where it came from. Escape closes it.
 */
export function SidePanel(props: SidePanelProps) {
  return useMedia(hasRoomBeside) ? <Beside {...props} /> : <Sheet {...props} />;
}

function Sheet({ title, onClose, head, children }: SidePanelProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  /** The browser tells of the end later, when another panel may be open. */
  const isGone = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    heading.current?.focus();
    sheetIsOpen.value = true;
    return () => {
      isGone.current = true;
      sheetIsOpen.value = false;
      element?.close();
    };
  }, []);
  return (
    <dialog
      class={styles.sheet}
      ref={dialog}
      aria-labelledby={id}
      onClose={() => !isGone.current && onClose()}
      {...{ closedby: 'any' }}
    >
      <Head id={id} title={title} heading={heading} onClose={onClose}>
        {head}
      </Head>
      <div class={styles.body}>{children}</div>
      <div class={styles.toasts}>
        <Toasts />
      </div>
    </dialog>
  );
}

function Beside({ title, onClose, keepsFocus = false, head, children }: SidePanelProps) {
  const id = useId();
  const box = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const opener = document.activeElement;
    if (!keepsFocus) heading.current?.focus();
    document.documentElement.dataset.panel = '';
    const letGo = box.current && keepScrollKeys(box.current);
    const onKey = (event: KeyboardEvent) => {
      // A dialog above it is closed first, and a field may have a use for the key.
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      close.current();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
      letGo?.();
      delete document.documentElement.dataset.panel;
      const isLost = document.activeElement === null || document.activeElement === document.body;
      const isInside = box.current?.contains(document.activeElement) ?? false;
      if ((isLost || isInside) && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <aside class={styles.beside} ref={box} aria-labelledby={id}>
      <Head id={id} title={title} heading={heading} onClose={onClose}>
        {head}
      </Head>
      <div class={styles.body}>{children}</div>
    </aside>
  );
}

const SCROLL_KEYS = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', ' '];

/** Lets keys scroll what has the focus, in place of going on to another clip, until the answer is called. */
export function keepScrollKeys(element: HTMLElement): () => void {
  const keep = (event: KeyboardEvent) => {
    if (SCROLL_KEYS.includes(event.key)) event.stopPropagation();
  };
  element.addEventListener('keydown', keep);
  return () => element.removeEventListener('keydown', keep);
}

function Head(props: {
  id: string;
  title: string;
  heading: { readonly current: HTMLHeadingElement | null };
  onClose: () => void;
  children: ComponentChildren;
}) {
  return (
    <div class={styles.head}>
      <h2 class={styles.title} id={props.id} ref={props.heading} tabIndex={-1}>
        {props.title}
      </h2>
      {props.children}
      <IconButton icon="close" label={say('close')} onPress={props.onClose} />
    </div>
  );
}
