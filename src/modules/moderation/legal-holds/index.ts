import { legalHoldLimits } from '../../../../config/legal-hold-limits.ts';
import type { Db, Tx } from '../../../db/database.ts';
import { within } from '../../../db/paging.ts';
import type { AuditId, IdSource, LegalHoldId } from '../../../lib/ids.ts';
import type { Page } from '../../../lib/paging.ts';
import { fail, ok, type Result } from '../../../lib/result.ts';
import { type Actor, type Audit, type AuditEntry, permitted } from '../../staff/index.ts';
import { collect, type NewItem } from './collecting.ts';
import { type CopyDeps, enqueueCopies, heldCopies } from './copying.ts';
import { exportOf, type HoldExport } from './export.ts';
import {
  type CountedRow,
  type HeldItem,
  type HoldRow,
  type HoldTarget,
  holdFromRow,
  type ItemRow,
  itemFromRow,
  type LegalHold,
} from './model.ts';

export type { HoldExport } from './export.ts';
export { type HeldItem, type HoldTarget, type LegalHold, legalHoldKinds } from './model.ts';

export type LegalHolds = ReturnType<typeof createLegalHolds>;

interface Deps extends CopyDeps {
  readonly ids: IdSource;
  readonly audit: Audit;
}

type Refusal = 'permission-missing' | 'not-found' | 'decided-before';
type Outcome = Promise<Result<{ holdId: LegalHoldId; auditId: AuditId }, Refusal>>;

/** How a hold was changed, for the log; `undoes` names the entry that this takes back. */
interface Change {
  readonly id: LegalHoldId;
  readonly reason: string;
  readonly undoes?: AuditId;
}

const ITEMS_AT_ONCE = 500;

/** Evidence that is kept for authorities, whatever becomes of what it is copied from (ADR 0063). */
export function createLegalHolds(deps: Deps) {
  const { db, ids, audit, clock, storage } = deps;

  async function byId(conn: Db | Tx, id: LegalHoldId): Promise<LegalHold | null> {
    const row: CountedRow | undefined = await counted(conn).where('legal_holds.id', id).first();
    return row ? holdFromRow(row) : null;
  }

  async function itemsOf(conn: Db | Tx, id: LegalHoldId): Promise<HeldItem[]> {
    const rows: ItemRow[] = await conn('legal_hold_items').where({ hold_id: id }).orderBy('id');
    return rows.map(itemFromRow);
  }

  /** Keeps what is known of a target now. Files are copied by a job; until then no deletion takes them. */
  async function add(
    tx: Tx,
    by: Actor,
    input: { readonly target: HoldTarget; readonly reason: string; readonly reference: string },
  ): Outcome {
    const allowed = permitted(by, 'legal');
    if (!allowed.ok) return allowed;
    const { kind, id: targetId } = input.target;
    const found = await collect(tx, input.target);
    if (found === null) return fail('not-found', `There is no such ${kind}.`);
    const holdId = ids.next<'legal-hold'>();
    const { reason, reference } = input;
    const inserted: unknown[] = await tx('legal_holds')
      .insert({
        ...{ id: holdId, target_kind: kind, target_id: targetId, label: found.label },
        ...{ reason, reference, created_at: new Date(clock.now()) },
      })
      .onConflict(tx.raw('(target_kind, target_id) where released_at is null'))
      .ignore()
      .returning('id');
    if (inserted.length === 0) return fail('decided-before', 'It is held already.');
    await keepItems(tx, holdId, found.items);
    const auditId = await audit.record(tx, by, {
      ...{ action: 'legal-hold.add', target: { kind: 'legal-hold', id: holdId }, reason },
      detail: { target: input.target, files: found.items.length },
    });
    return ok({ holdId, auditId });
  }

  async function keepItems(tx: Tx, holdId: LegalHoldId, items: readonly NewItem[]): Promise<void> {
    const rows = items.map((item) => ({ id: ids.next(), hold_id: holdId, path: item.path, ...stored(item) }));
    for (let at = 0; at < rows.length; at += ITEMS_AT_ONCE) {
      await tx('legal_hold_items').insert(rows.slice(at, at + ITEMS_AT_ONCE));
    }
    await tx('legal_hold_items')
      .where({ hold_id: holdId })
      .whereNotNull('content')
      .update({
        sha256: tx.raw(`encode(sha256(convert_to(content, 'UTF8')), 'hex')`),
        bytes: tx.raw('octet_length(content)'),
        kept_at: new Date(clock.now()),
      });
    await enqueueCopies(deps, tx, holdId);
  }

  /** Ends a hold. For a month it can be taken up again; then its copies go. */
  async function release(tx: Tx, by: Actor, { id, ...deed }: Change): Outcome {
    return change(tx, by, { ...deed, action: 'legal-hold.release' }, async () => {
      const row: HoldRow | undefined = await tx('legal_holds').where({ id }).forUpdate().first();
      if (!row) return fail('not-found', 'There is no such hold.');
      if (row.released_at !== null) return fail('decided-before', 'It was released already.');
      await tx('legal_holds')
        .where({ id })
        .update({ released_at: new Date(clock.now()) });
      return ok({ holdId: id });
    });
  }

  /** Takes a hold up again whose copies are still there. */
  async function restore(tx: Tx, by: Actor, { id, ...deed }: Change): Outcome {
    return change(tx, by, { ...deed, action: 'legal-hold.restore' }, async () => {
      const row: HoldRow | undefined = await tx('legal_holds').where({ id }).forUpdate().first();
      if (!row) return fail('not-found', 'Its copies are gone: hold what is still there anew.');
      if (row.released_at === null) return fail('decided-before', 'It is held.');
      const same = { target_kind: row.target_kind, target_id: row.target_id, released_at: null };
      if ((await tx('legal_holds').where(same).first('id')) !== undefined) {
        return fail('decided-before', 'It was held anew since then.');
      }
      await tx('legal_holds').where({ id }).update({ released_at: null });
      return ok({ holdId: id });
    });
  }

  async function change(
    tx: Tx,
    by: Actor,
    deed: Omit<Change, 'id'> & { readonly action: 'legal-hold.release' | 'legal-hold.restore' },
    write: () => Promise<Result<{ holdId: LegalHoldId }, Refusal>>,
  ): Outcome {
    const allowed = permitted(by, 'legal');
    if (!allowed.ok) return allowed;
    const done = await write();
    if (!done.ok) return done;
    const target = { kind: 'legal-hold', id: done.holdId } as const;
    return ok({ holdId: done.holdId, auditId: await audit.record(tx, by, { ...deed, target }) });
  }

  return {
    ...heldCopies(deps),
    ...{ add, release, restore },

    /** Holds, newest first, those that were released included as long as their copies are there. */
    async list(page: Page): Promise<LegalHold[]> {
      const rows: CountedRow[] = await counted(db).modify(within(page, 'legal_holds.id'));
      return (page.minId === null ? rows : rows.reverse()).map(holdFromRow);
    },

    byId: (id: LegalHoldId) => byId(db, id),

    /** What is kept of a hold, for reading; that somebody did is on record. */
    async look(
      tx: Tx,
      by: Actor,
      id: LegalHoldId,
    ): Promise<Result<{ hold: LegalHold; items: readonly HeldItem[] }, Refusal>> {
      const allowed = permitted(by, 'legal');
      if (!allowed.ok) return allowed;
      const hold = await byId(tx, id);
      if (hold === null) return fail('not-found', 'There is no such hold.');
      await audit.record(tx, by, { action: 'legal-hold.look', target: { kind: 'legal-hold', id } });
      return ok({ hold, items: await itemsOf(tx, id) });
    },

    /** An export that somebody is about to take: on record, with the reason and the hash of its list of hashes. */
    async beginExport(
      tx: Tx,
      by: Actor,
      { id, reason }: { readonly id: LegalHoldId; readonly reason: string },
    ): Promise<Result<{ file: HoldExport }, Refusal | 'too-soon'>> {
      const allowed = permitted(by, 'legal');
      if (!allowed.ok) return allowed;
      const hold = await byId(tx, id);
      if (hold === null) return fail('not-found', 'There is no such hold.');
      if (hold.files.waiting > 0) {
        return fail('too-soon', 'Its files are being copied: try again in a few minutes.');
      }
      const file = await exportOf(storage, hold, await itemsOf(tx, id));
      await audit.record(tx, by, {
        ...{ action: 'legal-hold.export', target: { kind: 'legal-hold', id }, reason },
        detail: { sums: file.sums, bytes: file.size },
      });
      return ok({ file });
    },

    /** The export of a hold for somebody who said within the hour why; else null. */
    async exportFor(by: Actor, id: LegalHoldId): Promise<HoldExport | null> {
      const hold = by.kind === 'person' ? await byId(db, id) : null;
      if (hold === null || by.kind !== 'person') return null;
      const asked = await audit.list(
        {
          ...{ actorId: by.accountId, action: 'legal-hold.export', target: { kind: 'legal-hold', id } },
          since: new Date(clock.now() - legalHoldLimits.exportOpenMs),
        },
        { maxId: null, minId: null, sinceId: null, limit: 1 },
      );
      return asked.length === 0 ? null : exportOf(storage, hold, await itemsOf(db, id));
    },

    /** Takes back what an entry of the log did to a hold. */
    undo(tx: Tx, by: Actor, { id: undoes, action, target }: AuditEntry, reason: string): Outcome {
      const deed: Change = { id: target.id as LegalHoldId, reason, undoes };
      return action === 'legal-hold.add' ? release(tx, by, deed) : restore(tx, by, deed);
    },
  };
}

/** Holds with what is kept of each. */
function counted(conn: Db | Tx) {
  const files = conn.raw(
    `select count(*) filter (where state = 'kept') as kept,
            count(*) filter (where state = 'waiting') as waiting,
            count(*) filter (where state = 'missing') as missing,
            coalesce(sum(bytes), 0) as bytes
       from legal_hold_items where hold_id = legal_holds.id`,
  );
  return conn('legal_holds')
    .joinRaw('cross join lateral (?) as files', [files])
    .select<CountedRow[]>('legal_holds.*', 'files.*');
}

/** The columns of an item that differ between a record and a file. */
const stored = (item: NewItem) =>
  'content' in item
    ? { content: item.content, source_key: null, state: 'kept' }
    : { content: null, source_key: item.sourceKey, state: 'waiting' };
