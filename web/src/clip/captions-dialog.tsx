import type { Captions } from '../api/types.ts';
import { captionsFor, captionsShown, chooseCaptions } from '../player/captions.ts';
import { captionsChoice } from '../state/preferences.ts';
import { strings } from '../strings.ts';
import { captionsName } from '../ui/captions-name.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Choice } from '../ui/field.tsx';

/** Which captions to show, where there is more than one language; for all clips from then on. */
export function CaptionsDialog({
  captions,
  onClose,
}: {
  captions: readonly Captions[];
  onClose: () => void;
}) {
  const shown = captionsShown.value ? captionsFor(captions) : undefined;
  const text = strings.captions;
  return (
    <Dialog title={text.title} onClose={onClose}>
      <fieldset aria-label={text.title}>
        <Choice
          type="radio"
          name="captions"
          checked={!shown}
          onChoose={() => {
            captionsChoice.value = 'off';
          }}
        >
          {text.off}
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
