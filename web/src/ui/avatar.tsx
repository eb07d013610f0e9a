import type { Account } from '../api/types.ts';
import styles from './avatar.module.css';

/** A number of the name, so that somebody without a picture always has the same colour. */
function hue(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return sum;
}

/** The picture that the API gives those who have none. */
const OF_EVERYBODY = '/pictures/avatar.png';

/** The picture of an account, or its first letter. Always stands beside its name. */
export function Avatar({ account, size = 40 }: { account: Account; size?: number }) {
  const letter = [...(account.display_name || account.username)][0];
  return (
    <span
      class={styles.avatar}
      aria-hidden="true"
      style={{ '--avatar': `${size}px`, '--hue': String(hue(account.acct)) }}
    >
      {account.avatar.endsWith(OF_EVERYBODY) ? letter : <img src={account.avatar} alt="" />}
    </span>
  );
}
