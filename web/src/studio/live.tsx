import { count } from '../format.ts';
import { Chart } from '../ui/chart/chart.tsx';
import styles from './analytics.module.css';
import { calls } from './calls.ts';
import { say } from './say.ts';
import { minuteName } from './step-names.ts';
import { useFresh } from './use-fresh.ts';

const REFRESH_MS = 10_000;

/** What goes on now, a few seconds late. Without it the rest of the page is of use all the same. */
export function Live({ videoId }: { videoId: string | null }) {
  const { value } = useFresh(`live ${videoId}`, () => calls.live(videoId), REFRESH_MS);
  if (!value) return null;
  const { last_hour, last_48_hours } = value;
  return (
    <section class={styles.section} aria-label={say('live')}>
      <h2 class={styles.heading}>{say('live')}</h2>
      <p class={styles.note}>
        {say('liveSummary', {
          n: last_hour.totals.views,
          longer: count(last_48_hours.totals.views),
        })}
      </p>
      <Chart
        title={say('liveViews')}
        kind="bars"
        points={last_hour.minutes.map(({ starts_at, figures }) => ({
          ...{ name: minuteName(starts_at), label: minuteName(starts_at), value: figures.views },
        }))}
        pointsAre={say('minute')}
        isWhole
        format={count}
      />
    </section>
  );
}
