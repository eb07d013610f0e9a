import type { Knex } from 'knex';
import { searchLimits } from '../../../config/search-limits.ts';
import type { Db } from '../../db/database.ts';
import { notMutedBy } from '../../db/feed.ts';
import { notSilencedFor, type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { AccountId, SoundId, VideoId } from '../../lib/ids.ts';

/**
 * Narrows a query over `videos` to those that search shows to somebody now, whatever an index says: for everybody, of an author who lets
 * their posts be found (FEP-5feb), whom neither the staff nor the viewer keeps away.
 */
export function foundTo(viewerId: AccountId | null, unlistedDomains: UnlistedDomains) {
  return (query: Knex.QueryBuilder): void => {
    query
      .where('videos.visibility', 'public')
      .whereRaw('(select accounts.indexable from accounts where accounts.id = videos.account_id)')
      .modify(visibleTo(viewerId, unlistedDomains))
      .modify(notSilencedFor(viewerId))
      .modify(notMutedBy(viewerId));
  };
}

/** Those of these videos that may be shown, in their order. */
export async function shownOf(
  { db, unlistedDomains }: { readonly db: Db; readonly unlistedDomains: UnlistedDomains },
  viewerId: AccountId | null,
  ids: readonly VideoId[],
): Promise<VideoId[]> {
  if (ids.length === 0) return [];
  const shown = new Set<VideoId>(
    await db('videos')
      .whereRaw('videos.id = any(?::bigint[])', [[...ids]])
      .modify(foundTo(viewerId, unlistedDomains))
      .pluck('videos.id'),
  );
  return ids.filter((id) => shown.has(id));
}

/** Those of these hashtags that a video has which may be shown: one of the newest that have it. */
export async function shownTags(
  { db, unlistedDomains }: { readonly db: Db; readonly unlistedDomains: UnlistedDomains },
  viewerId: AccountId | null,
  tags: readonly string[],
): Promise<string[]> {
  if (tags.length === 0) return [];
  const newest = db.raw(
    `(select video_id from video_tags where video_tags.tag = asked.tag order by video_id desc limit ?) as newest`,
    [searchLimits.videosOfTag],
  );
  const shown = new Set<string>(
    await db
      .from(db.raw('unnest(?::text[]) as asked (tag)', [[...tags]]))
      .whereExists((some) =>
        some
          .select(db.raw('1'))
          .from(newest)
          .join('videos', 'videos.id', 'newest.video_id')
          .modify(foundTo(viewerId, unlistedDomains)),
      )
      .pluck('asked.tag'),
  );
  return tags.filter((tag) => shown.has(tag));
}

/** The same of sounds: those that one of the newest videos has which may be shown. */
export async function shownSounds(
  { db, unlistedDomains }: { readonly db: Db; readonly unlistedDomains: UnlistedDomains },
  viewerId: AccountId | null,
  ids: readonly SoundId[],
): Promise<SoundId[]> {
  if (ids.length === 0) return [];
  const newest = db.raw(
    `(select id from videos where videos.sound_id = asked.id order by videos.id desc limit ?) as newest`,
    [searchLimits.videosOfSound],
  );
  const shown = new Set<SoundId>(
    await db
      .from(db.raw('unnest(?::bigint[]) as asked (id)', [[...ids]]))
      .whereExists((some) =>
        some
          .select(db.raw('1'))
          .from(newest)
          .join('videos', 'videos.id', 'newest.id')
          .modify(foundTo(viewerId, unlistedDomains)),
      )
      .pluck('asked.id'),
  );
  return ids.filter((id) => shown.has(id));
}
