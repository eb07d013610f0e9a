import type { Knex } from 'knex';
import { feedLimits } from '../../../config/feed-limits.ts';
import type { Db } from '../../db/database.ts';
import { fromWantedAtHome, notMutedBy, notSeenBy, notUnwantedBy } from '../../db/feed.ts';
import { madeOnce, SOME_VIDEOS, SOMEBODY } from '../../db/made-once.ts';
import { notSilencedFor, type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';

/** The part of a feed that comes next: those older than a place in it. */
export interface Below {
  readonly before: string | null;
  readonly limit: number;
}

/** A part of a feed, newest first. */
export interface FeedIds {
  readonly ids: readonly VideoId[];
  /** Below which the next part begins; null where there is nothing. */
  readonly last: VideoId | null;
}

/** What may be recommended, with what filters look through. */
export interface Recommendable {
  readonly id: VideoId;
  readonly accountId: AccountId;
  readonly contentWarning: string;
  readonly captionHtml: string;
  readonly altText: string;
}

/** Ids of videos for feeds, newest first. Every one passes the visibility predicate. */
export function feedQueries(db: Db, unlisted: UnlistedDomains) {
  /** What somebody may be shown unasked: nothing that is meant for a few by name. */
  const showable =
    (viewerId: AccountId | null) =>
    (query: Knex.QueryBuilder): void => {
      query.modify(visibleTo(viewerId, unlisted)).whereNot('videos.visibility', 'direct');
    };

  /** What is left for somebody who is shown things unasked: nothing seen, unwanted, muted, or of herself. */
  const leftFor =
    (viewerId: AccountId | null) =>
    (query: Knex.QueryBuilder): void => {
      query.modify(notMutedBy(viewerId)).modify(notSeenBy(viewerId)).modify(notUnwantedBy(viewerId));
      if (viewerId !== null) query.whereNot('videos.account_id', viewerId);
    };

  const among = (viewerId: AccountId | null) =>
    db('videos')
      // As one array: a text for each length of the list would be planned anew each time.
      .whereRaw('videos.id = any(?::bigint[])', [SOME_VIDEOS])
      .modify(showable(viewerId))
      .modify(notSilencedFor(viewerId))
      .modify(leftFor(viewerId))
      .select(
        ...['videos.id as id', 'videos.account_id as accountId', 'content_warning as contentWarning'],
        ...['caption_html as captionHtml', 'alt_text as altText'],
      );
  const recommendable = madeOnce<Recommendable>(db, [SOME_VIDEOS, SOMEBODY], among(SOMEBODY));
  const openAmong = madeOnce<Recommendable>(db, [SOME_VIDEOS], among(null));

  /** The newest few of each account in `followed (target_id, languages)`, in these languages. */
  const fewOf = (before: string | null, few: Knex.Raw) =>
    db.raw(
      `select videos.id from videos
        where videos.account_id = followed.target_id and videos.state = 'published'
          and (videos.language is null or followed.languages is null or videos.language = any (followed.languages))
          and (:before::bigint is null or videos.id < :before)
        order by videos.id desc limit :few`,
      { before, few } as never,
    );

  /** The newest few of each followed account whose videos the viewer wants at home, in languages that she wants of it. */
  const newestOfEach = (viewerId: AccountId, before: string | null, few: number) =>
    db('follows as followed')
      .joinRaw('cross join lateral (?) as newest', [fewOf(before, db.raw('?', [few]))] as never)
      .where({ 'followed.follower_id': viewerId, 'followed.state': 'accepted' })
      .modify(fromWantedAtHome(viewerId, 'followed.target_id'))
      .select('followed.target_id', 'followed.languages', 'newest.id');

  /**
   * The part of a page of `candidates (id, goes_on)`, newest first, that the viewer may see, and where the next one begins. First the
   * candidates, in the order of an index; then, one by one, what has to hold of each, until the page is full: left to itself,
   * PostgreSQL asks that of all there are. Where too few pass, the page ends early, and the next goes on exactly there.
   */
  async function part(
    candidates: Knex.Raw | Knex.QueryBuilder,
    limit: number,
    narrow: (query: Knex.QueryBuilder) => void,
  ): Promise<FeedIds> {
    const shown = db
      .from('candidates')
      .join('videos', 'videos.id', 'candidates.id')
      .modify(narrow)
      .orderBy('candidates.id', 'desc')
      .limit(limit)
      .select('candidates.id');
    const { rows } = await db.raw<{ rows: { ids: VideoId[]; lowest: VideoId | null; more: boolean }[] }>(
      `with candidates as materialized (?)
       select array(?)::text[] as ids, (select min(id) from candidates) as lowest,
              coalesce((select bool_or(goes_on) from candidates), false) as more`,
      [candidates, shown] as never,
    );
    const { ids = [], lowest = null, more = false } = rows[0] ?? {};
    if (ids.length === limit) return { ids, last: ids.at(-1) ?? null };
    return { ids, last: more ? lowest : null };
  }

  /** The newest public videos that the viewer has not seen and may want to, as candidates. */
  const unseen = (viewerId: AccountId | null, without: readonly VideoId[], { before, limit }: Below) => {
    const newest = db('videos')
      .where({ 'videos.state': 'published', 'videos.visibility': 'public' })
      .modify(leftFor(viewerId))
      .modify((query) => {
        if (before !== null) query.where('videos.id', '<', before);
      })
      .whereRaw('videos.id <> all (?::bigint[])', [[...without]])
      .orderBy('videos.id', 'desc')
      .limit(limit)
      .select('videos.id');
    return db
      .from(newest.as('newest'))
      .select('newest.id', db.raw('count(*) over () = ? as goes_on', [limit]));
  };

  return {
    /** Public videos, of this server or of all that it knows. */
    openIds: (
      viewerId: AccountId | null,
      { before, limit }: Below,
      scope: 'local' | 'all',
    ): Promise<FeedIds> => {
      const newest = db('videos')
        .where({ 'videos.state': 'published', 'videos.visibility': 'public' })
        .modify((query) => {
          if (scope === 'local') query.whereRaw('videos.local');
          if (before !== null) query.where('videos.id', '<', before);
        })
        .orderBy('videos.id', 'desc')
        .limit(feedLimits.candidates)
        .select('videos.id');
      const candidates = db
        .from(newest.as('newest'))
        .select('newest.id', db.raw('count(*) over () = ? as goes_on', [feedLimits.candidates]));
      return part(candidates, limit, (query) =>
        query
          .modify(visibleTo(viewerId, unlisted))
          .modify(notSilencedFor(viewerId))
          .modify(notMutedBy(viewerId))
          .modify(notUnwantedBy(viewerId)),
      );
    },

    /**
     * Videos of those the viewer follows, as she wants them at home. Of each it looks for the newest, and only for as many accounts as can
     * have a place on the page for a few more: the more accounts, the fewer. Where those of somebody end, older ones may follow, so that
     * the page goes no further down; nor below the newest of the first account that was left out.
     */
    followedIds: (viewerId: AccountId, { before, limit }: Below): Promise<FeedIds> => {
      const { followedAtOnce, fewestOfFollowed, candidates: most } = feedLimits;
      const candidates = db.raw(
        `with heads as materialized (
           select target_id, languages, id, row_number() over (order by id desc) as rank
             from (:newest) as newest order by id desc limit :most::bigint + 1),
         portion as (
           select greatest(:fewest::bigint, least(2 * :limit::bigint, :atOnce::bigint / greatest(count(*), 1))) as few
             from heads),
         of_each as materialized (
           select newest.id, row_number() over (partition by followed.target_id order by newest.id desc) as place
             from heads as followed cross join lateral (:fewOf) as newest
            where followed.rank <= :most),
         floor as (
           select greatest((select max(of_each.id) from of_each, portion where place >= few),
                           (select id from heads where rank > :most)) as id)
         select of_each.id, floor.id is not null or count(*) over () > :most as goes_on
           from of_each, floor where floor.id is null or of_each.id >= floor.id
          order by of_each.id desc limit :most`,
        {
          ...{ fewest: fewestOfFollowed, atOnce: followedAtOnce, limit, most },
          newest: newestOfEach(viewerId, before, 1),
          fewOf: fewOf(before, db.raw('(select few from portion)')),
        } as never,
      );
      return part(candidates, limit, visibleTo(viewerId, unlisted));
    },

    /** The newest few of each whom the viewer follows, as far as they may be recommended. */
    followedUnseen: (viewerId: AccountId, limit: number): Promise<VideoId[]> =>
      db
        .from(
          db.raw('? as newest', [
            newestOfEach(viewerId, null, feedLimits.newestOfFollowed)
              .modify(notSeenBy(viewerId, 'newest.id'))
              .modify(notUnwantedBy(viewerId, 'newest.id'))
              .orderBy('newest.id', 'desc')
              .limit(3 * limit),
          ] as never),
        )
        .join('videos', 'videos.id', 'newest.id')
        .modify(showable(viewerId))
        .orderBy('newest.id', 'desc')
        .limit(limit)
        .pluck('newest.id'),

    /**
     * The newest public videos that may be recommended, without some. What takes no look at their authors is left out first, and it goes
     * on below whatever else may not be shown: somebody who posts a lot and is silenced must not hide all others.
     */
    async newestUnseen(
      viewerId: AccountId | null,
      without: readonly VideoId[],
      limit: number,
    ): Promise<VideoId[]> {
      const ids: VideoId[] = [];
      let before: VideoId | null = null;
      for (let round = 0; round < feedLimits.rounds && ids.length < limit; round += 1) {
        const found = await part(
          unseen(viewerId, without, { before, limit: 3 * limit }),
          limit - ids.length,
          (query) => query.modify(showable(viewerId)).modify(notSilencedFor(viewerId)),
        );
        ids.push(...found.ids);
        before = found.last;
        if (before === null) break;
      }
      return ids;
    },

    /** Those of these that may be recommended now, in the order in which they are given. */
    async recommendableAmong(viewerId: AccountId | null, ids: readonly VideoId[]): Promise<Recommendable[]> {
      if (ids.length === 0) return [];
      const rows = await (viewerId === null ? openAmong([ids]) : recommendable([ids, viewerId]));
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
  };
}
