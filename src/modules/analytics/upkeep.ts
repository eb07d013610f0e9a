import { analyticsLimits } from '../../../config/analytics-limits.ts';
import type { Db } from '../../db/database.ts';
import { quartersFrom } from './folding.ts';
import { dateOf } from './model.ts';

/** Forgets minutes, quarters of an hour and keys of people whose time is over; a few thousand rows at once. */
export async function sweepAnalytics(db: Db, now: number, signal: AbortSignal): Promise<void> {
  const sweep = async (table: string, condition: string, bindings: readonly (Date | string)[]) => {
    let swept: number = analyticsLimits.sweptAtOnce;
    while (swept === analyticsLimits.sweptAtOnce && !signal.aborted) {
      const { rowCount } = await db.raw<{ rowCount: number }>(
        `delete from ?? where ctid = any(array(select ctid from ?? where ${condition} limit ?))`,
        [table, table, ...bindings, analyticsLimits.sweptAtOnce],
      );
      swept = rowCount;
    }
  };
  // First what would tell who watched, as soon as the salts of the day are gone, too.
  await sweep('analytics_viewers', 'day < ?::date', [dateOf(now)]);
  for (const table of ['analytics_videos', 'analytics_accounts']) {
    for (const [grain, before] of [
      ['minute', now - analyticsLimits.minutesKeptMs],
      ['quarter', quartersFrom(now)],
    ] as const) {
      await sweep(table, `grain = ? and grain <> 'day' and at < ?`, [grain, new Date(before)]);
    }
  }
}
