import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Account } from '../../api/types.ts';
import type { Pages } from '../../state/pages.ts';
import { loadRelationships } from '../../state/relationships.ts';
import { me } from '../../state/session.ts';
import { More } from '../more.tsx';
import styles from './account-card.module.css';
import { AccountCard } from './account-card.tsx';

interface AccountListProps {
  readonly pages: Pages<Account>;
  readonly label: string;
  /** Of the button for the next page. */
  readonly more: string;
  readonly onOpen?: (account: Account) => void;
  readonly empty: ComponentChildren;
}

/** People that are loaded as one scrolls, each with a button to follow. */
export function AccountList({ pages, label, more, onOpen, empty }: AccountListProps) {
  const people = pages.items.value;
  const viewer = me.value?.id;
  useEffect(() => {
    if (viewer) loadRelationships(people.map(({ id }) => id));
  }, [viewer, people]);
  return (
    <>
      {people.length > 0 && (
        <ul class={styles.results} aria-label={label}>
          {people.map((account) => (
            <li key={account.id}>
              <AccountCard account={account} onOpen={onOpen && (() => onOpen(account))} />
            </li>
          ))}
        </ul>
      )}
      {people.length === 0 && pages.phase.value === 'ended' && empty}
      <More pages={pages} label={more} />
    </>
  );
}
