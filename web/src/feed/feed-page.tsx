import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import lazy from 'preact-iso/lazy';
import { useLocation } from 'preact-iso/router';
import { connection } from '../api/client.ts';
import { say as sayOfShell } from '../shell/say.ts';
import { loadRelationships } from '../state/relationships.ts';
import { instance, me } from '../state/session.ts';
import type { Timeline } from '../state/timeline.ts';
import { type FeedName, feedNames, feedTimeline } from '../state/timelines.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Notice, useDarkRoom, useTitle, VisuallyHidden } from '../ui/page.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import { useInterval } from '../ui/use-interval.ts';
import { FeedHeader, feedTitle } from './feed-header.tsx';
import styles from './feed-page.module.css';
import { FeedView } from './feed-view.tsx';
import { say } from './say.ts';

const OfflineFeed = lazy(() => import('../device/offline-feed.tsx').then((module) => module.OfflineFeed));

const NEW_CLIPS_POLL_MS = 15_000;

/** The feeds: what is chosen for somebody, what they follow, what is posted here, and everything this server knows. */
export function FeedPage() {
  const { query } = useLocation();
  useDarkRoom();
  const account = me.value;
  if (account === undefined) {
    return (
      <Room title={say('label')}>
        <Skeleton />
      </Room>
    );
  }
  const asked = feedNames.find((name) => name === query.feed) ?? 'for-you';
  const name = asked === 'following' && !account?.email_confirmed ? 'for-you' : asked;
  return <Feed key={`${account?.id} ${name}`} name={name} />;
}

function Room({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class={styles.room}>
      <h1>
        <VisuallyHidden>{title}</VisuallyHidden>
      </h1>
      {children}
    </div>
  );
}

function Feed({ name }: { name: FeedName }) {
  const timeline = feedTimeline(name);
  const items = timeline.items.value;
  const phase = timeline.phase.value;
  const title = feedTitle(name);
  useTitle(title);

  // Before the paint: where the first page is there, so is the clip that plays behind it.
  useLayoutEffect(() => {
    if (timeline.phase.peek() === 'new') timeline.loadMore();
    else timeline.lookForNew();
  }, [timeline]);
  useInterval(timeline.lookForNew, NEW_CLIPS_POLL_MS);
  useEffect(() => {
    if (me.peek()) loadRelationships(items.map((status) => status.account.id));
  }, [items]);

  return (
    <Room title={title}>
      <FeedHeader current={name} timeline={timeline} />
      {items.length > 0 && <FeedView name={name} timeline={timeline} label={title} />}
      {items.length === 0 &&
        phase === 'failed' &&
        (connection.value === 'ok' ? (
          <FailedFeed timeline={timeline} />
        ) : (
          <OfflineFeed onRetry={timeline.loadMore} />
        ))}
      {items.length === 0 && (phase === 'new' || phase === 'loading') && <Skeleton />}
      {items.length === 0 && (phase === 'ready' || phase === 'ended') && <EmptyFeed name={name} />}
    </Room>
  );
}

/** What a clip will look like, until there is one. */
function Skeleton() {
  return (
    <div class={styles.skeleton} role="status">
      <VisuallyHidden>{say('loading')}</VisuallyHidden>
      <span class={styles.shape} />
      <span class={styles.shape} />
      <span class={styles.shape} />
    </div>
  );
}

function FailedFeed({ timeline }: { timeline: Timeline }) {
  return (
    <div role="alert">
      <Notice icon="alert" title={say('failed')} text={timeline.problem.value}>
        <Button onPress={timeline.loadMore}>{sayOfUi('retry')}</Button>
      </Notice>
    </div>
  );
}

/** What to do next, with one button. */
function EmptyFeed({ name }: { name: FeedName }) {
  if (name === 'following' || (name === 'for-you' && me.value)) {
    const isForYou = name === 'for-you';
    return (
      <Notice
        icon="person"
        title={isForYou ? say('forYouEmpty') : say('followingEmpty')}
        text={isForYou ? say('forYouEmptyText') : say('followingEmptyText')}
      >
        <ButtonLink href="/search">{say('findPeople')}</ButtonLink>
      </Notice>
    );
  }
  if (me.value) {
    return (
      <Notice icon="play" title={say('openEmpty')} text={say('openEmptyText')}>
        <ButtonLink href="/upload">{say('upload')}</ButtonLink>
      </Notice>
    );
  }
  const open = instance.value?.registrations.enabled ?? false;
  return (
    <Notice
      icon="play"
      title={say('openEmpty')}
      text={open ? say('strangerText') : say('strangerClosedText')}
    >
      <ButtonLink href={open ? '/register' : '/login'}>
        {open ? sayOfShell('register') : sayOfShell('signIn')}
      </ButtonLink>
    </Notice>
  );
}
