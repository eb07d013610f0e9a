import { useState } from 'preact/hooks';
import type { StudioVideo } from '../api/types.ts';
import { removeEverywhere } from '../state/timelines.ts';
import { toast } from '../state/toasts.ts';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { calls } from './calls.ts';
import { say } from './say.ts';

interface DeleteClipProps {
  readonly video: StudioVideo;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** Asks once more, and deletes. */
export function DeleteClip({ video, onClose, onDeleted }: DeleteClipProps) {
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    const outcome = await calls.remove(video.id);
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
      text={video.state === 'published' ? say('deleteText') : say('deleteDraftText')}
      action={say('deleteConfirm')}
      busy={busy}
      onConfirm={remove}
      onClose={onClose}
    />
  );
}
