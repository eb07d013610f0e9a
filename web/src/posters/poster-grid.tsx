import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { type ClipList, enterClipList, enteredClipList } from '../state/clip-list.ts';
import { More } from '../ui/more.tsx';
import { VisuallyHidden } from '../ui/page.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import type { ClipPages } from './clip-pages.ts';
import styles from './poster-grid.module.css';
import { PosterTile } from './poster-tile.tsx';
import { say } from './say.ts';

interface PosterGridProps {
  readonly pages: ClipPages;
  /** Of what the clips are. */
  readonly label: string;
  readonly showsPin?: boolean;
  /** What stands beside each poster, like a button that takes it away. */
  readonly beside?: (status: Status) => ComponentChildren;
  /** What stands there once it is known that there is nothing. */
  readonly empty: ComponentChildren;
}

/** Posters that are loaded as one scrolls. A clip opened from here is watched in this list, and coming back leads to it. */
export function PosterGrid({ pages, label, showsPin, beside, empty }: PosterGridProps) {
  const { list } = pages;
  const grid = useReturnTo(list);
  const items = pages.items.value;
  const phase = pages.phase.value;
  const waiting = items.length === 0 && (phase === 'new' || phase === 'loading' || phase === 'ready');
  return (
    <>
      {waiting && <Skeleton />}
      {items.length > 0 && (
        <ul class={styles.grid} aria-label={label} ref={grid}>
          {items.map((status) => (
            <li key={status.id} class={styles.cell}>
              <PosterTile
                status={status}
                showsPin={showsPin ?? false}
                onOpen={() => enterClipList(list, status.id)}
              />
              {beside?.(status)}
            </li>
          ))}
        </ul>
      )}
      {items.length === 0 && phase === 'ended' && empty}
      <More pages={pages} label={say('more')} quiet={waiting} />
    </>
  );
}

const SKELETON = 9;

/** Places for clips that are on their way. */
function Skeleton() {
  return (
    <div role="status">
      <VisuallyHidden>{sayOfUi('loading')}</VisuallyHidden>
      <div class={styles.grid} aria-hidden="true">
        {Array.from({ length: SKELETON }, (_, position) => (
          <span key={position} class={styles.bone} />
        ))}
      </div>
    </div>
  );
}

/** Gives the focus back to the clip that was watched last, for who comes back to the list it was opened from. */
function useReturnTo(list: ClipList) {
  const grid = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const entered = enteredClipList(list.key);
    if (entered?.list !== list || entered.lastId === null) return;
    const tile = grid.current?.querySelector<HTMLElement>(`[data-clip="${entered.lastId}"]`);
    tile?.focus({ preventScroll: true });
    tile?.scrollIntoView({ block: 'nearest' });
  }, [list]);
  return grid;
}
