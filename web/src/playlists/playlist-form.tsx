import { useState } from 'preact/hooks';
import type { Playlist } from '../api/schema.gen.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form, FormError, SelectField } from '../ui/field.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import { type PlaylistFacts, playlistCalls } from './calls.ts';
import styles from './playlists.module.css';
import { say } from './say.ts';

const visibilities = ['public', 'unlisted', 'followers', 'private'] as const;
const MOST = { title: 100, description: 1_000 };

interface PlaylistFormProps {
  /** The one that is changed; without, a new one is made. */
  readonly playlist?: Playlist;
  /** Clips that a new one begins with. */
  readonly clipIds?: readonly string[];
  readonly onSaved: (playlist: Playlist) => void;
  readonly onClose: () => void;
}

/** What a playlist is called, and who sees it. */
export function PlaylistForm({ playlist, clipIds = [], onSaved, onClose }: PlaylistFormProps) {
  const [facts, setFacts] = useState<PlaylistFacts>(
    playlist ?? { title: '', description: '', visibility: 'public' },
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const set = (change: Partial<PlaylistFacts>) => setFacts((before) => ({ ...before, ...change }));
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setProblem('');
    const { title, description, visibility } = facts;
    const said = { title, description, visibility };
    const outcome = await (playlist
      ? playlistCalls.edit(playlist.id, said)
      : playlistCalls.create(said, clipIds));
    setBusy(false);
    if (outcome.ok) onSaved(outcome.value);
    else setProblem(outcome.sentence);
  };
  const title = playlist ? say('edit') : say('create');
  return (
    <Dialog title={title} onClose={onClose}>
      <Form onSend={send} label={title}>
        {problem && <FormError sentence={problem} />}
        <Field
          label={say('name')}
          name="title"
          value={facts.title}
          onInput={(value) => set({ title: value })}
          required
          isNext
          maxLength={MOST.title}
        />
        <Field
          label={say('description')}
          name="description"
          value={facts.description}
          onInput={(description) => set({ description })}
          multiline
          maxLength={MOST.description}
        />
        <SelectField
          label={say('who')}
          value={facts.visibility}
          choices={visibilities.map((value) => ({ value, name: say('seenBy', { visibility: value }) }))}
          onChoose={(value) =>
            set({ visibility: visibilities.find((one) => one === value) ?? facts.visibility })
          }
        />
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
