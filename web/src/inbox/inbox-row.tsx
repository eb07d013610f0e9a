import { useState } from 'preact/hooks';
import type { Account, Status } from '../api/types.ts';
import { Blurhash } from '../player/blurhash.tsx';
import { relationships } from '../state/relationships.ts';
import { isCovered } from '../state/revealed.ts';
import { FollowButton } from '../ui/account/follow-button.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Handle } from '../ui/handle.tsx';
import { Icon } from '../ui/icon.tsx';
import { profilePath } from '../ui/links.ts';
import { Failed, Loading, VisuallyHidden } from '../ui/page.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { inboxCalls } from './calls.ts';
import { describe } from './describe.ts';
import type { Entry } from './entries.ts';
import { excerptOf } from './excerpt.ts';
import { FollowAnswer } from './follow-requests.tsx';
import styles from './inbox.module.css';
import { say } from './say.ts';

interface InboxRowProps {
  readonly entry: Entry;
  readonly viewerId: string;
  readonly isNew: boolean;
}

/** One group: who, what, when, and what it is about. The whole row leads there. */
export function InboxRow({ entry, viewerId, isNew }: InboxRowProps) {
  const { kind, parts, icon, href } = describe(entry, viewerId);
  const excerpt = excerptOf(kind, entry);
  const { accounts, group, clip } = entry;
  const [first, second] = accounts;
  const isOwn = kind === 'published' || kind === 'rejected' || kind === 'upkeep';
  return (
    <article class={[styles.row, isNew && styles.new].filter(Boolean).join(' ')}>
      <span class={[styles.faces, second && styles.two].filter(Boolean).join(' ')} aria-hidden="true">
        <Avatar account={first} size={second ? 36 : 44} />
        {second && <Avatar account={second} size={36} />}
        <span class={`${styles.badge} ${styles[kind] ?? ''}`}>
          <Icon name={icon} size={14} />
        </span>
      </span>
      <div class={styles.text}>
        <a class={styles.what} href={href}>
          {isNew && <VisuallyHidden>{say('unread')}: </VisuallyHidden>}
          {parts.map(({ text, isName }, n) => (isName ? <bdi key={n}>{text}</bdi> : text))}
        </a>
        {!isOwn && !second && first.host && <Handle account={first} />}
        {excerpt && (
          <p class={styles.excerpt} dir="auto">
            {excerpt}
          </p>
        )}
        <p class={styles.when}>
          <TimeAgo iso={group.latest_page_notification_at} />
        </p>
        {second && <Everyone groupKey={entry.key} />}
      </div>
      {kind === 'asks' && <Asks account={first} />}
      {kind === 'followed' && !second && (
        <span class={styles.action}>
          <FollowButton account={first} small />
        </span>
      )}
      {clip && !isFollow(kind) && <Poster clip={clip} />}
    </article>
  );
}

const isFollow = (kind: string) => kind === 'followed' || kind === 'asks';

/** Lets in or turns away, as long as the request waits; what was decided here stays to be seen. */
function Asks({ account }: { account: Account }) {
  const [decided, setDecided] = useState<'authorize' | 'reject' | null>(null);
  if (decided) {
    return (
      <p class={styles.decided} role="status">
        {decided === 'authorize' ? say('acceptedShort') : say('declinedShort')}
      </p>
    );
  }
  if (!relationships.value.get(account.id)?.requested_by) return null;
  return <FollowAnswer account={account} onDecided={setDecided} />;
}

/** The cover of a clip; beside words that say it all. */
function Poster({ clip }: { clip: Status }) {
  const [media] = clip.media_attachments;
  if (!media) return null;
  return (
    <span class={styles.poster} aria-hidden="true">
      <Blurhash class={styles.fill} hash={media.blurhash} />
      {media.preview_url && !isCovered(clip) && (
        <img class={styles.fill} src={media.preview_url} alt="" loading="lazy" onError={hide} />
      )}
    </span>
  );
}

/** A picture that is not there any more shows the blur below it. */
function hide({ currentTarget }: { currentTarget: HTMLImageElement }): void {
  currentTarget.hidden = true;
}

/** All people of a group, asked for once somebody wants to see them. */
function Everyone({ groupKey }: { groupKey: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class={styles.everyone} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say('everyone')}</summary>
      {isOpen && <People groupKey={groupKey} />}
    </details>
  );
}

function People({ groupKey }: { groupKey: string }) {
  const [remote, reload] = useRemote(groupKey, () => inboxCalls.accountsOf(groupKey));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  return (
    <ul class={styles.people}>
      {remote.value.map((account) => (
        <li key={account.id}>
          <a href={profilePath(account)}>
            <Avatar account={account} size={28} />
            <bdi>{account.display_name || account.username}</bdi>
            <Handle account={account} />
          </a>
        </li>
      ))}
    </ul>
  );
}
