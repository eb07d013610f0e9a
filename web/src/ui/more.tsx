import { useEffect, useRef } from 'preact/hooks';
import type { Pages } from '../state/pages.ts';
import { Button } from './button.tsx';
import styles from './more.module.css';
import { Failed, Loading } from './page.tsx';

/** So far below the window more is loaded. */
const AHEAD = '800px';

/**
 * What stands at the end of a list of pages: it loads the first page, and the next ones as they come near. The button is for those
 * who do not scroll. Nothing once the list has ended.
 */
export function More<T>(props: {
  pages: Pick<Pages<T>, 'items' | 'phase' | 'problem' | 'loadMore'>;
  label: string;
  quiet?: boolean;
}) {
  const { pages, label, quiet } = props;
  const end = useRef<HTMLDivElement>(null);
  const phase = pages.phase.value;
  const count = pages.items.value.length;

  useEffect(() => {
    if (pages.phase.peek() === 'new') pages.loadMore();
  }, [pages]);
  useEffect(() => {
    const mark = end.current;
    if (!mark || phase !== 'ready') return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) pages.loadMore();
      },
      { rootMargin: `${AHEAD} 0px` },
    );
    observer.observe(mark);
    return () => observer.disconnect();
  }, [pages, phase, count]);

  const problem = pages.problem.value;
  return (
    <div class={styles.end} ref={end}>
      {phase === 'loading' && !quiet && <Loading />}
      {phase === 'failed' && problem && <Failed failure={problem} onRetry={pages.loadMore} />}
      {phase === 'ready' && (
        <Button look="quiet" onPress={pages.loadMore}>
          {label}
        </Button>
      )}
    </div>
  );
}
