import type { VideoAnalytics } from '../api/types.ts';
import { preciseClock } from '../format.ts';
import { Chart } from '../ui/chart/chart.tsx';
import styles from './analytics.module.css';
import { say } from './say.ts';
import { percent } from './show.ts';

interface RetentionProps {
  readonly retention: VideoAnalytics['retention'];
  /** How long the clip is; null while that is not known. */
  readonly seconds: number | null;
}

/** Of those who watched, how many were still there at each place of the clip. */
export function Retention({ retention, seconds }: RetentionProps) {
  const placeOf = (at: number) => (seconds === null ? percent(at) : preciseClock(at * seconds));
  return (
    <section class={styles.section} aria-label={say('retention')}>
      <h2 class={styles.heading}>{say('retention')}</h2>
      {retention.hidden ? (
        <Hidden />
      ) : (
        <Chart
          title={say('retention')}
          kind="line"
          points={retention.points.map(({ at, share }) => ({
            ...{ name: placeOf(at), label: placeOf(at), value: share },
          }))}
          pointsAre={say('retentionAt')}
          format={percent}
          most={1}
        />
      )}
    </section>
  );
}

/** Why there is nothing: it would tell of single people. */
export function Hidden() {
  return (
    <div class={styles.few}>
      <p>
        <b>{say('hidden')}</b>
      </p>
      <p class={styles.note}>{say('hiddenWhy')}</p>
    </div>
  );
}
