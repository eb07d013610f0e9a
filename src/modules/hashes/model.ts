import type { AccountId, Id, VideoId } from '../../lib/ids.ts';

export type ListedId = Id<'listed'>;
export type MatchId = Id<'listed-match'>;

/** Something that must not be posted again: a file, a picture, or both. */
export interface Listed {
  readonly id: ListedId;
  readonly sha256: string | null;
  /** Hashes of the pictures, two a second, in hex; null where only the file is listed. */
  readonly phash: string | null;
  /** Bits of 64 by which a frame may differ. */
  readonly distance: number;
  readonly label: string;
  readonly createdAt: Date;
}

export interface ListedRow {
  readonly id: ListedId;
  readonly sha256: string | null;
  readonly phash: Buffer | null;
  readonly distance: number;
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

export function listedFromRow({ id, sha256, phash, distance, label, created_at }: ListedRow): Listed {
  return { id, sha256, phash: phash?.toString('hex') ?? null, distance, label, createdAt: created_at };
}

export function matchFromRow(row: MatchRow): Match {
  return {
    ...{ id: row.id, listedId: row.listed_id, videoId: row.video_id, accountId: row.account_id },
    ...{ foundBy: row.found_by, evidenceKey: row.evidence_key, createdAt: row.created_at },
  };
}
