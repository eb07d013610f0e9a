import { useState } from 'preact/hooks';
import type { StudioVideo } from '../api/types.ts';
import { removeEverywhere } from '../state/timelines.ts';
import { toast } from '../state/toasts.ts';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { Choice } from '../ui/field.tsx';
import { calls } from './calls.ts';
import { say } from './say.ts';

interface DeleteClipProps {
  readonly video: Pick<StudioVideo, 'id' | 'state'> & {
    readonly stats: Pick<StudioVideo['stats'], 'remixes'>;
  };
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** Asks once more, also what becomes of the duets and stitches of it, and deletes. */
export function DeleteClip({ video, onClose, onDeleted }: DeleteClipProps) {
  const [busy, setBusy] = useState(false);
  const [withdraws, setWithdraws] = useState(false);
  const remove = async () => {
    setBusy(true);
    const outcome = await calls.remove(video.id, withdraws ? 'withdraw' : 'keep');
    setBusy(false);
    // Gone already is what was wanted.
    if (!outcome.ok && outcome.status !== 404) return toast(outcome.sentence, 'error');
    removeEverywhere(video.id);
    toast(say('deleted'));
    onDeleted();
  };
  return (
    <ConfirmDialog
      title={say('deleteTitle')}
      text={
        <>
          {video.state === 'published' ? say('deleteText') : say('deleteDraftText')}
          {video.stats.remixes > 0 && (
            <Choice
              type="checkbox"
              name="withdraw"
              checked={withdraws}
              onChoose={setWithdraws}
              hint={say('withdrawHint')}
            >
              {say('withdraw', { n: video.stats.remixes })}
            </Choice>
          )}
        </>
      }
      action={say('deleteConfirm')}
      busy={busy}
      onConfirm={remove}
      onClose={onClose}
    />
  );
}
