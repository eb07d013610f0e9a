import { useRoute } from 'preact-iso/router';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { me } from '../state/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Notice, Page } from '../ui/page.tsx';
import pills from '../ui/pills.module.css';
import { loadSaved } from './calls.ts';
import { HistoryList } from './history-list.tsx';
import styles from './library.module.css';
import { LikedClips } from './liked-clips.tsx';
import { say } from './say.ts';

const lists = ['saved', 'liked', 'history'] as const;
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
      <nav aria-label={say('lists')} class={pills.pills}>
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
      </nav>
      {name === 'saved' && <Saved />}
      {name === 'liked' && <LikedClips />}
      {name === 'history' && <HistoryList />}
    </Page>
  );
}

function Saved() {
  const pages = useClipPages(`saved ${me.value?.id}`, loadSaved);
  return (
    <>
      <p class={styles.note}>{say('private')}</p>
      <PosterGrid
        pages={pages}
        label={say('saved')}
        empty={
          <Notice icon="play" title={say('noSaved')} text={say('noSavedText')}>
            <ButtonLink href="/">{say('watch')}</ButtonLink>
          </Notice>
        }
      />
    </>
  );
}
