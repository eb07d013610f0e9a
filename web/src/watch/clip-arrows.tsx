import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { say } from '../feed/say.ts';
import { type ClipRef, neighboursOf, watchInClipList } from '../state/clip-list.ts';
import { IconButton } from '../ui/button.tsx';
import styles from './clip-arrows.module.css';

interface ClipWalk {
  readonly next?: () => void;
  readonly previous?: () => void;
}

/** The ways on in the list that a clip was opened from. Going back leads to the list, however far one went. */
export function useClipWalk(id: string): ClipWalk {
  const { route } = useLocation();
  const { previous, next } = neighboursOf(id);
  useEffect(() => watchInClipList(id), [id]);
  const to = ({ id: target, path }: ClipRef) => {
    watchInClipList(target);
    route(path, true);
  };
  return {
    ...(next ? { next: () => to(next) } : {}),
    ...(previous ? { previous: () => to(previous) } : {}),
  };
}

/** The same as buttons; one that leads nowhere is not there. */
export function ClipArrows({ previous, next }: ClipWalk) {
  if (!previous && !next) return null;
  return (
    <div class={styles.arrows}>
      {previous && <IconButton icon="up" label={say('previous')} onPress={previous} />}
      {next && <IconButton icon="down" label={say('next')} onPress={next} />}
    </div>
  );
}
