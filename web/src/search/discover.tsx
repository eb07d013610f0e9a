import { useEffect } from 'preact/hooks';
import { loadTrending, trendingSounds, trendingTags } from '../api/trends.ts';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { me } from '../state/session.ts';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Notice } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { HowTo } from './how-to.tsx';
import { forgetSearch, forgetSearches, recentSearches } from './recent.ts';
import { say } from './say.ts';
import styles from './search.module.css';
import { SoundList } from './sound-list.tsx';
import { TagList } from './tag-list.tsx';

/** Hashtags above the clips: more would keep those from a phone. */
const MOST_TAGS = 8;

/** What there is to see before somebody searches: their last searches, and what trends. */
export function Discover({ onSearch }: { onSearch: (text: string) => void }) {
  const [tags] = useRemote('trending tags', trendingTags);
  const [sounds] = useRemote('trending sounds', trendingSounds);
  // Nothing is shown before it is known how much stands above it: it would jump.
  const isKnown = tags.state !== 'loading' && sounds.state !== 'loading';
  const clips = useClipPages(`trending ${me.value?.id}`, loadTrending({ scope: 'global' }));
  useEffect(() => {
    if (clips.phase.peek() === 'new') clips.loadMore();
  }, [clips]);
  return (
    <>
      <Recent onSearch={onSearch} />
      <p class={styles.ways}>
        <ButtonLink look="quiet" icon="person" href="/directory">
          {say('findPeople')}
        </ButtonLink>
        <ButtonLink href="/packs" look="quiet" icon="person">
          {say('packs')}
        </ButtonLink>
      </p>
      <HowTo />
      {isKnown && tags.state === 'ready' && tags.value.length > 0 && (
        <section class={styles.section} aria-labelledby="trending-tags">
          <h2 id="trending-tags">{say('trendingTags')}</h2>
          <TagList tags={tags.value.slice(0, MOST_TAGS)} />
        </section>
      )}
      {isKnown && sounds.state === 'ready' && sounds.value.length > 0 && (
        <section class={styles.section} aria-labelledby="trending-sounds">
          <h2 id="trending-sounds">{say('trendingSounds')}</h2>
          <SoundList sounds={sounds.value} />
        </section>
      )}
      {isKnown && (
        <section class={styles.section} aria-labelledby="trending-clips">
          <h2 id="trending-clips">{say('trendingClips')}</h2>
          <PosterGrid
            pages={clips}
            label={say('trendingClips')}
            empty={
              <Notice icon="play" title={say('quiet')} text={say('quietText')}>
                <ButtonLink href="/">{say('toFeed')}</ButtonLink>
              </Notice>
            }
          />
        </section>
      )}
    </>
  );
}

function Recent({ onSearch }: { onSearch: (text: string) => void }) {
  const searches = recentSearches.value;
  if (searches.length === 0) return null;
  return (
    <section class={styles.section} aria-labelledby="recent-searches">
      <div class={styles.head}>
        <h2 id="recent-searches">{say('recent')}</h2>
        <Button look="quiet" small onPress={forgetSearches}>
          {say('clear')}
        </Button>
      </div>
      <ul class={styles.recent}>
        {searches.map((text) => (
          <li key={text} class={styles.past}>
            <button type="button" class={styles.again} dir="auto" onClick={() => onSearch(text)}>
              <Icon name="clock" size={20} />
              <span>{text}</span>
            </button>
            <IconButton icon="close" label={say('forget', { text })} onPress={() => forgetSearch(text)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
