import type { ReadonlySignal } from '@preact/signals';
import { Icon } from '../ui/icon.tsx';
import styles from './feed-view.module.css';

/** Comes down with the finger, and shines once it is far enough to let go. */
export function PullMark({ pulled }: { pulled: ReadonlySignal<number> }) {
  const part = pulled.value;
  if (part === 0) return null;
  return (
    <span
      class={[styles.pull, part >= 1 && styles.enough].filter(Boolean).join(' ')}
      style={{ '--pulled': String(part) }}
      aria-hidden="true"
    >
      <Icon name="refresh" />
    </span>
  );
}
