import { useState } from 'preact/hooks';
import { offersSound } from '../player/sound.ts';
import { newsButton } from '../state/announcements.ts';
import { me } from '../state/session.ts';
import type { Timeline } from '../state/timeline.ts';
import { type FeedName, feedNames } from '../state/timelines.ts';
import { toast } from '../state/toasts.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import styles from './feed-header.module.css';
import { say } from './say.ts';

const WORDS = {
  'for-you': 'forYou',
  following: 'following',
  local: 'local',
  federated: 'federated',
} as const;

/** What a feed is called. */
export const feedTitle = (name: FeedName): string => say(WORDS[name]);

const pathOf = (name: FeedName) => (name === 'for-you' ? '/' : `/?feed=${name}`);

/** The tabs over the clips, a way to begin anew, and what is new. */
export function FeedHeader({ current, timeline }: { current: FeedName; timeline: Timeline }) {
  const News = newsButton.value;
  const names = feedNames.filter((name) => name !== 'following' || me.value?.email_confirmed);
  return (
    <div class={styles.header}>
      <div class={styles.bar}>
        <nav class={styles.feeds} aria-label={say('tabs')}>
          <ul class={styles.tabs}>
            {names.map((name) => (
              <li key={name}>
                <a
                  class={styles.tab}
                  href={pathOf(name)}
                  aria-current={name === current ? 'page' : undefined}
                >
                  {feedTitle(name)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {News && <News />}
        <Refresh timeline={timeline} />
      </div>
      <div class={styles.news} aria-live="polite">
        {timeline.hasNew.value && (
          <button type="button" class={styles.pill} onClick={timeline.showNew}>
            <Icon name="up" size={20} />
            {say('newClips')}
          </button>
        )}
        {isAtEnd(timeline) && <p class={styles.end}>{say('end')}</p>}
        {timeline.phase.value === 'failed' && timeline.items.value.length > 0 && (
          <button type="button" class={styles.pill} onClick={timeline.loadMore}>
            <Icon name="alert" size={20} />
            {say('more')}
          </button>
        )}
      </div>
    </div>
  );
}

/** On the last clip of all; the place is taken as long as sound is offered there. */
function isAtEnd({ phase, items, currentId }: Timeline): boolean {
  if (phase.value !== 'ended' || items.value.length < 2 || offersSound.value) return false;
  return items.value.at(-1)?.id === currentId.value;
}

function Refresh({ timeline }: { timeline: Timeline }) {
  const [busy, setBusy] = useState(false);
  const refresh = async () => {
    if (busy) return;
    setBusy(true);
    await refreshFeed(timeline);
    setBusy(false);
  };
  return (
    <IconButton
      class={[styles.refresh, busy && styles.busy].filter(Boolean).join(' ')}
      icon="refresh"
      label={say('refresh')}
      onPress={refresh}
    />
  );
}

/** Begins a feed anew; what is shown stays where that fails, which is said. */
export async function refreshFeed(timeline: Timeline): Promise<void> {
  const failure = await timeline.refresh();
  if (failure) toast(failure.sentence, 'error');
}
