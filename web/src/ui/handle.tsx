import type { Account } from '../api/types.ts';
import styles from './handle.module.css';
import { Icon } from './icon.tsx';
import { VisuallyHidden } from './page.tsx';
import { say } from './say.ts';

/** `@alice`, and a globe with the server's name for who lives elsewhere. */
export function Handle({ account }: { account: Account }) {
  return (
    <span class={styles.handle}>
      <bdi>@{account.username}</bdi>
      {account.host && (
        <span class={styles.host}>
          <span aria-hidden="true">·</span> <Icon name="globe" size={14} />
          <VisuallyHidden>{say('from', { host: account.host })}</VisuallyHidden>
          <span aria-hidden="true">{account.host}</span>
        </span>
      )}
    </span>
  );
}
