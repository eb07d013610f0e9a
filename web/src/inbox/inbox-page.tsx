import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { news } from '../state/inbox.ts';
import { refreshRelationships } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { More } from '../ui/more.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Notice, VisuallyHidden } from '../ui/page.tsx';
import { TabPanel, Tabs } from '../ui/tabs.tsx';
import { type Filter, filterOf, filters, isUnread } from './entries.ts';
import { FollowRequests } from './follow-requests.tsx';
import styles from './inbox.module.css';
import { createInboxList, hasUnread, type InboxList } from './inbox-list.ts';
import { InboxRow } from './inbox-row.tsx';
import { RemixRequests } from './remix-requests.tsx';
import { say } from './say.ts';
import { AsideHint, SetAside } from './set-aside.tsx';

/** What happened to somebody: likes, comments, followers, and what this server has to say. */
export function InboxPage() {
  const { query } = useLocation();
  return (
    <NeedsSession title={say('title')} text={say('needed')}>
      {query.show === 'filtered' ? <SetAside /> : <Inbox key={me.value?.id} filter={filterOf(query.show)} />}
    </NeedsSession>
  );
}

function Inbox({ filter }: { filter: Filter }) {
  const { route } = useLocation();
  const list = useMemo(() => createInboxList(filter), [filter]);
  const tabs = filters.map((id) => ({ id, label: say(id) }));
  return (
    <div class={styles.inbox}>
      <header class={styles.head}>
        <h1>{say('title')}</h1>
        {hasUnread(list) && (
          <Button look="quiet" small icon="check" onPress={() => markAll(list)}>
            {say('markAll')}
          </Button>
        )}
      </header>
      <Tabs
        label={say('filters')}
        tabs={tabs}
        current={filter}
        onChange={(id) => route(id === 'all' ? '/inbox' : `/inbox?show=${id}`, true)}
      />
      <TabPanel id={filter}>
        {filter === 'all' && <AsideHint />}
        {filter === 'follows' && <FollowRequests />}
        {filter === 'mentions' && <RemixRequests />}
        <Entries key={filter} filter={filter} list={list} />
      </TabPanel>
    </div>
  );
}

async function markAll(list: InboxList): Promise<void> {
  const failure = await list.markAll();
  if (failure) toast(failure.sentence, 'error');
  else toast(say('allRead'));
}

function Entries({ filter, list }: { filter: Filter; list: InboxList }) {
  const items = list.items.value;
  const phase = list.phase.value;
  const readId = list.readId.value;
  const viewerId = me.value?.id ?? '';
  const round = news.value;
  useEffect(() => {
    list.refresh();
  }, [list, round]);
  const asked = useRef(new Set<string>());
  useEffect(() => {
    // Whom one may follow back, and whose request still waits: as it is now, whatever was known before.
    const fresh = items.filter(
      ({ key, group }) =>
        (group.type === 'follow' || group.type === 'follow_request') && !asked.current.has(key),
    );
    for (const { key } of fresh) asked.current.add(key);
    refreshRelationships(fresh.map(({ accounts: [first] }) => first.id));
  }, [items]);

  return (
    <>
      <ul class={styles.list} aria-label={say('list')} aria-busy={phase === 'loading'}>
        {items.map((entry) => (
          <li key={entry.key}>
            <InboxRow entry={entry} viewerId={viewerId} isNew={readId !== null && isUnread(entry, readId)} />
          </li>
        ))}
      </ul>
      {items.length === 0 && (phase === 'new' || phase === 'loading') && <Skeleton />}
      {items.length === 0 && phase === 'ended' && <Empty filter={filter} />}
      <More pages={list} label={say('more')} quiet={items.length === 0} />
    </>
  );
}

const SKELETON_ROWS = [0, 1, 2, 3, 4, 5];

/** Where rows will be. */
function Skeleton() {
  return (
    <div role="status" class={styles.skeleton}>
      <VisuallyHidden>{say('loading')}</VisuallyHidden>
      {SKELETON_ROWS.map((row) => (
        <span key={row} class={styles.ghost} />
      ))}
    </div>
  );
}

function Empty({ filter }: { filter: Filter }) {
  switch (filter) {
    case 'mentions':
      return (
        <Notice icon="comment" title={say('emptyMentions')} text={say('emptyMentionsText')}>
          <ToAll />
        </Notice>
      );
    case 'likes':
      return (
        <Notice icon="heart" title={say('emptyLikes')} text={say('emptyLikesText')}>
          <ToAll />
        </Notice>
      );
    case 'follows':
      return (
        <Notice icon="person" title={say('emptyFollows')} text={say('emptyFollowsText')}>
          <ToAll />
        </Notice>
      );
    case 'server':
      return (
        <Notice icon="check" title={say('emptyServer')} text={say('emptyServerText')}>
          <ToAll />
        </Notice>
      );
    default:
      return (
        <Notice icon="inbox" title={say('emptyAll')} text={say('emptyAllText')}>
          <ButtonLink href="/upload">{say('upload')}</ButtonLink>
        </Notice>
      );
  }
}

function ToAll() {
  return (
    <ButtonLink href="/inbox" look="quiet">
      {say('showAll')}
    </ButtonLink>
  );
}
