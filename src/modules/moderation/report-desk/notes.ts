import type { Knex } from 'knex';
import { reportLimits } from '../../../../config/limits.ts';
import type { Db, Tx } from '../../../db/database.ts';
import type { AccountId, AuditId, IdSource, ReportId, ReportNoteId } from '../../../lib/ids.ts';
import { fail, ok, type Result } from '../../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../../staff/index.ts';
import { personOf, type Recorded } from './model.ts';

/** What somebody of the staff wrote down for the others, about an account or one report of it. */
export interface ReportNote {
  readonly id: ReportNoteId;
  readonly reportId: ReportId | null;
  readonly targetId: AccountId;
  /** Null: at the command line, or by somebody who is gone. */
  readonly writtenBy: AccountId | null;
  readonly text: string;
  readonly createdAt: Date;
}

interface NoteRow {
  readonly id: ReportNoteId;
  readonly report_id: ReportId | null;
  readonly target_id: AccountId;
  readonly written_by: AccountId | null;
  readonly text: string;
  readonly created_at: Date;
}

interface NotesDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly audit: Audit;
}

const MAX_LISTED = 200;

/** Notes of the staff among themselves. */
export function reportNotes({ db, ids, audit }: NotesDeps) {
  async function add(
    tx: Tx,
    by: Actor,
    about: { readonly reportId: ReportId | null; readonly targetId: AccountId },
    text: string,
  ): Promise<{ readonly note: ReportNote; readonly auditIds: readonly AuditId[] }> {
    const [row] = await tx('report_notes')
      .insert({
        id: ids.next<'report-note'>(),
        report_id: about.reportId,
        target_id: about.targetId,
        written_by: personOf(by),
        text: text.slice(0, reportLimits.maxNoteCharacters),
      })
      .returning('*');
    const target =
      about.reportId === null
        ? ({ kind: 'account', id: about.targetId } as const)
        : ({ kind: 'report', id: about.reportId } as const);
    const detail = { noteId: row.id, targetId: about.targetId };
    return {
      note: noteOf(row),
      auditIds: [await audit.record(tx, by, { action: 'report.note', target, detail })],
    };
  }

  return {
    /** Adds a note to a report, where it is seen with all that concerns its target. */
    async noteReport(
      tx: Tx,
      by: Actor,
      input: { readonly reportId: ReportId; readonly text: string },
    ): Promise<Result<{ note: ReportNote } & Recorded, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'reports');
      if (!allowed.ok) return allowed;
      const report = await tx('reports').where({ id: input.reportId }).first('target_id');
      if (!report) return fail('not-found', 'There is no such report.');
      return ok(await add(tx, by, { reportId: input.reportId, targetId: report.target_id }, input.text));
    },

    /** Adds a note to an account, reported or not. */
    async noteAccount(
      tx: Tx,
      by: Actor,
      input: { readonly accountId: AccountId; readonly text: string },
    ): Promise<Result<{ note: ReportNote } & Recorded, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'reports');
      if (!allowed.ok) return allowed;
      const known = await tx('accounts').where({ id: input.accountId }).first('id');
      if (!known) return fail('not-found', 'There is no such account.');
      return ok(await add(tx, by, { reportId: null, targetId: input.accountId }, input.text));
    },

    /** Takes a note away that an entry of the audit log added; the entry and this one stay. */
    async takeNoteBack(
      tx: Tx,
      by: Actor,
      entryId: AuditId,
    ): Promise<Result<Recorded, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'reports');
      if (!allowed.ok) return allowed;
      const entry = await audit.byId(tx, entryId);
      if (entry?.action !== 'report.note') return fail('not-found', 'There is no such note.');
      const removed = await tx('report_notes')
        .where({ id: entry.detail.noteId })
        .whereNull('removed_at')
        .update({ removed_at: tx.fn.now() });
      if (removed === 0) return fail('not-found', 'This note was taken back already.');
      const deed = { action: 'report.undo', target: entry.target, detail: entry.detail } as const;
      return ok({ auditIds: [await audit.record(tx, by, { ...deed, undoes: entryId })] });
    },

    /** Notes about an account and its reports, oldest first. */
    notesAbout: async (targetId: AccountId): Promise<ReportNote[]> =>
      (await db('report_notes').where({ target_id: targetId }).modify(shown)).map(noteOf),

    /** Notes of one report, oldest first. */
    notesOfReport: async (reportId: ReportId): Promise<ReportNote[]> =>
      (await db('report_notes').where({ report_id: reportId }).modify(shown)).map(noteOf),
  };
}

function shown(query: Knex.QueryBuilder): void {
  query.whereNull('removed_at').orderBy('id').limit(MAX_LISTED);
}

function noteOf(row: NoteRow): ReportNote {
  return {
    id: row.id,
    reportId: row.report_id,
    targetId: row.target_id,
    writtenBy: row.written_by,
    text: row.text,
    createdAt: row.created_at,
  };
}
