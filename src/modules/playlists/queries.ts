import type { Db } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import { playlistItemVisibleTo, playlistVisibleTo, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, PlaylistId, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import { type Playlist, type PlaylistContents, playlistColumns } from './model.ts';

type Viewer = AccountId | null;

/** A part of a playlist, in its order. */
interface PlaylistPart {
  readonly videoIds: readonly VideoId[];
  /** The position after which it goes on; null at its end. */
  readonly next: number | null;
}

const NOTHING: PlaylistContents = { count: 0, coverId: null };

/** Reads of playlists; each passes the visibility predicates. */
export function playlistQueries(db: Db, unlisted: UnlistedDomains) {
  const seen = (viewerId: Viewer) =>
    db('playlists').modify(playlistVisibleTo(viewerId, unlisted)).select<Playlist[]>(playlistColumns);
  const items = (viewerId: Viewer) =>
    db('playlist_items')
      .join('playlists', 'playlists.id', 'playlist_items.playlist_id')
      .join('videos', 'videos.id', 'playlist_items.video_id')
      .modify(playlistItemVisibleTo(viewerId, unlisted));

  return {
    /** One playlist as the viewer may see it, or null. */
    async forViewer(id: PlaylistId, viewerId: Viewer): Promise<Playlist | null> {
      return (await seen(viewerId).where('playlists.id', id).first()) ?? null;
    },

    /** All of these that are there, whoever may see them: for the staff. */
    async all(ids: readonly PlaylistId[]): Promise<Playlist[]> {
      if (ids.length === 0) return [];
      return db('playlists')
        .whereRaw('id = any(?)', [[...ids]])
        .select<Playlist[]>(playlistColumns);
    },

    /** Those that stand on the profile of an account, newest first: for the owner, all of them. */
    async ofAccount(accountId: AccountId, viewerId: Viewer, page: Page): Promise<Playlist[]> {
      const query = seen(viewerId)
        .where('playlists.account_id', accountId)
        .modify(within(page, 'playlists.id'));
      if (accountId !== viewerId) query.whereNot('playlists.visibility', 'unlisted');
      const rows = await query;
      return page.minId === null ? rows : rows.reverse();
    },

    /** All of an account for the account itself, changed last first, and in which of them a video is. */
    async ownedBy(
      ownerId: AccountId,
      videoId: VideoId | null,
    ): Promise<{ readonly playlists: Playlist[]; readonly having: ReadonlySet<PlaylistId> }> {
      const [playlists, having] = await Promise.all([
        seen(ownerId)
          .where('playlists.account_id', ownerId)
          .orderBy('playlists.updated_at', 'desc')
          .orderBy('playlists.id', 'desc'),
        videoId === null
          ? []
          : db('playlist_items')
              .join('playlists', 'playlists.id', 'playlist_items.playlist_id')
              .where({ 'playlists.account_id': ownerId, 'playlist_items.video_id': videoId })
              .pluck('playlists.id'),
      ]);
      return { playlists, having: new Set(having) };
    },

    /** How much of each of these the viewer may see, and which video stands for it: one question for all of them. */
    async contentsOf(
      ids: readonly PlaylistId[],
      viewerId: Viewer,
    ): Promise<(id: PlaylistId) => PlaylistContents> {
      if (ids.length === 0) return () => NOTHING;
      const rows: { id: PlaylistId; count: number; coverId: VideoId }[] = await items(viewerId)
        .whereRaw('playlists.id = any(?)', [[...ids]])
        .groupBy('playlists.id')
        .select(
          'playlists.id as id',
          db.raw('count(*)::int as count'),
          db.raw(
            `(array_agg(videos.id order by videos.id is not distinct from playlists.cover_video_id desc,
                                           playlist_items.position))[1] as "coverId"`,
          ),
        );
      const found = new Map(rows.map(({ id, count, coverId }) => [id, { count, coverId }]));
      return (id) => found.get(id) ?? NOTHING;
    },

    /** The videos of a playlist that the viewer may see, after a position. Whether she may see the list is for the caller to find out. */
    async part(
      id: PlaylistId,
      viewerId: Viewer,
      { after, limit }: { readonly after: number | null; readonly limit: number },
    ): Promise<PlaylistPart> {
      const query = items(viewerId)
        .where('playlist_items.playlist_id', id)
        .orderBy('playlist_items.position')
        .orderBy('playlist_items.video_id')
        .limit(limit + 1)
        .select<{ videoId: VideoId; position: number }[]>(
          'playlist_items.video_id as videoId',
          'playlist_items.position as position',
        );
      if (after !== null) query.where('playlist_items.position', '>', after);
      const rows = await query;
      const page = rows.slice(0, limit);
      const next = rows.length > limit ? (page.at(-1)?.position ?? null) : null;
      return { videoIds: page.map(({ videoId }) => videoId), next };
    },
  };
}
