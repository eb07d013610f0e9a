import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Playlist } from '../api/schema.gen.ts';
import type { Account } from '../api/types.ts';
import { Blurhash } from '../player/blurhash.tsx';
import { createPages } from '../state/pages.ts';
import { me } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { More } from '../ui/more.tsx';
import { Notice } from '../ui/page.tsx';
import { loadPlaylistsOf } from './calls.ts';
import { PlaylistForm } from './playlist-form.tsx';
import styles from './playlists.module.css';
import { say } from './say.ts';

/** The playlists of an account, with a way to make one on one's own. */
export function PlaylistsOf({ account }: { account: Pick<Account, 'id' | 'acct'> }) {
  const viewer = me.value?.id;
  const pages = useMemo(() => createPages(loadPlaylistsOf(account.id)), [account.id, viewer]);
  const own = viewer === account.id;
  const items = pages.items.value;
  return (
    <>
      {own && (
        <div class={styles.head}>
          <NewPlaylist />
        </div>
      )}
      {items.length > 0 && (
        <ul class={styles.cards} aria-label={say('title')}>
          {items.map((playlist) => (
            <li key={playlist.id}>
              <PlaylistCard playlist={playlist} own={own} />
            </li>
          ))}
        </ul>
      )}
      {items.length === 0 && pages.phase.value === 'ended' && (
        <Notice
          icon="list"
          title={say('none')}
          text={own ? say('noneOwn') : say('noneOther', { acct: account.acct })}
        />
      )}
      <More pages={pages} label={say('moreLists')} />
    </>
  );
}

/** Makes a playlist and opens it. */
function NewPlaylist() {
  const [making, setMaking] = useState(false);
  const { route } = useLocation();
  if (me.value?.email_confirmed !== true) return null;
  return (
    <>
      <Button icon="plus" onPress={() => setMaking(true)}>
        {say('create')}
      </Button>
      {making && (
        <PlaylistForm onSaved={({ id }) => route(`/playlists/${id}`)} onClose={() => setMaking(false)} />
      )}
    </>
  );
}

/** The poster that stands for a playlist. */
export function PlaylistCover({
  cover,
  children,
}: {
  cover: Playlist['cover'];
  children?: ComponentChildren;
}) {
  const url = cover?.url ?? cover?.remote_url;
  return (
    <span class={styles.cover}>
      {cover && <Blurhash class={styles.fill} hash={cover.blurhash} />}
      {url && <img class={styles.fill} src={url} alt="" loading="lazy" />}
      {!cover && <Icon name="list" size={34} />}
      {children}
    </span>
  );
}

function PlaylistCard({ playlist, own }: { playlist: Playlist; own: boolean }) {
  const { id, title, visibility, videos_count: n, cover } = playlist;
  return (
    <a class={styles.card} href={`/playlists/${id}`}>
      <PlaylistCover cover={cover}>
        <span class={styles.badge}>{say('count', { n })}</span>
      </PlaylistCover>
      <span class={styles.name} dir="auto">
        {title}
      </span>
      {own && <small class={styles.muted}>{say('seenBy', { visibility })}</small>}
    </a>
  );
}
