import type { Setting } from '../../api/types.ts';
import { ago } from '../../format.ts';
import { Button } from '../../ui/button.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { say } from './say.ts';
import styles from './settings-page.module.css';
import { english } from './words.ts';

type Word = keyof typeof english;

/** What a setting, or a value of one, is called; by its own name where it has no words yet. */
function called(key: string, own = key): string {
  return Object.hasOwn(english, key)
    ? say(key as Exclude<Word, 'byStaff' | 'resetWhich' | 'changes' | 'range'>)
    : own;
}

export const nameOf = ({ name }: Setting): string => called(name);
export const groupName = (group: string): string => called(group);

/** A value as people read it. */
function valueName({ control }: Setting, value: string | null): string {
  if (value === null || value === '') return say('none');
  return control.kind === 'choice' ? called(`is-${value}`, value) : value;
}

interface SettingFieldProps {
  readonly setting: Setting;
  /** What somebody wrote and did not save yet; null: the default; undefined: nothing. */
  readonly draft: string | null | undefined;
  readonly onDraft: (value: string | null) => void;
}

/** One setting: its value in a fitting field, who set it, and the way back to its default. */
export function SettingField({ setting, draft, onDraft }: SettingFieldProps) {
  const { source, changed_at: changedAt } = setting;
  const isDefault = draft === null || (draft === undefined && source === 'default');
  if (source === 'environment') {
    return (
      <div class={styles.setting}>
        <span class={styles.name}>{nameOf(setting)}</span>
        <span class={styles.given} dir="auto">
          {valueName(setting, setting.value)}
        </span>
        <span class={styles.about}>{say('locked')}</span>
      </div>
    );
  }
  return (
    <div class={styles.setting}>
      <Control setting={setting} value={shownValue(setting, draft)} onInput={onDraft} />
      {!isDefault && (
        <span class={styles.about}>
          {changedAt !== null && draft === undefined && say('byStaff', { ago: ago(changedAt) })}
          <Button
            look="quiet"
            label={say('resetWhich', { name: nameOf(setting) })}
            onPress={() => onDraft(null)}
          >
            {say('reset')}
          </Button>
        </span>
      )}
    </div>
  );
}

function shownValue(setting: Setting, draft: string | null | undefined): string {
  const value = draft === undefined ? setting.value : (draft ?? setting.default);
  return value ?? '';
}

interface ControlProps {
  readonly setting: Setting;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function Control({ setting, value, onInput }: ControlProps) {
  const { name, control } = setting;
  const shared = { label: nameOf(setting), name, value, onInput, hint: hintOf(setting) };
  switch (control.kind) {
    case 'choice':
      return (
        <SelectField
          {...{ label: shared.label, value }}
          choices={(control.options ?? []).map((option) => ({
            value: option,
            name: called(`is-${option}`, option),
          }))}
          onChoose={onInput}
        />
      );
    case 'number':
      return <Field {...shared} type="whole" />;
    case 'paragraph':
    case 'markdown':
    case 'lines':
      return <Field {...shared} multiline maxLength={control.max_length} />;
    default:
      return <Field {...shared} maxLength={control.max_length} />;
  }
}

function hintOf({ control }: Setting): string | undefined {
  const { kind, unit, min, max } = control;
  if (kind === 'lines') return say('oneALine');
  if (kind === 'markdown') return say('inMarkdown');
  if (kind !== 'number' || unit === undefined || min === undefined || max === undefined) return undefined;
  return say('range', { unit: called(unit), min, max });
}
