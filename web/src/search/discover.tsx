import { loadTrending, trendingTags } from '../api/trends.ts';
import { useClipPages } from '../posters/clip-pages.ts';
import { PosterGrid } from '../posters/poster-grid.tsx';
import { me } from '../state/session.ts';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Notice } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { forgetSearch, forgetSearches, recentSearches } from './recent.ts';
import { say } from './say.ts';
import styles from './search.module.css';
import { TagList } from './tag-list.tsx';

/** What there is to see before somebody searches: their last searches, and what trends. */
export function Discover({ onSearch }: { onSearch: (text: string) => void }) {
  const [tags] = useRemote('trending tags', trendingTags);
  const clips = useClipPages(`trending ${me.value?.id}`, loadTrending({ scope: 'global' }));
  return (
    <>
      <Recent onSearch={onSearch} />
      {tags.state === 'ready' && tags.value.length > 0 && (
        <section class={styles.section} aria-labelledby="trending-tags">
          <h2 id="trending-tags">{say('trendingTags')}</h2>
          <TagList tags={tags.value} />
        </section>
      )}
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
