import { remoteViewLimits } from '../../../config/limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import { isUndone, rememberUndone } from '../../db/undone.ts';
import type { AccountId, CommentId, IdSource, LikeId, ShareId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import type { Urls } from '../instances/index.ts';
import { tellSignals } from '../signals/index.ts';
import type { RemixKind, Video } from '../videos/index.ts';
import type { engagementEvents } from './events.ts';
import { addToStats } from './stats.ts';

export interface EngagementDeps {
  readonly ids: IdSource;
  readonly urls: Urls;
  readonly emit: Emit<typeof engagementEvents>;
}

/** What can be liked. */
export type Likeable = { readonly videoId: VideoId } | { readonly commentId: CommentId };

interface LikeRow {
  readonly id: LikeId;
  readonly account_id: AccountId;
  readonly video_id: VideoId | null;
  readonly comment_id: CommentId | null;
  readonly uri: string;
}

/** `known`: it was so before. `undone`: taken back before it came. `blocked`: its author blocks the account. */
type Refusal = 'known' | 'undone' | 'blocked';

function columnsOf(target: Likeable) {
  return 'videoId' in target
    ? { video_id: target.videoId, comment_id: null }
    : { video_id: null, comment_id: target.commentId };
}

/**
 * Records that an account likes a video or a comment, once. Callers have made sure that it may see it. `uri`
 * is the id of a Like from elsewhere, `emoji` a reaction that came as one.
 */
export async function like(
  deps: EngagementDeps,
  tx: Tx,
  account: Account,
  target: Likeable,
  from: { readonly uri: string; readonly emoji?: string | null } | null = null,
): Promise<Result<object, Refusal>> {
  if (from && (await isUndone(tx, account.actorUri, from.uri))) return fail('undone', 'It was taken back.');
  if (await isBlockedByAuthor(tx, account.id, target)) return fail('blocked', 'You cannot like this.');
  const id = deps.ids.next<'like'>();
  const [row] = await tx('likes')
    .insert({
      ...{ id, account_id: account.id, ...columnsOf(target) },
      ...{ uri: from?.uri ?? deps.urls.like(id), emoji: from?.emoji ?? null },
    })
    .onConflict(['account_id', 'videoId' in target ? 'video_id' : 'comment_id'])
    .ignore()
    .returning<LikeRow[]>('*');
  if (!row) return fail('known', 'You like this already.');
  await countLike(tx, row, 1);
  await deps.emit(tx, 'like.added', likeEvent(row));
  return ok();
}

/**
 * Takes a like back, whatever id it has: some servers make a new one for the undoing. False when there was
 * none; then the Like `uri`, if given, is remembered, and does nothing should it still come.
 */
export async function unlike(
  deps: EngagementDeps,
  tx: Tx,
  account: Account,
  target: Likeable,
  uri?: string,
): Promise<boolean> {
  const rows = await tx('likes')
    .where({ account_id: account.id })
    .where('videoId' in target ? { video_id: target.videoId } : { comment_id: target.commentId })
    .delete()
    .returning<LikeRow[]>('*');
  for (const row of rows) await afterUnlike(deps, tx, row);
  if (rows.length === 0 && uri !== undefined) await rememberUndone(tx, account.actorUri, uri);
  return rows.length > 0;
}

async function afterUnlike(deps: EngagementDeps, tx: Tx, row: LikeRow): Promise<void> {
  await countLike(tx, row, -1);
  await deps.emit(tx, 'like.removed', likeEvent(row));
}

async function countLike(tx: Tx, row: LikeRow, change: 1 | -1): Promise<void> {
  if (row.video_id !== null) await addToStats(tx, row.video_id, { likes: change });
  else await tx('comments').where({ id: row.comment_id }).increment('likes', change);
}

function likeEvent(row: LikeRow) {
  return { accountId: row.account_id, videoId: row.video_id, commentId: row.comment_id, uri: row.uri };
}

async function isBlockedByAuthor(tx: Tx, accountId: AccountId, target: Likeable): Promise<boolean> {
  const table = 'videoId' in target ? 'videos' : 'comments';
  const row = await tx('account_blocks')
    .join(table, `${table}.account_id`, 'account_blocks.account_id')
    .where('account_blocks.target_id', accountId)
    .where(`${table}.id`, 'videoId' in target ? target.videoId : target.commentId)
    .first('account_blocks.id');
  return row !== undefined;
}

/** A private, negative signal of another server’s account; shown to nobody and told to nobody. */
export async function dislike(
  deps: EngagementDeps,
  tx: Tx,
  account: Account,
  videoId: VideoId,
  uri: string,
): Promise<Result<object, Refusal>> {
  if (await isUndone(tx, account.actorUri, uri)) return fail('undone', 'It was taken back.');
  const rows = await tx('dislikes')
    .insert({ id: deps.ids.next(), account_id: account.id, video_id: videoId, uri })
    .onConflict(['account_id', 'video_id'])
    .ignore()
    .returning('id');
  return rows.length === 1 ? ok() : fail('known', 'It is known already.');
}

/** Takes a dislike back; remembers it where there was none, like `unlike`. */
export async function undislike(tx: Tx, account: Account, videoId: VideoId, uri?: string): Promise<boolean> {
  const done = await tx('dislikes').where({ account_id: account.id, video_id: videoId }).delete();
  if (done === 0 && uri !== undefined) await rememberUndone(tx, account.actorUri, uri);
  return done > 0;
}

/** What must be known of a video to pass it on. */
export type Shareable = Pick<Video, 'id' | 'accountId' | 'visibility'>;

/** Whether everybody may pass a video on, or only its author (security.md P3: an audience is never widened). */
function mayShare(account: Account, video: Shareable): boolean {
  if (video.visibility === 'public' || video.visibility === 'unlisted') return true;
  return video.visibility === 'followers' && video.accountId === account.id;
}

/** Passes a video on to an account's followers, once. `uri` is the id of an Announce from elsewhere. */
export async function share(
  deps: EngagementDeps,
  tx: Tx,
  account: Account,
  video: Shareable,
  uri?: string,
): Promise<Result<object, Refusal | 'not-public'>> {
  if (uri !== undefined && (await isUndone(tx, account.actorUri, uri))) return fail('undone', 'Taken back.');
  if (!mayShare(account, video))
    return fail('not-public', 'Only videos that everybody may see can be shared.');
  if (await isBlockedByAuthor(tx, account.id, { videoId: video.id })) {
    return fail('blocked', 'You cannot share this.');
  }
  const id = deps.ids.next<'share'>() satisfies ShareId;
  const row = { id, account_id: account.id, video_id: video.id, uri: uri ?? deps.urls.share(id) };
  const rows = await tx('shares').insert(row).onConflict(['account_id', 'video_id']).ignore().returning('id');
  if (rows.length === 0) return fail('known', 'You shared this already.');
  await addToStats(tx, video.id, { shares: 1 });
  await deps.emit(tx, 'share.added', shareEvent(row));
  return ok();
}

function shareEvent(row: { id: ShareId; account_id: AccountId; video_id: VideoId; uri: string }) {
  return { shareId: row.id, accountId: row.account_id, videoId: row.video_id, uri: row.uri };
}

/** Takes a share back; remembers it where there was none, like `unlike`. */
export async function unshare(
  deps: EngagementDeps,
  tx: Tx,
  account: Account,
  videoId: VideoId,
  uri?: string,
): Promise<boolean> {
  const [row] = await tx('shares')
    .where({ account_id: account.id, video_id: videoId })
    .delete()
    .returning<Parameters<typeof shareEvent>[0][]>(['id', 'account_id', 'video_id', 'uri']);
  if (row) {
    await addToStats(tx, videoId, { shares: -1 });
    await deps.emit(tx, 'share.removed', shareEvent(row));
  } else if (uri !== undefined) await rememberUndone(tx, account.actorUri, uri);
  return row !== undefined;
}

/** Counts a view that another server tells of. False once it told of as many as it may in a day. */
export async function countRemoteView(tx: Tx, videoId: VideoId, host: string): Promise<boolean> {
  const rows = await tx('remote_views')
    .insert({ video_id: videoId, host, day: tx.raw('current_date'), views: 1 })
    .onConflict(['video_id', 'host', 'day'])
    .merge({ views: tx.raw('remote_views.views + 1') })
    .where('remote_views.views', '<', remoteViewLimits.perHostPerVideoPerDay)
    .returning('views');
  if (rows.length === 0) return false;
  await tellSignals(tx, [{ kind: 'remote-view', domain: host, actorId: null, videoId }]);
  return true;
}

/** The stamp that allows one post of another server to quote a video; the same one for the same post. */
export async function allowQuote(
  deps: EngagementDeps,
  tx: Tx,
  account: Pick<Account, 'id'>,
  videoId: VideoId,
  instrumentUri: string,
  kind: RemixKind | null,
): Promise<string> {
  const [row] = await tx('quote_authorizations')
    .insert({
      ...{ id: deps.ids.next(), video_id: videoId, account_id: account.id, instrument_uri: instrumentUri },
      kind,
    })
    .onConflict(['video_id', 'instrument_uri'])
    // A request that tells less takes nothing back.
    .merge({ account_id: account.id, kind: tx.raw('coalesce(excluded.kind, quote_authorizations.kind)') })
    .returning<{ id: string }[]>('id');
  if (!row) throw new Error('A quote could not be allowed.');
  return row.id;
}

/**
 * Removes at most `limit` likes, dislikes, bookmarks, shares and shares out of the app each of an account that is gone, and corrects
 * the counts; returns how many they were together.
 */
export async function dropEngagementOf(tx: Tx, accountId: AccountId, limit: number): Promise<number> {
  const some = (table: string, more = '') =>
    `delete from ${table} where id in
       (select id from ${table} where account_id = :id limit :limit) returning video_id ${more}`;
  const { rows } = await tx.raw<{ rows: { dropped: number }[] }>(
    `with l as (${some('likes', ', comment_id')}), s as (${some('shares')}), d as (${some('dislikes')}),
          b as (${some('bookmarks')}),
          o as (
            delete from outward_shares where ctid = any(array(
              select ctid from outward_shares where account_id = :id limit :limit))
            returning video_id),
          c as (update comments set likes = likes - 1 where id in (select comment_id from l)),
          counted as (
            update video_stats set
              likes = likes - (select count(*) from l where l.video_id = video_stats.video_id),
              shares = shares - (select count(*) from s where s.video_id = video_stats.video_id),
              saves = saves - (select count(*) from b where b.video_id = video_stats.video_id),
              outward_shares = outward_shares - (select count(*) from o where o.video_id = video_stats.video_id)
            where video_id in (select video_id from l union select video_id from s union select video_id from b
                               union select video_id from o))
     select ((select count(*) from l) + (select count(*) from s) + (select count(*) from d)
       + (select count(*) from b) + (select count(*) from o))::int as dropped`,
    { id: accountId, limit },
  );
  return rows[0]?.dropped ?? 0;
}
