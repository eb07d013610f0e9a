import { useEffect, useState } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import type { Account } from '../api/types.ts';
import { LikedClips } from '../library/liked-clips.tsx';
import { PlaylistsOf } from '../playlists/playlist-list.tsx';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { loadRelationships, relationships } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { profilePath } from '../ui/links.ts';
import { Notice, useTitle } from '../ui/page.tsx';
import place from '../ui/place.module.css';
import { TabPanel, Tabs } from '../ui/tabs.tsx';
import { WithAccount } from './account-route.tsx';
import { loadClipsOf, loadLikesOf, relate } from './calls.ts';
import styles from './profile.module.css';
import { ProfileHeader } from './profile-header.tsx';
import { say } from './say.ts';

/** Somebody and their clips. */
export function ProfilePage() {
  const handle = useRoute().params.handle ?? '';
  if (!handle.startsWith('@')) return <NotFoundPage />;
  return (
    <WithAccount key={handle} acct={handle.slice(1)} pathOf={profilePath}>
      {(account) => <ProfileOf key={account.id} account={account} />}
    </WithAccount>
  );
}

function ProfileOf({ account }: { account: Account }) {
  const viewer = me.value?.id;
  const own = viewer === account.id;
  useTitle(`@${account.acct}`);
  useEffect(() => {
    if (viewer && !own) loadRelationships([account.id]);
  }, [viewer, own, account.id]);
  const relationship = own ? undefined : relationships.value.get(account.id);
  return (
    <div class={place.page}>
      {account.moved && (
        <div class={styles.moved} role="note">
          <p>
            <strong>{say('moved', { acct: account.acct })}</strong>{' '}
            {say('movedText', { to: account.moved.acct })}
          </p>
          <ButtonLink href={profilePath(account.moved)} small>
            {say('movedGo', { to: account.moved.acct })}
          </ButtonLink>
        </div>
      )}
      <ProfileHeader account={account} own={own} />
      {relationship?.muting && (
        <p class={styles.remark} role="note">
          {say('mutedNote')}
        </p>
      )}
      {relationship?.domain_blocking && account.host && (
        <p class={styles.remark} role="note">
          {say('domainBlocked', { host: account.host })}
        </p>
      )}
      {relationship?.blocking ? (
        <Blocked account={account} />
      ) : relationship?.blocked_by ? (
        <Notice icon="person" title={say('blockedBy', { acct: account.acct })} text={say('blockedByText')} />
      ) : account.host === null ? (
        <Lists account={account} own={own} />
      ) : (
        <section aria-label={say('clips')}>
          <Clips account={account} own={false} />
        </section>
      )}
    </div>
  );
}

function Blocked({ account }: { account: Account }) {
  const [busy, setBusy] = useState(false);
  const { id, acct } = account;
  const unblock = async () => {
    setBusy(true);
    const outcome = await relate(id, 'unblock');
    setBusy(false);
    if (outcome.ok) toast(say('unblocked', { acct }));
    else toast(outcome.sentence, 'error');
  };
  return (
    <Notice icon="covered" title={say('blockedTitle', { acct })} text={say('blockedText')}>
      <Button busy={busy} onPress={unblock}>
        {say('unblock', { acct })}
      </Button>
    </Notice>
  );
}

const lists = ['clips', 'playlists', 'liked'] as const;

/** What somebody of this server posted, put in an order, and likes: the last is shown to others where they choose so. */
function Lists({ account, own }: { account: Account; own: boolean }) {
  const [list, setList] = useState<(typeof lists)[number]>('clips');
  const shown = lists.filter((id) => id !== 'liked' || own || account.shows_likes);
  return (
    <>
      <Tabs
        label={say('tabs')}
        tabs={shown.map((id) => ({ id, label: say(id) }))}
        current={list}
        onChange={setList}
      />
      <TabPanel id={list}>
        {list === 'clips' ? (
          <Clips account={account} own={own} />
        ) : list === 'playlists' ? (
          <PlaylistsOf account={account} />
        ) : own ? (
          <OwnLikes shown={account.shows_likes} />
        ) : (
          <ShownLikes account={account} />
        )}
      </TabPanel>
    </>
  );
}

function OwnLikes({ shown }: { shown: boolean }) {
  return (
    <>
      <p class={styles.remark}>
        {say(shown ? 'likesShown' : 'likesHidden')} <a href="/settings/privacy">{say('likesChange')}</a>
      </p>
      <LikedClips />
    </>
  );
}

function ShownLikes({ account }: { account: Account }) {
  const pages = useClipPages(`likes of ${me.value?.id} ${account.id}`, loadLikesOf(account.id));
  const { acct } = account;
  return (
    <PosterGrid
      pages={pages}
      label={say('liked')}
      empty={<Notice icon="heart" title={say('noLikes')} text={say('noLikesText', { acct })} />}
    />
  );
}

function Clips({ account, own }: { account: Account; own: boolean }) {
  const pages = useClipPages(`profile ${me.value?.id} ${account.id}`, loadClipsOf(account.id));
  const isKnown = pages.phase.value !== 'new' && pages.phase.value !== 'loading';
  return (
    <>
      <PosterGrid
        pages={pages}
        label={say('clips')}
        showsPin
        empty={
          <Notice
            icon="play"
            title={say('noClips')}
            text={own ? say('noClipsOwn') : say('noClipsOther', { acct: account.acct })}
          >
            {own && <ButtonLink href="/upload">{say('upload')}</ButtonLink>}
          </Notice>
        }
      />
      {account.host && isKnown && (
        <p class={styles.older}>
          {say('older')}{' '}
          <a href={account.url} rel="noopener noreferrer" target="_blank">
            {say('openAt', { host: account.host })}
          </a>
        </p>
      )}
    </>
  );
}
