import type { Account } from '../../api/types.ts';
import { Avatar } from '../avatar.tsx';
import { Handle } from '../handle.tsx';
import { profilePath } from '../links.ts';
import { ServerHtml } from '../server-html.tsx';
import styles from './account-card.module.css';
import { counted } from './counted.ts';
import { FollowButton, WaitingNote } from './follow-button.tsx';

interface AccountCardProps {
  readonly account: Account;
  readonly onOpen?: (() => void) | undefined;
}

/** Somebody, with what one needs to decide whether to follow them. */
export function AccountCard({ account, onOpen }: AccountCardProps) {
  return (
    <article class={styles.card} aria-label={`@${account.acct}`}>
      <a class={styles.who} href={profilePath(account)} onClick={onOpen}>
        <Avatar account={account} size={56} />
        <span>
          <span class={styles.name} dir="auto">
            {account.display_name || account.username}
          </span>
          <Handle account={account} />
        </span>
      </a>
      <FollowButton account={account} />
      {account.note && <ServerHtml class={styles.note} html={account.note} />}
      <p class={styles.counts}>
        {counted('clips', account.statuses_count)} · {counted('followers', account.followers_count)}
      </p>
      <p class={styles.waiting} role="status">
        <WaitingNote account={account} />
      </p>
    </article>
  );
}
