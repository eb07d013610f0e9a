import type { ComponentChildren } from 'preact';
import styles from './badge.module.css';

export type Tone = 'plain' | 'good' | 'bad';

/** A state in a word. */
export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={[styles.badge, styles[tone]].join(' ')}>{children}</span>;
}
