import { trendUpkeep } from '../../../config/trend-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
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

/** What people decided about trends, or the brake until they do. */
export function createDecisions({ db }: { readonly db: Db }) {
  const subjectOf = ({ of, id }: TrendSubject): string => (of === 'tags' ? plainTag(id) : id);

  const columns = [
    ...['of', 'subject as id', 'standing', 'reason', 'share', 'domain', 'note'],
    ...['decided_by as decidedBy', 'decided_at as decidedAt'],
  ];

  return {
    /** A person decides; what was decided before is no more. Counts at once for whoever reads trends. */
    async decide(
      tx: Tx,
      subject: TrendSubject,
      by: {
        readonly standing: TrendDecision['standing'];
        readonly accountId: AccountId;
        readonly note: string;
      },
    ): Promise<void> {
      const row = { of: subject.of, subject: subjectOf(subject) };
      const facts = {
        ...{ standing: by.standing, decided_by: by.accountId, decided_at: tx.fn.now() },
        ...{ note: by.note.slice(0, trendUpkeep.maxNoteCharacters), reason: null, share: null, domain: null },
      };
      await tx('trend_decisions')
        .insert({ ...row, ...facts })
        .onConflict(['of', 'subject'])
        .merge(facts);
    },

    /** The brake holds videos; what people decided stays. */
    async hold(tx: Tx, holds: readonly Hold[]): Promise<void> {
      if (holds.length === 0) return;
      await tx('trend_decisions')
        .insert(
          holds.map(({ videoId, reason, share, domain, at }) => ({
            ...{ of: 'videos', subject: videoId, standing: 'held', reason, share, domain },
            decided_at: new Date(at),
          })),
        )
        .onConflict(['of', 'subject'])
        .ignore();
    },

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

    /** Sets how much a server is trusted, over what it earned; null: what it earned counts again. */
    async setTrust(
      tx: Tx,
      domain: string,
      by: { readonly trust: number | null; readonly accountId: AccountId; readonly note: string },
    ): Promise<void> {
      const facts = {
        ...{ trust: by.trust, note: by.note.slice(0, trendUpkeep.maxNoteCharacters) },
        ...{ decided_by: by.accountId, decided_at: tx.fn.now() },
      };
      await tx('trend_trusts')
        .insert({ domain, ...facts })
        .onConflict('domain')
        .merge(facts);
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

export type Decisions = ReturnType<typeof createDecisions>;
