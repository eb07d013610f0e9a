import { useState } from 'preact/hooks';
import type { Captions } from '../api/types.ts';
import { captionsShown, toggleCaptions } from '../player/captions.ts';
import { isMuted, toggleSound } from '../player/sound.ts';
import { IconButton } from '../ui/button.tsx';
import { whenOpen } from '../ui/when-open.tsx';
import styles from './clip-controls.module.css';
import { toggleFullscreen } from './fullscreen.ts';
import { say } from './say.ts';

const CaptionsDialog = whenOpen(() =>
  import('./captions-dialog.tsx').then((module) => module.CaptionsDialog),
);

/** How a clip is watched: sound, captions and size, in its upper corner. */
export function ClipControls({ captions }: { captions: readonly Captions[] }) {
  const muted = isMuted.value;
  return (
    <div class={styles.controls}>
      <IconButton
        class={styles.control}
        icon={muted ? 'soundOff' : 'soundOn'}
        label={muted ? say('soundOn') : say('soundOff')}
        onPress={toggleSound}
      />
      {captions.length > 0 && <CaptionsButton captions={captions} />}
      {document.fullscreenEnabled && (
        <IconButton
          class={`${styles.control} ${styles.desktop}`}
          icon="fullscreen"
          label={say('fullscreen')}
          onPress={toggleFullscreen}
        />
      )}
    </div>
  );
}

/** Turns captions on and off; where there are several languages it asks which. */
function CaptionsButton({ captions }: { captions: readonly Captions[] }) {
  const [choosing, setChoosing] = useState(false);
  const several = captions.length > 1;
  const shown = captionsShown.value;
  return (
    <>
      <IconButton
        class={[styles.control, shown && styles.on].filter(Boolean).join(' ')}
        icon="captions"
        label={say('captions')}
        pressed={several ? undefined : shown}
        opensDialog={several}
        onPress={several ? () => setChoosing(true) : toggleCaptions}
      />
      {choosing && <CaptionsDialog captions={captions} onClose={() => setChoosing(false)} />}
    </>
  );
}
