import { z } from 'zod';
import type { Db, Tx } from '../../db/database.ts';
import type { AuditId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Decision, Instances } from '../instances/index.ts';
import { type Actor, type Audit, type Deed, permitted } from '../staff/index.ts';
import { isSame, storedDecision } from './decision.ts';

/** What a deed did to one domain. Null: there was or is no policy. */
export interface DomainChange {
  readonly domain: string;
  readonly before: Decision | null;
  readonly after: Decision | null;
}

export interface RecordingDeps {
  readonly db: Db;
  readonly instances: Pick<Instances, 'decisionsOn' | 'writePolicies'>;
  readonly audit: Audit;
}

/** What came of a deed: its entry in the audit log, or null where it changed nothing. */
export interface Recorded {
  readonly auditId: AuditId | null;
  readonly changed: number;
}

const changeRow = z.object({
  domain: z.string(),
  before: storedDecision.nullable(),
  after: storedDecision.nullable(),
});

/** Deeds that change policies, each as one entry of the audit log, with what it changed beside it, and taken back as one. */
export function recording({ db, instances, audit }: RecordingDeps) {
  /**
   * Runs a deed that changes policies of these domains. Decisions about domains come one after the other, so that what is recorded
   * is what changed.
   */
  async function record(
    tx: Tx,
    by: Actor,
    deed: Deed,
    domains: readonly string[],
    write: () => Promise<unknown>,
  ): Promise<Recorded> {
    await hold(tx);
    const before = await instances.decisionsOn(tx, domains);
    await write();
    const after = await instances.decisionsOn(tx, domains);
    const changes = [...new Set(domains)]
      .map((domain) => ({
        domain,
        before: before.get(domain) ?? null,
        after: after.get(domain) ?? null,
      }))
      .filter((change) => !isSame(change.before, change.after));
    if (changes.length === 0) return { auditId: null, changed: 0 };
    const detail = { ...deed.detail, domains: changes.length };
    const auditId = await audit.record(tx, by, { ...deed, detail });
    await tx.raw(
      `insert into domain_changes (audit_id, domain, before, after)
       select ?, domain, nullif(before, 'null'), nullif(after, 'null')
         from jsonb_to_recordset(?) as changed (domain text, before jsonb, after jsonb)`,
      [auditId, JSON.stringify(changes)],
    );
    return { auditId, changed: changes.length };
  }

  async function changesOf(conn: Db | Tx, auditId: AuditId): Promise<DomainChange[]> {
    const rows = await conn('domain_changes')
      .where({ audit_id: auditId })
      .orderBy('domain')
      .select('domain', 'before', 'after');
    return z.array(changeRow).parse(rows);
  }

  return {
    hold,
    record,
    /** How many domains each of these deeds changed. */
    async changeCounts(auditIds: readonly AuditId[]): Promise<Map<AuditId, number>> {
      const rows: { id: AuditId; count: number }[] = await db('domain_changes')
        .whereRaw('audit_id = any(?::bigint[])', [[...auditIds]])
        .groupBy('audit_id')
        .select('audit_id as id', db.raw('count(*)::int as count'));
      return new Map(rows.map(({ id, count }) => [id, count]));
    },

    /**
     * Takes a deed back: what it changed is again as it was before, but for domains that were decided about anew since, which stay as
     * they are.
     */
    async undo(
      tx: Tx,
      by: Actor,
      input: { readonly auditId: AuditId; readonly reason: string },
    ): Promise<Result<Recorded & { kept: string[] }, 'permission-missing' | 'not-found' | 'undone-before'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      await hold(tx);
      const [entry, changes] = [await audit.byId(tx, input.auditId), await changesOf(tx, input.auditId)];
      if (entry === null || changes.length === 0) {
        return fail('not-found', 'No decision about domains has that number.');
      }
      if (entry.undoneBy !== null) return fail('undone-before', 'This was taken back already.');
      const now = await instances.decisionsOn(
        tx,
        changes.map(({ domain }) => domain),
      );
      const untouched = changes.filter(({ domain, after }) => isSame(now.get(domain) ?? null, after));
      const kept = changes.filter((change) => !untouched.includes(change)).map(({ domain }) => domain);
      const deed: Deed = {
        ...{ action: 'domain.undo', target: entry.target, reason: input.reason, undoes: entry.id },
        detail: { kept: kept.length },
      };
      const domains = untouched.map(({ domain }) => domain);
      const write = () =>
        instances.writePolicies(tx, new Map(untouched.map(({ domain, before }) => [domain, before])));
      return ok({ ...(await record(tx, by, deed, domains, write)), kept });
    },
  };
}

/** Until the end of the transaction, nobody else writes policies; everybody reads them. */
async function hold(tx: Tx): Promise<void> {
  await tx.raw('lock table domain_policies in share row exclusive mode');
}
