import { useId, useState } from 'preact/hooks';
import { Button } from '../button.tsx';
import styles from './chart.module.css';
import { say } from './say.ts';
import { namedPoints, pointAfter, pointAt, ticksFor } from './scale.ts';

export interface ChartPoint {
  /** All of it, for who asks about one point. */
  readonly name: string;
  /** A few letters, below the chart. */
  readonly label: string;
  readonly value: number;
}

interface ChartProps {
  readonly title: string;
  readonly kind: 'bars' | 'line';
  readonly points: readonly ChartPoint[];
  /** What the points are, such as "Day"; heads the table. */
  readonly pointsAre: string;
  /** Whether values are counts: then so are the steps of the scale. */
  readonly isWhole?: boolean;
  /** A value with its unit, for people. */
  readonly format: (value: number) => string;
  /** The upper end of the scale where it is known, such as 1 for parts of a whole. */
  readonly most?: number;
}

/** As many as fit below a chart on a phone. */
const NAMED_POINTS = 4;
/** Units of the picture, which is stretched to its place. */
const HEIGHT = 100;

/**
 * Figures as bars or a line. The pointer and the arrow keys tell about one point after the other, and the same figures can be
 * read as a table. Time goes to the right in every language.
 */
export function Chart(props: ChartProps) {
  const { title, points } = props;
  const [isTable, setTable] = useState(false);
  const id = useId();
  return (
    <figure class={styles.chart} aria-labelledby={id}>
      <div class={styles.head}>
        <figcaption id={id} class={styles.title}>
          {title}
        </figcaption>
        <Button
          look="quiet"
          small
          label={isTable ? say('asChartWhat', { title }) : say('asTableWhat', { title })}
          onPress={() => setTable(!isTable)}
        >
          {isTable ? say('asChart') : say('asTable')}
        </Button>
      </div>
      {isTable ? <Table {...props} /> : points.length > 0 && <Plot {...props} />}
    </figure>
  );
}

function Table({ title, points, pointsAre, format }: ChartProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys, too
    <section class={styles.scroll} tabIndex={0} aria-label={title}>
      <table class={styles.table}>
        <thead>
          <tr>
            <th scope="col">{pointsAre}</th>
            <th scope="col">{say('value')}</th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ name, value }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{format(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Plot({ title, kind, points, format, isWhole = false, most }: ChartProps) {
  const [active, setActive] = useState<number | null>(null);
  const ticks = ticksFor(most === undefined ? points.map(({ value }) => value) : [most], isWhole);
  const top = ticks.at(-1) ?? 1;
  const count = points.length;
  const shown = Math.min(active ?? count - 1, count - 1);
  const point = points[shown];
  if (!point) return null;
  const told = say('point', { name: point.name, value: format(point.value) });
  const across = (n: number) => (kind === 'bars' ? (n + 0.5) / count : count === 1 ? 0.5 : n / (count - 1));
  return (
    <>
      <p class={styles.told} aria-hidden="true">
        {told}
      </p>
      <div class={styles.area} dir="ltr">
        <ol class={styles.scale} aria-hidden="true">
          {ticks.toReversed().map((tick) => (
            <li key={tick}>{format(tick)}</li>
          ))}
        </ol>
        <div
          class={styles.plot}
          role="slider"
          tabIndex={0}
          aria-label={title}
          aria-valuemin={1}
          aria-valuemax={count}
          aria-valuenow={shown + 1}
          aria-valuetext={told}
          onKeyDown={(event) => {
            const next = pointAfter(event.key, shown, count);
            if (next === null) return;
            event.preventDefault();
            setActive(next);
          }}
          onPointerMove={({ currentTarget, clientX }) => {
            const { left, width } = currentTarget.getBoundingClientRect();
            setActive(pointAt((clientX - left) / width, count, kind));
          }}
        >
          <svg
            class={styles.picture}
            viewBox={`0 0 ${count} ${HEIGHT}`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            {ticks.map((tick) => (
              <line key={tick} class={styles.grid} x1={0} x2={count} y1={up(tick, top)} y2={up(tick, top)} />
            ))}
            {kind === 'bars' ? (
              points.map(({ name, value }, n) => (
                <rect
                  key={name}
                  class={n === active ? styles.activeBar : styles.bar}
                  x={n + 0.12}
                  width={0.76}
                  y={up(value, top)}
                  height={HEIGHT - up(value, top)}
                />
              ))
            ) : (
              <Line places={points.map(({ value }, n) => [across(n) * count, up(value, top)])} />
            )}
            {kind === 'line' && active !== null && (
              <line
                class={styles.mark}
                x1={across(shown) * count}
                x2={across(shown) * count}
                y1={0}
                y2={HEIGHT}
              />
            )}
          </svg>
        </div>
        <ol class={styles.names} aria-hidden="true">
          {namedPoints(count, NAMED_POINTS).map((n) => (
            <li key={n} style={{ '--at': String(across(n)) }}>
              {points[n]?.label}
            </li>
          ))}
        </ol>
      </div>
    </>
  );
}

const up = (value: number, top: number) => HEIGHT - (value / top) * HEIGHT;

function Line({ places }: { places: readonly (readonly [x: number, y: number])[] }) {
  const path = places.map((place) => place.join(',')).join(' ');
  const [first, last] = [places[0]?.[0] ?? 0, places.at(-1)?.[0] ?? 0];
  return (
    <>
      <polygon class={styles.below} points={`${first},${HEIGHT} ${path} ${last},${HEIGHT}`} />
      <polyline class={styles.line} points={path} />
    </>
  );
}
