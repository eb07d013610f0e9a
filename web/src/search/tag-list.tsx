import type { Tag } from '../api/schema.gen.ts';
import { Icon } from '../ui/icon.tsx';
import { tagPath } from '../ui/links.ts';
import { usesOf } from './calls.ts';
import { say } from './say.ts';
import styles from './search.module.css';

/** Hashtags, each with how much it is used. */
export function TagList({ tags, onOpen }: { tags: readonly Tag[]; onOpen?: () => void }) {
  if (tags.length === 0) return null;
  return (
    <ul class={styles.tags} aria-label={say('tags')}>
      {tags.map((tag) => {
        const uses = usesOf(tag);
        return (
          <li key={tag.name}>
            <a class={styles.tag} href={tagPath(tag.name)} onClick={onOpen}>
              <span class={styles.hash}>
                <Icon name="hash" size={20} />
              </span>
              <span class={styles.words}>
                <strong dir="auto">#{tag.name}</strong>
                <small>{uses > 0 ? say('lately', { n: uses }) : say('notLately')}</small>
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
