import { useState } from 'preact/hooks';
import type { BookmarkFolder } from '../api/schema.gen.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Choice, Field, Form, FormError } from '../ui/field.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import { folderCalls } from './folder-calls.ts';
import styles from './playlists.module.css';
import { say } from './say.ts';

const MOST = 60;

interface FolderFormProps {
  /** The one that is changed; without, a new one is made. */
  readonly folder?: BookmarkFolder;
  readonly onSaved: (folder: BookmarkFolder) => void;
  readonly onClose: () => void;
}

/** What a folder of saved clips is called, and whether it takes what is saved without a word. */
export function FolderForm({ folder, onSaved, onClose }: FolderFormProps) {
  const [title, setTitle] = useState(folder?.title ?? '');
  const [isDefault, setDefault] = useState(folder?.is_default ?? false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setProblem('');
    const facts = { title, is_default: isDefault };
    const outcome = await (folder ? folderCalls.edit(folder.id, facts) : folderCalls.create(facts));
    setBusy(false);
    if (outcome.ok) onSaved(outcome.value);
    else setProblem(outcome.sentence);
  };
  const name = folder ? say('editFolder') : say('newFolder');
  return (
    <Dialog title={name} onClose={onClose}>
      <Form onSend={send} label={name}>
        {problem && <FormError sentence={problem} />}
        <Field
          label={say('name')}
          name="title"
          value={title}
          onInput={setTitle}
          required
          isNext
          maxLength={MOST}
        />
        <Choice type="checkbox" name="default" checked={isDefault} onChoose={setDefault}>
          {say('defaultFolder')}
        </Choice>
        <div class={styles.actions}>
          <Button look="quiet" onPress={onClose}>
            {sayOfUi('cancel')}
          </Button>
          <Button type="submit" busy={busy}>
            {say('save')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
