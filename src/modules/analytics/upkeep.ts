import { analyticsLimits } from '../../../config/analytics-limits.ts';
import type { Db } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import { quartersFrom } from './folding.ts';
import { dateOf } from './model.ts';

/** Forgets minutes, quarters of an hour and keys of people whose time is over; a few thousand rows at once. */
export async function sweepAnalytics(db: Db, now: number, signal: AbortSignal): Promise<number> {
  const sweep = (table: string, condition: string, bindings: readonly (Date | string)[]) =>
    deleteInBatches(db, table, { condition, bindings }, signal);
  // First what would tell who watched, as soon as the salts of the day are gone, too.
  let swept = await sweep('analytics_viewers', 'day < ?::date', [dateOf(now)]);
  for (const table of ['analytics_videos', 'analytics_accounts']) {
    for (const [grain, before] of [
      ['minute', now - analyticsLimits.minutesKeptMs],
      ['quarter', quartersFrom(now)],
    ] as const) {
      swept += await sweep(table, `grain = ? and grain <> 'day' and at < ?`, [grain, new Date(before)]);
    }
  }
  return swept;
}
