import type { AccountId, Id, VideoId } from '../../lib/ids.ts';

export const listedSoundActions = ['mute', 'refuse'] as const;
/** What happens to videos in which a listed sound is heard. */
export type ListedSoundAction = (typeof listedSoundActions)[number];

export type ListedId = Id<'listed'>;
export type MatchId = Id<'listed-match'>;

/** Something that must not be posted again: a file, a picture, a sound, or several of them. */
export interface Listed {
  readonly id: ListedId;
  readonly sha256: string | null;
  /** Hashes of the pictures, two a second, in hex; null where only the file is listed. */
  readonly phash: string | null;
  /** Bits of 64 by which a frame may differ. */
  readonly distance: number;
  /** What is heard (`sounds.print`), in hex; null where it is not listed by its sound. */
  readonly sound: string | null;
  readonly soundAction: ListedSoundAction | null;
  readonly label: string;
  readonly createdAt: Date;
}

export interface ListedRow {
  readonly id: ListedId;
  readonly sha256: string | null;
  readonly phash: Buffer | null;
  readonly distance: number;
  readonly sound_print: Buffer | null;
  readonly sound_action: ListedSoundAction | null;
  readonly label: string;
  readonly created_at: Date;
}

/** A video that was kept from being seen because of the list. */
export interface Match {
  readonly id: MatchId;
  readonly listedId: ListedId | null;
  readonly videoId: VideoId;
  readonly accountId: AccountId;
  readonly foundBy: 'file' | 'picture';
  readonly evidenceKey: string | null;
  readonly createdAt: Date;
}

export interface MatchRow {
  readonly id: MatchId;
  readonly listed_id: ListedId | null;
  readonly video_id: VideoId;
  readonly account_id: AccountId;
  readonly found_by: Match['foundBy'];
  readonly evidence_key: string | null;
  readonly created_at: Date;
}

export function listedFromRow({ phash, sound_print, sound_action, created_at, ...row }: ListedRow): Listed {
  const { id, sha256, distance, label } = row;
  return {
    ...{ id, sha256, phash: phash?.toString('hex') ?? null, distance, label, createdAt: created_at },
    ...{ sound: sound_print?.toString('hex') ?? null, soundAction: sound_action },
  };
}

export function matchFromRow(row: MatchRow): Match {
  return {
    ...{ id: row.id, listedId: row.listed_id, videoId: row.video_id, accountId: row.account_id },
    ...{ foundBy: row.found_by, evidenceKey: row.evidence_key, createdAt: row.created_at },
  };
}
