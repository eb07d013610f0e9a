import type { Sound } from '../api/schema.gen.ts';
import { Icon } from '../ui/icon.tsx';
import styles from './sound.module.css';

/** The sign of a sound: a record with the poster of the clip that it is from. */
export function Disc({ sound, small = false }: { sound: Pick<Sound, 'preview_url'>; small?: boolean }) {
  return (
    <span class={small ? `${styles.disc} ${styles.small}` : styles.disc} aria-hidden="true">
      {sound.preview_url && <img src={sound.preview_url} alt="" loading="lazy" />}
      <span class={styles.note}>
        <Icon name="music" size={small ? 14 : 20} />
      </span>
    </span>
  );
}
