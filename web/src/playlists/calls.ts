import { request } from '../api/client.ts';
import type { OwnPlaylist, Playlist } from '../api/schema.gen.ts';
import type { Status } from '../api/types.ts';
import type { LoadPage } from '../state/pages.ts';

/** Clips and playlists of one page. */
const CLIPS = 40;
const LISTS = 20;

const pathOf = (id: string) => `/api/v1/playlists/${encodeURIComponent(id)}`;

/** What its owner says of it. */
export interface PlaylistFacts {
  readonly title: string;
  readonly description: string;
  readonly visibility: Playlist['visibility'];
}

export const playlistCalls = {
  one: (id: string) => request<Playlist>('GET', pathOf(id)),
  /** All of one's own, and in which of them a clip is. */
  own: (clipId?: string) =>
    request<OwnPlaylist[]>(
      'GET',
      clipId === undefined ? '/api/v1/playlists' : `/api/v1/playlists?video_id=${encodeURIComponent(clipId)}`,
    ),
  create: (facts: PlaylistFacts, clipIds: readonly string[]) =>
    request<Playlist>('POST', '/api/v1/playlists', { ...facts, video_ids: clipIds }),
  edit: (id: string, change: Partial<PlaylistFacts> & { readonly cover_video_id?: string | null }) =>
    request<Playlist>('PUT', pathOf(id), change),
  remove: (id: string) => request<object>('DELETE', pathOf(id)),
  takeDown: (id: string) => request<object>('POST', `/api/v1/admin/playlists/${id}/take_down`, {}),
  add: (id: string, clipId: string) =>
    request<Playlist>('POST', `${pathOf(id)}/videos`, { video_ids: [clipId] }),
  take: (id: string, clipId: string) => request<object>('DELETE', `${pathOf(id)}/videos/${clipId}`),
  /** Before another clip of it, or at its end (null). */
  move: (id: string, clipId: string, before: string | null) =>
    request<object>('POST', `${pathOf(id)}/videos/${clipId}/move`, { before }),
};

/** Its clips, in order. */
export const loadClipsIn =
  (id: string): LoadPage<Status> =>
  (next) =>
    request('GET', next ?? `${pathOf(id)}/videos?limit=${CLIPS}`);

/** Those that the profile of an account shows. */
export const loadPlaylistsOf =
  (accountId: string): LoadPage<Playlist> =>
  (next) =>
    request('GET', next ?? `/api/v1/accounts/${encodeURIComponent(accountId)}/playlists?limit=${LISTS}`);
