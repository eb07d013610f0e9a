import { useState } from 'preact/hooks';
import type { Filter } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field, FieldError, SelectField } from '../../ui/field.tsx';
import { calls } from '../calls.ts';
import { RadioGroup, SettingsForm } from '../parts.tsx';
import styles from '../settings.module.css';
import { useSaving } from '../use-saving.ts';
import {
  draftOf,
  type FilterEnd,
  filterActions,
  filterContexts,
  filterEnds,
  formOf,
  missingIn,
  newDraft,
} from './filter-form.ts';
import { say } from './say.ts';

/** As the server counts them. */
const MAX_TITLE = 200;

const places = {
  home: 'inHome',
  public: 'inPublic',
  thread: 'inThread',
  notifications: 'inNotifications',
  account: 'inAccount',
} as const;

export const actionWords = { hide: 'actionHide', warn: 'actionWarn', blur: 'actionBlur' } as const;

const days = { day: 1, week: 7, month: 30 } as const;

function endName(end: FilterEnd): string {
  if (end === 'keep') return say('endsKeep');
  if (end === 'never') return say('endsNever');
  return end === 'hour' ? say('endsHour') : say('endsIn', { days: days[end] });
}

/** Makes a filter, or changes one. */
export function FilterDialog(props: {
  filter: Filter | null;
  onSaved: (filter: Filter) => void;
  onClose: () => void;
}) {
  const { filter } = props;
  const [draft, setDraft] = useState(() => (filter ? draftOf(filter) : newDraft));
  const [missing, setMissing] = useState<ReturnType<typeof missingIn>>([]);
  const { busy, errors, run } = useSaving(['title', 'keywords_attributes', 'context']);
  const title = say(filter ? 'editFilter' : 'newFilter');
  const change = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const save = async () => {
    const lacks = missingIn(draft);
    setMissing(lacks);
    if (lacks.length > 0) return;
    const form = formOf(draft, filter);
    const saved = await run(() => (filter ? calls.editFilter(filter.id, form) : calls.addFilter(form)));
    if (saved) props.onSaved(saved.value);
  };
  const ends = (Object.keys(filterEnds) as FilterEnd[]).filter((end) => filter !== null || end !== 'keep');

  return (
    <Dialog title={title} onClose={props.onClose}>
      <SettingsForm label={title} errors={errors} focusOn={missing} onSend={save}>
        <Field
          label={say('filterWords')}
          hint={say('filterWordsHint')}
          name="words"
          value={draft.words}
          onInput={(words) => change({ words })}
          error={missing.includes('words') ? say('filterWordsNeeded') : errors.at.keywords_attributes}
          multiline
        />
        <Choice
          type="checkbox"
          name="whole-words"
          checked={draft.wholeWords}
          onChoose={(wholeWords) => change({ wholeWords })}
        >
          {say('wholeWords')}
        </Choice>
        <fieldset>
          <legend class={styles.legend}>{say('filterWhere')}</legend>
          {missing.includes('where') && <FieldError sentence={say('filterWhereNeeded')} alert />}
          {filterContexts.map((place) => (
            <Choice
              key={place}
              type="checkbox"
              name={place}
              checked={draft.where.includes(place)}
              onChoose={(on) =>
                change({
                  where: filterContexts.filter((one) => (one === place ? on : draft.where.includes(one))),
                })
              }
            >
              {say(places[place])}
            </Choice>
          ))}
        </fieldset>
        <RadioGroup
          legend={say('filterAction')}
          value={draft.action}
          choices={filterActions.map((value) => ({ value, name: say(actionWords[value]) }))}
          onChoose={(action) => change({ action })}
        />
        <SelectField
          label={say('filterEnds')}
          value={draft.ends}
          choices={ends.map((value) => ({ value, name: endName(value) }))}
          onChoose={(value) => change({ ends: ends.find((end) => end === value) ?? draft.ends })}
        />
        <Field
          label={say('filterName')}
          hint={say('filterNameHint')}
          name="title"
          value={draft.title}
          onInput={(text) => change({ title: text })}
          error={errors.at.title}
          maxLength={MAX_TITLE}
        />
        <Button type="submit" busy={busy} wide>
          {say('save')}
        </Button>
      </SettingsForm>
    </Dialog>
  );
}
