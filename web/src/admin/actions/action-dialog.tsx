import { useState } from 'preact/hooks';
import type { TakenMeasure } from '../../api/schema.gen.ts';
import { Choice, SelectField } from '../../ui/field.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type Act, type ActionTarget, act, actionsOf, serverRules } from './calls.ts';
import { say } from './say.ts';

interface ActionDialogProps {
  /** What can be acted on; which of them is chosen here, the first at first. */
  readonly targets: readonly [ActionTarget, ...ActionTarget[]];
  /** What led to it: closed with the deed, or nothing is done. */
  readonly reports?: Act['reports'];
  readonly onDone: (taken: TakenMeasure) => void;
  readonly onClose: () => void;
}

/** To whom or what something is done, what, which rules were broken, and what its person reads. */
export function ActionDialog({ targets, reports = [], onDone, onClose }: ActionDialogProps) {
  const [target, aim] = useState(targets[0]);
  const [action, choose] = useState(actionsOf[target.kind][0]);
  const aimAt = (key: string) => {
    const next = targets.find((one) => keyOf(one) === key) ?? targets[0];
    aim(next);
    choose((known) => actionsOf[next.kind].find((one) => one === known) ?? actionsOf[next.kind][0]);
  };
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set());
  const [isTold, setTold] = useState(true);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [rules] = useRemote('rules', serverRules);
  const confirm = async (text: string) => {
    setBusy(true);
    const outcome = await act(target, {
      ...{ type: action, text, rule_ids: [...broken], reports },
      send_email_notification: isTold,
    });
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
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
      text={[say('text'), reports.length > 0 && say('closes', { count: reports.length })]
        .filter(Boolean)
        .join(' ')}
      action={say('did', { action })}
      hint={say('facts')}
      busy={busy}
      problem={problem}
      onConfirm={confirm}
      onClose={onClose}
    >
      {targets.length > 1 && (
        <SelectField
          label={say('target')}
          value={keyOf(target)}
          choices={targets.map((one) => ({ value: keyOf(one), name: nameOf(one) }))}
          onChoose={aimAt}
        />
      )}
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

const keyOf = ({ kind, id }: ActionTarget): string => `${kind} ${id}`;

const nameOf = ({ kind, id, says = '' }: ActionTarget): string =>
  [say('targetName', { kind, id }), says.slice(0, MAX_SAID)].filter(Boolean).join(': ');

const MAX_SAID = 60;
