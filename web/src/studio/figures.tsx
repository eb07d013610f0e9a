import { useState } from 'preact/hooks';
import type { ChannelAnalytics, VideoAnalytics } from '../api/types.ts';
import { count } from '../format.ts';
import { Chart } from '../ui/chart/chart.tsx';
import styles from './analytics.module.css';
import { changeOf, type Range } from './range.ts';
import { say } from './say.ts';
import { change, percent, watched } from './show.ts';
import { stepNames } from './step-names.ts';

type Analytics = ChannelAnalytics | VideoAnalytics;
/** A figure is null where it is not told, and there is none where the server knows none of this kind. */
type Values = Readonly<Record<string, number | null | undefined>>;

interface Measure {
  readonly key:
    | 'views'
    | 'watchTime'
    | 'completion'
    | 'average'
    | 'viewers'
    | 'likes'
    | 'comments'
    | 'followersGained';
  readonly of: (figures: Values) => number | null | undefined;
  readonly format: (value: number) => string;
  readonly isWhole: boolean;
}

const named = (key: Measure['key'], name: string): Measure => ({
  key,
  of: (figures) => figures[name],
  format: count,
  isWhole: true,
});

const measures: readonly Measure[] = [
  named('views', 'views'),
  { key: 'watchTime', of: ({ watched_seconds }) => watched_seconds, format: watched, isWhole: false },
  {
    key: 'completion',
    // Whoever watches a clip twice to its end is one view.
    of: ({ completions, views }) => (views ? Math.min(1, (completions ?? 0) / views) : 0),
    format: percent,
    isWhole: false,
  },
  {
    key: 'average',
    of: ({ average_watched_seconds }) => average_watched_seconds ?? 0,
    format: watched,
    isWhole: false,
  },
  named('viewers', 'viewers'),
  named('likes', 'likes'),
  named('comments', 'comments'),
  named('followersGained', 'followers_gained'),
];

/** The sums of a period beside those of the one before; the one that is chosen is drawn step by step. */
export function Figures({ analytics, range }: { analytics: Analytics; range: Range }) {
  const [key, setKey] = useState<Measure['key']>('views');
  const { totals, previous, series } = analytics;
  // Of one clip, followers are told as a sum alone.
  const isDrawn = ({ of }: Measure) => of(series[0]?.figures ?? {}) !== undefined;
  const chosen = measures.find((measure) => measure.key === key && isDrawn(measure)) ?? measures[0];
  return (
    <section class={styles.section} aria-label={say('figures')}>
      <ul class={styles.figures}>
        {measures.map((measure) => (
          <li key={measure.key}>
            <Figure
              measure={measure}
              value={measure.of(totals)}
              before={measure.of(previous.totals) ?? 0}
              pressed={measure === chosen}
              {...(isDrawn(measure) ? { onPress: () => setKey(measure.key) } : {})}
            />
          </li>
        ))}
      </ul>
      {chosen && (
        <Chart
          key={chosen.key}
          title={say(chosen.key)}
          kind={range.by === 'hour' ? 'line' : 'bars'}
          points={series.map(({ figures, ...step }) => ({
            ...stepNames(step, range.by),
            value: chosen.of(figures) ?? 0,
          }))}
          pointsAre={say(range.by)}
          isWhole={chosen.isWhole}
          format={chosen.format}
          {...(chosen.key === 'completion' ? { most: 1 } : {})}
        />
      )}
    </section>
  );
}

interface FigureProps {
  readonly measure: Measure;
  readonly value: number | null | undefined;
  readonly before: number;
  readonly pressed: boolean;
  readonly onPress?: () => void;
}

function Figure({ measure, value, before, pressed, onPress }: FigureProps) {
  const isTold = value !== null && value !== undefined;
  const words = (
    <>
      <span class={styles.name}>{say(measure.key)}</span>
      <b class={styles.value}>{isTold ? measure.format(value) : '–'}</b>
      <span class={styles.note}>{isTold ? comparison(value, before) : say('few')}</span>
    </>
  );
  if (!onPress) return <div class={styles.figure}>{words}</div>;
  return (
    <button type="button" class={styles.figure} aria-pressed={pressed} onClick={onPress}>
      {words}
    </button>
  );
}

function comparison(value: number, before: number): string {
  const difference = changeOf(value, before);
  if (difference === null) return say('noBefore');
  return Math.abs(difference) < 0.005 ? say('same') : say('change', { shown: change(difference) });
}
