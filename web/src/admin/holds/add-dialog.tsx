import { useState } from 'preact/hooks';
import { Field, SelectField } from '../../ui/field.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { hold, type LegalHold } from './calls.ts';
import { say } from './say.ts';

const KINDS = ['account', 'video', 'report'] as const;

const kindOf = (text = ''): LegalHold['kind'] => KINDS.find((one) => one === text) ?? 'account';

interface AddProps {
  /** `KIND:NUMBER` where something is meant already; else empty. */
  readonly about: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks what is to be held, and why. */
export function AddDialog({ about, onDone, onClose }: AddProps) {
  const [ofKind, ofNumber = ''] = about.split(':');
  const [kind, setKind] = useState(kindOf(ofKind));
  const [number, setNumber] = useState(ofNumber);
  const [reference, setReference] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const send = async (reason: string) => {
    if (!/^\d+$/.test(number.trim())) return setProblem(say('numberWrong'));
    setBusy(true);
    const outcome = await hold({ kind, target_id: number.trim(), reason, reference });
    setBusy(false);
    if (outcome.ok) onDone();
    else setProblem(outcome.sentence);
  };
  return (
    <ReasonDialog
      title={say('add')}
      text={say('addText')}
      action={say('add')}
      look="primary"
      isRequired
      busy={busy}
      problem={problem}
      onConfirm={send}
      onClose={onClose}
    >
      <SelectField
        label={say('kind')}
        value={kind}
        choices={KINDS.map((value) => ({ value, name: say(value) }))}
        onChoose={(value) => setKind(kindOf(value))}
      />
      <Field
        required
        label={say('number')}
        hint={say('numberHint')}
        name="number"
        value={number}
        onInput={setNumber}
      />
      <Field
        label={say('reference')}
        hint={say('referenceHint')}
        name="reference"
        value={reference}
        onInput={setReference}
        maxLength={200}
      />
    </ReasonDialog>
  );
}
