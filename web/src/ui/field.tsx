import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import styles from './field.module.css';
import { Icon } from './icon.tsx';

const inputTypes = {
  text: { type: 'text' },
  password: { type: 'password' },
  email: { type: 'email' },
  whole: { type: 'text', inputMode: 'numeric', pattern: '[0-9]+' },
  date: { type: 'date' },
  moment: { type: 'datetime-local' },
} as const;

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly type?: keyof typeof inputTypes;
  readonly multiline?: boolean;
  readonly required?: boolean;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  /** Of dates and times, as the field writes them. */
  readonly min?: string;
  readonly max?: string;
  readonly autocomplete?: string;
  readonly placeholder?: string;
  /** Whether it gets the focus once it appears, as the one thing that is asked for now. Not for fields of several lines. */
  readonly isNext?: boolean;
}

/** A text field with its label, hint and error tied to it. Names and handles are typed as they are. */
export function Field({
  label,
  hint,
  error,
  multiline,
  onInput,
  isNext,
  type = 'text',
  ...input
}: FieldProps) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isNext) box.current?.focus();
  }, []);
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const shared = {
    ...input,
    id,
    class: styles.control,
    'aria-invalid': error ? ('true' as const) : undefined,
    'aria-describedby': describedBy || undefined,
    onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value),
  };
  return (
    <div class={styles.field}>
      <label class={styles.label} for={id}>
        {label}
      </label>
      {multiline ? (
        <textarea rows={3} {...shared} />
      ) : (
        <input ref={box} {...inputTypes[type]} autocapitalize="none" spellcheck={false} {...shared} />
      )}
      {hint && (
        <p class={styles.hint} id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && <FieldError sentence={error} id={`${id}-error`} />}
    </div>
  );
}

interface SelectFieldProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly name: string }[];
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly onChoose: (value: string) => void;
}

/** A choice of one from many, with its label, hint and error tied to it. */
export function SelectField({ label, value, choices, hint, error, onChoose }: SelectFieldProps) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class={styles.field}>
      <label class={styles.label} for={id}>
        {label}
      </label>
      <select
        class={styles.control}
        id={id}
        value={value}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={describedBy || undefined}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.name}
          </option>
        ))}
      </select>
      {hint && (
        <p class={styles.hint} id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && <FieldError sentence={error} id={`${id}-error`} />}
    </div>
  );
}

/** What is wrong with one field, below it; `alert` reads it out at once. */
export function FieldError({ sentence, id, alert }: { sentence: string; id?: string; alert?: boolean }) {
  return (
    <p class={styles.error} id={id} role={alert ? 'alert' : undefined}>
      <Icon name="alert" size={16} />
      {sentence}
    </p>
  );
}

/** A box or a dot with its words. */
export function Choice(props: {
  type: 'checkbox' | 'radio';
  name: string;
  checked: boolean;
  onChoose: (checked: boolean) => void;
  hint?: string;
  children: ComponentChildren;
}) {
  return (
    <label class={styles.choice}>
      <input
        type={props.type}
        name={props.name}
        checked={props.checked}
        onChange={(event) => props.onChoose(event.currentTarget.checked)}
      />
      <span>
        {props.children}
        {props.hint && <small class={styles.hint}>{props.hint}</small>}
      </span>
    </label>
  );
}

/** What went wrong with a form; gets the focus, so that it is heard and not missed above the fold. */
export function FormError({ sentence }: { sentence: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [sentence]);
  return (
    <div class={styles.alert} role="alert" tabIndex={-1} ref={box}>
      <Icon name="alert" />
      <p>{sentence}</p>
    </div>
  );
}

/** A form that is sent by the page itself. */
export function Form(props: { onSend: () => void; label: string; children: ComponentChildren }) {
  return (
    <form
      class={styles.form}
      aria-label={props.label}
      onSubmit={(event) => {
        event.preventDefault();
        props.onSend();
      }}
    >
      {props.children}
    </form>
  );
}
