import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { ApiOutcome } from '../api/client.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Choice, Form, FormError, SelectField } from '../ui/field.tsx';
import { Switch } from '../ui/switch.tsx';
import type { FormErrors } from './errors.ts';
import { type SettingsPageName, settingsEntry } from './pages.ts';
import { say } from './say.ts';
import styles from './settings.module.css';
import { useOptimistic } from './use-saving.ts';

/** A part of a page of settings, with its heading. */
export function Section(props: { title: string; text?: string; children: ComponentChildren }) {
  const id = useId();
  return (
    <section class={styles.section} aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      {props.text && <p>{props.text}</p>}
      {props.children}
    </section>
  );
}

/** Ways to other pages of settings, called as these are. */
export function PageLinks({ names }: { names: readonly SettingsPageName[] }) {
  return (
    <div class={styles.actions}>
      {names.map((name) => {
        const entry = settingsEntry(name);
        return (
          entry && (
            <ButtonLink key={name} href={`/settings/${name}`} look="quiet">
              {say(entry.title)}
            </ButtonLink>
          )
        );
      })}
    </div>
  );
}

/** A form whose refusals stand at its fields; the first of those gets the focus. */
export function SettingsForm(props: {
  label: string;
  errors: FormErrors;
  /** What the page itself found missing. */
  focusOn?: readonly string[];
  onSend: () => void;
  children: ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [props.errors, props.focusOn]);
  return (
    <div ref={box}>
      <Form label={props.label} onSend={props.onSend}>
        {props.errors.general !== null && <FormError sentence={props.errors.general} />}
        {props.children}
      </Form>
    </div>
  );
}

interface Saved<T> {
  readonly value: T;
  readonly save: (value: T) => Promise<ApiOutcome<unknown>>;
}

/** Something the server keeps that is on or off. */
export function SwitchSetting(props: Saved<boolean> & { label: string; hint?: string | undefined }) {
  const [checked, choose] = useOptimistic(props.value, props.save);
  return <Switch label={props.label} hint={props.hint} checked={checked} onChange={choose} />;
}

export interface NamedChoice<T extends string> {
  readonly value: T;
  readonly name: string;
  readonly hint?: string;
}

/** One of a few, all of which are to be seen. */
export function RadioGroup<T extends string>(props: {
  legend: string;
  value: T;
  choices: readonly NamedChoice<T>[];
  onChoose: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset>
      <legend class={styles.legend}>{props.legend}</legend>
      {props.choices.map((choice) => (
        <Choice
          key={choice.value}
          type="radio"
          name={name}
          checked={choice.value === props.value}
          onChoose={() => props.onChoose(choice.value)}
          {...(choice.hint ? { hint: choice.hint } : {})}
        >
          {choice.name}
        </Choice>
      ))}
    </fieldset>
  );
}

/** One of a few that the server keeps. */
export function RadioSetting<T extends string>(
  props: Saved<T> & { legend: string; choices: readonly NamedChoice<T>[] },
) {
  const [value, choose] = useOptimistic(props.value, props.save);
  return <RadioGroup legend={props.legend} value={value} choices={props.choices} onChoose={choose} />;
}

/** One of many that the server keeps. */
export function SelectSetting<T extends string>(
  props: Saved<T> & { label: string; hint?: string | undefined; choices: readonly NamedChoice<T>[] },
) {
  const [value, choose] = useOptimistic<T>(props.value, props.save);
  return (
    <SelectField
      label={props.label}
      hint={props.hint}
      value={value}
      choices={props.choices}
      onChoose={(chosen) => choose(chosen as T)}
    />
  );
}

/** A number that is pushed to and fro; `said` is what it means. */
export function RangeField(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  said: string;
  /** Its ends are the left and the right of a picture, in every script. */
  isSideways?: boolean;
  onInput: (value: number) => void;
  onSet?: (value: number) => void;
}) {
  const id = useId();
  return (
    <div class={styles.range}>
      <label for={id}>{props.label}</label>
      <output for={id}>{props.said}</output>
      <input
        id={id}
        dir={props.isSideways ? 'ltr' : undefined}
        type="range"
        min={props.min}
        max={props.max}
        step={props.step}
        value={props.value}
        aria-valuetext={props.said}
        onInput={(event) => props.onInput(event.currentTarget.valueAsNumber)}
        onChange={(event) => props.onSet?.(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
