import type { Knex } from 'knex';
import type { Db } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';

/** Where a video of one’s own is on its way. */
export const studioStates = ['uploading', 'processing', 'failed', 'draft', 'scheduled', 'published'] as const;
export type StudioState = (typeof studioStates)[number];

/** By which figure an author sorts, the largest first. `date`: the newest first. */
export const studioSorts = ['date', 'views', 'likes', 'comments'] as const;
export type StudioSort = (typeof studioSorts)[number];

/** The last video of a page. */
export interface StudioCursor {
  readonly id: VideoId;
  /** What it was sorted by. */
  readonly value: number;
}

export interface StudioList {
  /** One of them alone, or null. */
  readonly id: VideoId | null;
  readonly state: StudioState | null;
  /** Words that the caption has, or null. */
  readonly search: string | null;
  readonly sort: StudioSort;
  readonly after: StudioCursor | null;
  readonly limit: number;
}

/** One video of a list, with what only its author is told. */
export interface StudioFacts extends StudioCursor {
  readonly state: StudioState;
  readonly saves: number;
  readonly views: number;
}

const STATE = `case
  when videos.state = 'rejected' then 'failed'
  when scheduled_posts.id is not null then 'scheduled'
  when videos.state = 'uploading' then 'uploading'
  when videos.state = 'published' then 'published'
  when videos.awaits_post and videos.state = 'draft' then 'draft'
  else 'processing' end`;

/** Those here, and those that other servers told of, of which only the last days are kept. */
const VIEWS = `(coalesce((select video_views.views from video_views where video_views.video_id = videos.id), 0)
  + coalesce((select sum(remote_views.views) from remote_views where remote_views.video_id = videos.id), 0))`;

const VALUES: Readonly<Record<StudioSort, string>> = {
  date: 'videos.id',
  views: VIEWS,
  likes: 'coalesce(video_stats.likes, 0)',
  comments: 'coalesce(video_stats.comments, 0)',
};

/** What authors read of all their videos, in whatever state. It looks at those of one account, by its index. */
export function studioQueries(db: Db) {
  const own = (accountId: AccountId) =>
    db('videos')
      .leftJoin('scheduled_posts', 'scheduled_posts.video_id', 'videos.id')
      .where({ 'videos.account_id': accountId, 'videos.local': true });

  const matching =
    ({ id, state, search }: StudioList) =>
    (query: Knex.QueryBuilder): void => {
      if (id !== null) query.where({ 'videos.id': id });
      if (state !== null) query.whereRaw(`${STATE} = ?`, [state]);
      if (search !== null) {
        query.whereRaw(`videos.caption ilike '%' || ? || '%'`, [search.replace(/[\\%_]/g, '\\$&')]);
      }
    };

  return {
    /** A page of an author’s videos. */
    async studioList(accountId: AccountId, asked: StudioList): Promise<StudioFacts[]> {
      const { sort, after, limit } = asked;
      const rows = own(accountId)
        .leftJoin('video_stats', 'video_stats.video_id', 'videos.id')
        .modify(matching(asked))
        .select('videos.id')
        .select(db.raw(`${STATE} as state`), db.raw(`${VALUES[sort]} as value`));
      const page = db.from(rows.as('own')).limit(limit);
      if (sort === 'date') {
        page.orderBy('own.id', 'desc');
        if (after) rows.where('videos.id', '<', after.id);
      } else {
        page.orderBy([
          { column: 'own.value', order: 'desc' },
          { column: 'own.id', order: 'desc' },
        ]);
        if (after) page.whereRaw('(own.value, own.id) < (?::bigint, ?)', [after.value, after.id]);
      }
      const found = await page
        .select('own.id', 'own.state', 'own.value')
        .select(
          db.raw('(select count(*)::int from bookmarks where bookmarks.video_id = own.id) as saves'),
          db.raw(`${VIEWS.replaceAll('videos.id', 'own.id')}::int as views`),
        );
      return found.map((row) => ({ ...row, value: Number(row.value) }));
    },

    /** How many videos of an author are in each state. */
    async studioCounts(accountId: AccountId): Promise<Record<StudioState, number>> {
      const rows: { state: StudioState; count: number }[] = await db
        .from(
          own(accountId)
            .select(db.raw(`${STATE} as state`))
            .as('own'),
        )
        .groupBy('state')
        .select('state', db.raw('count(*)::int as count'));
      const counts = new Map(rows.map(({ state, count }) => [state, count]));
      return Object.fromEntries(studioStates.map((state) => [state, counts.get(state) ?? 0])) as Record<
        StudioState,
        number
      >;
    },
  };
}
