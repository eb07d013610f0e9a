import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Section } from '../parts/detail.tsx';
import { addNote, type Note } from './calls.ts';
import styles from './reports.module.css';
import { say } from './say.ts';

interface NotesProps {
  readonly accountId: string;
  readonly notes: readonly Note[];
  readonly onChange: () => void;
}

/** What the staff wrote down for one another about an account. */
export function Notes({ accountId, notes, onChange }: NotesProps) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const add = async () => {
    if (text.trim() === '' || busy) return;
    setBusy(true);
    const outcome = await addNote(accountId, text.trim());
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    setText('');
    onChange();
  };
  return (
    <Section title={say('notes')}>
      {notes.length === 0 && <p>{say('noNotes')}</p>}
      <ul class={styles.notes}>
        {notes.map((note) => (
          <li key={note.id}>
            <p dir="auto">{note.text}</p>
            <small class={styles.record}>
              {note.account ? `@${note.account.username}` : say('byServer')} ·{' '}
              <TimeAgo iso={note.created_at} />
            </small>
          </li>
        ))}
      </ul>
      <form
        aria-label={say('addNote')}
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Field multiline label={say('note')} name="note" value={text} onInput={setText} maxLength={5_000} />
        <p>
          <Button type="submit" look="quiet" busy={busy}>
            {say('addNote')}
          </Button>
        </p>
      </form>
    </Section>
  );
}
