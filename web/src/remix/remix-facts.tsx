import type { RemixOf } from '../api/types.ts';
import { Icon } from '../ui/icon.tsx';
import { lineOf } from './line.ts';
import styles from './remix.module.css';
import { say } from './say.ts';

/** What whoever made it can do, where it is not what they wanted. */
function hintOf({ state, unpublished, refusal }: RemixOf): string | null {
  if (state === 'pending') return say(unpublished ? 'unpublishedHint' : 'pendingHint');
  if (refusal === 'withdrawn' && !unpublished) return say('withdrawnHint');
  if (!unpublished) return null;
  return say('keptHint', { refusal: refusal ?? 'declined' });
}

/** What a clip was made from, beside it. */
export function RemixFacts({ remix }: { remix: RemixOf }) {
  const { text, href } = lineOf(remix);
  return (
    <div class={styles.line}>
      <Icon name="duet" size={20} />
      <div>
        {href === null ? (
          <p>{text}</p>
        ) : (
          <a href={href}>
            <bdi>{text}</bdi>
          </a>
        )}
        {hintOf(remix) && <p class={styles.note}>{hintOf(remix)}</p>}
      </div>
    </div>
  );
}
