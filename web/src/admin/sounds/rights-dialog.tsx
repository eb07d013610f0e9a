import { useState } from 'preact/hooks';
import { draftOf, saidIn, wrongIn } from '../../sounds/rights.ts';
import { RightsFields } from '../../sounds/rights-fields.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type AdminSound, setRights } from './calls.ts';
import { say } from './say.ts';

interface RightsDialogProps {
  readonly sound: AdminSound;
  readonly onDone: (sound: AdminSound) => void;
  readonly onClose: () => void;
}

/** Whose a sound is, as the staff says: its author changes it no more. */
export function RightsDialog({ sound, onDone, onClose }: RightsDialogProps) {
  const [draft, setDraft] = useState(draftOf(sound.rights));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set());
  const send = async (reason: string) => {
    setBusy(true);
    const outcome = await setRights(sound.id, { ...saidIn(draft), reason });
    setBusy(false);
    if (outcome.ok) return onDone(outcome.value);
    setProblem(outcome.sentence);
    setWrong(wrongIn(outcome.fields));
  };
  return (
    <ReasonDialog
      title={say('rightsTitle')}
      text={say('rightsText')}
      action={say('keep')}
      look="primary"
      busy={busy}
      problem={problem}
      onConfirm={send}
      onClose={onClose}
    >
      <RightsFields {...{ draft, wrong }} onChange={setDraft} />
    </ReasonDialog>
  );
}
