import type { Knex } from 'knex';
import { outwardLimits } from '../../../config/page-limits.ts';
import type { Db } from '../../db/database.ts';
import {
  accountListedTo,
  notLimited,
  notSilencedFor,
  playlistVisibleTo,
  type UnlistedDomains,
  visibleTo,
} from '../../db/visibility.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';

/** A page that search engines may list. */
export interface ListedPage {
  readonly url: string;
  readonly changedAt: Date | null;
}

export type Listing = ReturnType<typeof createListing>;

const DAY_MS = 86_400_000;
/** The day of a moment, by UTC. */
const dayOf = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD')`;

/**
 * What of this server search engines may list: people, and public videos, playlists and starter packs of people who chose so (`indexable`)
 * and whom the staff does not limit. What other servers have is listed there.
 */
export function createListing({
  db,
  unlistedDomains,
  origin,
}: {
  readonly db: Db;
  readonly unlistedDomains: UnlistedDomains;
  readonly origin: string;
}) {
  const choosing = (query: Knex.QueryBuilder): void => {
    query
      .where({ 'accounts.domain': '', 'accounts.indexable': true })
      .modify(notLimited)
      .modify(accountListedTo(null, unlistedDomains));
  };
  const videos = () =>
    db('videos')
      .join('accounts', 'accounts.id', 'videos.account_id')
      .modify(choosing)
      .where({ 'videos.local': true, 'videos.visibility': 'public', 'videos.undiscoverable': false })
      .modify(visibleTo(null, unlistedDomains));
  const accounts = () => db('accounts').modify(choosing);
  const playlists = () =>
    db('playlists')
      .join('accounts', 'accounts.id', 'playlists.account_id')
      .modify(choosing)
      .where('playlists.visibility', 'public')
      .modify(playlistVisibleTo(null, unlistedDomains));
  const packs = () =>
    db('packs')
      .join('accounts', 'accounts.id', 'packs.account_id')
      .modify(choosing)
      .where({ 'packs.taken_down_at': null, 'packs.fetched_at': null });
  const told = () =>
    db('videos')
      .join('accounts', 'accounts.id', 'videos.account_id')
      .where({ 'videos.visibility': 'public', 'accounts.indexable': true })
      .modify(notSilencedFor(null))
      .modify(visibleTo(null, unlistedDomains));
  const days = async (query: Knex.QueryBuilder, column: string): Promise<string[]> => {
    const rows: { day: string }[] = await query
      .whereNotNull(column)
      .groupBy('day')
      .orderBy('day', 'desc')
      .select(db.raw(`${dayOf(column)} as day`));
    return rows.map(({ day }) => day);
  };
  const on = (query: Knex.QueryBuilder, column: string, day: Date, limit: number) =>
    query
      .where(column, '>=', day)
      .where(column, '<', new Date(day.getTime() + DAY_MS))
      .orderBy(column)
      .limit(limit);

  return {
    /** Days, as `2026-11-28`, on which videos were published that may be listed, the newest first. */
    videoDays: () => days(videos(), 'videos.published_at'),
    videosOn: (day: Date, limit: number): Promise<ListedPage[]> =>
      on(videos(), 'videos.published_at', day, limit).select('videos.url', {
        changedAt: db.raw('coalesce(videos.edited_at, videos.published_at)'),
      }),
    /** Days on which people came who may be listed. */
    accountDays: () => days(accounts(), 'accounts.created_at'),
    accountsOn: (day: Date, limit: number): Promise<ListedPage[]> =>
      on(accounts(), 'accounts.created_at', day, limit).select('accounts.url', {
        changedAt: 'accounts.last_status_at',
      }),
    /** Days on which playlists were made that may be listed. */
    playlistDays: () => days(playlists(), 'playlists.created_at'),
    playlistsOn: (day: Date, limit: number): Promise<ListedPage[]> =>
      on(playlists(), 'playlists.created_at', day, limit).select({
        url: db.raw(`? || '/playlists/' || playlists.id`, [origin]),
        changedAt: 'playlists.updated_at',
      }),
    /** Days on which starter packs were made that may be listed. */
    packDays: () => days(packs(), 'packs.created_at'),
    packsOn: (day: Date, limit: number): Promise<ListedPage[]> =>
      on(packs(), 'packs.created_at', day, limit).select('packs.url', { changedAt: 'packs.updated_at' }),

    /** Whether an account may be listed, and with it what it puts together for everybody. */
    lists: async (id: AccountId): Promise<boolean> =>
      (await accounts().where('accounts.id', id).first('accounts.id')) !== undefined,
    /** Whether one of the newest videos with a hashtag may be told on: else its page has nothing to be listed for. */
    async listsTag(tag: string): Promise<boolean> {
      const newest = db('video_tags')
        .where({ tag })
        .orderBy('video_id', 'desc')
        .limit(outwardLimits.maxRead)
        .select('video_id');
      return (await told().whereIn('videos.id', newest).first('videos.id')) !== undefined;
    },
    /** Of these videos, wherever they are from, those that may be told on where what is told is kept for good. */
    async tellable(ids: readonly VideoId[]): Promise<ReadonlySet<VideoId>> {
      if (ids.length === 0) return new Set();
      return new Set<VideoId>(
        await told()
          .whereRaw('videos.id = any(?)', [[...ids]])
          .pluck('videos.id'),
      );
    },
  };
}
