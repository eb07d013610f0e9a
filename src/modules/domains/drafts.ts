import { z } from 'zod';
import type { Db, Tx } from '../../db/database.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Decision, Instances } from '../instances/index.ts';
import { type Actor, type Audit, type AuditEntry, permitted } from '../staff/index.ts';
import { type ListedDecision, listedDecision } from './decision.ts';
import { decisionOf, nameOf } from './ownership.ts';
import type { Recorded, recording } from './recording.ts';

/** What a list proposes, to be accepted or turned down. */
export interface Draft {
  readonly id: string;
  readonly subscriptionId: string;
  readonly domain: string;
  readonly decision: ListedDecision;
  readonly createdAt: Date;
}

interface DraftDeps {
  readonly db: Db;
  readonly instances: Instances;
  readonly audit: Audit;
  readonly records: ReturnType<typeof recording>;
}

const draftRows = z.array(
  z.object({
    ...{ id: z.string(), subscriptionId: z.string(), domain: z.string(), createdAt: z.date() },
    decision: listedDecision,
  }),
);

/** Entries from before these numbers were kept have none. */
const acceptedSchema = z.object({ drafts: z.array(z.string()).default([]) });

const COLUMNS = ['id', 'subscription_id as subscriptionId', 'domain', 'decision', 'created_at as createdAt'];

/** Proposals of lists that are followed in draft mode. */
export function drafting({ db, instances, audit, records }: DraftDeps) {
  const open = async (tx: Tx, ids: readonly string[]): Promise<Draft[]> =>
    draftRows.parse(
      await tx('domain_drafts')
        .whereRaw('id = any(?::bigint[])', [[...ids]])
        .where({ state: 'open' })
        .forUpdate()
        .select(COLUMNS),
    );

  return {
    /** Open proposals, by domain. */
    async list(limit: number): Promise<Draft[]> {
      return draftRows.parse(
        await db('domain_drafts').where({ state: 'open' }).orderBy('domain').limit(limit).select(COLUMNS),
      );
    },

    /** Makes policies of proposals, as one deed, but for domains that somebody decided about meanwhile. */
    async accept(
      tx: Tx,
      by: Actor,
      ids: readonly string[],
    ): Promise<Result<Recorded, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      await records.hold(tx);
      const drafts = await open(tx, ids);
      if (drafts.length === 0) return fail('not-found', 'There is no such proposal any more.');
      const existing = await instances.decisionsOn(
        tx,
        drafts.map(({ domain }) => domain),
      );
      const writes = new Map<string, Decision>();
      for (const { domain, subscriptionId, decision } of drafts) {
        const before = existing.get(domain);
        if (before === undefined || before.origin === 'subscription') {
          writes.set(domain, decisionOf(subscriptionId, decision, before));
        }
      }
      await settle(tx, drafts, 'accepted');
      const target = { kind: 'domain', id: targetOf(drafts) } as const;
      return ok(
        await records.record(
          tx,
          by,
          { action: 'domain.accept-draft', target, detail: { drafts: drafts.map(({ id }) => id) } },
          [...writes.keys()],
          () => instances.writePolicies(tx, writes),
        ),
      );
    },

    /** Takes policies back that were made of proposals; these wait again. */
    async undoAcceptance(
      tx: Tx,
      by: Actor,
      entry: AuditEntry,
      reason: string,
    ): ReturnType<typeof records.undo> {
      const outcome = await records.undo(tx, by, { auditId: entry.id, reason });
      const { drafts } = acceptedSchema.parse(entry.detail);
      if (outcome.ok) {
        await tx('domain_drafts')
          .whereRaw('id = any(?::bigint[])', [drafts])
          .where({ state: 'accepted' })
          .update({ state: 'open' });
      }
      return outcome;
    },

    /** Turns proposals down. They come back only when their list says something else. */
    async reject(
      tx: Tx,
      by: Actor,
      ids: readonly string[],
    ): Promise<Result<{ count: number }, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const drafts = await open(tx, ids);
      if (drafts.length === 0) return fail('not-found', 'There is no such proposal any more.');
      const target = { kind: 'domain', id: targetOf(drafts) } as const;
      const rejected = drafts.map(({ id }) => id);
      await audit.recordRows(
        tx,
        by,
        { action: 'domain.reject-draft', target, detail: { domains: drafts.length } },
        {
          watch: {
            table: 'domain_drafts',
            where: (query) => query.whereRaw('id = any(?::bigint[])', [rejected]),
          },
          write: () => settle(tx, drafts, 'rejected'),
        },
      );
      return ok({ count: drafts.length });
    },
  };
}

async function settle(tx: Tx, drafts: readonly Draft[], state: 'accepted' | 'rejected'): Promise<void> {
  await tx('domain_drafts')
    .whereRaw('id = any(?::bigint[])', [drafts.map(({ id }) => id)])
    .update({ state });
}

/** One domain by its name, several by the list that named them. */
function targetOf(drafts: readonly Draft[]): string {
  const [first] = drafts;
  if (drafts.length === 1 && first) return first.domain;
  return nameOf(first?.subscriptionId ?? '');
}
