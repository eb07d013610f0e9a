import { useEffect, useRef } from 'preact/hooks';
import type { Pages } from '../state/pages.ts';
import { Button } from '../ui/button.tsx';
import styles from './comments.module.css';

interface MoreOfProps<T> {
  readonly pages: Pages<T>;
  readonly label: string;
  /** Loads by itself as soon as its end comes into sight. */
  readonly auto?: boolean;
}

/** The end of a list of comments: what comes next, or why it did not come. Small, because there may be many on one screen. */
export function MoreOf<T>({ pages, label, auto = false }: MoreOfProps<T>) {
  const end = useRef<HTMLDivElement>(null);
  const phase = pages.phase.value;
  const size = pages.items.value.length;
  useEffect(() => {
    if (pages.phase.peek() === 'new') pages.loadMore();
  }, [pages]);
  useEffect(() => {
    if (!auto || phase !== 'ready' || !end.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) pages.loadMore();
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [pages, phase, size]);
  const problem = pages.problem.value;
  if (phase === 'ended' || phase === 'new') return null;
  return (
    <div class={styles.end} ref={end}>
      {phase === 'failed' && problem && (
        <p class={styles.problem} role="alert">
          {problem.sentence}
        </p>
      )}
      <Button look="quiet" small busy={phase === 'loading'} onPress={pages.loadMore}>
        {label}
      </Button>
    </div>
  );
}
