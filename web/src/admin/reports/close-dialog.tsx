import { useState } from 'preact/hooks';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import type { Pointer } from './calls.ts';
import { change } from './deeds.ts';
import { say } from './say.ts';

export interface Closing {
  readonly as: 'resolve' | 'dismiss';
  readonly reports: readonly Pointer[];
}

/** Asks why, and closes the reports that were looked at. */
export function CloseDialog(props: Closing & { onDone: () => void; onClose: () => void }) {
  const { as, reports, onDone, onClose } = props;
  const [busy, setBusy] = useState(false);
  const confirm = async (reason: string) => {
    setBusy(true);
    await change(reports, { change: as, reason }, onDone);
    onClose();
  };
  return (
    <ReasonDialog
      title={say(as)}
      text={say(as === 'resolve' ? 'resolveText' : 'dismissText', { count: reports.length })}
      action={say(as)}
      look="primary"
      busy={busy}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
