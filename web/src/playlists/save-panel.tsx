import { useState } from 'preact/hooks';
import type { OwnPlaylist } from '../api/schema.gen.ts';
import type { PanelProps } from '../state/panels.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/field.tsx';
import { Failed, Loading } from '../ui/page.tsx';
import { SidePanel } from '../ui/side-panel.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { playlistCalls } from './calls.ts';
import { PlaylistForm } from './playlist-form.tsx';
import styles from './playlists.module.css';
import { SavedIn } from './saved-in.tsx';
import { say } from './say.ts';

/** Where a clip is kept: each choice counts at once. */
export function SavePanel({ panel: { status }, onClose }: PanelProps) {
  const [said, setSaid] = useState('');
  return (
    <SidePanel title={say('saveTo')} onClose={onClose}>
      <div class={styles.panel}>
        <SavedIn clipId={status.id} onSaid={setSaid} />
        <InPlaylists clipId={status.id} onSaid={setSaid} />
        <p role="status" class={styles.muted}>
          {said}
        </p>
      </div>
    </SidePanel>
  );
}

interface PartProps {
  readonly clipId: string;
  readonly onSaid: (said: string) => void;
}

function InPlaylists({ clipId, onSaid }: PartProps) {
  const [remote, reload, set] = useRemote(clipId, () => playlistCalls.own(clipId));
  const [making, setMaking] = useState(false);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  const lists = remote.value;
  const mark = (changed: OwnPlaylist) => set(lists.map((list) => (list.id === changed.id ? changed : list)));
  const choose = async (list: OwnPlaylist, wanted: boolean) => {
    mark({ ...list, has_video: wanted });
    const outcome = await (wanted ? playlistCalls.add(list.id, clipId) : playlistCalls.take(list.id, clipId));
    if (!outcome.ok) mark(list);
    const { title } = list;
    onSaid(!outcome.ok ? outcome.sentence : wanted ? say('added', { title }) : say('tookOut', { title }));
  };
  return (
    <fieldset class={styles.part}>
      <legend>{say('title')}</legend>
      {lists.map((list) => (
        <Choice
          key={list.id}
          type="checkbox"
          name={`playlist-${list.id}`}
          checked={list.has_video}
          onChoose={(wanted) => choose(list, wanted)}
          hint={`${say('count', { n: list.videos_count })} · ${say('seenBy', { visibility: list.visibility })}`}
        >
          <span dir="auto">{list.title}</span>
        </Choice>
      ))}
      {lists.length === 0 && <p class={styles.muted}>{say('noneOwn')}</p>}
      <Button look="quiet" icon="plus" onPress={() => setMaking(true)}>
        {say('create')}
      </Button>
      {making && (
        <PlaylistForm
          clipIds={[clipId]}
          onClose={() => setMaking(false)}
          onSaved={(playlist) => {
            setMaking(false);
            set([{ ...playlist, has_video: true }, ...lists]);
            onSaid(say('added', { title: playlist.title }));
          }}
        />
      )}
    </fieldset>
  );
}
