import { useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso/router';
import type { ApiOutcome } from '../api/client.ts';
import type { Playlist } from '../api/schema.gen.ts';
import type { Status } from '../api/types.ts';
import type { ClipPages } from '../posters/clip-pages.ts';
import { feedAt, ShareDialog } from '../share/share-dialog.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { enterClipList } from '../state/clip-list.ts';
import { panel } from '../state/panels.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { clipPath, profilePath } from '../ui/links.ts';
import { More } from '../ui/more.tsx';
import { Failed, Loading, Notice, Page } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { playlistCalls } from './calls.ts';
import { ClipRows, type OwnDeeds } from './clip-rows.tsx';
import { usePlaylistClips } from './playing.ts';
import { PlaylistForm } from './playlist-form.tsx';
import { PlaylistCover } from './playlist-list.tsx';
import styles from './playlists.module.css';
import { movedTo } from './reordering.ts';
import { say } from './say.ts';

/** Clips in the order that somebody gave them. */
export function PlaylistPage() {
  const { id = '' } = useRoute().params;
  // Which clips there are depends on who asks.
  if (me.value === undefined) return <Loading />;
  return /^\d+$/.test(id) ? <Loaded key={`${id} ${me.value?.id}`} id={id} /> : <NotFoundPage />;
}

function Loaded({ id }: { id: string }) {
  const [remote, reload, set] = useRemote(id, () => playlistCalls.one(id));
  if (remote.state === 'ready') return <Shown playlist={remote.value} onChange={set} />;
  if (remote.state === 'loading') return <Loading />;
  if (remote.failure.status === 404) return <NotFoundPage />;
  return <Failed failure={remote.failure} level={1} onRetry={reload} />;
}

interface ShownProps {
  readonly playlist: Playlist;
  readonly onChange: (playlist: Playlist) => void;
}

function Shown({ playlist, onChange }: ShownProps) {
  const pages = usePlaylistClips(playlist.id);
  const own = playlist.account.id === me.value?.id;
  const items = pages.items.value;
  return (
    <Page title={playlist.title} width="wide">
      <Head playlist={playlist} pages={pages} own={own} onChange={onChange} />
      {items.length > 0 && (
        <ClipRows
          playlistId={playlist.id}
          pages={pages}
          own={own ? ownDeeds(playlist, pages, onChange) : undefined}
        />
      )}
      {items.length === 0 && pages.phase.value === 'ended' && (
        <Notice icon="list" title={say('empty')} text={say(own ? 'emptyOwn' : 'emptyOther')}>
          {own && <ButtonLink href="/">{say('watch')}</ButtonLink>}
        </Notice>
      )}
      <More pages={pages} label={say('more')} />
    </Page>
  );
}

function Head({ playlist, pages, own, onChange }: ShownProps & { pages: ClipPages; own: boolean }) {
  const { account, description, visibility, videos_count: n } = playlist;
  const [first] = pages.items.value;
  const count = say('count', { n });
  const [sharing, setSharing] = useState(false);
  return (
    <div class={styles.about}>
      <div class={styles.image}>
        <PlaylistCover cover={playlist.cover} />
      </div>
      <div class={styles.facts}>
        <p class={styles.muted}>
          <a href={profilePath(account)}>{say('by', { acct: account.acct })}</a> · {count}
          {own && <> · {say('seenBy', { visibility })}</>}
        </p>
        {description && (
          <p class={styles.description} dir="auto">
            {description}
          </p>
        )}
      </div>
      <div class={styles.buttons}>
        {first && <PlayAll playlist={playlist} first={first} pages={pages} />}
        <Button look="quiet" icon="share" onPress={() => setSharing(true)}>
          {say('share')}
        </Button>
        {own ? (
          <OwnButtons playlist={playlist} onChange={onChange} />
        ) : (
          <>
            <Button look="quiet" icon="flag" onPress={() => report(playlist)}>
              {say('report')}
            </Button>
            {me.value?.staff?.permissions.includes('reports') && <TakeDown playlist={playlist} />}
          </>
        )}
      </div>
      {playlist.taken_down && (
        <p class={styles.note} role="note">
          {say('takenDown')}
        </p>
      )}
      {sharing && (
        <ShareDialog
          heading={say('shareTitle')}
          link={playlist.url}
          title={playlist.title}
          note={isForAll(visibility) ? undefined : say('shareFew', { visibility })}
          feed={visibility === 'public' && account.indexable ? feedAt(`playlists/${playlist.id}`) : undefined}
          onClose={() => setSharing(false)}
        />
      )}
    </div>
  );
}

function report({ id, account }: Playlist): void {
  panel.value = { name: 'report', account, part: { kind: 'playlist', id } };
}

const isForAll = (visibility: Playlist['visibility']) => visibility === 'public' || visibility === 'unlisted';

function PlayAll({ playlist, first, pages }: { playlist: Playlist; first: Status; pages: ClipPages }) {
  const { route } = useLocation();
  const play = () => {
    enterClipList(pages.list, first.id);
    route(`${clipPath(first)}?playlist=${playlist.id}`);
  };
  return (
    <Button icon="play" onPress={play}>
      {say('playAll')}
    </Button>
  );
}

function OwnButtons({ playlist, onChange }: ShownProps) {
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Button look="quiet" icon="pencil" onPress={() => setOpen('edit')}>
        {say('edit')}
      </Button>
      <Button look="quiet" icon="trash" onPress={() => setOpen('delete')}>
        {say('delete')}
      </Button>
      {open === 'edit' && (
        <PlaylistForm
          playlist={playlist}
          onClose={close}
          onSaved={(saved) => {
            onChange(saved);
            toast(say('saved'));
            close();
          }}
        />
      )}
      {open === 'delete' && <DeleteDialog playlist={playlist} onClose={close} />}
    </>
  );
}

function DeleteDialog({ playlist, onClose }: { playlist: Playlist; onClose: () => void }) {
  const { route } = useLocation();
  return (
    <Confirm
      what="delete"
      deed={() => playlistCalls.remove(playlist.id)}
      onDone={() => {
        toast(say('deleted'));
        route('/library/playlists', true);
      }}
      onClose={onClose}
    />
  );
}

/** For the staff: takes it from everybody but its owner. */
function TakeDown({ playlist }: { playlist: Playlist }) {
  const { route } = useLocation();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button look="quiet" icon="trash" onPress={() => setAsking(true)}>
        {say('takeDown')}
      </Button>
      {asking && (
        <Confirm
          what="takeDown"
          deed={() => playlistCalls.takeDown(playlist.id)}
          onDone={() => {
            toast(say('takenDownNow'));
            route(profilePath(playlist.account), true);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface ConfirmProps {
  readonly what: 'delete' | 'takeDown';
  readonly deed: () => Promise<ApiOutcome<unknown>>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function Confirm({ what, deed, onDone, onClose }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    const outcome = await deed();
    setBusy(false);
    if (outcome.ok) onDone();
    else toast(outcome.sentence, 'error');
  };
  return (
    <ConfirmDialog
      title={say(`${what}Title`)}
      text={say(`${what}Text`)}
      action={say(what)}
      busy={busy}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}

/** Each shows at once, and is put back where the server refuses it. */
function ownDeeds(playlist: Playlist, pages: ClipPages, onChange: ShownProps['onChange']): OwnDeeds {
  const { id } = playlist;
  return {
    coverId: playlist.cover_video_id,
    async onMove(status, to) {
      const before = pages.items.peek();
      // What comes after the last one that is loaded has to be known, to stand before it.
      if (to === before.length - 1 && pages.phase.peek() === 'ready') await pages.loadMore();
      const all = pages.items.peek();
      const wanted = movedTo(all, all.indexOf(status), to);
      pages.reorder(wanted);
      const outcome = await playlistCalls.move(id, status.id, wanted[to + 1]?.id ?? null);
      if (outcome.ok) return undefined;
      pages.reorder(all);
      return outcome.sentence;
    },
    async onRemove(status) {
      const position = pages.items.peek().indexOf(status);
      pages.remove(status.id);
      const outcome = await playlistCalls.take(id, status.id);
      if (!outcome.ok && outcome.status !== 404) {
        pages.restore(status, position);
        return toast(outcome.sentence, 'error');
      }
      toast(say('removed'));
      const fresh = await playlistCalls.one(id);
      if (fresh.ok) onChange(fresh.value);
    },
    async onCover(status) {
      const outcome = await playlistCalls.edit(id, { cover_video_id: status.id });
      if (!outcome.ok) return toast(outcome.sentence, 'error');
      onChange(outcome.value);
      toast(say('coverSet'));
    },
  };
}
