import type { Redis } from 'ioredis';
import { watchLimits } from '../../../config/feed-limits.ts';
import { watchStreamLimits } from '../../../config/stream-limits.ts';
import type { Db, InTx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import { beforeDeadline } from '../../lib/deadline.ts';
import { dayOf } from './keys.ts';

/** Any number, the same for every process. */
const TALLY_LOCK = 7_461_341;

/**
 * Adds what was counted to the counts of the videos: a row of `view_tallies` is removed in the transaction that adds it, so that
 * each counts once wherever a process dies. However many people watch one video, its row is written once a batch. One process at a
 * time. Returns how many rows were added.
 */
export async function addTallies(inTx: InTx): Promise<number> {
  return inTx(async (tx) => {
    const turn = await tx.raw<{ rows: { mine: boolean }[] }>('select pg_try_advisory_xact_lock(?) as mine', [
      TALLY_LOCK,
    ]);
    if (!turn.rows[0]?.mine) return 0;
    const { rows } = await tx.raw<{ rows: { count: string }[] }>(
      // Videos first, and of those only what nobody else holds: one that is being deleted would wait for its tallies, and they for it.
      `with picked as materialized (
         select id, video_id from view_tallies order by id limit :most),
       alive as materialized (
         select id from videos where id in (select video_id from picked) order by id for key share skip locked),
       taken as (
         delete from view_tallies using picked where view_tallies.id = picked.id and picked.video_id in (select id from alive)
         returning view_tallies.*),
       totals as (
         insert into video_views as kept (video_id, views, completions, skips, watched_ms)
         select video_id, sum(views), sum(completions), sum(skips), sum(watched_ms)
           from taken group by video_id order by video_id
         on conflict (video_id) do update set
           views = kept.views + excluded.views, completions = kept.completions + excluded.completions,
           skips = kept.skips + excluded.skips, watched_ms = kept.watched_ms + excluded.watched_ms),
       days as (
         insert into video_view_days as kept (video_id, day, views, completions, skips, watched_ms)
         select video_id, day, sum(views), sum(completions), sum(skips), sum(watched_ms)
           from taken group by video_id, day order by video_id, day
         on conflict (video_id, day) do update set
           views = kept.views + excluded.views, completions = kept.completions + excluded.completions,
           skips = kept.skips + excluded.skips, watched_ms = kept.watched_ms + excluded.watched_ms)
       select count(*) as count from taken`,
      { most: watchLimits.talliesAtOnce },
    );
    return Number(rows[0]?.count ?? 0);
  });
}

/** When the oldest event came that waits in the stream; now where none does, and the beginning of time where nobody knows. */
async function waitingSince(redis: Redis, stream: string, now: number): Promise<number> {
  if (redis.status !== 'ready') return 0;
  const oldest = redis.xrange(stream, '-', '+', 'COUNT', 1);
  const [entry] = await beforeDeadline(oldest, watchStreamLimits.appendMs, 'Redis did not answer in time.');
  // Ids of entries are moments.
  return entry ? Math.min(now, Number(entry[0].split('-')[0])) : now;
}

/** Forgets events, keys and salts whose time is over; a few thousand rows at once. */
export async function sweepWatching(
  { db, redis, stream }: { readonly db: Db; readonly redis: Redis; readonly stream: string },
  now: number,
  signal: AbortSignal,
): Promise<number> {
  const { keptDays, keysKeptMs } = watchLimits;
  const oldestEvent = now - keptDays * 24 * 3_600_000;
  const sweep = (table: string, moment: string) =>
    deleteInBatches(db, table, { condition: 'day < ?::date', bindings: [moment] }, signal);
  // First what would tell who watched: the salt of a day is gone as soon as it is over by UTC, as `dayOf` counts everywhere. Without it
  // keys say nothing, and stay until the last event of the day has come through the stream, however long that takes; but no longer than events.
  const salts = await sweep('view_salts', dayOf(now));
  const since = await waitingSince(redis, stream, now).catch(() => 0);
  const oldestView = Math.max(since - keysKeptMs, oldestEvent);
  const keys = await sweep('view_keys', dayOf(oldestView));
  return salts + keys + (await sweep('watch_seen', dayOf(oldestEvent)));
}
