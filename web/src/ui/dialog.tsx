import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button, IconButton } from './button.tsx';
import styles from './dialog.module.css';
import { say } from './say.ts';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog for as long as it is rendered. The browser keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog class={styles.dialog} ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div class={styles.head}>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={say('close')} onPress={onClose} />
      </div>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  /** Words, and what can be chosen about it. */
  readonly text: ComponentChildren;
  readonly action: string;
  readonly busy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({ title, text, action, busy, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <div class={styles.actions}>
        <Button look="quiet" onPress={onClose}>
          {say('cancel')}
        </Button>
        <Button look="danger" busy={busy} onPress={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
