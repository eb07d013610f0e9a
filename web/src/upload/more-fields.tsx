import { useMemo, useState } from 'preact/hooks';
import { languageChoices } from '../editing/languages.ts';
import { localTime, ownTimeZone, scheduleBounds } from '../editing/schedule.ts';
import { Choice, Field, SelectField } from '../ui/field.tsx';
import type { UploadDetails } from './draft.ts';
import { say } from './say.ts';
import styles from './upload.module.css';

/** Somebody who chooses a time is shown one to begin with: in an hour. */
const FIRST_AHEAD_MS = 3_600_000;

interface PartProps {
  readonly details: UploadDetails;
  readonly onChange: (difference: Partial<UploadDetails>) => void;
}

/** The language that is spoken or written; as the account says to begin with. */
export function LanguageField({ details, onChange }: PartProps) {
  const locale = document.documentElement.lang;
  const { language } = details;
  const choices = useMemo(
    () => languageChoices(locale, [...navigator.languages, ...(language ? [language] : [])]),
    [locale, language],
  );
  return (
    <SelectField
      label={say('language')}
      value={language}
      choices={[{ value: '', name: say('noLanguage') }, ...choices]}
      onChoose={(chosen) => onChange({ language: chosen })}
    />
  );
}

/** Whether the clip is posted once it is ready, later, or not by itself. */
export function WhenField({ details, onChange }: PartProps) {
  const [now] = useState(() => Date.now());
  const choices = [
    { when: 'now', name: say('now') },
    { when: 'at', name: say('at') },
    { when: 'draft', name: say('draft') },
  ] as const;
  return (
    <fieldset>
      <legend class={styles.legend}>{say('when')}</legend>
      {choices.map(({ when, name }) => (
        <Choice
          key={when}
          type="radio"
          name="when"
          checked={details.when === when}
          onChoose={() => onChange({ when, postAt: details.postAt || localTime(now + FIRST_AHEAD_MS) })}
        >
          {name}
        </Choice>
      ))}
      {details.when === 'at' && (
        <Field
          label={say('time')}
          name="post-at"
          type="moment"
          value={details.postAt}
          onInput={(postAt) => onChange({ postAt })}
          hint={say('timeHint', { zone: ownTimeZone() })}
          required
          {...scheduleBounds(now)}
        />
      )}
    </fieldset>
  );
}
