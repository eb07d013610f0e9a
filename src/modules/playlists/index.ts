import { playlistLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, IdSource, PlaylistId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Screening, screenNamed } from '../rules/index.ts';
import { type Audit, takingDown } from '../staff/index.ts';
import { type Playlist, type PlaylistFacts, playlistColumns, rowOf } from './model.ts';
import { playlistQueries } from './queries.ts';

export {
  type Playlist,
  type PlaylistFacts,
  playlistVisibilities,
} from './model.ts';

export type Playlists = ReturnType<typeof createPlaylists>;

interface PlaylistDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly unlistedDomains: UnlistedDomains;
  readonly screening: Screening;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** Videos in an order, for others to watch through. Every write names the owner: nobody else's list is there (security.md A10). */
export function createPlaylists(deps: PlaylistDeps) {
  const { db } = deps;

  /** Does something to a list of the owner's that nobody else changes meanwhile; null where it is not there, or not the owner's. */
  async function held(tx: Tx, ownerId: AccountId, id: PlaylistId): Promise<Playlist | null> {
    const mine = tx('playlists').where({ id, account_id: ownerId }).forUpdate();
    return (await mine.first<Playlist | undefined>(playlistColumns)) ?? null;
  }

  const touch = (tx: Tx, id: PlaylistId) => tx('playlists').where({ id }).update({ updated_at: tx.fn.now() });
  const itemOf = (tx: Tx, id: PlaylistId, videoId: VideoId) =>
    tx('playlist_items').where({ playlist_id: id, video_id: videoId });

  return {
    ...playlistQueries(db, deps.unlistedDomains),
    ...takingDown<PlaylistId>('playlist', deps),

    async create(
      tx: Tx,
      ownerId: AccountId,
      facts: PlaylistFacts,
    ): Promise<Result<{ id: PlaylistId }, 'too-many-playlists' | 'rule'>> {
      // One at a time, so that no two see the last free place.
      await tx('users').where({ account_id: ownerId }).forUpdate().first('account_id');
      const row = await tx('playlists').where({ account_id: ownerId }).count('* as count').first();
      if (Number(row?.count) >= playlistLimits.maxPlaylists) {
        return fail('too-many-playlists', `At most ${playlistLimits.maxPlaylists} playlists can be kept.`);
      }
      const allowed = await screenNamed(deps.screening, tx, ownerId, facts);
      if (!allowed.ok) return allowed;
      const id = deps.ids.next<'playlist'>();
      await tx('playlists').insert({ id, account_id: ownerId, ...rowOf(facts) });
      return ok({ id });
    },

    /** Changes what is given. The cover has to be one of its videos. */
    async edit(
      tx: Tx,
      ownerId: AccountId,
      id: PlaylistId,
      change: { readonly [Name in keyof PlaylistFacts]?: PlaylistFacts[Name] | undefined },
    ): Promise<Result<object, 'not-found' | 'rule'>> {
      const before = await held(tx, ownerId, id);
      if (!before) return fail('not-found');
      const facts: PlaylistFacts = {
        title: change.title ?? before.title,
        description: change.description ?? before.description,
        visibility: change.visibility ?? before.visibility,
        coverVideoId: change.coverVideoId === undefined ? before.coverVideoId : change.coverVideoId,
      };
      const { coverVideoId } = facts;
      if (change.coverVideoId && coverVideoId && !(await itemOf(tx, id, coverVideoId).first('position'))) {
        return fail('not-found', 'The cover has to be one of the clips of the playlist.');
      }
      const allowed = await screenNamed(deps.screening, tx, ownerId, facts);
      if (!allowed.ok) return allowed;
      await tx('playlists')
        .where({ id })
        .update({ ...rowOf(facts), updated_at: tx.fn.now() });
      return ok();
    },

    async remove(tx: Tx, ownerId: AccountId, id: PlaylistId): Promise<boolean> {
      return (await tx('playlists').where({ id, account_id: ownerId }).delete()) === 1;
    },

    /** Puts videos at the end, in this order; what is in it stays where it is. Callers have made sure that the owner may see them. */
    async add(
      tx: Tx,
      ownerId: AccountId,
      id: PlaylistId,
      videoIds: readonly VideoId[],
    ): Promise<Result<object, 'not-found' | 'playlist-full'>> {
      if (!(await held(tx, ownerId, id))) return fail('not-found');
      const known: { video_id: VideoId; position: number }[] = await tx('playlist_items')
        .where({ playlist_id: id })
        .select('video_id', 'position');
      const have = new Set(known.map((item) => item.video_id));
      const added = [...new Set(videoIds)].filter((videoId) => !have.has(videoId));
      if (added.length === 0) return ok();
      const { maxVideos } = playlistLimits;
      if (known.length + added.length > maxVideos) {
        return fail('playlist-full', `A playlist holds at most ${maxVideos} clips.`);
      }
      const end = Math.max(0, ...known.map(({ position }) => position));
      await tx('playlist_items').insert(
        added.map((video_id, at) => ({ playlist_id: id, video_id, position: end + 1 + at })),
      );
      await touch(tx, id);
      return ok();
    },

    /** Takes a video out. False where the list is not there, or not the owner's, or the video is not in it. */
    async take(tx: Tx, ownerId: AccountId, id: PlaylistId, videoId: VideoId): Promise<boolean> {
      const list = await held(tx, ownerId, id);
      if (!list || (await itemOf(tx, id, videoId).delete()) === 0) return false;
      const cover_video_id = list.coverVideoId === videoId ? null : list.coverVideoId;
      await tx('playlists').where({ id }).update({ cover_video_id, updated_at: tx.fn.now() });
      return true;
    },

    /** Puts a video of the list before another one of it, or at its end (null). */
    async move(
      tx: Tx,
      ownerId: AccountId,
      id: PlaylistId,
      { videoId, beforeId }: { readonly videoId: VideoId; readonly beforeId: VideoId | null },
    ): Promise<Result<object, 'not-found'>> {
      if (!(await held(tx, ownerId, id))) return fail('not-found');
      const order: VideoId[] = await tx('playlist_items')
        .where({ playlist_id: id })
        .orderBy(['position', 'video_id'])
        .pluck('video_id');
      const others = order.filter((one) => one !== videoId);
      const at = beforeId === null ? others.length : others.indexOf(beforeId);
      if (others.length === order.length || at < 0) return fail('not-found');
      const wanted = others.toSpliced(at, 0, videoId);
      // At most as many rows as a list holds, in one statement; those that stay where they are are left alone.
      await tx.raw(
        `update playlist_items set position = wanted.position
           from unnest(?::bigint[]) with ordinality as wanted (video_id, position)
          where playlist_items.playlist_id = ? and playlist_items.video_id = wanted.video_id
            and playlist_items.position <> wanted.position`,
        [wanted, id],
      );
      await touch(tx, id);
      return ok();
    },
  };
}
