import { localTime } from '../editing/schedule.ts';
import { Field, FieldError, SelectField } from '../ui/field.tsx';
import styles from './analytics.module.css';
import { daysOf, presets, type Range, readRange, type Step, stepsFor, writeRange } from './range.ts';
import { say } from './say.ts';

interface RangePickerProps {
  readonly range: Range;
  readonly onChoose: (range: Range) => void;
}

/** Which days are looked at, and by what they are told. */
export function RangePicker({ range, onChoose }: RangePickerProps) {
  const today = localTime(Date.now()).slice(0, 10);
  const ask = (query: Record<string, string>) => onChoose(readRange(query, today));
  const setDays = (from: string, to: string) => {
    if (from && to) ask({ from, to, by: range.by });
  };
  return (
    <section class={styles.range} aria-label={say('period')}>
      <SelectField
        label={say('period')}
        value={range.preset === null ? '' : String(range.preset)}
        choices={[
          ...presets.map((days) => ({
            value: String(days),
            name: days === 365 ? say('lastYear') : say('days', { n: days }),
          })),
          { value: '', name: say('custom') },
        ]}
        onChoose={(days) => (days ? ask({ days }) : ask({ from: range.from, to: range.to, by: range.by }))}
      />
      {range.preset === null && (
        <>
          <Field
            label={say('from')}
            name="from"
            type="date"
            value={range.from}
            onInput={(from) => setDays(from, range.to)}
            max={today}
          />
          <Field
            label={say('to')}
            name="to"
            type="date"
            value={range.to}
            onInput={(to) => setDays(range.from, to)}
            max={today}
          />
        </>
      )}
      <SelectField
        label={say('step')}
        value={range.by}
        choices={stepsFor(range, today).map((step) => ({ value: step, name: say(step) }))}
        onChoose={(by) => ask({ ...Object.fromEntries(writeRange(range)), by: by as Step })}
      />
      {daysOf(range) < 1 && <FieldError sentence={say('wrongDays')} alert />}
    </section>
  );
}
