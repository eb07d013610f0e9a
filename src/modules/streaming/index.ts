import { liveLimits } from '../../../config/live-limits.ts';
import type { Db } from '../../db/database.ts';
import { notMutedBy, wantedAtHome } from '../../db/feed.ts';
import { notSilencedFor, type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import type { AccountId, ListId, VideoId } from '../../lib/ids.ts';

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

/** What is told on open connections, and to whom. */
export function createStreaming({ db, unlistedDomains }: { db: Db; unlistedDomains: UnlistedDomains }) {
  const viewer = db.raw('viewer.id');
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
            .orWhereExists((follow) =>
              follow
                .select('follows.id')
                .from('follows')
                .whereRaw('follows.target_id = videos.account_id and follows.follower_id = viewer.id')
                .where('follows.state', 'accepted'),
            ),
        );
      const open = one
        .clone()
        .where('videos.visibility', 'public')
        .modify(notSilencedFor(viewer))
        .modify(notMutedBy(viewer));
      return db
        .from(db.raw('unnest(?::bigint[]) as viewer (id)', [[...viewerIds]]))
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
      if (isNew) query.whereRaw(`published_at > now() - ? * interval '1 ms'`, [liveLimits.newsMs]);
      return (await query) ?? null;
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
