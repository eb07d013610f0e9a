import styles from './editing.module.css';

interface SliderFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value in words. */
  readonly said: string;
  readonly onInput: (value: number) => void;
}

/** A number that is set by sliding, with what it means in words. */
export function SliderField({ label, value, min, max, step, said, onInput }: SliderFieldProps) {
  return (
    <label class={styles.slider}>
      <span>{label}</span>
      <span aria-hidden="true" class={styles.said}>
        {said}
      </span>
      <input
        type="range"
        {...{ min, max, step, value }}
        aria-valuetext={said}
        onInput={({ currentTarget }) => onInput(currentTarget.valueAsNumber)}
      />
    </label>
  );
}
