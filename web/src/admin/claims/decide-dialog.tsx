import { useState } from 'preact/hooks';
import type { AdminClaimDetail } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Choice, SelectField } from '../../ui/field.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type Deed, decide, type SoundPolicy, soundPolicies } from './calls.ts';
import { say } from './say.ts';

export const CLAIM_WORDS = {
  uphold: { title: 'upholdTitle', text: 'upholdText', action: 'uphold' },
  reject: { title: 'rejectTitle', text: 'rejectText', action: 'reject' },
  reopen: { title: 'reopenTitle', text: 'reopenText', action: 'reopen' },
  restore: { title: 'restoreTitle', text: 'restoreText', action: 'restore' },
} as const;
const COUNTER_WORDS = {
  accept: { title: 'acceptTitle', text: 'acceptText', action: 'accept' },
  reject: { title: 'rejectCounterTitle', text: 'rejectCounterText', action: 'reject' },
} as const;

const wordsOf = (deed: Deed) => (deed.of === 'claim' ? CLAIM_WORDS[deed.verb] : COUNTER_WORDS[deed.verb]);

interface DecideDialogProps {
  readonly deed: Deed;
  readonly onDone: (claim: AdminClaimDetail) => void;
  readonly onClose: () => void;
}

/** Asks before a decision, and what the claimant reads of it. */
export function DecideDialog({ deed, onDone, onClose }: DecideDialogProps) {
  const [keepAway, setKeepAway] = useState(false);
  const [sounds, setSounds] = useState<SoundPolicy>('mute');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const { title, text, action } = wordsOf(deed);
  const confirm = async (answer: string) => {
    setBusy(true);
    const outcome = await decide(deed, answer, { keepAway, sounds });
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('done'));
    onDone(outcome.value);
  };
  return (
    <ReasonDialog
      title={say(title)}
      text={say(text)}
      action={say(action)}
      look={deed.verb === 'uphold' ? 'danger' : 'primary'}
      hint={say('answerHint')}
      busy={busy}
      problem={problem}
      onConfirm={confirm}
      onClose={onClose}
    >
      {deed.verb === 'uphold' && (
        <>
          <SelectField
            label={say('sounds')}
            value={sounds}
            choices={soundPolicies.map((value) => ({ value, name: say('soundsOf', { sounds: value }) }))}
            onChoose={(next) => setSounds(soundPolicies.find((one) => one === next) ?? 'mute')}
          />
          <Choice type="checkbox" name="keepAway" checked={keepAway} onChoose={setKeepAway}>
            {say('keepAway')}
          </Choice>
        </>
      )}
    </ReasonDialog>
  );
}
