import type { Captions } from '../api/types.ts';
import { captionsFor, captionsShown, chooseCaptions } from '../player/captions.ts';
import { captionsChoice } from '../state/preferences.ts';
import { captionsName } from '../ui/captions/captions-name.ts';
import { say as sayOfCaptions } from '../ui/captions/say.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Choice } from '../ui/field.tsx';
import { say } from './say.ts';

/** Which captions to show, where there is more than one language; for all clips from then on. */
export function CaptionsDialog({
  captions,
  onClose,
}: {
  captions: readonly Captions[];
  onClose: () => void;
}) {
  const shown = captionsShown.value ? captionsFor(captions) : undefined;
  return (
    <Dialog title={say('captions')} onClose={onClose}>
      <fieldset aria-label={say('captions')}>
        <Choice
          type="radio"
          name="captions"
          checked={!shown}
          onChoose={() => {
            captionsChoice.value = 'off';
          }}
        >
          {sayOfCaptions('off')}
        </Choice>
        {captions.map((one) => (
          <Choice
            key={one.language}
            type="radio"
            name="captions"
            checked={one === shown}
            onChoose={() => chooseCaptions(one.language)}
          >
            {captionsName(one)}
          </Choice>
        ))}
      </fieldset>
    </Dialog>
  );
}
