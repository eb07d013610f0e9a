import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { loadRelationships } from '../state/relationships.ts';
import { instance, me } from '../state/session.ts';
import { type FeedName, feedTimeline, type Timeline } from '../state/timelines.ts';
import { strings } from '../strings.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Loading, Notice, useDarkRoom, useTitle, VisuallyHidden } from '../ui/page.tsx';
import { useInterval } from '../ui/use-interval.ts';
import { FeedHeader } from './feed-header.tsx';
import styles from './feed-page.module.css';
import { FeedView } from './feed-view.tsx';

const NEW_CLIPS_POLL_MS = 15_000;

/** The feeds: what I follow, and everything this server knows. */
export function FeedPage() {
  const { query } = useLocation();
  useDarkRoom();
  const account = me.value;
  if (account === undefined) {
    return (
      <Room title={strings.feed.label}>
        <Loading label={strings.feed.loading} />
      </Room>
    );
  }
  const name: FeedName = account?.email_confirmed && query.feed !== 'public' ? 'home' : 'everything';
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
  const title = strings.feed[name];
  useTitle(title);

  useEffect(() => {
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
      {items.length === 0 && phase === 'failed' && <FailedFeed timeline={timeline} />}
      {items.length === 0 && (phase === 'new' || phase === 'loading') && (
        <Loading label={strings.feed.loading} />
      )}
      {items.length === 0 && (phase === 'ready' || phase === 'ended') && <EmptyFeed name={name} />}
    </Room>
  );
}

function FailedFeed({ timeline }: { timeline: Timeline }) {
  return (
    <div role="alert">
      <Notice icon="alert" title={strings.feed.failed} text={timeline.problem.value}>
        <Button onPress={timeline.loadMore}>{strings.retry}</Button>
      </Notice>
    </div>
  );
}

/** What to do next, with one button. */
function EmptyFeed({ name }: { name: FeedName }) {
  const text = strings.feed;
  if (name === 'home') {
    return (
      <Notice icon="person" title={text.emptyHomeTitle} text={text.emptyHome}>
        <ButtonLink href="/search">{text.emptyHomeAction}</ButtonLink>
      </Notice>
    );
  }
  if (me.value) {
    return (
      <Notice icon="play" title={text.emptyTitle} text={text.emptySignedIn}>
        <ButtonLink href="/upload">{text.emptySignedInAction}</ButtonLink>
      </Notice>
    );
  }
  const open = instance.value?.registrations.enabled ?? false;
  return (
    <Notice icon="play" title={text.emptyTitle} text={open ? text.emptySignedOut : text.emptySignedOutClosed}>
      <ButtonLink href={open ? '/register' : '/login'}>
        {open ? strings.nav.register : strings.nav.signIn}
      </ButtonLink>
    </Notice>
  );
}
