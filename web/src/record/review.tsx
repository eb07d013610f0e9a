import { useEffect, useRef } from 'preact/hooks';
import type { Trim } from '../editing/trim.ts';
import { RemixFields } from '../remix/remix-fields.tsx';
import { RemixPreview } from '../remix/remix-preview.tsx';
import { VolumeFields } from '../sounds/sound-fields.tsx';
import { SoundPreview } from '../sounds/sound-preview.tsx';
import { Button } from '../ui/button.tsx';
import { useObjectUrl } from '../ui/use-object-url.ts';
import type { Answer, Music } from './answer.ts';
import styles from './record.module.css';
import { say } from './say.ts';

interface ReviewProps {
  readonly file: File;
  readonly trim: Trim;
  /** The clip that it answers to: what is looked at is both. */
  readonly answer: Answer | undefined;
  /** The sound that it was recorded to. */
  readonly music: Music | undefined;
  readonly onUse: () => void;
  readonly onAgain: () => void;
}

/** A look at what was recorded, without what was undone. */
export function Review({ file, trim, answer, music, onUse, onAgain }: ReviewProps) {
  const url = useObjectUrl(file);
  return (
    <section class={styles.studio} aria-label={say('review')}>
      {answer ? (
        <>
          {url && <RemixPreview original={answer.original} remix={answer.remix} url={url} trim={trim} />}
          {answer.remix.kind === 'duet' && <RemixFields {...answer} />}
        </>
      ) : music ? (
        <>
          {url && <SoundPreview {...music} url={url} trim={trim} />}
          <VolumeFields {...music} />
        </>
      ) : (
        <Film url={url} trim={trim} />
      )}
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

function Film({ url, trim }: { url: string | null; trim: Trim }) {
  const video = useRef<HTMLVideoElement>(null);
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
    // biome-ignore lint/a11y/useMediaCaption: nobody has written any yet
    <video class={styles.picture} ref={video} aria-label={say('review')} controls playsInline />
  );
}
