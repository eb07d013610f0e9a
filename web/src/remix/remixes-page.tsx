import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.ts';
import type { Account, Status } from '../api/types.ts';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { Handle } from '../ui/handle.tsx';
import { Icon } from '../ui/icon.tsx';
import { clipPath, profilePath } from '../ui/links.ts';
import { Failed, Loading, Notice, useTitle } from '../ui/page.tsx';
import place from '../ui/place.module.css';
import { useRemote } from '../ui/use-remote.ts';
import { loadRemixes, takeBack } from './calls.ts';
import { remixesOf } from './chain.ts';
import styles from './remix.module.css';
import { say } from './say.ts';

/** The duets and stitches that were made of a clip. */
export function RemixesPage({ id }: { id: string }) {
  const [remote, reload] = useRemote(id, () => api.clip(id));
  useTitle(say('listTitle'));
  // What one may see depends on who asks.
  if (remote.state === 'loading' || me.value === undefined) return <Loading />;
  if (remote.state === 'ready') return <Remixes of={remote.value} />;
  const { status } = remote.failure;
  if (status === 404 || status === 410) return <NotFoundPage />;
  return <Failed failure={remote.failure} level={1} onRetry={reload} />;
}

function Remixes({ of }: { of: Status }) {
  const pages = useClipPages(`remixes ${me.value?.id} ${of.id}`, loadRemixes(of.id));
  const n = remixesOf(of);
  const [refused, setRefused] = useState<Status | null>(null);
  const isOwn = me.value?.id === of.account.id;
  const isOther = (status: Status) => status.account.id !== of.account.id;
  return (
    <div class={place.page}>
      <header class={place.header}>
        <Icon name="duet" size={34} />
        <div class={place.words}>
          <h1>{n > 0 ? say('list', { n }) : say('listTitle')}</h1>
          <a href={clipPath(of)}>
            <bdi>{say('listOf', { acct: of.account.acct })}</bdi>
          </a>
        </div>
        <ButtonLink href={clipPath(of)} icon="play">
          {say('toOriginal')}
        </ButtonLink>
      </header>
      <PosterGrid
        pages={pages}
        label={say('listTitle')}
        beside={(status) => (
          <Maker account={status.account}>
            {isOwn && isOther(status) && (
              <Button
                look="quiet"
                small
                label={say('takeBackOf', { acct: status.account.acct })}
                onPress={() => setRefused(status)}
              >
                {say('takeBack')}
              </Button>
            )}
          </Maker>
        )}
        empty={
          <Notice icon="duet" title={say('none')} text={say('noneText')}>
            <ButtonLink href={`/record?duet=${of.id}`}>{say('makeDuet')}</ButtonLink>
          </Notice>
        }
      />
      {refused && (
        <TakeBack
          original={of}
          remix={refused}
          onClose={() => setRefused(null)}
          onDone={() => pages.remove(refused.id)}
        />
      )}
    </div>
  );
}

/** Whose a remix is. */
function Maker({ account, children }: { account: Account; children: ComponentChildren }) {
  return (
    <div class={styles.maker}>
      <a href={profilePath(account)}>
        <Handle account={account} />
      </a>
      {children}
    </div>
  );
}

interface TakeBackProps {
  readonly original: Status;
  readonly remix: Status;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function TakeBack({ original, remix, onClose, onDone }: TakeBackProps) {
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    const outcome = await takeBack(original.id, remix.id);
    onClose();
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    onDone();
    toast(say('takenBack'));
  };
  return (
    <ConfirmDialog
      title={say('takeBackTitle')}
      text={say('takeBackText')}
      action={say('takeBack')}
      busy={busy}
      onConfirm={take}
      onClose={onClose}
    />
  );
}
