import type { Db } from '../../db/database.ts';
import type { Day } from '../../lib/days.ts';
import { type AccountId, lowestIdAt, type VideoId } from '../../lib/ids.ts';

/** What happened with videos, by day. */
export const figures = ['views', 'likes', 'comments', 'reposts', 'shares', 'saves', 'followers'] as const;
export type Figure = (typeof figures)[number];
export type Figures = Readonly<Record<Figure, number>>;

export const NO_FIGURES: Figures = {
  ...{ views: 0, likes: 0, comments: 0, reposts: 0, shares: 0, saves: 0, followers: 0 },
};

/** Of which videos: all of an author, or one. */
export interface StatisticsOf {
  readonly accountId: AccountId;
  readonly videoId: VideoId | null;
}

/**
 * Figures of each of these days, oldest first. They are counted from what is there now: what was taken back since is in
 * none of them. Ids say when a row was made, so that each table is read by its index, from the first of the days on.
 * Views, here and those that other servers told of, are by days in UTC: each counts for the day of the same date.
 */
export async function statisticsOf(
  db: Db,
  { accountId, videoId }: StatisticsOf,
  days: readonly Day[],
): Promise<Figures[]> {
  const bounds = days.map(({ startsAt }) => lowestIdAt(startsAt));
  const moments = days.map(({ startsAt }) => new Date(startsAt));
  const byId = (figure: Figure, table: string, more = '') =>
    `select '${figure}' as figure, width_bucket(${table}.id, cast(:bounds as bigint[])) as bucket, count(*) as count
       from own join ${table} on ${table}.video_id = own.id
      where ${table}.id >= :first ${more} group by 2`;
  const { rows } = await db.raw<{ rows: { figure: Figure; bucket: number; count: string }[] }>(
    `with own as materialized (
       select id from videos where account_id = :accountId and local and state = 'published'
          and (cast(:videoId as bigint) is null or id = :videoId))
     ${byId('likes', 'likes')}
     union all ${byId('comments', 'comments', 'and comments.hidden_root_id is null')}
     union all ${byId('reposts', 'shares')}
     union all ${byId('saves', 'bookmarks')}
     union all
     select 'shares', width_bucket(outward_shares.created_at, cast(:moments as timestamptz[])), count(*)
       from own join outward_shares on outward_shares.video_id = own.id
      where outward_shares.created_at >= :start group by 2
     union all
     select 'views', array_position(cast(:dates as date[]), day), sum(views)
       from (select day, views from own join remote_views on remote_views.video_id = own.id
             union all
             select day, views from own join video_view_days on video_view_days.video_id = own.id) as viewed
      where day = any(cast(:dates as date[])) group by 2
     union all
     select 'followers', width_bucket(follows.id, cast(:bounds as bigint[])), count(*)
       from follows
      where follows.target_id in (select id from accounts where id = :accountId or owner_id = :accountId)
        and follows.state = 'accepted' and follows.id >= :first and cast(:videoId as bigint) is null
      group by 2`,
    {
      ...{ accountId, videoId, bounds, moments, dates: days.map(({ date }) => date) },
      ...{ first: bounds[0] ?? '0', start: moments[0] ?? new Date(0) },
    },
  );
  const result = days.map(() => ({ ...NO_FIGURES }) as Record<Figure, number>);
  for (const { figure, bucket, count } of rows) {
    const day = result[bucket - 1];
    if (day) day[figure] += Number(count);
  }
  return result;
}

/** What the published videos of an author have by now, or one of them. Of follows, only those of the author say. */
export async function totalsOf(db: Db, { accountId, videoId }: StatisticsOf): Promise<Figures> {
  const { rows } = await db.raw<{ rows: Record<Figure, string | null>[] }>(
    `with own as materialized (
       select id from videos where account_id = :accountId and local and state = 'published'
          and (cast(:videoId as bigint) is null or id = :videoId))
     select sum(likes) as likes, sum(comments) as comments, sum(shares) as reposts, sum(outward_shares) as shares,
            sum(saves) as saves,
            (select coalesce(sum(views), 0) from own join remote_views on remote_views.video_id = own.id)
              + (select coalesce(sum(views), 0) from own join video_views on video_views.video_id = own.id) as views,
            (select count(*) from follows
              where target_id in (select id from accounts where id = :accountId or owner_id = :accountId)
                and state = 'accepted' and cast(:videoId as bigint) is null) as followers
       from own join video_stats on video_stats.video_id = own.id`,
    { accountId, videoId },
  );
  const [row] = rows;
  return Object.fromEntries(figures.map((figure) => [figure, Number(row?.[figure] ?? 0)])) as Record<
    Figure,
    number
  >;
}
