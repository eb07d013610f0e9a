import type { Db, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import type { AccountId, AuditId, IdSource } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import type { AuditAction, TargetKind } from './actions.ts';
import type { Actor } from './actor.ts';
import type { AuditEntry, Deed } from './deed.ts';
import { rowKeeping } from './rows.ts';

/** Which entries are asked for; what is left out does not narrow. */
export interface AuditFilter {
  readonly actorId?: AccountId;
  /** An action, or all of an area, such as `domain`. */
  readonly action?: string;
  readonly target?: { readonly kind: TargetKind; readonly id?: string };
  readonly since?: Date;
  readonly until?: Date;
}

export type Audit = ReturnType<typeof createAudit>;

/** The log of what the staff did: rows are added and never changed; the database itself refuses that (migration 0049). */
export function createAudit({ db, ids }: { readonly db: Db; readonly ids: IdSource }) {
  const entries = (conn: Db | Tx) =>
    conn('audit_log').select(
      'audit_log.*',
      db.raw('(select later.id from audit_log as later where later.undoes = audit_log.id) as undone_by'),
    );
  /** Records a deed in its own transaction. A deed is taken back once: a second `undoes` of it throws. */
  async function record(tx: Tx, by: Actor, deed: Deed): Promise<AuditId> {
    const id = ids.next<'audit'>();
    await tx('audit_log').insert({
      id,
      actor_kind: by.kind,
      account_id: by.kind === 'person' ? by.accountId : null,
      actor_name: by.kind === 'server' ? by.name : null,
      action: deed.action,
      target_kind: deed.target.kind,
      target_id: deed.target.id,
      reason: deed.reason ?? '',
      detail: JSON.stringify(deed.detail ?? {}),
      undoes: deed.undoes ?? null,
    });
    return id;
  }

  return {
    record,
    ...rowKeeping(record),

    async byId(conn: Db | Tx, id: AuditId): Promise<AuditEntry | null> {
      const row = await entries(conn).where('audit_log.id', id).first();
      return row === undefined ? null : entryOf(row);
    },

    /** The entry that takes this one back, where there is one. */
    undoingOf: (tx: Tx, id: AuditId): Promise<AuditId[]> => tx('audit_log').where({ undoes: id }).pluck('id'),

    /** Entries, newest first. */
    async list(filter: AuditFilter, page: Page): Promise<AuditEntry[]> {
      const query = entries(db).modify(within(page, 'audit_log.id'));
      if (filter.actorId !== undefined) query.where('audit_log.account_id', filter.actorId);
      if (filter.action?.includes('.')) query.where('audit_log.action', filter.action);
      else if (filter.action !== undefined)
        query.whereRaw(`split_part(audit_log.action, '.', 1) = ?`, filter.action);
      if (filter.target !== undefined) query.where('audit_log.target_kind', filter.target.kind);
      if (filter.target?.id !== undefined) query.where('audit_log.target_id', filter.target.id);
      if (filter.since !== undefined) query.where('audit_log.created_at', '>=', filter.since);
      if (filter.until !== undefined) query.where('audit_log.created_at', '<', filter.until);
      return (await query).map(entryOf);
    },
  };
}

interface AuditRow {
  readonly id: AuditId;
  readonly created_at: Date;
  readonly actor_kind: Actor['kind'];
  readonly account_id: AccountId;
  readonly actor_name: string;
  readonly action: AuditAction;
  readonly target_kind: TargetKind;
  readonly target_id: string;
  readonly reason: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly undoes: AuditId | null;
  readonly undone_by: AuditId | null;
}

function entryOf(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    createdAt: row.created_at,
    actor: actorOfRow(row),
    action: row.action,
    target: { kind: row.target_kind, id: row.target_id },
    reason: row.reason,
    detail: row.detail,
    undoes: row.undoes,
    undoneBy: row.undone_by,
  };
}

function actorOfRow(row: AuditRow): AuditEntry['actor'] {
  if (row.actor_kind === 'person') return { kind: 'person', accountId: row.account_id };
  return row.actor_kind === 'server' ? { kind: 'server', name: row.actor_name } : { kind: 'operator' };
}
