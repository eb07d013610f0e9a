import type { Tag } from '../api/schema.gen.ts';
import { daysOf, nameOfDay } from './days.ts';
import { say } from './say.ts';
import styles from './tag.module.css';

/** Units of the picture. */
const HEIGHT = 32;
const STEP = 12;
const BAR = 8;
/** So that a day without any is seen to be one. */
const LEAST = 2;

/** How much a hashtag was used on each of the last days, as bars; the same is said in words. */
export function Sparkline({ tag }: { tag: Tag }) {
  const days = daysOf(tag.history, Date.now());
  const most = Math.max(...days.map(({ uses }) => uses), 1);
  const told = days.map(({ at, uses }) => say('onDay', { day: nameOfDay(at), n: uses }));
  return (
    <svg
      class={styles.spark}
      viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`}
      role="img"
      aria-label={`${say('trend')}: ${told.join('; ')}`}
    >
      {days.map(({ at, uses }, n) => {
        const height = Math.max(LEAST, (uses / most) * HEIGHT);
        return <rect key={at} x={n * STEP} y={HEIGHT - height} width={BAR} height={height} rx="1" />;
      })}
    </svg>
  );
}
