import { liveLimits } from '../../../config/live-limits.ts';
import type { Db } from '../../db/database.ts';
import { notMutedBy, passedOnAtHome, wantedAtHome } from '../../db/feed.ts';
import {
  byShownAuthor,
  commentVisibleTo,
  notSilencedFor,
  shareVisibleTo,
  type UnlistedDomains,
  visibleTo,
} from '../../db/visibility.ts';
import type { AccountId, CommentId, ListId, ShareId, VideoId } from '../../lib/ids.ts';

export { createAnnouncer, hearAnnouncements } from './announcer.ts';

export type Streaming = ReturnType<typeof createStreaming>;

/** In which of her timelines somebody sees a video at this moment. */
export interface Place {
  readonly viewerId: AccountId;
  readonly home: boolean;
  readonly public: boolean;
  /** Lists of the viewer that its author is in. */
  readonly listIds: readonly ListId[];
}

/** That somebody passed a video on, as it is told. */
export interface ToldShare {
  readonly id: ShareId;
  readonly uri: string;
  readonly createdAt: Date;
}

/** What is told on open connections, and to whom. */
export function createStreaming({ db, unlistedDomains }: { db: Db; unlistedDomains: UnlistedDomains }) {
  const viewer = db.raw('viewer.id');
  const viewers = (ids: readonly AccountId[]) =>
    db.from(db.raw('unnest(?::bigint[]) as viewer (id)', [[...ids]]));
  const isNews = (column: string) => db.raw(`?? > now() - ? * interval '1 ms'`, [column, liveLimits.newsMs]);
  /** The accepted follow of an account by the viewer. */
  const followOf = (column: string) =>
    db('follows')
      .select('follows.id')
      .whereRaw('follows.follower_id = viewer.id and follows.target_id = ??', [column])
      .where('follows.state', 'accepted');
  const taggedAtHome = db('video_tags')
    .select('video_tags.tag')
    .join('tag_follows', 'tag_follows.tag', 'video_tags.tag')
    .whereRaw('video_tags.video_id = videos.id and tag_follows.account_id = viewer.id');
  return {
    /** Where each of these viewers sees a video; those who may not see it are left out (security.md P1). */
    async placesOf(videoId: VideoId, viewerIds: readonly AccountId[]): Promise<Place[]> {
      const one = db.select(db.raw('1'));
      const home = one
        .clone()
        .modify(wantedAtHome(viewer))
        .where((mine) =>
          mine
            .whereRaw('videos.account_id = viewer.id')
            .orWhereExists(followOf('videos.account_id'))
            .orWhere((tagged) =>
              tagged
                .where('videos.visibility', 'public')
                .whereExists(taggedAtHome)
                .modify(notSilencedFor(viewer)),
            ),
        );
      const open = one
        .clone()
        .where('videos.visibility', 'public')
        .modify(notSilencedFor(viewer))
        .modify(notMutedBy(viewer));
      return viewers(viewerIds)
        .joinRaw('join videos on videos.id = ?', [videoId])
        .modify(visibleTo(viewer, unlistedDomains))
        .select(
          db.raw('viewer.id as "viewerId"'),
          db.raw('exists (?) as home', [home]),
          db.raw('exists (?) as public', [open]),
          db.raw(
            `array(select lists.id from lists join list_accounts on list_accounts.list_id = lists.id
                    where lists.account_id = viewer.id and list_accounts.account_id = videos.account_id)
             as "listIds"`,
          ),
        );
    },

    /** What streams go by; null where it is not there, or was published too long ago to be told as new. */
    async factsOf(
      videoId: VideoId,
      isNew: boolean,
    ): Promise<{ readonly local: boolean; readonly tags: readonly string[] } | null> {
      const query = db('videos')
        .where({ id: videoId, state: 'published' })
        .first(
          'local',
          db.raw('array(select tag from video_tags where video_tags.video_id = videos.id) as tags'),
        );
      if (isNew) query.where(isNews('published_at'));
      return (await query) ?? null;
    },

    /** That this account passed this video on; null where it took that back, or it is too long ago to be told as new. */
    async shareOf(accountId: AccountId, videoId: VideoId): Promise<ToldShare | null> {
      const row = await db('shares')
        .where({ account_id: accountId, video_id: videoId })
        .where(isNews('created_at'))
        .first('id', 'uri', 'created_at as createdAt');
      return row ?? null;
    },

    /**
     * Who of these finds a share at home: each video once, by whoever passed it on first, and not those of people whose
     * videos the viewer is shown anyway.
     */
    async homesOfShare(shareId: ShareId, viewerIds: readonly AccountId[]): Promise<Set<AccountId>> {
      const earlier = db('shares as earlier_shares')
        .select('earlier_shares.id')
        .whereRaw('earlier_shares.video_id = shares.video_id and earlier_shares.id < shares.id')
        .modify(byShownAuthor('earlier_shares', viewer, unlistedDomains))
        .modify(passedOnAtHome(viewer, 'earlier_shares'));
      const ids: AccountId[] = await viewers(viewerIds)
        .joinRaw('join shares on shares.id = ?', [shareId])
        .join('videos', 'videos.id', 'shares.video_id')
        .modify(shareVisibleTo(viewer, unlistedDomains))
        .modify(passedOnAtHome(viewer, 'shares'))
        .modify(notMutedBy(viewer))
        .whereRaw('videos.account_id <> viewer.id')
        .whereNotExists(followOf('videos.account_id'))
        .whereNotExists(earlier)
        .pluck('viewer.id');
      return new Set(ids);
    },

    /**
     * Who of these is told of a comment at home: its author, and followers of the author who follow the one it answers,
     * or are that one, or where authors answer themselves.
     */
    async homesOfComment(
      commentId: CommentId,
      viewerIds: readonly AccountId[],
      isNew: boolean,
    ): Promise<Set<AccountId>> {
      const query = viewers(viewerIds)
        .joinRaw('join comments on comments.id = ?', [commentId])
        .join('videos', 'videos.id', 'comments.video_id')
        .leftJoin('comments as parents', 'parents.id', 'comments.parent_id')
        .modify(commentVisibleTo(viewer, unlistedDomains))
        .modify(wantedAtHome(viewer, 'comments.account_id'))
        .modify(notMutedBy(viewer))
        .modify(notMutedBy(viewer, 'parents.account_id'))
        .where((mine) =>
          mine
            .whereRaw('comments.account_id = viewer.id')
            .orWhere((followed) =>
              followed
                .whereExists(followOf('comments.account_id'))
                .where((answered) =>
                  answered
                    .whereRaw(
                      'coalesce(parents.account_id, videos.account_id) in (viewer.id, comments.account_id)',
                    )
                    .orWhereExists(followOf('videos.account_id').whereRaw('parents.id is null'))
                    .orWhereExists(followOf('parents.account_id')),
                ),
            ),
        );
      if (isNew) query.where(isNews('comments.published_at'));
      const ids: AccountId[] = await query.pluck('viewer.id');
      return new Set(ids);
    },

    /** Who of these may see a comment, and with it the video it stands below. */
    async readersOfComment(commentId: CommentId, viewerIds: readonly AccountId[]): Promise<Set<AccountId>> {
      const ids: AccountId[] = await viewers(viewerIds)
        .joinRaw('join comments on comments.id = ?', [commentId])
        .join('videos', 'videos.id', 'comments.video_id')
        .modify(commentVisibleTo(viewer, unlistedDomains))
        .pluck('viewer.id');
      return new Set(ids);
    },

    /** Who of these follows an account, or is it: those who had its posts at home. */
    async followersAmong(accountId: AccountId, viewerIds: readonly AccountId[]): Promise<Set<AccountId>> {
      const ids: AccountId[] = await db('follows')
        .whereRaw('follower_id = any(?)', [[...viewerIds]])
        .where({ target_id: accountId, state: 'accepted' })
        .pluck('follower_id');
      return new Set(viewerIds.includes(accountId) ? [accountId, ...ids] : ids);
    },

    /** Whether a list is the viewer's own. */
    async ownsList(listId: ListId, viewerId: AccountId): Promise<boolean> {
      const row = await db('lists').where({ id: listId, account_id: viewerId }).first('id');
      return row !== undefined;
    },
  };
}
