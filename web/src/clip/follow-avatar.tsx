import type { Account } from '../api/types.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { profilePath, signInPath } from '../ui/links.ts';
import { useFollow } from '../ui/use-follow.ts';
import styles from './follow-avatar.module.css';
import { say } from './say.ts';

const ICONS = {
  stranger: 'plus',
  none: 'plus',
  requested: 'clock',
  following: 'check',
} as const satisfies Record<string, IconName>;

/** The picture of who made a clip, which leads to their profile, and the button to follow them on its lower edge. */
export function FollowAvatar({ account }: { account: Account }) {
  const follow = useFollow(account);
  return (
    <div class={styles.box}>
      <a
        class={styles.link}
        href={profilePath(account)}
        aria-label={say('profileOf', { acct: account.acct })}
      >
        <Avatar account={account} size={48} />
      </a>
      {follow && <FollowMark follow={follow} />}
    </div>
  );
}

function FollowMark({ follow }: { follow: NonNullable<ReturnType<typeof useFollow>> }) {
  const { state, busy, label, change } = follow;
  const mark = (
    <span
      class={[styles.mark, (state === 'following' || state === 'requested') && styles.quiet]
        .filter(Boolean)
        .join(' ')}
    >
      <Icon name={ICONS[state]} size={16} />
    </span>
  );
  if (state === 'stranger') {
    return (
      <a class={styles.follow} href={signInPath()} aria-label={label} title={label}>
        {mark}
      </a>
    );
  }
  return (
    <button
      type="button"
      class={styles.follow}
      aria-label={label}
      title={label}
      aria-disabled={busy ? 'true' : undefined}
      onClick={() => {
        if (!busy) change();
      }}
    >
      {mark}
    </button>
  );
}
