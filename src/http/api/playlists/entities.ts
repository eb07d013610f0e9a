import { z } from 'zod';
import type { AccountId, PlaylistId } from '../../../lib/ids.ts';
import { type Playlist, playlistVisibilities } from '../../../modules/playlists/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { isCovered } from '../../embed/embeddable.ts';
import { ApiError } from '../../errors.ts';
import { toAccount } from '../accounts/entities.ts';
import { mediaEntityOf } from '../media/entities.ts';
import { accountEntity } from '../schemas.ts';

export const playlistEntity = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string().describe('As written'),
    visibility: z.enum(playlistVisibilities).describe('`unlisted`: for whoever knows the address'),
    url: z.string(),
    account: accountEntity.describe('Whose it is'),
    videos_count: z.number().describe('Those that the viewer may see'),
    cover: z
      .object({
        video_id: z.string(),
        url: z.string().nullable().describe('Of its poster; null where that is not for everybody’s eyes'),
        remote_url: z.string().nullable(),
        blurhash: z.string().nullable(),
      })
      .nullable()
      .describe('The video that stands for it; null where the viewer may see none'),
    taken_down: z.boolean().describe('The staff took it from everybody but its owner'),
    cover_video_id: z.string().nullable().describe('Chosen by its owner; null: the first one'),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Playlist' });

export type PlaylistEntity = z.input<typeof playlistEntity>;

/** Playlists as the viewer may see them: the same number of queries whatever their number. */
export async function playlistEntitiesOf(
  deps: HttpDeps,
  playlists: readonly Playlist[],
  viewerId: AccountId | null,
): Promise<PlaylistEntity[]> {
  const ids = playlists.map(({ id }) => id);
  const [contentsOf, people] = await Promise.all([
    deps.playlists.contentsOf(ids, viewerId),
    deps.accounts.byIds([...new Set(playlists.map(({ accountId }) => accountId))]),
  ]);
  const coverIds = ids.flatMap((id) => contentsOf(id).coverId ?? []);
  const covers = await deps.videos.forViewerAmong([...new Set(coverIds)], viewerId);
  return playlists.flatMap((playlist) => {
    const account = people.get(playlist.accountId);
    if (!account) return [];
    const { count, coverId } = contentsOf(playlist.id);
    const cover = coverId === null ? undefined : covers.get(coverId);
    const media = cover && mediaEntityOf(deps, cover);
    return {
      ...{ id: playlist.id, title: playlist.title, description: playlist.description },
      ...{ visibility: playlist.visibility, url: deps.urls.playlistPage(playlist.id) },
      account: toAccount(deps, account),
      videos_count: count,
      cover: media
        ? {
            video_id: media.id,
            url: cover && isCovered(cover) ? null : media.preview_url,
            remote_url: cover && isCovered(cover) ? null : (media.preview_remote_url ?? null),
            blurhash: media.blurhash,
          }
        : null,
      taken_down: playlist.takenDownAt !== null,
      cover_video_id: playlist.coverVideoId,
      created_at: playlist.createdAt.toISOString(),
      updated_at: playlist.updatedAt.toISOString(),
    };
  });
}

/** The playlist as the viewer may see it. */
export async function seenPlaylist(
  deps: HttpDeps,
  id: PlaylistId,
  viewerId: AccountId | null,
): Promise<Playlist> {
  const playlist = await deps.playlists.forViewer(id, viewerId);
  if (!playlist) throw new ApiError('not-found');
  return playlist;
}

/** One playlist as the API tells it. Throws 404 for who may not see it. */
export async function playlistEntityOf(
  deps: HttpDeps,
  id: PlaylistId,
  viewerId: AccountId | null,
): Promise<PlaylistEntity> {
  const [entity] = await playlistEntitiesOf(deps, [await seenPlaylist(deps, id, viewerId)], viewerId);
  if (!entity) throw new ApiError('not-found');
  return entity;
}
