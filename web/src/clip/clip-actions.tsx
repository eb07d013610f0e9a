import { useEffect } from 'preact/hooks';
import type { WatchEvent } from '../api/endpoints.ts';
import type { Status } from '../api/types.ts';
import { count } from '../format.ts';
import { commentCountOf } from '../state/comment-counts.ts';
import { reactionOf } from '../state/reactions.ts';
import { loadRelationships } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { VisuallyHidden } from '../ui/page.tsx';
import styles from './clip-actions.module.css';
import { ClipMenuButton } from './clip-menu-button.tsx';
import { openComments, openShare, toggleLike, toggleSaved } from './deeds.ts';
import { FollowAvatar } from './follow-avatar.tsx';
import { say } from './say.ts';

interface ClipActionsProps {
  readonly status: Status;
  /** Where it is shown. */
  readonly source: WatchEvent['source'];
}

/** What one can do with a clip, under the thumb or beside the clip. */
export function ClipActions({ status, source }: ClipActionsProps) {
  const { liked, likes, saved, saves } = reactionOf(status);
  const comments = commentCountOf(status);
  const viewer = me.value?.id;
  useEffect(() => {
    if (viewer) loadRelationships([status.account.id]);
  }, [viewer, status.account.id]);
  return (
    <div class={styles.actions}>
      <FollowAvatar account={status.account} />
      <Action
        icon={liked ? 'heartFilled' : 'heart'}
        label={`${say('like')}, ${say('likes', { n: likes })}`}
        n={likes}
        pressed={liked}
        class={liked ? styles.liked : undefined}
        onPress={() => toggleLike(status)}
      />
      <Action
        icon="comment"
        label={`${say('comments')}, ${say('commentCount', { n: comments })}`}
        n={comments}
        opensDialog
        onPress={() => openComments(status)}
      />
      <Action
        icon={saved ? 'bookmarkFilled' : 'bookmark'}
        label={`${say('save')}, ${say('saves', { n: saves })}`}
        n={saves}
        pressed={saved}
        class={saved ? styles.saved : undefined}
        onPress={() => toggleSaved(status)}
      />
      <Action icon="share" label={say('share')} opensDialog onPress={() => openShare(status)} />
      <ClipMenuButton class={styles.button} status={status} source={source} />
    </div>
  );
}

interface ActionProps {
  readonly icon: IconName;
  readonly label: string;
  readonly n?: number;
  readonly pressed?: boolean;
  readonly opensDialog?: boolean;
  readonly class?: string | undefined;
  readonly onPress: () => void;
}

/** A round button with its number below it, which the words say in their own way: some languages have no digit for one, two or none. */
function Action({ icon, label, n, pressed, opensDialog, class: className, onPress }: ActionProps) {
  return (
    <button
      type="button"
      class={[styles.action, className].filter(Boolean).join(' ')}
      title={label}
      aria-pressed={pressed}
      aria-haspopup={opensDialog ? 'dialog' : undefined}
      onClick={onPress}
    >
      <span class={styles.button}>
        <Icon name={icon} size={26} />
      </span>
      <VisuallyHidden>{label}</VisuallyHidden>
      {n !== undefined && (
        <span class={styles.count} aria-hidden="true">
          {count(n)}
        </span>
      )}
    </button>
  );
}
