import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { say } from '../say.ts';
import styles from './pager.module.css';

/** So many rows are painted at once; thousands would hold the page up. */
const STEP = 100;

interface SomeRowsProps<T> {
  readonly rows: readonly T[];
  readonly children: (shown: readonly T[]) => ComponentChildren;
}

/** The first of the rows of a list that came as a whole, and more of them on demand. */
export function SomeRows<T>({ rows, children }: SomeRowsProps<T>) {
  const [limit, setLimit] = useState(STEP);
  const shown = rows.slice(0, limit);
  return (
    <>
      {children(shown)}
      {shown.length < rows.length && (
        <div class={styles.pager}>
          <span>{say('someOf', { shown: shown.length, count: rows.length })}</span>
          <Button look="quiet" onPress={() => setLimit(limit + STEP)}>
            {say('showMore')}
          </Button>
        </div>
      )}
    </>
  );
}
