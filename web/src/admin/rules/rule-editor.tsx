import { useState } from 'preact/hooks';
import type { ContentRule, RuleTrial } from '../../api/schema.gen.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field, FormError, SelectField } from '../../ui/field.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { saveRule, tryRule } from './calls.ts';
import { actions, type Draft, draftOf, fields, inputOf, nameOfField, numbers, scopes } from './draft.ts';
import styles from './rules.module.css';
import { say } from './say.ts';

interface RuleEditorProps {
  /** Null: a new one. */
  readonly rule: ContentRule | null;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** Says what a rule looks for and does, and shows what it would find before it acts. */
export function RuleEditor({ rule, onSaved, onClose }: RuleEditorProps) {
  const [draft, setDraft] = useState(() => draftOf(rule));
  const [trial, setTrial] = useState<RuleTrial | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState<'try' | 'save' | null>(null);
  const change = (change: Partial<Draft>) => {
    setTrial(null);
    setDraft({ ...draft, ...change });
  };

  const attempt = async () => {
    setBusy('try');
    setProblem(null);
    const outcome = await tryRule(inputOf(draft));
    setBusy(null);
    if (outcome.ok) setTrial(outcome.value);
    else setProblem(outcome.sentence);
  };
  const save = async () => {
    setBusy('save');
    setProblem(null);
    const outcome = await saveRule(rule?.id ?? null, inputOf(draft));
    setBusy(null);
    if (outcome.ok) onSaved();
    else setProblem(outcome.sentence);
  };

  const title = rule ? say('changeWho', { name: rule.name }) : say('add');
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class={styles.form}
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault();
          if (busy === null) save();
        }}
      >
        {problem !== null && <FormError sentence={problem} />}
        <Field
          required
          label={say('name')}
          name="name"
          value={draft.name}
          maxLength={100}
          onInput={(name) => change({ name })}
        />
        <Conditions draft={draft} change={change} />
        <SelectField
          label={say('action')}
          value={draft.action}
          choices={actions.map((value) => ({ value, name: say(value) }))}
          onChoose={(value) => change({ action: actions.find((one) => one === value) ?? draft.action })}
        />
        <SelectField
          label={say('scope')}
          value={draft.scope}
          choices={scopes.map((value) => ({ value, name: say(value) }))}
          onChoose={(value) => change({ scope: scopes.find((one) => one === value) ?? draft.scope })}
        />
        <div class={styles.buttons}>
          <Button look="quiet" busy={busy === 'try'} onPress={attempt}>
            {say('tryIt')}
          </Button>
          <Button type="submit" busy={busy === 'save'}>
            {say('save')}
          </Button>
        </div>
        <div role="status">{trial && <Found trial={trial} />}</div>
      </form>
    </Dialog>
  );
}

interface ConditionsProps {
  readonly draft: Draft;
  readonly change: (change: Partial<Draft>) => void;
}

function Conditions({ draft, change }: ConditionsProps) {
  return (
    <>
      <Field
        multiline
        label={say('words')}
        hint={say('wordsHint')}
        name="words"
        value={draft.words}
        onInput={(words) => change({ words })}
      />
      <Field
        label={say('regex')}
        hint={say('regexHint')}
        name="regex"
        value={draft.regex}
        maxLength={500}
        onInput={(regex) => change({ regex })}
      />
      <Field
        multiline
        label={say('labels')}
        hint={say('labelsHint')}
        name="labels"
        value={draft.labels}
        onInput={(labels) => change({ labels })}
      />
      <fieldset class={styles.choices}>
        <legend>{say('fields')}</legend>
        <p>{say('fieldsHint')}</p>
        {fields.map((field) => (
          <Choice
            key={field}
            type="checkbox"
            name={`field-${field}`}
            checked={draft.fields.includes(field)}
            onChoose={(on) =>
              change({ fields: fields.filter((one) => (one === field ? on : draft.fields.includes(one))) })
            }
          >
            {nameOfField(field)}
          </Choice>
        ))}
      </fieldset>
      <details>
        <summary>{say('more')}</summary>
        <div class={styles.form}>
          {numbers.map((name) => (
            <Field
              key={name}
              type="whole"
              label={say(name)}
              name={name}
              value={draft[name]}
              onInput={(value) => change({ [name]: value })}
            />
          ))}
        </div>
      </details>
    </>
  );
}

function Found({ trial }: { trial: RuleTrial }) {
  const rows = trial.matches.map((match, at) => ({ ...match, at }));
  return (
    <>
      <p>{say('found', { found: trial.found, lookedAt: trial.looked_at })}</p>
      <p>{say('untested')}</p>
      {rows.length > 0 && (
        <DataTable
          label={say('tryIt')}
          rows={rows}
          rowKey={({ at }) => String(at)}
          head={{ title: say('text'), wide: true, cell: ({ excerpt }) => <span dir="auto">{excerpt}</span> }}
          columns={[{ title: say('foundIn'), cell: ({ field }) => (field ? nameOfField(field) : '–') }]}
        />
      )}
    </>
  );
}
