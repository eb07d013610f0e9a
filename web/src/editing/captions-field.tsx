import { useMemo, useRef } from 'preact/hooks';
import { IconButton } from '../ui/button.tsx';
import { ChooseFile } from '../ui/choose-file.tsx';
import { SelectField } from '../ui/field.tsx';
import styles from './editing.module.css';
import { type CaptionsEdit, type Edits, isTwice, withCaptions, withChanged, without } from './edits.ts';
import { firstLanguage, languageChoices, languageName } from './languages.ts';
import { say } from './say.ts';

/** What the server understands. */
export const captionFiles = '.vtt,.srt,text/vtt';

interface CaptionsFieldProps extends EditsProps {
  readonly legend: string;
  /** Languages that the clip has captions in. */
  readonly existing?: readonly string[];
}

interface EditsProps {
  readonly edits: Edits;
  readonly onChange: (edits: Edits) => void;
}

/** Files of captions, each with its language. */
export function CaptionsField({ legend, edits, onChange, existing = [] }: CaptionsFieldProps) {
  const group = useRef<HTMLFieldSetElement>(null);
  const added = edits.captions.filter(({ file }) => file !== null);
  const add = (file: File) => {
    const taken = [...existing, ...added.map(({ language }) => language)];
    onChange(withCaptions(edits, firstLanguage(file.name, navigator.languages, taken), file));
  };
  return (
    <fieldset class={styles.group} tabIndex={-1} ref={group}>
      <legend class={styles.legend}>{legend}</legend>
      <p class={styles.note}>{say('captionsHint')}</p>
      {added.length > 0 && (
        <ul class={styles.tracks}>
          {added.map((one) => (
            <CaptionsRow
              key={one.key}
              captions={one}
              edits={edits}
              onChange={onChange}
              replaces={existing.includes(one.language)}
              onGone={() => group.current?.focus()}
            />
          ))}
        </ul>
      )}
      <div>
        <ChooseFile
          label={added.length > 0 ? say('addMoreCaptions') : say('addCaptions')}
          accept={captionFiles}
          icon="plus"
          onChoose={add}
        />
      </div>
    </fieldset>
  );
}

interface CaptionsRowProps extends EditsProps {
  readonly captions: CaptionsEdit;
  readonly replaces?: boolean;
  /** For the focus, which was inside. */
  readonly onGone: () => void;
}

/** One file of captions: its language, what is wrong with it, and a way to leave it out. */
export function CaptionsRow({ captions, edits, onChange, onGone, replaces = false }: CaptionsRowProps) {
  const { key, file, language, step } = captions;
  const locale = document.documentElement.lang;
  const choices = useMemo(
    () => languageChoices(locale, [...navigator.languages, language]),
    [locale, language],
  );
  const name = file?.name ?? '';
  const twice = isTwice(edits, captions) ? say('twice', { language: languageName(language, locale) }) : '';
  const problem = step.state === 'failed' ? step.problem : twice;
  return (
    <li class={styles.track}>
      <div class={styles.trackHead}>
        <b class={styles.file}>{name}</b>
        <IconButton
          icon="close"
          label={say('leaveOut', { name })}
          onPress={() => {
            onChange(without(edits, key));
            onGone();
          }}
        />
      </div>
      <SelectField
        label={say('language')}
        value={language}
        choices={choices}
        hint={replaces ? say('replaces') : undefined}
        error={problem || undefined}
        onChoose={(chosen) => onChange(withChanged(edits, key, { language: chosen }))}
      />
      {step.state === 'failed' && (
        <div>
          <ChooseFile
            label={say('chooseOtherCaptions')}
            accept={captionFiles}
            onChoose={(chosen) => onChange(withChanged(edits, key, { file: chosen }))}
          />
        </div>
      )}
    </li>
  );
}
