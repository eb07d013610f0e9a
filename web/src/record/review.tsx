import { useEffect, useRef } from 'preact/hooks';
import type { Trim } from '../editing/trim.ts';
import { Button } from '../ui/button.tsx';
import { useObjectUrl } from '../ui/use-object-url.ts';
import styles from './record.module.css';
import { say } from './say.ts';

interface ReviewProps {
  readonly file: File;
  readonly trim: Trim;
  readonly onUse: () => void;
  readonly onAgain: () => void;
}

/** A look at what was recorded, without what was undone. */
export function Review({ file, trim, onUse, onAgain }: ReviewProps) {
  const video = useRef<HTMLVideoElement>(null);
  const url = useObjectUrl(file);
  useEffect(() => {
    const element = video.current;
    if (!element || !url) return;
    element.src = url;
    const look = () => {
      const { currentTime: place } = element;
      const cut = trim.cuts.find(({ from, to }) => place >= from && place < to);
      if (place < trim.from) element.currentTime = trim.from;
      else if (cut) element.currentTime = cut.to;
      else if (trim.to !== null && place >= trim.to) {
        element.pause();
        element.currentTime = trim.from;
      }
    };
    element.addEventListener('timeupdate', look);
    element.addEventListener('play', look);
    return () => {
      element.removeEventListener('timeupdate', look);
      element.removeEventListener('play', look);
      element.removeAttribute('src');
      element.load();
    };
  }, [url]);
  return (
    <section class={styles.studio} aria-label={say('review')}>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written any yet */}
      <video class={styles.picture} ref={video} aria-label={say('review')} controls playsInline />
      <div class={styles.actions}>
        <Button icon="check" onPress={onUse}>
          {say('use')}
        </Button>
        <Button look="quiet" onPress={onAgain}>
          {say('startOver')}
        </Button>
      </div>
    </section>
  );
}
