import type { AccountId, ArchiveId } from '../../lib/ids.ts';

/** `waiting`: for a worker; `expired`: it was there to be fetched for long enough, or a newer one took its place. */
export type ArchiveState = 'waiting' | 'working' | 'ready' | 'failed' | 'expired';
/** What a worker does now. */
export const archiveStages = ['lists', 'posts', 'media', 'storing'] as const;
export type ArchiveStage = (typeof archiveStages)[number];

/** Everything of one account in one file. */
export interface Archive {
  readonly id: ArchiveId;
  readonly state: ArchiveState;
  readonly stage: ArchiveStage | null;
  readonly percent: number;
  /** In bytes; null until it is ready. */
  readonly bytes: number | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date | null;
}

export interface ArchiveRow {
  readonly id: ArchiveId;
  readonly account_id: AccountId;
  readonly state: ArchiveState;
  readonly stage: string | null;
  readonly percent: number;
  readonly object_key: string | null;
  readonly bytes: string | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
  readonly expires_at: Date | null;
}

/** Row to model. */
export function archiveFromRow(row: ArchiveRow): Archive {
  return {
    id: row.id,
    state: row.state,
    stage: archiveStages.find((stage) => stage === row.stage) ?? null,
    percent: row.percent,
    bytes: row.bytes === null ? null : Number(row.bytes),
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
  };
}
