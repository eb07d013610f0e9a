import type { AccountId, AuditId, CommentId, MeasureId, ReportId, VideoId } from '../../../lib/ids.ts';
import type { MeasureKind, MeasureTargetKind, Target } from './kinds.ts';

/** What the staff, or a rule of the server, did to an account or a post; where its person was told, a strike. */
export interface Measure {
  readonly id: MeasureId;
  /** Whom it is about: of a post, its author. */
  readonly accountId: AccountId;
  readonly target: Target;
  readonly measure: MeasureKind;
  /** As the person reads them. */
  readonly facts: string;
  readonly ruleIds: readonly string[];
  readonly reportIds: readonly ReportId[];
  readonly automated: boolean;
  /** Who of the staff took it; null for rules, the command line, and people who left. For the staff only. */
  readonly byId: AccountId | null;
  /** Its number among those of the account; null where nobody was told. */
  readonly strike: number | null;
  readonly createdAt: Date;
  /** When the strike stops to count. */
  readonly expiresAt: Date | null;
  readonly auditId: AuditId | null;
  readonly liftedAt: Date | null;
  /** Until then it can be taken back; null where there is no such end. */
  readonly purgeAt: Date | null;
  readonly purgedAt: Date | null;
}

export interface MeasureRow {
  readonly id: MeasureId;
  readonly account_id: AccountId;
  readonly target_kind: MeasureTargetKind;
  readonly target_id: string;
  readonly measure: MeasureKind;
  readonly facts: string;
  readonly rule_ids: string[];
  readonly report_ids: ReportId[];
  readonly automated: boolean;
  readonly by_account_id: AccountId | null;
  readonly strike: number | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly audit_id: AuditId | null;
  readonly lifted_at: Date | null;
  readonly purge_at: Date | null;
  readonly purged_at: Date | null;
}

function targetOf({ target_kind: kind, target_id: id }: MeasureRow): Target {
  if (kind === 'account') return { kind, id: id as AccountId };
  return kind === 'video' ? { kind, id: id as VideoId } : { kind, id: id as CommentId };
}

/** Row to model. */
export function measureFromRow(row: MeasureRow): Measure {
  return {
    id: row.id,
    accountId: row.account_id,
    target: targetOf(row),
    measure: row.measure,
    facts: row.facts,
    ruleIds: row.rule_ids,
    reportIds: row.report_ids,
    automated: row.automated,
    byId: row.by_account_id,
    strike: row.strike,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    auditId: row.audit_id,
    liftedAt: row.lifted_at,
    purgeAt: row.purge_at,
    purgedAt: row.purged_at,
  };
}

/** Whether a strike still counts. */
export function counts(measure: Measure, now: number): boolean {
  if (measure.strike === null || measure.liftedAt !== null) return false;
  return measure.expiresAt === null || measure.expiresAt.getTime() > now;
}
