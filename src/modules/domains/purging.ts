import { domainBulkLimits } from '../../../config/domain-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { ofDomain } from '../../db/visibility.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Accounts } from '../accounts/index.ts';
import { normaliseDomain } from '../instances/index.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

interface PurgingDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly accounts: Pick<Accounts, 'markGone'>;
  readonly audit: Audit;
  readonly ownDomain: string;
}

/** How far the last purge of a domain has come. */
export interface DomainPurge {
  readonly domain: string;
  /** Accounts that were here when it was asked for, and how many of them have ended. */
  readonly total: number;
  readonly ended: number;
  readonly startedAt: Date;
  /** Null while it is under way. */
  readonly finishedAt: Date | null;
}

const COLUMNS = ['domain', 'total', 'ended', 'started_at as startedAt', 'finished_at as finishedAt'];

/** Takes all that is here of a domain away: as if each of its accounts had said that it is gone. */
export function purging({ db, inTx, clock, enqueue, accounts, audit, ownDomain }: PurgingDeps) {
  const there = (conn: Db | Tx, domain: string) =>
    conn('accounts').modify(ofDomain(domain)).whereNot('accounts.state', 'deleted');
  const stateOf = async (conn: Db | Tx, domain: string): Promise<DomainPurge | null> =>
    (await conn('domain_purges').where({ domain }).first(COLUMNS)) ?? null;

  /** Ends the next portion of accounts. Whoever is cut off has done a portion whole, or nothing of it. */
  const endSome = (domain: string): Promise<DomainPurge | null> =>
    inTx(async (tx) => {
      const purge = await tx('domain_purges').where({ domain }).forUpdate().first();
      if (!purge || purge.finished_at !== null) return stateOf(tx, domain);
      const ids: AccountId[] = await there(tx, domain)
        .where('accounts.id', '>', purge.after_id)
        .orderBy('accounts.id')
        .limit(domainBulkLimits.accountsAtOnce)
        .pluck('accounts.id');
      let ended = purge.ended;
      for (const id of ids) if (await accounts.markGone(tx, id)) ended += 1;
      const isLast = ids.length < domainBulkLimits.accountsAtOnce;
      await tx('domain_purges')
        .where({ domain })
        .update({
          ...{ ended, after_id: ids.at(-1) ?? purge.after_id },
          finished_at: isLast ? new Date(clock.now()) : null,
        });
      return stateOf(tx, domain);
    });

  /** Ends all that is left of them, and tells of each portion. */
  async function endAll(
    domain: string,
    { signal, tell }: { readonly signal?: AbortSignal; readonly tell?: (purge: DomainPurge) => void } = {},
  ): Promise<DomainPurge | null> {
    for (;;) {
      signal?.throwIfAborted();
      const purge = await endSome(domain);
      if (purge) tell?.(purge);
      if (!purge || purge.finishedAt !== null) return purge;
    }
  }

  return {
    /**
     * Has every account of a domain and its subdomains here end, in portions in the background; videos, comments, files and
     * follows of each go by the work that follows. Nothing of it comes back by itself: what is posted there later is taken as
     * that of people who are new. One that is under way goes on.
     */
    async purge(
      tx: Tx,
      by: Actor,
      input: { readonly domain: string; readonly reason: string },
    ): Promise<Result<{ purge: DomainPurge }, 'permission-missing' | 'domain-invalid' | 'domain-own'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const domain = normaliseDomain(input.domain);
      if (domain === null) return fail('domain-invalid', `"${input.domain}" is not the name of a server.`);
      if (domain === ownDomain) return fail('domain-own', `${domain} is this server.`);
      const target = { kind: 'domain', id: domain } as const;
      const counted = await there(tx, domain).count('* as count').first();
      const anew = { ended: 0, after_id: 0, started_at: new Date(clock.now()), finished_at: null };
      const begun = await tx('domain_purges')
        .insert({ domain, total: Number(counted?.count), ...anew })
        .onConflict('domain')
        .merge()
        .whereNotNull('domain_purges.finished_at')
        .returning('domain');
      if (begun.length > 0) {
        await audit.record(tx, by, { action: 'domain.purge', target, reason: input.reason });
        await enqueue(tx, { name: 'domains.purge', payload: { domain }, key: `domains.purge:${domain}` });
      }
      const purge = await stateOf(tx, domain);
      if (!purge) throw new Error(`The purge of ${domain} is gone.`);
      return ok({ purge });
    },

    /** The last purge of a domain; null where there was none. */
    purgeOf: (domain: string) => stateOf(db, domain),

    /** For the job, and for whoever waits for it at a terminal. */
    endAll,
  };
}
