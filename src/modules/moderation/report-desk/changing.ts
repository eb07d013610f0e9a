import { z } from 'zod';
import type { Tx } from '../../../db/database.ts';
import type { Emit } from '../../../db/outbox.ts';
import type { Clock } from '../../../lib/clock.ts';
import { type AccountId, type AuditId, idSchema, type ReportId } from '../../../lib/ids.ts';
import { type Failure, fail, ok, type Result } from '../../../lib/result.ts';
import { type Actor, type Audit, type AuditAction, permitted } from '../../staff/index.ts';
import type { moderationEvents } from '../events.ts';
import type { MeasureRefusal, Measures, NewMeasure, Taken } from '../measures/index.ts';
import {
  type ClosedState,
  type DeskRow,
  nameOf,
  type Pointer,
  personOf,
  type Recorded,
  type ReportCategory,
  reportCategories,
  reportStates,
  type Standing,
} from './model.ts';
import { workersOn } from './workers.ts';

export interface ChangingDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly emit: Emit<typeof moderationEvents>;
  readonly measures: Pick<Measures, 'take'>;
}

export type ChangeReason = 'permission-missing' | 'not-found' | 'report-changed';
type Changed<R extends string = never> = Promise<Result<Recorded, ChangeReason | R>>;

interface Change {
  readonly action: AuditAction;
  readonly reports: readonly Pointer[];
  readonly reason?: string;
  /** What becomes of one report; `null`: it is so already. Nothing is changed where one is refused. */
  readonly plan: (row: DeskRow) => Partial<Standing> | null;
  /** Without a version: the change presumes this of the report. */
  readonly presumes?: (row: DeskRow) => boolean;
}

/** What is done to an account or a post, and the reports that it settles, as they were looked at. */
export interface Deed extends Omit<NewMeasure, 'reportIds'> {
  readonly reports: readonly Pointer[];
}

/**
 * Changes some reports, all or none. Whoever looked at an older version, or finds it in another state than the change
 * needs, is told who was faster: two people never undo each other’s work unseen.
 */
async function change(deps: ChangingDeps, tx: Tx, by: Actor, asked: Change): Changed {
  const found = await current(tx, by, asked);
  return found.ok ? ok({ auditIds: await apply(deps, tx, by, { ...asked, rows: found.rows }) }) : found;
}

/** The reports that are to be changed, locked; refused where one of them is not as it was looked at. */
async function current(
  tx: Tx,
  by: Actor,
  asked: Pick<Change, 'reports' | 'presumes'>,
): Promise<Result<{ rows: ReadonlyMap<ReportId, DeskRow> }, ChangeReason>> {
  const allowed = permitted(by, 'reports');
  if (!allowed.ok) return allowed;
  const rows = await locked(tx, asked.reports);
  for (const pointer of asked.reports) {
    const row = rows.get(pointer.id);
    if (!row) return fail('not-found', 'There is no such report.');
    const isCurrent = pointer.version === undefined || pointer.version === row.version;
    if (!isCurrent || asked.presumes?.(row) === false) return taken(tx, row);
  }
  return ok({ rows });
}

async function apply(
  deps: ChangingDeps,
  tx: Tx,
  by: Actor,
  asked: Change & { readonly rows: ReadonlyMap<ReportId, DeskRow> },
): Promise<AuditId[]> {
  const auditIds: AuditId[] = [];
  for (const { id } of asked.reports) {
    const row = asked.rows.get(id);
    const planned = row && asked.plan(row);
    if (!row || !planned) continue;
    const after = { ...standingOf(row), ...planned };
    auditIds.push(
      await deps.audit.record(tx, by, {
        action: asked.action,
        target: { kind: 'report', id },
        ...(asked.reason === undefined ? {} : { reason: asked.reason }),
        detail: { targetId: row.target_id, before: standingOf(row), after },
      }),
    );
    await put(deps, tx, row, after);
  }
  return auditIds;
}

/** Reports that something settles, as they were looked at. */
interface Settled {
  readonly reports: readonly Pointer[];
  readonly reason: string;
}

/** Does something and closes the reports that led to it; where one of them is not as it was looked at, nothing is done. */
async function settle<T extends { readonly auditId: AuditId | null }, R extends string>(
  deps: ChangingDeps,
  tx: Tx,
  by: Actor,
  { reports, reason }: Settled,
  deed: () => Promise<Result<T, R>>,
): Promise<Result<T & Recorded, ChangeReason | R>> {
  const found = reports.length === 0 ? ok({ rows: new Map() }) : await current(tx, by, { reports });
  if (!found.ok) return found;
  const done = await deed();
  if (!done.ok) return done;
  const closed = await apply(deps, tx, by, {
    ...{ action: 'report.resolve', reports, rows: found.rows, reason },
    plan: (row) => (row.state === 'open' ? closedAs(deps, by, 'resolved') : null),
  });
  return ok({ ...done, auditIds: [...(done.auditId === null ? [] : [done.auditId]), ...closed] });
}

/** Locks in one order whatever the order asked for, so that two people cannot wait for each other. */
async function locked(tx: Tx, reports: readonly Pointer[]): Promise<Map<ReportId, DeskRow>> {
  const ids = reports.map(({ id }) => id);
  const rows: DeskRow[] = await tx('reports').whereIn('id', ids).orderBy('id').forUpdate();
  return new Map(rows.map((row) => [row.id, row]));
}

async function taken(tx: Tx, row: DeskRow): Promise<Failure<'report-changed'>> {
  const what =
    row.state !== 'open'
      ? `${await nameOf(tx, row.closed_by)} has ${row.state} report ${row.id}`
      : row.assigned_to !== null
        ? `${await nameOf(tx, row.assigned_to)} has taken report ${row.id}`
        : `Report ${row.id} was changed by somebody else`;
  return fail('report-changed', `${what} meanwhile. Look at it again before you decide.`);
}

export function standingOf(row: DeskRow): Standing {
  return {
    state: row.state,
    assigned_to: row.assigned_to,
    closed_by: row.closed_by,
    closed_at: row.closed_at?.toISOString() ?? null,
    category: row.category,
    rule_ids: row.rule_ids,
  };
}

async function put(deps: ChangingDeps, tx: Tx, row: DeskRow, after: Standing): Promise<void> {
  await tx('reports')
    .where({ id: row.id })
    .update({
      ...after,
      rule_ids: [...after.rule_ids],
      version: row.version + 1,
      updated_at: new Date(deps.clock.now()),
    });
  if (row.state === after.state) return;
  await deps.emit(tx, 'report.decided', { reportId: row.id });
}

const standingSchema = z.object({
  state: z.enum(reportStates),
  assigned_to: idSchema<'account'>().nullable(),
  closed_by: idSchema<'account'>().nullable(),
  closed_at: z.string().nullable(),
  category: z.enum(reportCategories),
  rule_ids: z.array(z.string()),
});
const detailSchema = z.object({ before: standingSchema, after: standingSchema });

const UNDOABLE: readonly AuditAction[] = [
  ...(['report.assign', 'report.resolve', 'report.dismiss', 'report.reopen', 'report.categorise'] as const),
];

/** The commands that change reports. Each writes one entry for each report into the audit log. */
export function reportChanges(deps: ChangingDeps) {
  return {
    /** Gives reports to somebody who may work on them, or to nobody. */
    async assign(
      tx: Tx,
      by: Actor,
      input: { readonly reports: readonly Pointer[]; readonly to: AccountId | null },
    ): Changed<'not-staff'> {
      const { to } = input;
      if (to !== null && !(await worksOnReports(tx, to))) {
        return fail('not-staff', 'Reports go to somebody of the staff who may work on them.');
      }
      return change(deps, tx, by, {
        action: 'report.assign',
        reports: input.reports,
        presumes: (row) => row.state === 'open',
        plan: (row) => (row.assigned_to === to ? null : { assigned_to: to }),
      });
    },

    /** Ends reports: resolved where they were right, dismissed where there is nothing to do. */
    close: (
      tx: Tx,
      by: Actor,
      input: {
        readonly reports: readonly Pointer[];
        readonly as: ClosedState;
        readonly reason?: string;
      },
    ): Changed =>
      change(deps, tx, by, {
        action: input.as === 'resolved' ? 'report.resolve' : 'report.dismiss',
        reports: input.reports,
        ...(input.reason === undefined ? {} : { reason: input.reason }),
        presumes: (row) => row.state === 'open',
        plan: () => closedAs(deps, by, input.as),
      }),

    /**
     * Does something to an account or a post and closes the reports that led to it as resolved: both or neither. Those that are
     * closed already stay as they are.
     */
    act: (
      tx: Tx,
      by: Actor,
      { reports, ...measure }: Deed,
    ): Promise<Result<Taken & Recorded, ChangeReason | MeasureRefusal>> =>
      settle(deps, tx, by, { reports, reason: measure.facts }, () =>
        deps.measures.take(tx, by, { ...measure, reportIds: reports.map(({ id }) => id) }),
      ),

    /** The same with a command of another module, that is no measure. */
    settleWith: <T extends { readonly auditId: AuditId | null }, R extends string>(
      tx: Tx,
      by: Actor,
      settled: Settled,
      deed: () => Promise<Result<T, R>>,
    ): Promise<Result<T & Recorded, ChangeReason | R>> => settle(deps, tx, by, settled, deed),

    /** Puts closed reports back into the queue. */
    reopen: (tx: Tx, by: Actor, input: { readonly reports: readonly Pointer[] }): Changed =>
      change(deps, tx, by, {
        action: 'report.reopen',
        reports: input.reports,
        presumes: (row) => row.state !== 'open',
        plan: () => ({ state: 'open', closed_by: null, closed_at: null }),
      }),

    /** Says what a report is about, where the reporter had it wrong. */
    categorise: (
      tx: Tx,
      by: Actor,
      input: {
        readonly reports: readonly Pointer[];
        readonly category: ReportCategory;
        readonly ruleIds: readonly string[];
      },
    ): Changed =>
      change(deps, tx, by, {
        action: 'report.categorise',
        reports: input.reports,
        plan: () => ({ category: input.category, rule_ids: input.ruleIds }),
      }),

    /**
     * Takes back what an entry of the audit log did to a report: it stands as it stood before. Refused where
     * anything else was done to it since.
     */
    async takeBack(tx: Tx, by: Actor, entryId: AuditId): Changed<'not-undoable'> {
      const allowed = permitted(by, 'reports');
      if (!allowed.ok) return allowed;
      const entry = await deps.audit.byId(tx, entryId);
      if (!entry) return fail('not-found', 'There is no such entry in the audit log.');
      if (entry.undoneBy !== null) return fail('not-undoable', 'This was taken back already.');
      if (!UNDOABLE.includes(entry.action)) return fail('not-undoable', 'This cannot be taken back.');
      const detail = detailSchema.parse(entry.detail);
      const id = entry.target.id as ReportId;
      const row = (await locked(tx, [{ id }])).get(id);
      if (!row) return fail('not-found', 'There is no such report.');
      if (JSON.stringify(standingOf(row)) !== JSON.stringify(standingSchema.parse(detail.after))) {
        return taken(tx, row);
      }
      // Whoever waited for the same report finds it taken back now.
      const again = await deps.audit.byId(tx, entryId);
      if (again?.undoneBy != null) return fail('not-undoable', 'This was taken back already.');
      await put(deps, tx, row, detail.before);
      const auditId = await deps.audit.record(tx, by, {
        action: 'report.undo',
        target: entry.target,
        detail: { targetId: row.target_id, before: detail.after, after: detail.before },
        undoes: entryId,
      });
      return ok({ auditIds: [auditId] });
    },
  };
}

function closedAs({ clock }: ChangingDeps, by: Actor, state: ClosedState): Partial<Standing> {
  return { state, closed_by: personOf(by), closed_at: new Date(clock.now()).toISOString() };
}

async function worksOnReports(tx: Tx, accountId: AccountId): Promise<boolean> {
  return (await workersOn(tx).where('users.account_id', accountId).first('users.account_id')) !== undefined;
}
