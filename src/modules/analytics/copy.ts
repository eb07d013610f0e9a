import { stringify } from 'csv-stringify/sync';
import { analyticsLimits } from '../../../config/analytics-limits.ts';
import type { Db } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import { type DayRow, daysAfter } from './queries.ts';

const HEADER = [
  ...['date', 'video', 'views', 'viewers', 'completions', 'skips', 'playbacks', 'watched_seconds', 'likes'],
  ...['comments', 'reposts', 'shares', 'saves'],
];

/**
 * Every day (UTC) of every video of an author, the oldest first, as parts of a CSV file, for the author’s copy of everything. Nothing is in it
 * that is told of enough people alone.
 */
export async function* copyOfDays(db: Db, accountId: AccountId): AsyncGenerator<string> {
  yield stringify([HEADER]);
  let last: DayRow | null = null;
  for (;;) {
    const rows: DayRow[] = await daysAfter(db, accountId, last);
    if (rows.length > 0) yield stringify(rows.map(cellsOf));
    last = rows.at(-1) ?? null;
    if (rows.length < analyticsLimits.exportedAtOnce) return;
  }
}

const cellsOf = ({ date, videoId, figures }: DayRow): (string | number)[] => [
  ...[date, videoId, figures.views, figures.viewers, figures.completions, figures.skips, figures.playbacks],
  ...[figures.watched_ms / 1_000, figures.likes, figures.comments, figures.reposts, figures.shares],
  figures.saves,
];
