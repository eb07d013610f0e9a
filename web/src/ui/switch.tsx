import { useId } from 'preact/hooks';
import styles from './switch.module.css';

interface SwitchProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Something that is on or off at once, without a form that is sent. */
export function Switch({ label, hint, checked, onChange }: SwitchProps) {
  const id = useId();
  return (
    <label class={styles.row}>
      <span class={styles.words}>
        <span id={id}>{label}</span>
        {hint && (
          <small class={styles.hint} id={`${id}-hint`}>
            {hint}
          </small>
        )}
      </span>
      <input
        class={styles.switch}
        type="checkbox"
        role="switch"
        checked={checked}
        aria-checked={checked}
        aria-labelledby={id}
        aria-describedby={hint && `${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
