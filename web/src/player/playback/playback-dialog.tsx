import { playbackSpeed } from '../../state/preferences.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice } from '../../ui/field.tsx';
import type { Player } from '../pool.ts';
import { speedName } from '../speed-name.ts';
import { say } from './say.ts';

const USUAL = '1';
/** From slow to fast; null is as they were made. */
const speeds = ['0.5', '0.75', null, '1.25', '1.5', '2'] as const;

/** How fast clips are played, from now on, and the picture of this one in a window of its own. */
export function PlaybackDialog({ player, onClose }: { player: Player; onClose: () => void }) {
  const chosen = playbackSpeed.value;
  return (
    <Dialog title={say('title')} onClose={onClose}>
      <fieldset>
        <legend>{say('speed')}</legend>
        {speeds.map((speed) => (
          <Choice
            key={speed ?? USUAL}
            type="radio"
            name="speed"
            checked={speed === chosen}
            onChoose={() => {
              playbackSpeed.value = speed;
            }}
          >
            {speed === null ? say('usual') : speedName(Number(speed))}
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
