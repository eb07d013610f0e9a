import { remoteViewLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Day } from '../../lib/days.ts';
import type { AccountId, CommentId, IdSource, LikeId, ShareId, VideoId } from '../../lib/ids.ts';
import type { Account } from '../accounts/index.ts';
import type { Urls } from '../instances/index.ts';
import type { RemixKind } from '../videos/index.ts';
import {
  allowQuote,
  countRemoteView,
  dislike,
  dropEngagementOf,
  type Likeable,
  like,
  type Shareable,
  share,
  undislike,
  unlike,
  unshare,
} from './commands.ts';
import { engagementEvents } from './events.ts';
import { bookmark, keptQueries, muteThread, ownReactions, unbookmark } from './kept.ts';
import { shareOutward } from './outward.ts';
import { type StatisticsOf, statisticsOf, totalsOf } from './statistics.ts';
import { statsOf } from './stats.ts';
import { type ReactionPair, reactionUris } from './uris.ts';

export type { Likeable, Shareable } from './commands.ts';
export { engagementEvents } from './events.ts';
export type { OwnReactions, Share } from './kept.ts';
export { type Figures, NO_FIGURES } from './statistics.ts';
export { addToStats, COUNTS_CHANGED } from './stats.ts';

export type Engagement = ReturnType<typeof createEngagement>;

/** Where a reaction lies that is known by the id of its activity. */
export type Reaction =
  | { readonly kind: 'like'; readonly target: Likeable }
  | { readonly kind: 'dislike' | 'share'; readonly target: { readonly videoId: VideoId } };

/** What people do with a video or a comment: like it, share it, and how often that was done. */
export function createEngagement(base: {
  db: Db;
  ids: IdSource;
  urls: Urls;
  unlistedDomains: UnlistedDomains;
}) {
  const { db } = base;
  const deps = { ...base, emit: emitter(engagementEvents, base.ids) };

  /** Actor ids of those who did it, newest first, paged by row id. */
  const people = async <I extends LikeId | ShareId>(
    table: 'likes' | 'shares',
    where: Record<string, string>,
    before: I | null,
    limit: number,
  ) => {
    const query = db(table)
      .join('accounts', 'accounts.id', `${table}.account_id`)
      .where(where)
      .where('accounts.state', 'active')
      .orderBy(`${table}.id`, 'desc')
      .limit(limit)
      .select<{ id: I; accountId: AccountId; actorUri: string; uri: string }[]>(
        `${table}.id as id`,
        'accounts.id as accountId',
        'accounts.actor_uri as actorUri',
        `${table}.uri as uri`,
      );
    return before === null ? query : query.where(`${table}.id`, '<', before);
  };

  return {
    ...keptQueries(db, base.unlistedDomains),
    like: (tx: Tx, account: Account, target: Likeable, from?: Parameters<typeof like>[4]) =>
      like(deps, tx, account, target, from),
    unlike: (tx: Tx, account: Account, target: Likeable, uri?: string) =>
      unlike(deps, tx, account, target, uri),
    dislike: (tx: Tx, account: Account, videoId: VideoId, uri: string) =>
      dislike(deps, tx, account, videoId, uri),
    undislike,
    share: (tx: Tx, account: Account, video: Shareable, uri?: string) => share(deps, tx, account, video, uri),
    unshare: (tx: Tx, account: Account, videoId: VideoId, uri?: string) =>
      unshare(deps, tx, account, videoId, uri),
    shareOutward,
    totalsOf: (of: StatisticsOf) => totalsOf(db, of),
    statisticsOf: (of: StatisticsOf, days: readonly Day[]) => statisticsOf(db, of, days),
    countRemoteView,
    allowQuote: (
      tx: Tx,
      account: Pick<Account, 'id'>,
      videoId: VideoId,
      instrumentUri: string,
      kind: RemixKind | null,
    ) => allowQuote(deps, tx, account, videoId, instrumentUri, kind),
    dropSomeOf: dropEngagementOf,

    /** Forgets views told of long ago. */
    sweepRemoteViews: (signal?: AbortSignal): Promise<number> => {
      const old = { condition: 'day < current_date - ?::integer', bindings: [remoteViewLimits.keptDays] };
      return deleteInBatches(db, 'remote_views', old, signal);
    },

    /** What a stamp allows: which post may quote which video. */
    async quoteAuthorization(id: string): Promise<{ videoId: VideoId; instrumentUri: string } | null> {
      const row = await db('quote_authorizations').where({ id }).first('video_id', 'instrument_uri');
      return row ? { videoId: row.video_id, instrumentUri: row.instrument_uri } : null;
    },

    /** Likes, comments and shares of each of these videos. */
    statsOf: (videoIds: readonly VideoId[]) => statsOf(db, videoIds),

    /** What an account did with these posts, and whether it mutes these threads, named by their videos. */
    reactionsOf: (
      accountId: AccountId,
      postIds: readonly (VideoId | CommentId)[],
      threadIds: readonly VideoId[],
    ) => ownReactions(db, accountId, postIds, threadIds),
    bookmark: (tx: Tx, accountId: AccountId, target: Likeable) => bookmark(base.ids, tx, accountId, target),
    unbookmark,
    muteThread,

    likersOf: (target: Likeable, before: LikeId | null, limit: number) =>
      people(
        'likes',
        'videoId' in target ? { 'likes.video_id': target.videoId } : { 'likes.comment_id': target.commentId },
        before,
        limit,
      ),
    sharersOf: (videoId: VideoId, before: ShareId | null, limit: number) =>
      people('shares', { 'shares.video_id': videoId }, before, limit),

    /** The ids of the Likes or Announces by which accounts did something with posts; see `reactionUris`. */
    urisOf: (table: 'likes' | 'shares', pairs: readonly ReactionPair[]) => reactionUris(db, table, pairs),

    /** What of an account the id of a Like, Dislike or Announce stands for, or null. */
    async reactionByUri(accountId: AccountId, uri: string): Promise<Reaction | null> {
      const where = { account_id: accountId, uri };
      const liked = await db('likes').where(where).first('video_id', 'comment_id');
      if (liked) {
        const { video_id, comment_id } = liked;
        return {
          kind: 'like',
          target: video_id === null ? { commentId: comment_id } : { videoId: video_id },
        };
      }
      const shared = await db('shares').where(where).first('video_id');
      if (shared) return { kind: 'share', target: { videoId: shared.video_id } };
      const disliked = await db('dislikes').where(where).first('video_id');
      return disliked ? { kind: 'dislike', target: { videoId: disliked.video_id } } : null;
    },
  };
}
