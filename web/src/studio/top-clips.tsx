import type { ChannelAnalytics } from '../api/types.ts';
import { plainText } from '../format.ts';
import { Blurhash } from '../player/blurhash.tsx';
import styles from './analytics.module.css';
import { say } from './say.ts';

/** The clips that were watched most in a period; each leads to its own figures. */
export function TopClips({ videos }: { videos: ChannelAnalytics['top_videos'] }) {
  return (
    <section class={styles.section} aria-label={say('topClips')}>
      <h2 class={styles.heading}>{say('topClips')}</h2>
      {videos.length === 0 && <p class={styles.note}>{say('topNone')}</p>}
      <ol class={styles.top}>
        {videos.map(({ video, figures }) => (
          <li key={video.id}>
            <a class={styles.clip} href={`/studio/${video.id}/analytics`}>
              <span class={styles.poster}>
                <Blurhash class={styles.fill} hash={video.blurhash} />
                {video.poster_url && <img class={styles.fill} src={video.poster_url} alt="" loading="lazy" />}
              </span>
              <span class={styles.caption} dir="auto">
                {plainText(video.caption) || say('noCaption')}
              </span>
              <span class={styles.shares}>{say('viewsShown', { n: figures.views })}</span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
