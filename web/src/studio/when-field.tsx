import { useState } from 'preact/hooks';
import { localTime, ownTimeZone, scheduleBounds } from '../editing/schedule.ts';
import { Choice, Field } from '../ui/field.tsx';
import styles from './edit.module.css';
import { say } from './say.ts';

/** Somebody who chooses a time is shown one to begin with: in an hour. */
const FIRST_AHEAD_MS = 3_600_000;

interface WhenFieldProps {
  /** As a field writes it; empty: not posted by itself. */
  readonly postAt: string;
  readonly onChange: (postAt: string) => void;
}

/** Whether a draft is posted by itself, and when. */
export function WhenField({ postAt, onChange }: WhenFieldProps) {
  const [now] = useState(() => Date.now());
  return (
    <fieldset>
      <legend class={styles.legend}>{say('when')}</legend>
      <Choice type="radio" name="when" checked={postAt === ''} onChoose={() => onChange('')}>
        {say('keepDraft')}
      </Choice>
      <Choice
        type="radio"
        name="when"
        checked={postAt !== ''}
        onChoose={() => onChange(localTime(now + FIRST_AHEAD_MS))}
      >
        {say('postAt')}
      </Choice>
      {postAt !== '' && (
        <Field
          label={say('postAtTime')}
          name="post-at"
          type="moment"
          value={postAt}
          onInput={onChange}
          hint={say('postAtHint', { zone: ownTimeZone() })}
          required
          {...scheduleBounds(now)}
        />
      )}
    </fieldset>
  );
}
