import { useState } from 'preact/hooks';
import { speed } from '../state/preferences.ts';
import { whenOpen } from '../ui/when-open.tsx';
import styles from './playback-menu.module.css';
import type { Player } from './pool.ts';
import { say } from './say.ts';
import { speedName } from './speed-name.ts';

const PlaybackDialog = whenOpen(() =>
  import('./playback/playback-dialog.tsx').then((module) => module.PlaybackDialog),
);

/** The speed of clips as a button, behind which is what one rarely changes. */
export function PlaybackMenu({ player }: { player: Player }) {
  const [open, setOpen] = useState(false);
  const name = speedName(speed());
  return (
    <>
      <button
        type="button"
        class={styles.button}
        aria-label={say('menu', { speed: name })}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {name}
      </button>
      {open && <PlaybackDialog player={player} onClose={() => setOpen(false)} />}
    </>
  );
}
