import type { Knex } from 'knex';
import type { Db, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import { type AuditId, lowestIdAt } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { AuditAction } from './actions.ts';
import { type Actor, permitted } from './actor.ts';
import type { AuditEntry, Deed } from './deed.ts';
import type { Permission } from './permissions.ts';

interface Kept {
  /** What names a row. */
  readonly key: readonly string[];
  /** What changes while nobody decides anything. */
  readonly besides: readonly string[];
  /** Whoever may do the deed may take it back. */
  readonly permission: Permission;
  readonly undo: AuditAction;
}

const FETCHED = ['next_at', 'fetched_at', 'succeeded_at', 'failure', 'failures'];
const ofDomains = (...key: string[]) =>
  ({ key, besides: FETCHED, permission: 'domains', undo: 'domain.undo' }) as const;
const ofJoining = { key: ['id'], besides: [], permission: 'sign-ups', undo: 'joining-block.undo' } as const;
const ofTrends = (...key: string[]) =>
  ({ key, besides: ['decided_at'], permission: 'trends', undo: 'trend.undo' }) as const;

/** Tables whose rows the staff changes and takes back as they were. */
const KEPT = {
  staff_roles: { key: ['id'], besides: [], permission: 'roles', undo: 'role.undo' },
  email_domain_blocks: ofJoining,
  ip_blocks: ofJoining,
  reserved_names: ofJoining,
  content_rules: { key: ['id'], besides: ['updated_at'], permission: 'rules', undo: 'rule.undo' },
  listed_media: { key: ['id'], besides: [], permission: 'rules', undo: 'hash.undo' },
  sound_rules: { key: ['sound_id'], besides: [], permission: 'rules', undo: 'sound.undo' },
  sound_rights: { key: ['sound_id'], besides: [], permission: 'rules', undo: 'sound.undo' },
  trend_decisions: ofTrends('of', 'subject'),
  trend_trusts: ofTrends('domain'),
  instance_settings: ofDomains('key'),
  instance_pictures: {
    ...{ key: ['role'], besides: ['updated_at'], permission: 'settings', undo: 'branding.undo' },
  },
  domain_subscriptions: { ...ofDomains('id'), besides: [...FETCHED, 'etag', 'bad_lines'] },
  domain_excludes: ofDomains('domain'),
  domain_drafts: ofDomains('id'),
  block_watches: ofDomains('host'),
  discovery_packs: { key: ['id'], besides: [], permission: 'domains', undo: 'exchange.undo' },
  exchange_peers: {
    ...{ key: ['id'], permission: 'domains', undo: 'exchange.undo' },
    besides: [...FETCHED, 'etag', 'listed_at', 'day', 'videos_of_day'],
  },
  fasp_providers: {
    ...{ key: ['id'], permission: 'domains', undo: 'fasp.undo' },
    besides: ['next_at', 'failures', 'failure', 'info', 'info_at'],
  },
  fasp_capabilities: {
    ...{ key: ['provider_id', 'capability'], permission: 'domains', undo: 'fasp.undo' },
    besides: ['version', 'told', 'ask_at', 'ask_failures', 'ask_failure'],
  },
  block_notices: ofDomains('domain'),
} as const satisfies Readonly<Record<string, Kept>>;
export type KeptTable = keyof typeof KEPT;

/** Which rows a deed changes; asked before and after it. */
export interface Watch {
  readonly table: KeptTable;
  readonly where: (query: Knex.QueryBuilder) => void;
}

/** A row that was put back, or taken away again. */
export interface Restored {
  readonly table: KeptTable;
  readonly key: Readonly<Record<string, string>>;
}

/** A row as text, since numbers of 64 bits do not survive in JSON of JavaScript; `kept` is without what changes by itself. */
interface Seen {
  readonly row: string;
  readonly kept: string;
}

interface Change {
  readonly place: number;
  readonly key: Readonly<Record<string, string>>;
  readonly isNew: boolean;
  readonly isGone: boolean;
  readonly kept: string | null;
}

/** Keeps the rows of deeds as they were before and after, and puts them back. */
export function rowKeeping(record: (tx: Tx, by: Actor, deed: Deed) => Promise<AuditId>) {
  return {
    /**
     * Runs what a deed writes and records it, with the rows it changed: by them it is taken back. A deed that changes none is not
     * recorded: null.
     */
    async recordRows(
      tx: Tx,
      by: Actor,
      deed: Deed,
      { watch, write }: { readonly watch: Watch; readonly write: () => PromiseLike<unknown> },
    ): Promise<AuditId | null> {
      const before = await rowsOf(tx, watch);
      await write();
      const after = await rowsOf(tx, watch);
      const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
        (key) => before.get(key)?.kept !== after.get(key)?.kept,
      );
      if (changed.length === 0) return null;
      const auditId = await record(tx, by, deed);
      const text = (seen: Seen | undefined) => seen?.row ?? 'null';
      const changes = changed.map((key) => `[${text(before.get(key))},${text(after.get(key))}]`);
      await keep(tx, { auditId, table: watch.table, changes });
      return auditId;
    },

    /** Records a deed that has added these rows and done nothing else. */
    async recordNew(tx: Tx, by: Actor, deed: Deed, added: Watch): Promise<AuditId> {
      const auditId = await record(tx, by, deed);
      const rows = await rowsOf(tx, added);
      await keep(tx, {
        auditId,
        table: added.table,
        changes: [...rows.values()].map(({ row }) => `[null,${row}]`),
      });
      return auditId;
    },

    /**
     * Puts the rows of a deed back as they were and records that. Refused where one of them was changed since: what somebody
     * decided after it stays.
     */
    async putBack(
      tx: Tx,
      by: Actor,
      { entry, reason }: { readonly entry: Pick<AuditEntry, 'id' | 'target'>; readonly reason: string },
    ): Promise<
      Result<{ auditId: AuditId; restored: readonly Restored[] }, 'permission-missing' | 'not-undoable'>
    > {
      const table = await tableOf(tx, entry.id);
      if (table === null)
        return fail('not-undoable', 'What was there before it is not kept, or not any more.');
      const { permission, undo: action } = KEPT[table];
      const allowed = permitted(by, permission);
      if (!allowed.ok) return allowed;
      const changes = await changesOf(tx, entry.id, table);
      const now = await rowsOf(tx, { table, where: (query) => query.modify(namedBy(entry.id, table)) });
      if (changes.some(({ key, kept }) => (now.get(nameOf(key))?.kept ?? null) !== kept)) {
        return fail('not-undoable', 'Somebody changed it since: see how it is now, and change that.');
      }
      await tx(table)
        .modify(namedBy(entry.id, table, 'before is null'))
        .delete();
      for (const change of changes) if (!change.isNew) await put(tx, entry.id, table, change);
      const auditId = await record(tx, by, { action, target: entry.target, reason, undoes: entry.id });
      return ok({ auditId, restored: changes.map(({ key }) => ({ table, key })) });
    },
  };
}

async function rowsOf(tx: Tx, { table, where }: Watch): Promise<Map<string, Seen>> {
  const { key: keys, besides } = KEPT[table];
  const found: (Seen & Record<string, string>)[] = await tx(table)
    .modify(where)
    .forUpdate()
    .select(
      tx.raw('to_jsonb(??.*)::text as row', [table]),
      tx.raw('(to_jsonb(??.*) - ?::text[])::text as kept', [table, [...besides]]),
      ...keys.map((column, place) => tx.raw('??::text as ??', [column, `key_${place}`])),
    );
  return new Map(
    found.map(({ row, kept, ...named }) => [
      keys.map((_, place) => named[`key_${place}`]).join(' '),
      { row, kept },
    ]),
  );
}

async function keep(
  tx: Tx,
  { auditId, table, changes }: { auditId: AuditId; table: KeptTable; changes: readonly string[] },
): Promise<void> {
  await tx.raw(
    `insert into audit_changes (audit_id, place, row_table, before, after)
     select ?, place, ?, nullif(change -> 0, 'null'), nullif(change -> 1, 'null')
       from jsonb_array_elements(?::jsonb) with ordinality as changed (change, place)`,
    [auditId, table, `[${changes.join(',')}]`],
  );
}

/** The one table whose rows a deed changed. */
async function tableOf(tx: Tx, auditId: AuditId): Promise<KeptTable | null> {
  const row = await tx('audit_changes').where({ audit_id: auditId }).first('row_table');
  return row?.row_table ?? null;
}

async function changesOf(tx: Tx, auditId: AuditId, table: KeptTable): Promise<Change[]> {
  const { key, besides } = KEPT[table];
  const rows: (Omit<Change, 'key'> & Record<string, string>)[] = await tx('audit_changes')
    .where({ audit_id: auditId })
    .orderBy('place')
    .select(
      'place',
      tx.raw('before is null as "isNew", after is null as "isGone", (after - ?::text[])::text as kept', [
        [...besides],
      ]),
      ...key.map((column) => tx.raw('coalesce(after, before) ->> ? as ??', [column, `key_${column}`])),
    );
  return rows.map((row) => ({
    ...{ place: row.place, isNew: row.isNew, isGone: row.isGone, kept: row.kept },
    key: Object.fromEntries(key.map((column) => [column, row[`key_${column}`] ?? ''])),
  }));
}

/** The rows that a deed changed, as they are now. */
function namedBy(auditId: AuditId, table: KeptTable, which = 'true') {
  const { key } = KEPT[table];
  const now = key.map(() => '??::text').join(', ');
  const then = key.map(() => 'coalesce(after, before) ->> ?').join(', ');
  return (query: Knex.QueryBuilder): void => {
    query.whereRaw(`(${now}) in (select ${then} from audit_changes where audit_id = ? and ${which})`, [
      ...[...key, ...key, auditId],
    ]);
  };
}

/** Forgets the rows of deeds that were done before a moment: these cannot be taken back any more. Returns how many. */
export function sweepKeptRows(db: Db, before: Date, signal?: AbortSignal): Promise<number> {
  const old = { condition: 'audit_id < ?::bigint', bindings: [lowestIdAt(before.getTime())] };
  return deleteInBatches(db, 'audit_changes', old, signal);
}

const nameOf = (key: Readonly<Record<string, string>>): string => Object.values(key).join(' ');

/** A row becomes what it was. Columns that came since keep what they say. */
async function put(
  tx: Tx,
  auditId: AuditId,
  table: KeptTable,
  { place, key, isGone }: Change,
): Promise<void> {
  const kept = '(select before from audit_changes where audit_id = ? and place = ?)';
  const columns: string[] = await tx('information_schema.columns')
    .whereRaw('table_schema = current_schema()')
    .where({ table_name: table, is_generated: 'NEVER' })
    .whereRaw(`${kept} -> column_name::text is not null`, [auditId, place])
    .pluck('column_name');
  const names = columns.map(() => '??').join(', ');
  const was = `select ${names} from jsonb_populate_record(null::??, ${kept})`;
  const bindings = [...columns, table, auditId, place];
  if (isGone) {
    await tx.raw(`insert into ?? (${names}) ${was}`, [table, ...columns, ...bindings]);
    return;
  }
  const named = Object.entries(key);
  await tx.raw(`update ?? set (${names}) = (${was}) where ${named.map(() => '??::text = ?').join(' and ')}`, [
    ...[table, ...columns, ...bindings],
    ...named.flat(),
  ]);
}
