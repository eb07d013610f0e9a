import { me } from '../state/session.ts';
import type { FeedName, Timeline } from '../state/timelines.ts';
import { strings } from '../strings.ts';
import { Icon } from '../ui/icon.tsx';
import styles from './feed-header.module.css';

const addresses: Record<FeedName, string> = { home: '/', everything: '/?feed=public' };

/** The tabs over the clips, and what is new. */
export function FeedHeader({ current, timeline }: { current: FeedName; timeline: Timeline }) {
  const text = strings.feed;
  const names: FeedName[] = me.value?.email_confirmed ? ['home', 'everything'] : ['everything'];
  return (
    <div class={styles.header}>
      <nav aria-label={text.tabs}>
        <ul class={styles.tabs}>
          {names.map((name) => (
            <li key={name}>
              <a
                class={styles.tab}
                href={addresses[name]}
                aria-current={name === current ? 'page' : undefined}
              >
                {text[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class={styles.news} aria-live="polite">
        {timeline.fresh.value.length > 0 && (
          <button type="button" class={styles.pill} onClick={timeline.showNew}>
            <Icon name="up" size={20} />
            {text.newClips}
          </button>
        )}
        {timeline.phase.value === 'failed' && timeline.items.value.length > 0 && (
          <button type="button" class={styles.pill} onClick={timeline.loadMore}>
            <Icon name="alert" size={20} />
            {text.more}
          </button>
        )}
      </div>
    </div>
  );
}
