import type { Knex } from 'knex';
import type { Db, Tx } from '../../db/database.ts';
import { notMutedBy, passedOnAtHome } from '../../db/feed.ts';
import { within } from '../../db/paging.ts';
import {
  accountVisibleTo,
  byShownAuthor,
  commentVisibleTo,
  shareVisibleTo,
  type UnlistedDomains,
  visibleTo,
} from '../../db/visibility.ts';
import type { AccountId, CommentId, FolderId, IdSource, ShareId, VideoId } from '../../lib/ids.ts';
import { merged, type Page } from '../../lib/paging.ts';
import { tellSignals } from '../signals/index.ts';
import type { Likeable } from './commands.ts';
import { addToStats } from './stats.ts';

/** What people keep of posts for themselves, and the lists of it. */

/** A row of a list about posts: its own id, by which the list is paged, and the post. */
export type KeptPost = { readonly id: string } & Likeable;

/** That somebody passed a video on. */
export interface Share {
  readonly id: ShareId;
  readonly accountId: AccountId;
  readonly videoId: VideoId;
  readonly uri: string;
  readonly createdAt: Date;
}

const columnsOf = (target: Likeable) =>
  'videoId' in target ? { video_id: target.videoId } : { comment_id: target.commentId };

/** Keeps a post on the account's list, once. Callers have made sure that it may see it. */
export async function bookmark(ids: IdSource, tx: Tx, accountId: AccountId, target: Likeable): Promise<void> {
  const rows = await tx('bookmarks')
    .insert({
      ...{ id: ids.next(), account_id: accountId, ...columnsOf(target) },
      folder_id: usualFolder(tx, accountId),
    })
    .onConflict(['account_id', 'videoId' in target ? 'video_id' : 'comment_id'])
    .ignore()
    .returning('id');
  if (rows.length > 0) await afterSaving(tx, accountId, target, true);
}

const usualFolder = (tx: Tx, accountId: AccountId) =>
  tx('save_folders').where({ account_id: accountId, is_default: true }).select('id');

/** Counts that a video was saved, or is no more. */
async function afterSaving(tx: Tx, accountId: AccountId, target: Likeable, on: boolean): Promise<void> {
  if (!('videoId' in target)) return;
  const { videoId } = target;
  await addToStats(tx, videoId, { saves: on ? 1 : -1 });
  await tellSignals(tx, [{ kind: 'save', actorId: accountId, videoId, on }]);
}

/** Saves a post no more, whichever folder it is in; not saved, nothing happens. */
export async function unbookmark(tx: Tx, accountId: AccountId, target: Likeable): Promise<void> {
  const removed = await tx('bookmarks')
    .where({ account_id: accountId, ...columnsOf(target) })
    .delete();
  if (removed > 0) await afterSaving(tx, accountId, target, false);
}

/** The account is told no more of what is said below this video, or is again. */
export async function muteThread(
  tx: Tx,
  input: { readonly accountId: AccountId; readonly videoId: VideoId; readonly muted: boolean },
): Promise<void> {
  const pair = { account_id: input.accountId, video_id: input.videoId };
  if (input.muted) await tx('thread_mutes').insert(pair).onConflict(['account_id', 'video_id']).ignore();
  else await tx('thread_mutes').where(pair).delete();
}

interface Row {
  readonly id: string;
  readonly post: string;
}

/** Reads of such lists; each passes the visibility predicates. */
export function keptQueries(db: Db, unlisted: UnlistedDomains) {
  async function posts(
    table: 'likes' | 'bookmarks',
    accountId: AccountId,
    page: Page,
    narrow: (query: Knex.QueryBuilder) => void = () => undefined,
  ): Promise<KeptPost[]> {
    const rows = (column: 'video_id' | 'comment_id') =>
      db(table)
        .where(`${table}.account_id`, accountId)
        .modify(narrow)
        .modify(within(page, `${table}.id`))
        .select(`${table}.id as id`, `${table}.${column} as post`);
    const [videos, comments]: Row[][] = await Promise.all([
      rows('video_id')
        .join('videos', 'videos.id', `${table}.video_id`)
        .modify(visibleTo(accountId, unlisted)),
      rows('comment_id')
        .join('comments', 'comments.id', `${table}.comment_id`)
        .join('videos', 'videos.id', 'comments.video_id')
        .modify(commentVisibleTo(accountId, unlisted)),
    ]);
    return merged<KeptPost>(page, [
      (videos ?? []).map(({ id, post }) => ({ id, videoId: post as VideoId })),
      (comments ?? []).map(({ id, post }) => ({ id, commentId: post as CommentId })),
    ]);
  }

  const shares = (viewerId: AccountId | null, among: Knex.Raw | 'shares' = 'shares') =>
    db
      .from(among)
      .join('videos', 'videos.id', 'shares.video_id')
      .modify(shareVisibleTo(viewerId, unlisted))
      .select<Share[]>(
        ...['shares.id as id', 'shares.account_id as accountId', 'shares.video_id as videoId'],
        ...['shares.uri as uri', 'shares.created_at as createdAt'],
      );

  const people = (table: 'likes' | 'shares', viewerId: AccountId | null, page: Page) =>
    db(table)
      .join('accounts', 'accounts.id', `${table}.account_id`)
      .modify(accountVisibleTo(viewerId, unlisted))
      .modify(within(page, `${table}.id`))
      .select<{ id: string; accountId: AccountId }[]>(`${table}.id as id`, 'accounts.id as accountId');

  return {
    /** What an account keeps on its list, as it may see it, newest first; of one folder, or of what is in none (null). */
    bookmarksOf: (accountId: AccountId, page: Page, folderId?: FolderId | null) =>
      posts('bookmarks', accountId, page, (query) => {
        if (folderId !== undefined) query.where('bookmarks.folder_id', folderId);
      }),
    /** What an account likes, as it may see it, newest first. */
    favouritesOf: (accountId: AccountId, page: Page) => posts('likes', accountId, page),

    /** The public videos that an account likes, as somebody else may see them, newest first. */
    shownLikesOf: (
      accountId: AccountId,
      viewerId: AccountId | null,
      page: Page,
    ): Promise<{ readonly id: string; readonly videoId: VideoId }[]> =>
      db('likes')
        .join('videos', 'videos.id', 'likes.video_id')
        .where({ 'likes.account_id': accountId, 'videos.visibility': 'public' })
        .modify(visibleTo(viewerId, unlisted))
        .modify(within(page, 'likes.id'))
        .select('likes.id as id', 'likes.video_id as videoId'),

    /** Who likes a post, as the viewer may see them, newest first; paged by the ids of the likes. */
    likedBy: (target: Likeable, viewerId: AccountId | null, page: Page) =>
      'videoId' in target
        ? people('likes', viewerId, page).where('likes.video_id', target.videoId)
        : people('likes', viewerId, page).where('likes.comment_id', target.commentId),
    /** Who passed a video on; see `likedBy`. */
    sharedBy: (videoId: VideoId, viewerId: AccountId | null, page: Page) =>
      people('shares', viewerId, page).where('shares.video_id', videoId),

    /** One share as the viewer may see it, or null. */
    async shareFor(id: string, viewerId: AccountId | null): Promise<Share | null> {
      return (await shares(viewerId).where('shares.id', id).first()) ?? null;
    },
    /** That the account itself passed this video on, or null where it did not. */
    async shareOf(accountId: AccountId, videoId: VideoId): Promise<Share | null> {
      const own = shares(accountId).where({ 'shares.account_id': accountId, 'shares.video_id': videoId });
      return (await own.first()) ?? null;
    },
    /** What an account passed on, as the viewer may see it. */
    sharesOf: (accountId: AccountId, viewerId: AccountId | null, page: Page): Promise<Share[]> =>
      shares(viewerId).where('shares.account_id', accountId).modify(within(page, 'shares.id')),

    /**
     * What those the viewer follows passed on, where she wants that of them: each video once, by whoever did first, none
     * of those whose videos the viewer is shown anyway, and none of authors whom she has muted.
     */
    sharesOfFollowed: (viewerId: AccountId, page: Page): Promise<Share[]> => {
      const followed = db('follows').where({ follower_id: viewerId, state: 'accepted' }).select('target_id');
      const earlier = db('shares as earlier_shares')
        .whereRaw('earlier_shares.video_id = shares.video_id and earlier_shares.id < shares.id')
        .modify(byShownAuthor('earlier_shares', viewerId, unlisted))
        .modify(passedOnAtHome(viewerId, 'earlier_shares'))
        .select('earlier_shares.id');
      const theirs = db('shares')
        .whereRaw('shares.account_id = any (array(?))', [followed])
        .modify(within(page, 'shares.id'))
        .clear('limit');
      // Behind a fence, as PostgreSQL takes it (`offset 0`): these few first, in their order, then what has to hold of each,
      // until the page is full. Left to itself it expects one row in the end, and walks through all shares there are.
      return shares(viewerId, db.raw('(? offset 0) as shares', [theirs]))
        .modify(passedOnAtHome(viewerId, 'shares'))
        .modify(notMutedBy(viewerId))
        .whereNot('videos.account_id', viewerId)
        .whereNotIn('videos.account_id', followed)
        .whereNotExists(earlier)
        .modify(within(page, 'shares.id'));
    },
  };
}

/** What an account did with each of these posts, or with the threads of these videos. */
export interface OwnReactions {
  readonly liked: ReadonlySet<string>;
  readonly shared: ReadonlySet<string>;
  readonly bookmarked: ReadonlySet<string>;
  readonly muted: ReadonlySet<string>;
}

/** One question for all of it. */
export async function ownReactions(
  db: Db,
  accountId: AccountId,
  postIds: readonly (VideoId | CommentId)[],
  threadIds: readonly VideoId[],
): Promise<OwnReactions> {
  const { rows } = await db.raw<{ rows: { what: keyof OwnReactions; id: string }[] }>(
    `select 'liked' as what, video_id as id from likes where account_id = :me and video_id = any(:posts)
     union all select 'liked', comment_id from likes where account_id = :me and comment_id = any(:posts)
     union all select 'shared', video_id from shares where account_id = :me and video_id = any(:posts)
     union all select 'bookmarked', video_id from bookmarks where account_id = :me and video_id = any(:posts)
     union all select 'bookmarked', comment_id from bookmarks where account_id = :me and comment_id = any(:posts)
     union all select 'muted', video_id from thread_mutes where account_id = :me and video_id = any(:threads)`,
    { me: accountId, posts: [...postIds], threads: [...threadIds] },
  );
  const of = (what: keyof OwnReactions) =>
    new Set(rows.filter((row) => row.what === what).map(({ id }) => id));
  return { liked: of('liked'), shared: of('shared'), bookmarked: of('bookmarked'), muted: of('muted') };
}
