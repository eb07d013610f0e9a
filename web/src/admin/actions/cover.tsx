import { useState } from 'preact/hooks';
import type { AdminVideo } from '../../api/schema.gen.ts';
import styles from './actions.module.css';
import { say } from './say.ts';

/** The poster of a video, blurred until somebody asks for it; its number where there is none to see. */
export function Cover({ video }: { video: AdminVideo }) {
  const [isShown, show] = useState(false);
  if (video.poster_url === null) return <a href={video.url}>{video.id}</a>;
  return (
    <button type="button" class={styles.frame} aria-pressed={isShown} onClick={() => show(!isShown)}>
      <img
        class={isShown ? styles.cover : `${styles.cover} ${styles.hidden}`}
        src={video.poster_url}
        alt={say('show')}
        loading="lazy"
      />
    </button>
  );
}
