import type { Db, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import { type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { AccountId, Id, IdSource, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import { tellSignals } from '../signals/index.ts';

/** What an account watched, and when last. The id is that of the last time: the list is paged by it. */
export interface Watched {
  readonly id: Id<'watched'>;
  readonly videoId: VideoId;
  readonly firstAt: Date;
  readonly watchedAt: Date;
  readonly watchedMs: number;
  readonly times: number;
  readonly completed: boolean;
}

/** What somebody does not want to be shown more of. */
export interface Unwanted {
  readonly id: Id<'not-interested'>;
  readonly videoId: VideoId;
}

/** How somebody wants feeds to be. */
export interface FeedSettings {
  /** What is watched is not noted. */
  readonly historyPaused: boolean;
  /** For You stands among the lists of apps. */
  readonly forYouList: boolean;
}

const USUAL: FeedSettings = { historyPaused: false, forYouList: true };

/** What people watched, and do not want: for the account itself and nobody else (security.md P9); each read names it. */
export function historyQueries(db: Db, unlisted: UnlistedDomains) {
  return {
    /** Videos that the account watched and may still see, the last first. */
    async watchedBy(accountId: AccountId, page: Page): Promise<Watched[]> {
      const rows: (Omit<Watched, 'watchedMs'> & { watchedMs: string })[] = await db('watch_history')
        .join('videos', 'videos.id', 'watch_history.video_id')
        .where({ 'watch_history.account_id': accountId, 'watch_history.viewed': true })
        .modify(visibleTo(accountId, unlisted))
        .modify(within(page, 'watch_history.id'))
        .select(
          ...['watch_history.id as id', 'watch_history.video_id as videoId', 'first_at as firstAt'],
          ...['watched_at as watchedAt', 'watched_ms as watchedMs', 'times', 'completed'],
        );
      return rows.map((row) => ({ ...row, watchedMs: Number(row.watchedMs) }));
    },

    /** Videos that the account is not interested in and may still see, the last first. */
    unwantedBy: (accountId: AccountId, page: Page): Promise<Unwanted[]> =>
      db('not_interested')
        .join('videos', 'videos.id', 'not_interested.video_id')
        .where('not_interested.account_id', accountId)
        .modify(visibleTo(accountId, unlisted))
        .modify(within(page, 'not_interested.id'))
        .select('not_interested.id as id', 'not_interested.video_id as videoId'),

    async settingsOf(accountId: AccountId): Promise<FeedSettings> {
      const row = await db('feed_settings')
        .where({ account_id: accountId })
        .first('history_paused as historyPaused', 'for_you_list as forYouList');
      return row ?? USUAL;
    },
  };
}

/** Forgets that the account watched a video, or left it at once. False where it knows of neither. */
export async function forgetWatched(tx: Tx, accountId: AccountId, videoId: VideoId): Promise<boolean> {
  const pair = { account_id: accountId, video_id: videoId };
  const removed = await tx('watch_history').where(pair).delete();
  return removed > 0;
}

/** Forgets everything that the account watched. */
export async function clearHistory(tx: Tx, accountId: AccountId): Promise<void> {
  await tx('watch_history').where({ account_id: accountId }).delete();
}

/** Changes what is given; at once for what two windows change of it. */
export async function setSettings(
  tx: Tx,
  accountId: AccountId,
  change: { readonly [Name in keyof FeedSettings]?: boolean | undefined },
): Promise<void> {
  const told = { history_paused: change.historyPaused, for_you_list: change.forYouList };
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length === 0) return;
  await tx('feed_settings')
    .insert({ account_id: accountId, ...given })
    .onConflict('account_id')
    .merge(given);
}

/** Whether the account may see the video is for the caller to find out. */
export async function setUnwanted(
  ids: IdSource,
  tx: Tx,
  input: { readonly accountId: AccountId; readonly videoId: VideoId; readonly unwanted: boolean },
): Promise<void> {
  const pair = { account_id: input.accountId, video_id: input.videoId };
  const { accountId: actorId, videoId, unwanted } = input;
  if (!unwanted) await tx('not_interested').where(pair).delete();
  else {
    await tx('not_interested')
      .insert({ id: ids.next(), ...pair })
      .onConflict(['account_id', 'video_id'])
      .ignore();
  }
  await tellSignals(tx, [{ kind: 'not-interested', actorId, videoId, on: unwanted }]);
}
