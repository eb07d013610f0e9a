import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Form, FormError, SelectField } from '../../ui/field.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import {
  type AdminSound,
  actions,
  decide,
  type ListedAction,
  putOnList,
  type SoundAction,
  takeBack,
  type Where,
} from './calls.ts';
import { say } from './say.ts';

interface DialogProps<T> {
  readonly sound: AdminSound;
  readonly onDone: (answer: T) => void;
  readonly onClose: () => void;
}

/** Sends what was decided; says in the dialog why it was refused. */
function useSending<T>(onDone: (answer: T) => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const send = async (call: Promise<ApiOutcome<T>>) => {
    setBusy(true);
    const outcome = await call;
    setBusy(false);
    if (outcome.ok) onDone(outcome.value);
    else setProblem(outcome.sentence);
  };
  return { busy, problem, send };
}

const choicesOf = <A extends SoundAction>(of: readonly A[]) =>
  of.map((value) => ({ value, name: say('actionOf', { action: value }) }));

const wheres = ['everywhere', 'in', 'except'] as const;

function whereOf({ rule }: AdminSound): Where {
  if (!rule?.region) return 'everywhere';
  return rule.region.except ? 'except' : 'in';
}

/** As somebody writes them: DE, FR. */
const codesIn = (text: string): string[] => text.split(/[\s,;]+/).filter((code) => code !== '');

/** What is to count for a sound, where, and why. */
export function DecideDialog({ sound, onDone, onClose }: DialogProps<AdminSound>) {
  const [action, setAction] = useState<SoundAction>(sound.rule?.action ?? 'mute');
  const [where, setWhere] = useState<Where>(whereOf(sound));
  const [countries, setCountries] = useState(sound.rule?.region?.countries.join(', ') ?? '');
  const { busy, problem, send } = useSending(onDone);
  const isRegional = action !== 'allow' && where !== 'everywhere';
  const region = isRegional ? { countries: codesIn(countries), except: where === 'except' } : null;
  return (
    <ReasonDialog
      title={say('decideTitle')}
      text={isRegional ? say('decideRegion', { action }) : say('decideText', { action })}
      action={say('actionOf', { action })}
      look={action === 'allow' ? 'primary' : 'danger'}
      hint={say('reasonHint')}
      busy={busy}
      problem={problem}
      onConfirm={(reason) => send(decide(sound.id, { action, reason, region }))}
      onClose={onClose}
    >
      <SelectField
        label={say('action')}
        value={action}
        choices={choicesOf(actions)}
        onChoose={(next) => setAction(actions.find((one) => one === next) ?? 'mute')}
      />
      {action !== 'allow' && (
        <SelectField
          label={say('where')}
          value={where}
          choices={wheres.map((value) => ({ value, name: say('whereOf', { where: value }) }))}
          onChoose={(next) => setWhere(wheres.find((one) => one === next) ?? 'everywhere')}
        />
      )}
      {isRegional && (
        <Field
          label={say('countries')}
          name="countries"
          value={countries}
          onInput={setCountries}
          hint={say('countriesHint')}
          required
        />
      )}
    </ReasonDialog>
  );
}

export function TakeBackDialog({ sound, onDone, onClose }: DialogProps<object>) {
  const { busy, problem, send } = useSending(onDone);
  return (
    <ReasonDialog
      title={say('takeBackTitle')}
      text={say('takeBackText')}
      action={say('takeBack')}
      look="primary"
      busy={busy}
      problem={problem}
      onConfirm={(reason) => send(takeBack(sound.id, reason))}
      onClose={onClose}
    />
  );
}

const LISTED: readonly ListedAction[] = ['refuse', 'mute'];

/** Has whatever sounds the same be treated so, here and where the list is given to. */
export function ListDialog({ sound, onDone, onClose }: DialogProps<object>) {
  const [action, setAction] = useState<ListedAction>('refuse');
  const [label, setLabel] = useState(sound.title);
  const { busy, problem, send } = useSending(onDone);
  return (
    <Dialog title={say('listTitle')} onClose={onClose}>
      <Form label={say('listTitle')} onSend={() => !busy && send(putOnList(sound.id, action, label.trim()))}>
        {problem !== undefined && <FormError sentence={problem} />}
        <p>{say('listText')}</p>
        <SelectField
          label={say('action')}
          value={action}
          choices={choicesOf(LISTED)}
          onChoose={(next) => setAction(LISTED.find((one) => one === next) ?? 'refuse')}
        />
        <Field label={say('label')} name="label" value={label} onInput={setLabel} maxLength={200} />
        <div>
          <Button type="submit" look="danger" busy={busy}>
            {say('list')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
