import type { Sound } from '../api/schema.gen.ts';
import { Icon } from '../ui/icon.tsx';
import { say } from './say.ts';
import styles from './search.module.css';

/** Sounds, each with whose it is and how much it is used. */
export function SoundList({ sounds, onOpen }: { sounds: readonly Sound[]; onOpen?: () => void }) {
  if (sounds.length === 0) return null;
  return (
    <ul class={styles.tags} aria-label={say('sounds')}>
      {sounds.map(({ id, title, author, uses }) => (
        <li key={id}>
          <a class={styles.tag} href={`/sounds/${id}`} onClick={onOpen}>
            <span class={styles.hash}>
              <Icon name="music" size={20} />
            </span>
            <span class={styles.words}>
              <strong dir="auto">{title || say('unnamedSound')}</strong>
              <small>
                {author && (
                  <>
                    <bdi>@{author.acct}</bdi> ·{' '}
                  </>
                )}
                {say('usesOfSound', { n: uses })}
              </small>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
