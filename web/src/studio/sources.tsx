import type { ChannelAnalytics } from '../api/types.ts';
import styles from './analytics.module.css';
import { Hidden } from './retention.tsx';
import { say } from './say.ts';
import { percent } from './show.ts';

const words = {
  for_you: 'fromForYou',
  following: 'fromFollowing',
  local: 'fromLocal',
  federated: 'fromFederated',
  profile: 'fromProfile',
  tag: 'fromTag',
  search: 'fromSearch',
  video: 'fromVideo',
  other: 'fromOther',
} as const;

const nameOf = (source: string) => say(source in words ? words[source as keyof typeof words] : 'fromOther');

/** Where views came from, the most first. */
export function Sources({ sources }: { sources: ChannelAnalytics['sources'] }) {
  return (
    <section class={styles.section} aria-label={say('sources')}>
      <h2 class={styles.heading}>{say('sources')}</h2>
      {sources.hidden ? (
        <Hidden />
      ) : (
        <ul class={styles.sources}>
          {sources.items.map(({ source, views, share }) => (
            <li key={source} class={styles.source}>
              <span>{nameOf(source)}</span>
              <span class={styles.shares}>
                <bdi>{percent(share)}</bdi> · <bdi>{say('viewsShown', { n: views })}</bdi>
              </span>
              <progress class={styles.bar} max={1} value={share} aria-label={nameOf(source)} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
