import type { Knex } from 'knex';
import { feedLimits } from '../../../config/feed-limits.ts';
import type { Db } from '../../db/database.ts';
import { notMutedBy, notSeenBy, notUnwantedBy, wantedAtHome } from '../../db/feed.ts';
import { notSilencedFor, type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';

/** The part of a feed that comes next: those older than a place in it. */
export interface Below {
  readonly before: string | null;
  readonly limit: number;
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
  const below =
    ({ before, limit }: Below) =>
    (query: Knex.QueryBuilder): void => {
      query.orderBy('videos.id', 'desc').limit(limit);
      if (before !== null) query.where('videos.id', '<', before);
    };

  /** What somebody who is shown things unasked may be shown: nothing seen, unwanted, muted, of herself, or meant for a few by name. */
  const recommendable =
    (viewerId: AccountId | null) =>
    (query: Knex.QueryBuilder): void => {
      query
        .modify(visibleTo(viewerId, unlisted))
        .whereNot('videos.visibility', 'direct')
        .modify(notMutedBy(viewerId))
        .modify(notSeenBy(viewerId))
        .modify(notUnwantedBy(viewerId));
      if (viewerId !== null) query.whereNot('videos.account_id', viewerId);
    };

  /**
   * The newest of each followed account, and of those the newest: an index gives each few in their order, so that this grows with the
   * number of followed accounts and with nothing else.
   */
  const ofFollowed = (viewerId: AccountId, each: Knex.QueryBuilder, limit: number): Promise<VideoId[]> =>
    db('follows as followed')
      .joinRaw('cross join lateral (?) as newest', [
        each.whereRaw('videos.account_id = followed.target_id').select('videos.id') as never,
      ])
      .where({ 'followed.follower_id': viewerId, 'followed.state': 'accepted' })
      .orderBy('newest.id', 'desc')
      .limit(limit)
      .pluck('newest.id');

  return {
    /** Public videos, of this server or of all that it knows. */
    openIds: (viewerId: AccountId | null, page: Below, scope: 'local' | 'all'): Promise<VideoId[]> =>
      db('videos')
        .where('videos.visibility', 'public')
        .modify(visibleTo(viewerId, unlisted))
        .modify(notSilencedFor(viewerId))
        .modify(notMutedBy(viewerId))
        .modify(notUnwantedBy(viewerId))
        .modify((query) => {
          if (scope === 'local') query.where('videos.local', true);
        })
        .modify(below(page))
        .pluck('videos.id'),

    /** Videos of those the viewer follows, as she wants them at home. */
    followedIds: (viewerId: AccountId, page: Below): Promise<VideoId[]> =>
      ofFollowed(
        viewerId,
        db('videos').modify(visibleTo(viewerId, unlisted)).modify(wantedAtHome(viewerId)).modify(below(page)),
        page.limit,
      ),

    /** The same, as far as it may be recommended, without some. */
    followedUnseen: (viewerId: AccountId, without: readonly VideoId[], limit: number): Promise<VideoId[]> =>
      ofFollowed(
        viewerId,
        db('videos')
          .modify(recommendable(viewerId))
          .modify(wantedAtHome(viewerId))
          .whereRaw('videos.id <> all (?::bigint[])', [[...without]])
          .modify(below({ before: null, limit: Math.min(limit, feedLimits.perFollowed) })),
        limit,
      ),

    /** The newest public videos that may be recommended, without some. */
    newestUnseen: (
      viewerId: AccountId | null,
      without: readonly VideoId[],
      limit: number,
    ): Promise<VideoId[]> =>
      db('videos')
        .where('videos.visibility', 'public')
        .modify(recommendable(viewerId))
        .modify(notSilencedFor(viewerId))
        .whereRaw('videos.id <> all (?::bigint[])', [[...without]])
        .modify(below({ before: null, limit }))
        .pluck('videos.id'),

    /** Those of these that may be recommended now, in the order in which they are given. */
    async recommendableAmong(viewerId: AccountId | null, ids: readonly VideoId[]): Promise<Recommendable[]> {
      if (ids.length === 0) return [];
      const rows: Recommendable[] = await db('videos')
        .whereIn('videos.id', [...ids])
        .modify(recommendable(viewerId))
        .select(
          ...['videos.id as id', 'videos.account_id as accountId', 'content_warning as contentWarning'],
          ...['caption_html as captionHtml', 'alt_text as altText'],
        );
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
  };
}
