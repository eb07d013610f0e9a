import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ApiFailure } from '../api/client.ts';
import type { StudioVideo } from '../api/types.ts';
import { languageChoices } from '../editing/languages.ts';
import { PermissionsField } from '../editing/permissions-field.tsx';
import { isSchedulable } from '../editing/schedule.ts';
import { instance } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Choice, Field, Form, FormError, SelectField } from '../ui/field.tsx';
import { calls } from './calls.ts';
import styles from './edit.module.css';
import { changesOf, isChanged, type Said, saidOf } from './said.ts';
import { say } from './say.ts';
import { WhenField } from './when-field.tsx';

/** As many as the server keeps (videoLimits). */
const ALT_TEXT_CHARACTERS = 1_500;
const WARNING_CHARACTERS = 200;
const TITLE_CHARACTERS = 100;

interface EditFormProps {
  readonly video: StudioVideo;
  readonly onSaved: (video: StudioVideo) => void;
  /** Told whether anything is other than the server has it. */
  readonly onChanged: (changed: boolean) => void;
}

/** Everything that is said about a clip; nothing is sent before "Save", and a refusal loses nothing. */
export function EditForm({ video, onSaved, onChanged }: EditFormProps) {
  const [before, setBefore] = useState(() => saidOf(video));
  const [said, setSaid] = useState(before);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [problem, setProblem] = useState('');
  const [saving, setSaving] = useState(false);
  const changed = isChanged(before, said);
  useEffect(() => onChanged(changed), [changed]);
  const change = (difference: Partial<Said>) => setSaid({ ...said, ...difference });
  const most = instance.value?.configuration.statuses.max_characters;
  const left = most === undefined ? null : most - [...said.caption].length;
  const isWaiting = video.state !== 'published' && video.state !== 'failed';

  const save = async () => {
    if (saving || !changed) return;
    setFailure(null);
    setProblem('');
    if (left !== null && left < 0) return setProblem(say('charactersOver', { n: -left }));
    const changes = changesOf(before, said);
    if (changes.scheduled_at && !isSchedulable(said.postAt, Date.now())) return setProblem(say('wrongTime'));
    setSaving(true);
    const outcome = await calls.change(video.id, changes);
    const latest = outcome.ok ? await calls.video(video.id) : outcome;
    setSaving(false);
    if (!latest.ok) return setFailure(latest);
    const now = saidOf(latest.value);
    setBefore(now);
    setSaid(now);
    onSaved(latest.value);
    toast(say('savedToast'));
  };

  const errorOf = (field: string) => failure?.fields[field];
  return (
    <Form onSend={save} label={say('editTitle')}>
      {(problem || failure) && <FormError sentence={problem || failure?.sentence || ''} />}
      <Field
        label={say('caption')}
        name="caption"
        value={said.caption}
        onInput={(caption) => change({ caption })}
        hint={left !== null && left >= 0 ? say('charactersLeft', { n: left }) : undefined}
        error={left !== null && left < 0 ? say('charactersOver', { n: -left }) : errorOf('caption')}
        multiline
      />
      <Field
        label={say('altText')}
        name="alt-text"
        value={said.altText}
        onInput={(altText) => change({ altText })}
        error={errorOf('alt_text')}
        maxLength={ALT_TEXT_CHARACTERS}
        multiline
      />
      <Language value={said.language} onChoose={(language) => change({ language })} />
      <Visibility video={video} said={said} onChange={change} />
      {isWaiting && <WhenField postAt={said.postAt} onChange={(postAt) => change({ postAt })} />}
      <Field
        label={say('warning')}
        name="content-warning"
        value={said.warning}
        onInput={(warning) => change({ warning })}
        hint={say('warningHint')}
        maxLength={WARNING_CHARACTERS}
      />
      <Choice
        type="checkbox"
        name="sensitive"
        checked={said.sensitive || said.warning !== ''}
        onChoose={(sensitive) => change({ sensitive })}
      >
        {say('sensitive')}
      </Choice>
      <PermissionsField permissions={said} onChange={change} />
      {video.sound?.original && (
        <Field
          label={say('soundTitle')}
          name="sound-title"
          value={said.soundTitle}
          onInput={(soundTitle) => change({ soundTitle })}
          hint={say('soundTitleHint')}
          maxLength={TITLE_CHARACTERS}
        />
      )}
      <div class={styles.save}>
        <p role="status">{saving ? say('saving') : changed ? say('unsaved') : say('saved')}</p>
        <Button type="submit" busy={saving || !changed}>
          {saving ? say('saving') : say('save')}
        </Button>
      </div>
    </Form>
  );
}

function Language({ value, onChoose }: { value: string; onChoose: (language: string) => void }) {
  const locale = document.documentElement.lang;
  const choices = useMemo(
    () => languageChoices(locale, [...navigator.languages, ...(value ? [value] : [])]),
    [locale, value],
  );
  return (
    <SelectField
      label={say('language')}
      value={value}
      choices={[{ value: '', name: say('noLanguage') }, ...choices]}
      onChoose={onChoose}
    />
  );
}

interface PartProps {
  readonly said: Said;
  readonly onChange: (difference: Partial<Said>) => void;
}

function Visibility({ video, said, onChange }: PartProps & { video: StudioVideo }) {
  const all = [
    { value: 'public', name: say('everyone'), hint: say('everyoneHint') },
    { value: 'unlisted', name: say('unlisted'), hint: say('unlistedHint') },
    { value: 'private', name: say('private'), hint: say('privateHint') },
    { value: 'direct', name: say('direct'), hint: say('directHint') },
  ] as const;
  return (
    <fieldset>
      <legend class={styles.legend}>{say('visibility')}</legend>
      {all.map(({ value, name, hint }) => (
        <Choice
          key={value}
          type="radio"
          name="visibility"
          checked={said.visibility === value}
          onChoose={() => onChange({ visibility: value })}
          hint={hint}
        >
          {name}
        </Choice>
      ))}
      {video.state === 'published' && <p class={styles.note}>{say('fixedHint')}</p>}
    </fieldset>
  );
}
