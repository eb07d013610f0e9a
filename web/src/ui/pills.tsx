import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import styles from './pills.module.css';
import { useChosenInSight } from './use-chosen-in-sight.ts';

/** Links to the lists of a page, in a row; `current` is the name of the one that is shown. */
export function Pills(props: { label: string; current: string; children: ComponentChildren }) {
  const row = useRef<HTMLElement>(null);
  useChosenInSight(row, props.current);
  return (
    <nav aria-label={props.label} class={styles.pills} ref={row}>
      {props.children}
    </nav>
  );
}
