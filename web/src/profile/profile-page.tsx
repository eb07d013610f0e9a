import { useEffect, useMemo } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso/router';
import { api, pageSize } from '../api/endpoints.ts';
import type { Account } from '../api/types.ts';
import { SignOutButton } from '../shell/navigation.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { loadRelationships, relationships } from '../state/relationships.ts';
import { isStaff, mayInvite, me } from '../state/session.ts';
import { createTimeline } from '../state/timeline.ts';
import { strings } from '../strings.ts';
import { inviteStrings, securityStrings } from '../strings-settings.ts';
import { Avatar } from '../ui/avatar.tsx';
import buttons from '../ui/button.module.css';
import { Button, ButtonLink } from '../ui/button.tsx';
import { FollowButton, WaitingNote } from '../ui/follow-button.tsx';
import { Handle } from '../ui/handle.tsx';
import { Failed, Loading, Notice, useTitle } from '../ui/page.tsx';
import { ServerHtml } from '../ui/server-html.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { PosterTile } from './poster-tile.tsx';
import styles from './profile.module.css';

/** Somebody and their clips. */
export function ProfilePage() {
  const handle = useRoute().params.handle ?? '';
  return handle.startsWith('@') ? <Profile acct={handle.slice(1)} /> : <NotFoundPage />;
}

function Profile({ acct }: { acct: string }) {
  const [remote, reload] = useRemote(acct, () => api.lookUp(acct));
  const { route } = useLocation();
  useTitle(`@${acct}`);
  // An address may name our own server; the short form is the page's only address.
  const real = remote.state === 'ready' ? remote.value.acct : acct;
  useEffect(() => {
    if (real !== acct) route(`/@${real}`, true);
  }, [real, acct]);

  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'ready') return <ProfileOf key={remote.value.id} account={remote.value} />;
  const { failure } = remote;
  if (failure.status !== 404 && failure.status !== 410) {
    return <Failed failure={failure} level={1} onRetry={reload} />;
  }
  return (
    <Notice icon="person" title={strings.account.notFound} text={strings.find.hint} level={1}>
      <ButtonLink href="/find">{strings.find.title}</ButtonLink>
    </Notice>
  );
}

function ProfileOf({ account }: { account: Account }) {
  const text = strings.account;
  const own = me.value?.id === account.id;
  const viewer = me.value?.id;
  useEffect(() => {
    if (viewer) loadRelationships([account.id]);
  }, [viewer, account.id]);
  return (
    <div class={styles.profile}>
      <header class={styles.header}>
        <Avatar account={account} size={88} />
        <div class={styles.who}>
          <h1 dir="auto">{account.display_name || account.username}</h1>
          <Handle account={account} />
          {account.bot && <span class={styles.tag}>{text.bot}</span>}
          {relationships.value.get(account.id)?.followed_by && (
            <span class={styles.tag}>{text.followsYou}</span>
          )}
        </div>
        {own ? (
          <OwnActions />
        ) : (
          <div class={styles.actions}>
            <FollowButton account={account} />
            <p class={styles.waiting} role="status">
              <WaitingNote account={account} />
            </p>
          </div>
        )}
        <ul class={styles.counts}>
          <li>{text.clips(account.statuses_count)}</li>
          <li>{text.followers(account.followers_count)}</li>
          <li>{text.followingCount(account.following_count)}</li>
        </ul>
        {account.note && <ServerHtml class={styles.note} html={account.note} />}
      </header>
      <Clips account={account} own={own} />
    </div>
  );
}

/** On phones this is the way to what the rail shows on desktops. */
function OwnActions() {
  return (
    <div class={`${styles.actions} ${styles.own}`}>
      <ButtonLink href="/settings/security" look="quiet" icon="key">
        {securityStrings.nav}
      </ButtonLink>
      {mayInvite() && (
        <ButtonLink href="/settings/invites" look="quiet" icon="mail">
          {inviteStrings.nav}
        </ButtonLink>
      )}
      {isStaff(me.value) && (
        <ButtonLink href="/admin/approvals" look="quiet" icon="shield">
          {strings.nav.approvals}
        </ButtonLink>
      )}
      <SignOutButton class={`${buttons.button} ${buttons.quiet}`} />
    </div>
  );
}

function Clips({ account, own }: { account: Account; own: boolean }) {
  const timeline = useMemo(() => createTimeline((cursor) => clipsOf(account, cursor), false), [account.id]);
  const items = timeline.items.value;
  const phase = timeline.phase.value;
  const text = strings.account;
  // A first page that is not full is most likely the last one; asking once more makes sure.
  const wanted = phase === 'new' || (phase === 'ready' && items.length < pageSize);
  useEffect(() => {
    if (wanted) timeline.loadMore();
  }, [timeline, wanted]);

  return (
    <section aria-label={text.clipsTitle}>
      <ul class={styles.grid}>
        {items.map((status) => (
          <li key={status.id}>
            <PosterTile status={status} />
          </li>
        ))}
      </ul>
      {(phase === 'new' || phase === 'loading') && <Loading />}
      {phase === 'failed' && (
        <div role="alert">
          <Notice icon="alert" title={strings.feed.failed} text={timeline.problem.value}>
            <Button onPress={timeline.loadMore}>{strings.retry}</Button>
          </Notice>
        </div>
      )}
      {phase === 'ready' && !wanted && (
        <div class={styles.more}>
          <Button look="quiet" onPress={timeline.loadMore}>
            {text.moreClips}
          </Button>
        </div>
      )}
      {phase === 'ended' && items.length === 0 && (
        <Notice
          icon="play"
          title={text.noClips}
          text={own ? text.noClipsOwn : text.noClipsOther(account.acct)}
        >
          {own && <ButtonLink href="/upload">{strings.feed.emptySignedInAction}</ButtonLink>}
        </Notice>
      )}
    </section>
  );
}

/** Clips of one account as a feed: it goes on below the id that a page ends with. */
async function clipsOf(account: Account, maxId: string | undefined) {
  const page = await api.clipsOf(account.id, maxId === undefined ? {} : { maxId });
  if (!page.ok) return page;
  return { ...page, value: { statuses: page.value, next_cursor: page.value.at(-1)?.id ?? null } };
}
