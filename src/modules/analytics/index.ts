import { analyticsLimits } from '../../../config/analytics-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { FreshWatch } from '../watching/index.ts';
import { copyOfDays } from './copy.ts';
import { foldTallies, quartersFrom } from './folding.ts';
import { addFigures, dateOf, type Figures, GRAIN_MS, NO_FIGURES, type Subject } from './model.ts';
import { noteWatched } from './noting.ts';
import { bucketsOf, lastBuckets, type Period, periodBefore, type Step } from './periods.ts';
import { breakdownOf, minutesOf, recentOf, seriesOf, topVideosOf, wholeOf } from './queries.ts';
import { sweepAnalytics } from './upkeep.ts';

export type { Figures, Subject } from './model.ts';
export { daysIn, type Period, type Step, steps } from './periods.ts';
export { type Breakdown, type TopPlace, type TopVideo, type VideoSort, videoSorts } from './queries.ts';

export type Analytics = ReturnType<typeof createAnalytics>;

const total = (series: readonly Figures[]): Figures => series.reduce(addFigures, NO_FIGURES);

/**
 * What authors are told of how their videos do. Everything here is for the author alone: whoever calls has made sure of that. It knows no
 * person: what it keeps are sums, and for a day salted keys.
 */
export function createAnalytics({ db, inTx, clock }: { db: Db; inTx: InTx; clock: Clock }) {
  return {
    /** Notes what was watched, in the transaction that stores it. */
    noteWatched: (tx: Tx, batch: readonly FreshWatch[]) => noteWatched(tx, batch),

    /** Adds up all that was noted. */
    async fold(signal?: AbortSignal): Promise<void> {
      let taken: number = analyticsLimits.talliesAtOnce;
      while (taken === analyticsLimits.talliesAtOnce && !signal?.aborted) {
        taken = await foldTallies(inTx, clock.now());
      }
    },

    sweep: (signal: AbortSignal) => sweepAnalytics(db, clock.now(), signal),

    /** The first date (UTC) from which on hours are known. */
    hoursFrom: (): string => dateOf(quartersFrom(clock.now())),

    /** Figures by steps of a period, all of them together, and those of the period before. */
    async series(subject: Subject, period: Period, by: Step) {
      const buckets = bucketsOf(period, by);
      const before = periodBefore(period, by);
      const now = clock.now();
      const [figures, earlier] = await Promise.all([
        seriesOf(db, subject, buckets, now),
        seriesOf(db, subject, wholeOf(before), now),
      ]);
      return {
        buckets: buckets.map((bucket, at) => ({ ...bucket, figures: figures[at] ?? NO_FIGURES })),
        totals: total(figures),
        before: { ...before, totals: total(earlier) },
      };
    },

    /** What goes on now: by minutes, and by hours. */
    async live(subject: Subject) {
      const now = clock.now();
      const minutes = lastBuckets(now, analyticsLimits.liveMinutes, GRAIN_MS.minute);
      const hours = lastBuckets(now, analyticsLimits.liveHours, 60 * GRAIN_MS.minute);
      const [ofMinutes, ofHours] = await Promise.all([
        minutesOf(db, subject, minutes),
        seriesOf(db, subject, hours, now),
      ]);
      const told = (buckets: typeof minutes, figures: readonly Figures[]) =>
        buckets.map(({ startsAt }, at) => ({ startsAt, figures: figures[at] ?? NO_FIGURES }));
      return { asOf: now, minutes: told(minutes, ofMinutes), hours: told(hours, ofHours) };
    },

    breakdown: (subject: Subject, period: Period) => breakdownOf(db, subject, period),

    /** Figures of the last days of several videos. */
    recent: (ids: readonly VideoId[]) =>
      recentOf(db, ids, clock.now() - analyticsLimits.watchThroughDays * GRAIN_MS.day),

    topVideos: (input: Parameters<typeof topVideosOf>[1]) => topVideosOf(db, input),

    copyOfDays: (accountId: AccountId) => copyOfDays(db, accountId),
  };
}
