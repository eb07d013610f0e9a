import type { ComponentChildren } from 'preact';
import { Icon } from '../../ui/icon.tsx';
import styles from './callout.module.css';

interface CalloutProps {
  /** `bad` wants somebody now. The words have to say so, too. */
  readonly tone?: 'plain' | 'bad';
  readonly title: string;
  readonly text: string;
  /** What to press. */
  readonly children?: ComponentChildren;
}

/** Something that whoever looks at the page should know first, in few words. */
export function Callout({ tone = 'plain', title, text, children }: CalloutProps) {
  const isBad = tone === 'bad';
  return (
    <div
      class={[styles.callout, isBad && styles.bad].filter(Boolean).join(' ')}
      role={isBad ? 'alert' : undefined}
    >
      <Icon name={isBad ? 'alert' : 'info'} size={20} />
      <p class={styles.words} dir="auto">
        <strong>{title}</strong> {text}
      </p>
      {children && <div class={styles.deeds}>{children}</div>}
    </div>
  );
}
