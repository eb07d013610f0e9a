import type { Pack } from '../api/schema.gen.ts';
import { Avatar } from '../ui/avatar.tsx';
import styles from './packs.module.css';
import { say } from './say.ts';

export const packPath = (id: string) => `/packs/${encodeURIComponent(id)}`;

/** One starter pack among others. */
function PackCard({ pack, onOpen }: { pack: Pack; onOpen?: (() => void) | undefined }) {
  return (
    <a class={styles.card} href={packPath(pack.id)} onClick={onOpen}>
      <strong dir="auto">{pack.title}</strong>
      <span class={styles.muted}>
        {say('by', { acct: `@${pack.account.acct}` })} · {say('size', { n: pack.size })}
      </span>
      {pack.description && (
        <span class={styles.text} dir="auto">
          {pack.description}
        </span>
      )}
      <span class={styles.faces} aria-hidden="true">
        {pack.sample.map((account) => (
          <Avatar key={account.id} account={account} size={32} />
        ))}
      </span>
    </a>
  );
}

interface PackListProps {
  readonly packs: readonly Pack[];
  readonly label: string;
  /** Somebody goes to one. */
  readonly onOpen?: () => void;
}

/** Some of them. */
export function PackList({ packs, label, onOpen }: PackListProps) {
  return (
    <ul class={styles.cards} aria-label={label}>
      {packs.map((pack) => (
        <li key={pack.id}>
          <PackCard pack={pack} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  );
}
