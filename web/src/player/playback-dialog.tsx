import { speedChoice, speeds } from '../state/preferences.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Choice } from '../ui/field.tsx';
import { speedName } from './playback-menu.tsx';
import type { Player } from './pool.ts';
import { say } from './say.ts';

/** How fast clips are played, from now on, and the picture of this one in a window of its own. */
export function PlaybackDialog({ player, onClose }: { player: Player; onClose: () => void }) {
  const chosen = speedChoice.value ?? '1';
  return (
    <Dialog title={say('title')} onClose={onClose}>
      <fieldset>
        <legend>{say('speed')}</legend>
        {speeds.map((speed) => (
          <Choice
            key={speed}
            type="radio"
            name="speed"
            checked={speed === chosen}
            onChoose={() => {
              speedChoice.value = speed;
            }}
          >
            {speed === '1' ? say('usual') : speedName(speed)}
          </Choice>
        ))}
      </fieldset>
      {document.pictureInPictureEnabled && (
        <Button
          look="quiet"
          onPress={() => {
            onClose();
            showInPicture(player.video);
          }}
        >
          {say('pictureInPicture')}
        </Button>
      )}
    </Dialog>
  );
}

async function showInPicture(video: HTMLVideoElement): Promise<void> {
  try {
    await video.requestPictureInPicture();
  } catch {
    toast(say('noPictureInPicture'), 'error');
  }
}
