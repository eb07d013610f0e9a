import { useState } from 'preact/hooks';
import type { Measure } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Choice, SelectField } from '../../ui/field.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type ActionTarget, act, actionsOf, serverRules } from './calls.ts';
import { say } from './say.ts';

interface ActionDialogProps {
  readonly target: ActionTarget;
  /** What led to it, as it is kept with the deed; whoever opens this closes them. */
  readonly reportIds?: readonly string[];
  /** What is chosen at first. */
  readonly first?: string;
  readonly onDone: (measure: Measure) => void;
  readonly onClose: () => void;
}

/** What is done to an account or a post, which rules were broken, and what its person reads. */
export function ActionDialog({ target, reportIds = [], first, onDone, onClose }: ActionDialogProps) {
  const [action, choose] = useState(first ?? actionsOf[target.kind][0] ?? 'none');
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set());
  const [isTold, setTold] = useState(true);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [rules] = useRemote('rules', serverRules);
  const confirm = async (text: string) => {
    setBusy(true);
    const outcome = await act(target, {
      ...{ type: action, text, rule_ids: [...broken], report_ids: reportIds },
      send_email_notification: isTold,
    });
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('done', { action: say('did', { action }) }));
    onDone(outcome.value);
  };
  const toggle = (id: string, on: boolean) => {
    const next = new Set(broken);
    if (on) next.add(id);
    else next.delete(id);
    setBroken(next);
  };
  return (
    <ReasonDialog
      title={say('dialog', { kind: target.kind })}
      text={say('text')}
      action={say('did', { action })}
      hint={say('facts')}
      busy={busy}
      problem={problem}
      onConfirm={confirm}
      onClose={onClose}
    >
      <SelectField
        label={say('measure')}
        value={action}
        choices={actionsOf[target.kind].map((value) => ({ value, name: say('did', { action: value }) }))}
        hint={say('explain', { action })}
        onChoose={choose}
      />
      {rules.state === 'ready' && rules.value.length > 0 && (
        <fieldset>
          <legend>{say('rules')}</legend>
          {rules.value.map(({ id, text }) => (
            <Choice
              key={id}
              type="checkbox"
              name={`rule-${id}`}
              checked={broken.has(id)}
              onChoose={(on) => toggle(id, on)}
            >
              <span dir="auto">{text}</span>
            </Choice>
          ))}
        </fieldset>
      )}
      <Choice type="checkbox" name="notice" checked={isTold} onChoose={setTold} hint={say('noticeHint')}>
        {say('notice')}
      </Choice>
    </ReasonDialog>
  );
}
