import type { Account } from '../api/types.ts';
import { FollowButton } from '../ui/account/follow-button.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Handle } from '../ui/handle.tsx';
import { profilePath } from '../ui/links.ts';
import styles from './clip-author.module.css';

/** Who made it, where they live if it is not here, and a way to follow them. */
export function ClipAuthor({ account }: { account: Account }) {
  return (
    <div class={styles.author}>
      <a class={styles.link} href={profilePath(account)}>
        <Avatar account={account} />
        <span class={styles.words}>
          <span class={styles.name} dir="auto">
            {account.display_name || account.username}
          </span>
          <Handle account={account} />
        </span>
      </a>
      <FollowButton account={account} small />
    </div>
  );
}
