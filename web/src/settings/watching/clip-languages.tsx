import type { FeedSettings } from '../../api/types.ts';
import { languageChoices, languageName } from '../../editing/languages.ts';
import { toast } from '../../state/toasts.ts';
import { SelectField } from '../../ui/field.tsx';
import { Section } from '../parts.tsx';
import type { Change } from '../use-change.ts';
import { Chips } from './chips.tsx';
import { say } from './say.ts';

const NONE = '';

/** Languages of the clips that For you shows. */
export function ClipLanguages(props: { languages: readonly string[]; change: Change<FeedSettings> }) {
  const locale = document.documentElement.lang;
  const { languages } = props;
  const set = async (wanted: (now: readonly string[]) => string[]) => {
    const outcome = await props.change((now) => ({ languages: wanted(now.languages) }));
    if (!outcome.ok) toast(outcome.sentence, 'error');
  };
  const choices = languageChoices(locale, navigator.languages).filter(
    ({ value }) => !languages.includes(value),
  );
  return (
    <Section title={say('languagesOfClips')} text={say('languagesOfClipsText')}>
      <Chips
        items={languages}
        nameOf={(tag) => languageName(tag, locale)}
        none={say('languagesNone')}
        onRemove={(gone) => set((now) => now.filter((one) => one !== gone))}
      />
      <SelectField
        label={say('addLanguage')}
        value={NONE}
        choices={[{ value: NONE, name: say('chooseLanguage') }, ...choices]}
        onChoose={(added) => {
          if (added !== NONE) set((now) => [...now, added]);
        }}
      />
    </Section>
  );
}
