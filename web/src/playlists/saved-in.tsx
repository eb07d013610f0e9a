import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../api/client.ts';
import type { BookmarkFolder, BookmarkPlace } from '../api/schema.gen.ts';
import { noteSaved, wish } from '../state/reactions.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/field.tsx';
import { Failed, Loading } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { folderCalls } from './folder-calls.ts';
import { FolderForm } from './folder-form.tsx';
import styles from './playlists.module.css';
import { say } from './say.ts';

interface Known {
  readonly folders: readonly BookmarkFolder[];
  readonly place: BookmarkPlace;
}

async function load(clipId: string): Promise<ApiOutcome<Known>> {
  const [folders, place] = await Promise.all([folderCalls.all(), folderCalls.placeOf(clipId)]);
  if (!folders.ok) return folders;
  return place.ok ? { ...place, value: { folders: folders.value, place: place.value } } : place;
}

interface SavedInProps {
  readonly clipId: string;
  /** Says what came of a choice. */
  readonly onSaid: (said: string) => void;
}

/** Whether a clip is saved, and in which folder. */
export function SavedIn({ clipId, onSaid }: SavedInProps) {
  const [remote, reload, set] = useRemote(clipId, () => load(clipId));
  const [making, setMaking] = useState(false);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  const { folders, place } = remote.value;
  const put = async (folder: BookmarkFolder | null, all = folders) => {
    const wanted = { bookmarked: true, folder_id: folder?.id ?? null };
    set({ folders: all, place: wanted });
    const outcome = await folderCalls.put(clipId, wanted.folder_id);
    if (!outcome.ok) set({ folders: all, place });
    else noteSaved(clipId, true);
    onSaid(
      outcome.ok
        ? folder
          ? say('savedIn', { title: folder.title })
          : say('savedPlainly')
        : outcome.sentence,
    );
  };
  const drop = () => {
    set({ folders, place: { bookmarked: false, folder_id: null } });
    wish('save', { id: clipId }, false);
    onSaid(say('notSavedNow'));
  };
  return (
    <fieldset class={styles.part}>
      <legend>{say('savedClips')}</legend>
      <Choice type="radio" name="folder" checked={!place.bookmarked} onChoose={drop}>
        {say('notSaved')}
      </Choice>
      <Choice
        type="radio"
        name="folder"
        checked={place.bookmarked && place.folder_id === null}
        onChoose={() => put(null)}
      >
        {say('noFolder')}
      </Choice>
      {folders.map((folder) => (
        <Choice
          key={folder.id}
          type="radio"
          name="folder"
          checked={place.folder_id === folder.id}
          onChoose={() => put(folder)}
        >
          <span dir="auto">{folder.title}</span>
        </Choice>
      ))}
      <Button look="quiet" icon="plus" onPress={() => setMaking(true)}>
        {say('newFolder')}
      </Button>
      {making && (
        <FolderForm
          onClose={() => setMaking(false)}
          onSaved={(folder) => {
            setMaking(false);
            // At most one is the default.
            const others = folder.is_default
              ? folders.map((one) => ({ ...one, is_default: false }))
              : folders;
            void put(folder, [...others, folder]);
          }}
        />
      )}
    </fieldset>
  );
}
