import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { BookmarkFolder } from '../api/schema.gen.ts';
import type { Status } from '../api/types.ts';
import { plainText } from '../format.ts';
import { folderCalls } from '../playlists/folder-calls.ts';
import { FolderForm } from '../playlists/folder-form.tsx';
import { say as sayOfPlaylists } from '../playlists/say.ts';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { openPanel } from '../state/panels.ts';
import { isCovered } from '../state/revealed.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { Failed, Loading, Notice } from '../ui/page.tsx';
import pills from '../ui/pills.module.css';
import { Pills } from '../ui/pills.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { loadSaved } from './calls.ts';
import styles from './library.module.css';
import { say } from './say.ts';

const CAPTION_LENGTH = 60;

/** What somebody saved, all of it or one folder; for them alone. */
export function SavedClips() {
  const [remote, reload] = useRemote('folders', folderCalls.all);
  const { query } = useLocation();
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  const folders = remote.value;
  const folder = folders.find(({ id }) => id === query.folder);
  const shown = query.folder === 'none' ? 'none' : folder?.id;
  return (
    <>
      <p class={styles.note}>{say('private')}</p>
      <div class={styles.folders}>
        {folders.length > 0 && (
          <Pills label={say('folders')} current={shown ?? 'all'}>
            <Way shown={shown} words={say('allSaved')} />
            {folders.map(({ id, title, posts_count: n }) => (
              <Way key={id} id={id} shown={shown} words={say('folder', { title, n })} />
            ))}
            <Way id="none" shown={shown} words={say('noFolder')} />
          </Pills>
        )}
        <FolderDeeds key={folder?.id} folder={folder} onChange={reload} />
      </div>
      <Clips key={shown ?? 'all'} folder={shown} />
    </>
  );
}

function Way({ id, shown, words }: { id?: string; shown: string | undefined; words: string }) {
  return (
    <a
      class={`${pills.pill} ${styles.way}`}
      href={id === undefined ? '/library/saved' : `/library/saved?folder=${id}`}
      aria-current={id === shown ? 'page' : undefined}
      dir="auto"
    >
      {words}
    </a>
  );
}

function Clips({ folder }: { folder: string | undefined }) {
  const pages = useClipPages(`saved ${me.value?.id} ${folder ?? ''}`, loadSaved(folder));
  return (
    <PosterGrid
      pages={pages}
      label={say('saved')}
      beside={(status) => <MoveButton status={status} />}
      empty={
        <Notice
          icon="bookmark"
          title={say(folder === undefined ? 'noSaved' : 'emptyFolder')}
          text={say(folder === undefined ? 'noSavedText' : 'emptyFolderText')}
        >
          <ButtonLink href="/">{say('watch')}</ButtonLink>
        </Notice>
      }
    />
  );
}

/** Opens what says where a clip is saved. */
function MoveButton({ status }: { status: Status }) {
  const caption = isCovered(status) ? '' : plainText(status.content).slice(0, CAPTION_LENGTH);
  const name = caption || say('untitled', { acct: status.account.acct });
  return (
    <span class={styles.remove}>
      <IconButton
        icon="bookmark"
        label={say('move', { caption: name })}
        onPress={() => openPanel({ name: 'save', status })}
      />
    </span>
  );
}

interface DeedsProps {
  readonly folder: BookmarkFolder | undefined;
  readonly onChange: () => void;
}

/** Makes a folder, or changes the one that is shown. */
function FolderDeeds({ folder, onChange }: DeedsProps) {
  const { route } = useLocation();
  const [open, setOpen] = useState<'new' | 'edit' | 'delete' | null>(null);
  const close = () => setOpen(null);
  const saved = ({ id }: BookmarkFolder) => {
    close();
    route(`/library/saved?folder=${id}`, true);
    onChange();
  };
  const remove = async () => {
    if (!folder) return;
    const outcome = await folderCalls.remove(folder.id);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    close();
    route('/library/saved', true);
    onChange();
  };
  return (
    <div class={styles.deeds}>
      <Button look="quiet" small icon="plus" onPress={() => setOpen('new')}>
        {sayOfPlaylists('newFolder')}
      </Button>
      {folder && (
        <>
          <Button look="quiet" small icon="pencil" onPress={() => setOpen('edit')}>
            {sayOfPlaylists('editFolder')}
          </Button>
          <Button look="quiet" small icon="trash" onPress={() => setOpen('delete')}>
            {say('deleteFolder')}
          </Button>
        </>
      )}
      {open === 'new' && <FolderForm onSaved={saved} onClose={close} />}
      {open === 'edit' && folder && <FolderForm folder={folder} onSaved={saved} onClose={close} />}
      {open === 'delete' && folder && (
        <ConfirmDialog
          title={say('deleteFolderTitle', { title: folder.title })}
          text={say('deleteFolderText')}
          action={say('deleteFolder')}
          busy={false}
          onConfirm={remove}
          onClose={close}
        />
      )}
    </div>
  );
}
