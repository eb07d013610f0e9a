import type { Db, Tx } from '../../../db/database.ts';
import { emitter } from '../../../db/outbox.ts';
import type { AuditId, IdSource, ReportId } from '../../../lib/ids.ts';
import { fail, ok, type Result } from '../../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../../staff/index.ts';
import { moderationEvents } from '../events.ts';
import type { Measures } from '../measures/index.ts';
import { reportChanges } from './changing.ts';
import { reportEvidence } from './evidence.ts';
import type { Recorded } from './model.ts';
import { reportNotes } from './notes.ts';
import { reportQueue } from './queue.ts';
import { evidenceSheets, type SheetDeps } from './sheets.ts';

export {
  type DeskReport,
  type ReportCategory,
  reportCategories,
  reportStates,
} from './model.ts';
export type { ReportNote } from './notes.ts';
export type { ReportGroup } from './queue.ts';

export type ReportDesk = ReturnType<typeof createReportDesk>;

interface DeskDeps extends SheetDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly audit: Audit;
  readonly measures: Pick<Measures, 'take'>;
}

/** Where the staff works through what was reported (ADR 0044). */
export function createReportDesk(base: DeskDeps) {
  const deps = { ...base, emit: emitter(moderationEvents, base.ids) };
  const { takeBack, ...changes } = reportChanges(deps);
  const { takeNoteBack, ...notes } = reportNotes(deps);
  return {
    ...reportQueue(base.db),
    ...changes,
    ...notes,
    ...reportEvidence(deps),
    sheets: evidenceSheets(deps),

    /**
     * Locks the reports that entries of the audit log are about, in one order: whoever takes several back one after the other would
     * wait for somebody who waits for them.
     */
    async lockOf(tx: Tx, entryIds: readonly AuditId[]): Promise<void> {
      const ids = tx('audit_log')
        .whereIn('id', [...entryIds])
        .where({ target_kind: 'report' })
        .select(tx.raw('target_id::bigint'));
      await tx('reports').whereIn('id', ids).orderBy('id').forUpdate().select('id');
    },

    /** Takes back what an entry of the audit log did to a report or wrote about it. */
    async undo(tx: Tx, by: Actor, entryId: AuditId) {
      const entry = await base.audit.byId(tx, entryId);
      return entry?.action === 'report.note' ? takeNoteBack(tx, by, entryId) : takeBack(tx, by, entryId);
    },

    /** Tells the server of the reported account, in the name of this one and in words of the staff. Cannot be taken back. */
    async forward(
      tx: Tx,
      by: Actor,
      input: { readonly id: ReportId; readonly summary: string },
    ): Promise<Result<Recorded, 'permission-missing' | 'not-found' | 'not-remote' | 'report-changed'>> {
      const allowed = permitted(by, 'reports');
      if (!allowed.ok) return allowed;
      const row = await tx('reports')
        .join('accounts', 'accounts.id', 'reports.target_id')
        .where('reports.id', input.id)
        .forUpdate('reports')
        .first('reports.forwarded', 'accounts.domain', 'reports.target_id');
      if (!row) return fail('not-found', 'There is no such report.');
      if (row.domain === '')
        return fail('not-remote', 'This account is of this server: there is nobody to tell.');
      if (row.forwarded) return fail('report-changed', 'Its server was told already.');
      await tx('reports')
        .where({ id: input.id })
        .update({ forwarded: true, version: tx.raw('version + 1'), updated_at: tx.fn.now() });
      await deps.emit(tx, 'report.forwarded', { reportId: input.id, summary: input.summary });
      const auditId = await base.audit.record(tx, by, {
        action: 'report.forward',
        target: { kind: 'report', id: input.id },
        detail: { targetId: row.target_id, host: row.domain },
      });
      return ok({ auditIds: [auditId] });
    },
  };
}
