import { Field, SelectField } from '../ui/field.tsx';
import { licenceChoices, OWN_WORDS, type RightsDraft } from './rights.ts';
import { say } from './say.ts';

const MAX = { licence: 100, holder: 200, isrc: 20, source: 500 } as const;

interface RightsFieldsProps {
  readonly draft: RightsDraft;
  /** Fields that the server did not take, by their names there. */
  readonly wrong: ReadonlySet<string>;
  readonly onChange: (draft: RightsDraft) => void;
}

/** Whose a sound is, and what may be done with it. */
export function RightsFields({ draft, wrong, onChange }: RightsFieldsProps) {
  const set = (changed: Partial<RightsDraft>) => onChange({ ...draft, ...changed });
  return (
    <>
      <SelectField
        label={say('licence')}
        value={draft.chosen}
        choices={licenceChoices()}
        onChoose={(chosen) => set({ chosen })}
      />
      {draft.chosen === OWN_WORDS && (
        <Field
          label={say('ownLicence')}
          name="licence"
          value={draft.ownWords}
          onInput={(ownWords) => set({ ownWords })}
          maxLength={MAX.licence}
          required
        />
      )}
      <Field
        label={say('holder')}
        name="holder"
        value={draft.holder}
        onInput={(holder) => set({ holder })}
        maxLength={MAX.holder}
      />
      <Field
        label={say('isrc')}
        name="isrc"
        value={draft.isrc}
        onInput={(isrc) => set({ isrc })}
        maxLength={MAX.isrc}
        hint={say('isrcHint')}
        error={wrong.has('isrc') ? say('isrcWrong') : undefined}
      />
      <Field
        label={say('source')}
        name="source_url"
        value={draft.source}
        onInput={(source) => set({ source })}
        maxLength={MAX.source}
        hint={say('sourceHint')}
        error={wrong.has('source_url') ? say('sourceWrong') : undefined}
      />
    </>
  );
}
