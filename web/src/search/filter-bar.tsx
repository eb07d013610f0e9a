import { useMemo } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { SelectField } from '../ui/field.tsx';
import { AGES, type Filters, isFiltered, LENGTHS, NO_FILTERS, PLACES } from './filters.ts';
import { say } from './say.ts';
import styles from './search.module.css';

/** Languages that clips are mostly in; others are found by `language:` in the field. */
const LANGUAGES = [
  'ar',
  'de',
  'en',
  'es',
  'fr',
  'hi',
  'it',
  'ja',
  'ko',
  'nl',
  'pl',
  'pt',
  'ru',
  'tr',
  'uk',
  'zh',
];

const names = () => ({
  ...{ day: say('lastDay'), week: say('lastWeek'), month: say('lastMonth'), year: say('lastYear') },
  ...{ short: say('short'), medium: say('medium'), long: say('long') },
  ...{ local: say('local'), remote: say('remote') },
});

interface FilterBarProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

/** Which of the clips are shown. */
export function FilterBar({ filters, onChange }: FilterBarProps) {
  const languages = useMemo(() => {
    const shown = new Intl.DisplayNames([document.documentElement.lang || 'en'], { type: 'language' });
    return [...new Set([...LANGUAGES, ...(filters.language === '' ? [] : [filters.language])])]
      .map((value) => ({ value, name: shown.of(value) ?? value }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }, [filters.language]);
  const any = (name: string) => ({ value: '', name });
  const change = (part: Partial<Filters>) => onChange({ ...filters, ...part });
  const oneOf = <T extends string>(list: readonly T[], value: string): T | '' =>
    list.find((one) => one === value) ?? '';
  return (
    <fieldset class={styles.filters} aria-label={say('filters')}>
      <SelectField
        label={say('age')}
        value={filters.age}
        choices={[any(say('anyAge')), ...AGES.map((value) => ({ value, name: names()[value] }))]}
        onChoose={(value) => change({ age: oneOf(AGES, value) })}
      />
      <SelectField
        label={say('length')}
        value={filters.length}
        choices={[any(say('anyLength')), ...LENGTHS.map((value) => ({ value, name: names()[value] }))]}
        onChoose={(value) => change({ length: oneOf(LENGTHS, value) })}
      />
      <SelectField
        label={say('language')}
        value={filters.language}
        choices={[any(say('anyLanguage')), ...languages]}
        onChoose={(language) => change({ language })}
      />
      <SelectField
        label={say('place')}
        value={filters.place}
        choices={[any(say('anyPlace')), ...PLACES.map((value) => ({ value, name: names()[value] }))]}
        onChoose={(value) => change({ place: oneOf(PLACES, value) })}
      />
      {isFiltered(filters) && (
        <Button look="quiet" small onPress={() => onChange(NO_FILTERS)}>
          {say('noFilters')}
        </Button>
      )}
    </fieldset>
  );
}
