import { useRoute } from 'preact-iso/router';
import { PlaylistsOf } from '../playlists/playlist-list.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { SavedSounds } from '../sounds/saved-sounds.tsx';
import { me } from '../state/session.ts';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Page } from '../ui/page.tsx';
import pills from '../ui/pills.module.css';
import { Pills } from '../ui/pills.tsx';
import { HistoryList } from './history-list.tsx';
import { LikedClips } from './liked-clips.tsx';
import { SavedClips } from './saved-clips.tsx';
import { say } from './say.ts';

const lists = ['saved', 'playlists', 'sounds', 'liked', 'history'] as const;
type ListName = (typeof lists)[number];

/** What somebody saved, liked and watched; for them alone. */
export function LibraryPage() {
  const { params } = useRoute();
  const name = lists.find((one) => one === params.list);
  if (!name) return <NotFoundPage />;
  return (
    <NeedsSession title={say(name)} text={say('signIn')}>
      <Library key={`${me.value?.id} ${name}`} name={name} />
    </NeedsSession>
  );
}

function Library({ name }: { name: ListName }) {
  return (
    <Page title={say(name)} width="wide">
      <Pills label={say('lists')} current={name}>
        {lists.map((list) => (
          <a
            key={list}
            class={pills.pill}
            href={`/library/${list}`}
            aria-current={list === name ? 'page' : undefined}
          >
            {say(list)}
          </a>
        ))}
      </Pills>
      {name === 'saved' && <SavedClips />}
      {name === 'playlists' && me.value && <PlaylistsOf account={me.value} />}
      {name === 'sounds' && <SavedSounds />}
      {name === 'liked' && <LikedClips />}
      {name === 'history' && <HistoryList />}
    </Page>
  );
}
