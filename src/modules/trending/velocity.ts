import type { TrendSettings } from '../../../config/trend-limits.ts';

const HOUR_MS = 3_600_000;
/** Ages of a video that have a usual hour of their own: up to 1, 3, 12, 48 hours, and older. */
const AGES_MS = [1, 3, 12, 48].map((hours) => hours * HOUR_MS);
/** Windows that the last hour is kept in. */
const SLOTS = 6;
/** Hours without anything that are learnt from after one with something. */
const MOST_IDLE = 6;

/** What a creator's videos usually get in an hour, by age; null where not learnt yet. */
export type Usual = Float32Array;

/** How much came of late: the last hour in windows, and the hour by the clock that is not yet learnt from. */
export interface Recent {
  readonly slots: Float32Array;
  window: number;
  hour: number;
  count: number;
}

export function createRecent(): Recent {
  return { slots: new Float32Array(SLOTS), window: 0, hour: 0, count: 0 };
}

/**
 * How fast a video goes, against the usual of its creator: z = (n - μ)/sqrt(μ + 1), where n is what people did in the last hour and
 * μ what videos of that creator get in an hour at this age (never less than what is usual on this server).
 */
export function createVelocity(settings: TrendSettings['velocity'], windowMs: number) {
  /** What is usual here: a running median of hours with something in them. */
  const medians = new Float32Array(AGES_MS.length + 1);

  const learn = (usual: Usual, age: number, count: number): void => {
    const before = usual[age] ?? Number.NaN;
    usual[age] = Number.isNaN(before) ? count : before + settings.learning * (count - before);
    if (count > 0) {
      const median = medians[age] ?? 0;
      const step = Math.max(0.02, median * 0.02);
      medians[age] = count > median ? median + step : Math.max(0, median - step);
    }
  };

  const ageOf = (publishedAt: number, at: number): number => {
    const age = AGES_MS.findIndex((most) => at - publishedAt < most);
    return age < 0 ? AGES_MS.length : age;
  };

  const lastHour = (recent: Recent, at: number): number => {
    const window = Math.floor(at / windowMs);
    let count = 0;
    for (let back = 0; back < SLOTS; back += 1) {
      const of = window - back;
      if (of <= recent.window && of > recent.window - SLOTS) count += recent.slots[of % SLOTS] ?? 0;
    }
    return count;
  };

  return {
    usual: (): Usual => new Float32Array(AGES_MS.length + 1).fill(Number.NaN),
    lastHour,

    /** Takes in that somebody did something, as far as they count. */
    count(recent: Recent, usual: Usual, publishedAt: number, at: number, amount: number): void {
      const window = Math.floor(at / windowMs);
      const hour = Math.floor(at / HOUR_MS);
      if (hour > recent.hour) {
        if (recent.hour > 0) {
          learn(usual, ageOf(publishedAt, recent.hour * HOUR_MS), recent.count);
          const idle = Math.min(MOST_IDLE, hour - recent.hour - 1);
          for (let step = 1; step <= idle; step += 1) {
            learn(usual, ageOf(publishedAt, (recent.hour + step) * HOUR_MS), 0);
          }
        }
        recent.hour = hour;
        recent.count = 0;
      }
      if (hour === recent.hour) recent.count += amount;
      if (window > recent.window) {
        const passed = Math.min(SLOTS, window - recent.window);
        for (let step = 0; step < passed; step += 1) recent.slots[(window - step) % SLOTS] = 0;
        recent.window = window;
      }
      if (window > recent.window - SLOTS) {
        recent.slots[window % SLOTS] = (recent.slots[window % SLOTS] ?? 0) + amount;
      }
    },

    /** z at a time, within its bounds. */
    of(recent: Recent, usual: Usual | null, publishedAt: number, at: number): number {
      const age = ageOf(publishedAt, at);
      const own = usual?.[age] ?? Number.NaN;
      const mean = Math.max(medians[age] ?? 0, Number.isNaN(own) ? 0 : own);
      const z = (lastHour(recent, at) - mean) / Math.sqrt(mean + 1);
      return Math.min(settings.most, Math.max(settings.least, z));
    },
  };
}

export type Velocity = ReturnType<typeof createVelocity>;
