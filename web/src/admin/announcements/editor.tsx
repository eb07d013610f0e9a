import { useState } from 'preact/hooks';
import type { ApiFailure } from '../../api/client.ts';
import type { AdminAnnouncement, AnnouncementChange } from '../../api/schema.gen.ts';
import { readDraft, writeDraft } from '../../state/drafts.ts';
import { me } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field, FormError, SelectField } from '../../ui/field.tsx';
import { MarkdownField } from '../parts/markdown-field.tsx';
import styles from './announcements.module.css';
import { previewText, saveAnnouncement } from './calls.ts';
import { type Draft, draftOf, inputOf, type When, withAllDay } from './draft.ts';
import { say } from './say.ts';

const MAX_CHARACTERS = 5_000;

interface EditorProps {
  /** Null: a new one. */
  readonly announcement: AdminAnnouncement | null;
  readonly onSaved: (change: AnnouncementChange) => void;
  readonly onClose: () => void;
}

/** Writes one, or writes it anew. A new text that was not saved is kept on this device. */
export function AnnouncementEditor({ announcement, onSaved, onClose }: EditorProps) {
  const account = me.value?.id ?? '';
  const isNew = announcement === null;
  const [draft, setDraft] = useState<Draft>(() => {
    const begun = draftOf(announcement);
    return isNew ? { ...begun, text: readDraft(account, DRAFT) } : begun;
  });
  const [problem, setProblem] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (some: Partial<Draft>) => {
    if (isNew && some.text !== undefined) writeDraft(account, DRAFT, some.text);
    setDraft({ ...draft, ...some });
  };
  const save = async () => {
    setBusy(true);
    setProblem(null);
    const outcome = await saveAnnouncement(announcement?.id ?? null, inputOf(draft));
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome);
    if (isNew) writeDraft(account, DRAFT, '');
    onSaved(outcome.value);
  };
  const title = isNew ? say('add') : say('change');
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class={styles.form}
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) save();
        }}
      >
        {problem !== null && <FormError sentence={problem.sentence} />}
        <MarkdownField
          required
          label={say('text')}
          hint={say('textHint')}
          name="text"
          value={draft.text}
          maxLength={MAX_CHARACTERS}
          onInput={(text) => change({ text })}
          preview={previewText}
        />
        <Shown draft={draft} isNew={isNew} change={change} />
        <Times draft={draft} errors={problem?.fields ?? {}} change={change} />
        <div class={styles.buttons}>
          <Button type="submit" busy={busy}>
            {say('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const DRAFT = 'announcement';

interface PartProps {
  readonly draft: Draft;
  readonly change: (some: Partial<Draft>) => void;
}

const WHENS: readonly When[] = ['keep', 'now', 'later', 'nobody'];

function Shown({ draft, isNew, change }: PartProps & { isNew: boolean }) {
  const choices = WHENS.filter((when) => !isNew || when !== 'keep');
  return (
    <>
      <SelectField
        label={say('when')}
        value={draft.when}
        choices={choices.map((value) => ({ value, name: say(value) }))}
        onChoose={(value) => change({ when: WHENS.find((when) => when === value) ?? draft.when })}
      />
      {draft.when === 'later' && (
        <Field
          required
          type="moment"
          label={say('publishAt')}
          name="publishAt"
          value={draft.publishAt}
          onInput={(publishAt) => change({ publishAt })}
        />
      )}
    </>
  );
}

function Times({ draft, errors, change }: PartProps & { errors: ApiFailure['fields'] }) {
  const type = draft.allDay ? 'date' : 'moment';
  return (
    <>
      <div class={styles.times}>
        <Field
          type={type}
          label={say('startsAt')}
          hint={say('startsHint')}
          name="startsAt"
          value={draft.startsAt}
          required={draft.allDay}
          onInput={(startsAt) => change({ startsAt })}
        />
        <Field
          type={type}
          label={say('endsAt')}
          hint={say('endsHint')}
          name="endsAt"
          value={draft.endsAt}
          error={errors.ends_at}
          required={draft.allDay}
          onInput={(endsAt) => change({ endsAt })}
        />
      </div>
      <Choice
        type="checkbox"
        name="allDay"
        checked={draft.allDay}
        onChoose={(allDay) => change(withAllDay(draft, allDay))}
      >
        {say('allDay')}
      </Choice>
      <Field
        required
        label={say('timeZone')}
        hint={say('timeZoneHint')}
        name="timeZone"
        value={draft.timeZone}
        error={errors.time_zone}
        maxLength={64}
        onInput={(timeZone) => change({ timeZone })}
      />
    </>
  );
}
