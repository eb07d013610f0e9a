import type { Status } from '../api/types.ts';
import { isMuted, toggleSound } from '../player/sound.ts';
import { toast } from '../state/toasts.ts';
import { strings } from '../strings.ts';
import { IconButton } from '../ui/button.tsx';
import { clipPath } from '../ui/links.ts';
import styles from './clip-actions.module.css';
import { toggleFullscreen } from './fullscreen.ts';

/** What one can do with a clip, beside the thumb or beside the clip. */
export function ClipActions({ status }: { status: Status }) {
  const muted = isMuted.value;
  const text = strings.clip;
  return (
    <div class={styles.actions}>
      <IconButton
        class={styles.action}
        icon={muted ? 'soundOff' : 'soundOn'}
        label={muted ? text.soundOn : text.soundOff}
        onPress={toggleSound}
      />
      <IconButton class={styles.action} icon="link" label={text.copyLink} onPress={() => copyLink(status)} />
      {document.fullscreenEnabled && (
        <IconButton
          class={`${styles.action} ${styles.desktop}`}
          icon="fullscreen"
          label={text.fullscreen}
          onPress={toggleFullscreen}
        />
      )}
    </div>
  );
}

async function copyLink(status: Status): Promise<void> {
  const url = new URL(clipPath(status), location.origin).href;
  try {
    await navigator.clipboard.writeText(url);
    toast(strings.clip.linkCopied);
  } catch {
    toast(strings.clip.linkNotCopied(url), 'error');
  }
}
