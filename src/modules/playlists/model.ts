import type { AccountId, PlaylistId, VideoId } from '../../lib/ids.ts';

/** `unlisted`: for whoever knows the address, and not on the profile. */
export const playlistVisibilities = ['public', 'unlisted', 'followers', 'private'] as const;
export type PlaylistVisibility = (typeof playlistVisibilities)[number];

/** What its owner says about it. */
export interface PlaylistFacts {
  readonly title: string;
  readonly description: string;
  readonly visibility: PlaylistVisibility;
  /** Whose poster stands for it; null: that of the first one. */
  readonly coverVideoId: VideoId | null;
}

/** Videos that somebody put in an order. */
export interface Playlist extends PlaylistFacts {
  readonly id: PlaylistId;
  readonly accountId: AccountId;
  /** Since when its owner alone sees it, by the staff; null: it is not taken down. */
  readonly takenDownAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What of it the viewer may see. */
export interface PlaylistContents {
  readonly count: number;
  /** The video that stands for it; null where there is none to see. */
  readonly coverId: VideoId | null;
}

export const playlistColumns = {
  id: 'playlists.id',
  accountId: 'playlists.account_id',
  title: 'playlists.title',
  description: 'playlists.description',
  visibility: 'playlists.visibility',
  coverVideoId: 'playlists.cover_video_id',
  createdAt: 'playlists.created_at',
  updatedAt: 'playlists.updated_at',
  takenDownAt: 'playlists.taken_down_at',
};

/** The columns that an owner's words go to. */
export const rowOf = ({ title, description, visibility, coverVideoId }: PlaylistFacts) => ({
  ...{ title, description, visibility, cover_video_id: coverVideoId },
});
