import { ButtonLink } from '../../ui/button.tsx';
import { say } from '../say.ts';
import type { AddressState } from './address-state.ts';
import styles from './pager.module.css';

/** The ways to the first and the next page of a list; nothing where one page is all. `next` is what the API named. */
export function Pager({ state, next }: { state: AddressState; next: string | null }) {
  if (state.isFirstPage && next === null) return null;
  return (
    <nav class={styles.pager} aria-label={say('pages')}>
      {!state.isFirstPage && (
        <ButtonLink look="quiet" href={state.firstPage}>
          {say('first')}
        </ButtonLink>
      )}
      {next !== null && (
        <ButtonLink look="quiet" href={state.pageAt(next)}>
          {say('next')}
        </ButtonLink>
      )}
    </nav>
  );
}
