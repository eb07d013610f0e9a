import type { Sound } from '../api/schema.gen.ts';
import { count } from '../format.ts';
import { nameOfDay } from '../tags/days.ts';
import { Chart } from '../ui/chart/chart.tsx';
import { say } from './say.ts';

/** How often a sound was used on each of the last days; nothing where nobody did. */
export function SoundTrend({ sound }: { sound: Sound }) {
  const days = sound.history.toReversed().map(({ day, uses }) => ({
    at: new Date(Number(day) * 1_000),
    uses: Number(uses),
  }));
  if (days.every(({ uses }) => uses === 0)) return null;
  return (
    <Chart
      title={say('usesADay')}
      kind="line"
      isWhole
      pointsAre={say('day')}
      format={count}
      points={days.map(({ at, uses }) => ({ name: nameOfDay(at), label: nameOfDay(at), value: uses }))}
    />
  );
}
