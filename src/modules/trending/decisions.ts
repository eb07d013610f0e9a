import { trendUpkeep } from '../../../config/trend-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { ofDomain } from '../../db/visibility.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import type { TrendSubject } from './aggregator.ts';
import { plainTag } from './plain-tag.ts';
import type { Hold, Standing } from './standing.ts';

/** What was decided about a subject, by whom and why. */
export interface TrendDecision extends TrendSubject {
  /** `open`: as if nobody had decided. */
  readonly standing: Standing | 'open';
  /** Why the brake held it; null where a person decided. */
  readonly reason: Hold['reason'] | null;
  readonly share: number | null;
  readonly domain: string | null;
  readonly note: string;
  readonly decidedBy: AccountId | null;
  readonly decidedAt: Date;
}

export interface TrustDecision {
  readonly domain: string;
  readonly trust: number | null;
  readonly note: string;
  readonly decidedAt: Date;
}

const subjectOf = ({ of, id }: TrendSubject): string => (of === 'tags' ? plainTag(id) : id);

/** What people decided about trends, or the brake until they do, for those who read trends. */
export function readDecisions(db: Db) {
  const columns = [
    ...['of', 'subject as id', 'standing', 'reason', 'share', 'domain', 'note'],
    ...['decided_by as decidedBy', 'decided_at as decidedAt'],
  ];

  return {
    /** What was decided since a moment, oldest first. */
    since: (moment: Date): Promise<TrendDecision[]> =>
      db('trend_decisions')
        .where('decided_at', '>=', moment)
        .orderBy('decided_at')
        .select(...columns),

    /** What stands so, newest first. */
    list: (standing: Standing, of: TrendSubject['of'] | null): Promise<TrendDecision[]> =>
      db('trend_decisions')
        .where({ standing })
        .modify((query) => {
          if (of !== null) query.where({ of });
        })
        .orderBy([{ column: 'decided_at', order: 'desc' }, { column: 'subject' }])
        .limit(trendUpkeep.maxDecisionsShown)
        .select(...columns),

    /** What was decided about these, by their id as it is kept. */
    async about(of: TrendSubject['of'], ids: readonly string[]): Promise<Map<string, TrendDecision>> {
      const rows: TrendDecision[] = await db('trend_decisions')
        .where({ of })
        .whereRaw('subject = any(?::text[])', [ids.map((id) => subjectOf({ of, id }))])
        .select(...columns);
      return new Map(rows.map((row) => [row.id, row]));
    },

    /** Those of these that nobody keeps from trends, in their order. */
    async allowed<T extends string>(of: TrendSubject['of'], ids: readonly T[]): Promise<T[]> {
      if (ids.length === 0) return [];
      const shut: string[] = await db('trend_decisions')
        .where({ of })
        .whereIn('standing', ['held', 'vetoed'])
        .whereRaw('subject = any(?::text[])', [ids.map((id) => subjectOf({ of, id }))])
        .pluck('subject');
      const isShut = new Set(shut);
      return ids.filter((id) => !isShut.has(subjectOf({ of, id })));
    },

    /** Servers whose trust an admin set. */
    trusts: (): Promise<TrustDecision[]> =>
      db('trend_trusts')
        .whereNotNull('trust')
        .orderBy('domain')
        .limit(trendUpkeep.trustsShown)
        .select('domain', 'trust', 'note', 'decided_at as decidedAt'),
  };
}

export type DecisionReads = ReturnType<typeof readDecisions>;

/** The same, and the ways to decide. */
export function createDecisions({ db, audit }: { readonly db: Db; readonly audit: Audit }) {
  return {
    ...readDecisions(db),

    /** A person decides; what was decided before is no more. Counts at once for whoever reads trends. */
    async decide(
      tx: Tx,
      by: Actor,
      input: {
        readonly subject: TrendSubject;
        readonly standing: TrendDecision['standing'];
        readonly note: string;
      },
    ): Promise<Result<object, 'permission-missing'>> {
      const allowed = permitted(by, 'trends');
      if (!allowed.ok) return allowed;
      const { of } = input.subject;
      const row = { of, subject: subjectOf(input.subject) };
      const note = input.note.slice(0, trendUpkeep.maxNoteCharacters);
      const facts = {
        ...{ standing: input.standing, decided_by: personOf(by), decided_at: tx.fn.now() },
        ...{ note, reason: null, share: null, domain: null },
      };
      const target = { kind: 'trend', id: `${of} ${row.subject}` } as const;
      const detail = { standing: input.standing };
      await audit.recordRows(
        tx,
        by,
        { action: 'trend.decide', target, reason: note, detail },
        {
          watch: { table: 'trend_decisions', where: (query) => query.where(row) },
          write: () =>
            tx('trend_decisions')
              .insert({ ...row, ...facts })
              .onConflict(['of', 'subject'])
              .merge(facts),
        },
      );
      return ok();
    },

    /** A decision was put back, or taken away again: whoever reads trends hears of it. */
    async restored(
      tx: Tx,
      { of, subject }: { readonly of: string; readonly subject: string },
    ): Promise<void> {
      await tx('trend_decisions')
        .insert({ of, subject, standing: 'open', decided_at: tx.fn.now() })
        .onConflict(['of', 'subject'])
        .merge(['decided_at']);
    },

    /** The brake holds videos; what people decided stays. */
    async hold(tx: Tx, holds: readonly Hold[]): Promise<void> {
      if (holds.length === 0) return;
      await tx('trend_decisions')
        .insert(
          holds.map(({ videoId, reason, share, domain }) => ({
            ...{ of: 'videos', subject: videoId, standing: 'held', reason, share, domain },
          })),
        )
        .onConflict(['of', 'subject'])
        .ignore();
    },

    /** Sets how much a server is trusted, over what it earned; null: that counts again. */
    async setTrust(
      tx: Tx,
      by: Actor,
      input: { readonly domain: string; readonly trust: number | null; readonly note: string },
    ): Promise<Result<object, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'trends');
      if (!allowed.ok) return allowed;
      const { domain, trust } = input;
      const known =
        (await tx('instances').where({ host: domain }).first('host')) ??
        (await tx('accounts').modify(ofDomain(domain)).first('id'));
      if (!known) return fail('not-found', 'Nobody of this server is known here.');
      const note = input.note.slice(0, trendUpkeep.maxNoteCharacters);
      const facts = { trust, note, decided_by: personOf(by), decided_at: tx.fn.now() };
      await audit.recordRows(
        tx,
        by,
        { action: 'trend.trust', target: { kind: 'domain', id: domain }, reason: note, detail: { trust } },
        {
          watch: { table: 'trend_trusts', where: (query) => query.where({ domain }) },
          write: () =>
            tx('trend_trusts')
              .insert({ domain, ...facts })
              .onConflict('domain')
              .merge(facts),
        },
      );
      return ok();
    },

    /** The trust of a server was put back, or taken away again: whoever reads trends hears of it. */
    async trustRestored(tx: Tx, domain: string): Promise<void> {
      await tx('trend_trusts')
        .insert({ domain, trust: null, decided_at: tx.fn.now() })
        .onConflict('domain')
        .merge(['decided_at']);
    },
  };
}

const personOf = (by: Actor): AccountId | null => (by.kind === 'person' ? by.accountId : null);

export type Decisions = ReturnType<typeof createDecisions>;
