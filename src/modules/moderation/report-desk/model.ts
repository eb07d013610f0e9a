import type { Tx } from '../../../db/database.ts';
import type {
  AccountId,
  AuditId,
  CommentId,
  PackId,
  PlaylistId,
  ReportId,
  VideoId,
} from '../../../lib/ids.ts';
import type { Actor } from '../../staff/index.ts';

/** Why somebody reports; `violation`: of the rules of this server. */
export const reportCategories = ['spam', 'legal', 'violation', 'other'] as const;
export type ReportCategory = (typeof reportCategories)[number];

/** `resolved`: it was right, and something was done. `dismissed`: there was nothing to do. */
export const reportStates = ['open', 'resolved', 'dismissed'] as const;
export type ReportState = (typeof reportStates)[number];
export type ClosedState = Exclude<ReportState, 'open'>;

/** A report as the staff works on it. */
export interface DeskReport {
  readonly id: ReportId;
  readonly reporterId: AccountId;
  /** Host of the reporter; null: a person of this server. */
  readonly source: string | null;
  readonly targetId: AccountId;
  readonly videoIds: readonly VideoId[];
  readonly commentIds: readonly CommentId[];
  readonly packIds: readonly PackId[];
  readonly playlistIds: readonly PlaylistId[];
  readonly comment: string;
  readonly category: ReportCategory;
  readonly ruleIds: readonly string[];
  readonly forwarded: boolean;
  readonly state: ReportState;
  readonly assignedTo: AccountId | null;
  /** Null: it is open, or the command line or a rule closed it. */
  readonly closedBy: AccountId | null;
  readonly closedAt: Date | null;
  /** One more with each change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Which report is meant, and as of which version it was looked at; without one only its state is looked at. */
export interface Pointer {
  readonly id: ReportId;
  readonly version?: number | undefined;
}

/** What the staff decides about a report: what is kept of it before a change, so that the change can be taken back. */
export interface Standing {
  readonly state: ReportState;
  readonly assigned_to: AccountId | null;
  readonly closed_by: AccountId | null;
  /** ISO 8601. */
  readonly closed_at: string | null;
  readonly category: ReportCategory;
  readonly rule_ids: readonly string[];
}

export interface DeskRow {
  readonly id: ReportId;
  readonly reporter_id: AccountId;
  readonly source: string | null;
  readonly target_id: AccountId;
  readonly video_ids: VideoId[];
  readonly comment_ids: CommentId[];
  readonly pack_ids: PackId[];
  readonly playlist_ids: PlaylistId[];
  readonly comment: string;
  readonly category: ReportCategory;
  readonly rule_ids: string[];
  readonly forwarded: boolean;
  readonly state: ReportState;
  readonly assigned_to: AccountId | null;
  readonly closed_by: AccountId | null;
  readonly closed_at: Date | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function fromDeskRow(row: DeskRow): DeskReport {
  return {
    id: row.id,
    reporterId: row.reporter_id,
    source: row.source || null,
    targetId: row.target_id,
    videoIds: row.video_ids,
    commentIds: row.comment_ids,
    packIds: row.pack_ids,
    playlistIds: row.playlist_ids,
    comment: row.comment,
    category: row.category,
    ruleIds: row.rule_ids,
    forwarded: row.forwarded,
    state: row.state,
    assignedTo: row.assigned_to,
    closedBy: row.closed_by,
    closedAt: row.closed_at,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Entries of the audit log that a command wrote: one for each report, so that each can be taken back. */
export interface Recorded {
  readonly auditIds: readonly AuditId[];
}

/** Who is written down as having done it: nobody for the command line and rules. */
export function personOf(by: Actor): AccountId | null {
  return by.kind === 'person' ? by.accountId : null;
}

/** Names somebody of the staff in a sentence for the others. */
export async function nameOf(tx: Tx, id: AccountId | null): Promise<string> {
  const row = id === null ? undefined : await tx('accounts').where({ id }).first('username');
  return row === undefined ? 'The command line' : `@${row.username}`;
}
