import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { plainText } from '../format.ts';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { isCovered } from '../state/revealed.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { Notice } from '../ui/page.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { clearHistory, feedSettings, forgetWatched, loadHistory } from './calls.ts';
import styles from './library.module.css';
import { say } from './say.ts';

const CAPTION_LENGTH = 60;

/** When each clip of the history was watched last, as far as it is loaded. */
const watchedAt = signal<ReadonlyMap<string, string>>(new Map());

const tellWatched = (more: ReadonlyMap<string, string>) => {
  watchedAt.value = new Map([...watchedAt.value, ...more]);
};

/** What one watched, the last first, with ways to have it forgotten. */
export function HistoryList() {
  const pages = useClipPages(`history ${me.value?.id}`, loadHistory(tellWatched));
  const [settings] = useRemote('feed settings', feedSettings);
  const [clearing, setClearing] = useState(false);
  const isOff = settings.state === 'ready' && settings.value.history_paused;

  const remove = async (status: Status) => {
    const position = pages.items.value.indexOf(status);
    pages.remove(status.id);
    const outcome = await forgetWatched(status.id);
    // One that is forgotten already is where it should be.
    if (outcome.ok || outcome.status === 404) return toast(say('removed'));
    pages.restore(status, position);
    toast(outcome.sentence, 'error');
  };

  return (
    <>
      <div class={styles.head}>
        <p class={styles.note}>{say('private')}</p>
        {pages.items.value.length > 0 && (
          <Button look="quiet" icon="trash" onPress={() => setClearing(true)}>
            {say('clear')}
          </Button>
        )}
      </div>
      <PosterGrid
        pages={pages}
        label={say('history')}
        beside={(status) => <Watched status={status} onRemove={() => remove(status)} />}
        empty={<NothingWatched isOff={isOff} />}
      />
      {clearing && (
        <ClearDialog
          onClose={() => setClearing(false)}
          onCleared={() => {
            pages.clear();
            setClearing(false);
          }}
        />
      )}
    </>
  );
}

function Watched({ status, onRemove }: { status: Status; onRemove: () => void }) {
  const at = watchedAt.value.get(status.id);
  const caption = isCovered(status) ? '' : plainText(status.content).slice(0, CAPTION_LENGTH);
  const name = caption || say('untitled', { acct: status.account.acct });
  return (
    <>
      <span class={styles.remove}>
        <IconButton icon="close" label={say('remove', { caption: name })} onPress={onRemove} />
      </span>
      {at !== undefined && (
        <p class={styles.watched}>
          <TimeAgo iso={at} />
        </p>
      )}
    </>
  );
}

function NothingWatched({ isOff }: { isOff: boolean }) {
  if (isOff) {
    return (
      <Notice icon="clock" title={say('historyOff')} text={say('historyOffText')}>
        <ButtonLink href="/settings">{say('settings')}</ButtonLink>
      </Notice>
    );
  }
  return (
    <Notice icon="clock" title={say('noHistory')} text={say('noHistoryText')}>
      <ButtonLink href="/">{say('watch')}</ButtonLink>
    </Notice>
  );
}

function ClearDialog({ onClose, onCleared }: { onClose: () => void; onCleared: () => void }) {
  const [busy, setBusy] = useState(false);
  const clear = async () => {
    setBusy(true);
    const outcome = await clearHistory();
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('cleared'));
    onCleared();
  };
  return (
    <ConfirmDialog
      title={say('clearTitle')}
      text={say('clearText')}
      action={say('clear')}
      busy={busy}
      onConfirm={clear}
      onClose={onClose}
    />
  );
}
