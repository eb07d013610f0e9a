import { useState } from 'preact/hooks';
import type { Captions, Status } from '../api/types.ts';
import { captionsShown, toggleCaptions } from '../player/captions.ts';
import { isMuted, toggleSound } from '../player/sound.ts';
import { toast } from '../state/toasts.ts';
import { strings } from '../strings.ts';
import { IconButton } from '../ui/button.tsx';
import { clipPath } from '../ui/links.ts';
import { CaptionsDialog } from './captions-dialog.tsx';
import styles from './clip-actions.module.css';
import { toggleFullscreen } from './fullscreen.ts';

/** What one can do with a clip, beside the thumb or beside the clip. */
export function ClipActions({ status, captions }: { status: Status; captions: readonly Captions[] }) {
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
      {captions.length > 0 && <CaptionsButton captions={captions} />}
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

/** Turns captions on and off; where there are several languages it asks which. */
function CaptionsButton({ captions }: { captions: readonly Captions[] }) {
  const [choosing, setChoosing] = useState(false);
  const several = captions.length > 1;
  const shown = captionsShown.value;
  return (
    <>
      <IconButton
        class={[styles.action, shown && styles.on].filter(Boolean).join(' ')}
        icon="captions"
        label={strings.captions.title}
        pressed={several ? undefined : shown}
        opensDialog={several}
        onPress={several ? () => setChoosing(true) : toggleCaptions}
      />
      {choosing && <CaptionsDialog captions={captions} onClose={() => setChoosing(false)} />}
    </>
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
