import { domainBulkLimits } from '../../../config/domain-limits.ts';
import type { Db, InTx } from '../../db/database.ts';
import { ofDomain } from '../../db/visibility.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Accounts } from '../accounts/index.ts';
import { normaliseDomain } from '../instances/index.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';

interface PurgingDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly accounts: Pick<Accounts, 'markGone'>;
  readonly audit: Audit;
  readonly ownDomain: string;
}

/** Takes all that is here of a domain away: as if each of its accounts had said that it is gone. */
export function purging({ db, inTx, accounts, audit, ownDomain }: PurgingDeps) {
  return {
    /**
     * Ends every account of a domain and its subdomains here, in portions; videos, comments, files and follows of each go by the
     * work that follows. Nothing of it comes back by itself: what is posted there later is taken as that of people who are new.
     */
    async purge(
      by: Actor,
      input: { readonly domain: string; readonly reason: string },
    ): Promise<Result<{ accounts: number }, 'permission-missing' | 'domain-invalid' | 'domain-own'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const domain = normaliseDomain(input.domain);
      if (domain === null) return fail('domain-invalid', `"${input.domain}" is not the name of a server.`);
      if (domain === ownDomain) return fail('domain-own', `${domain} is this server.`);
      const target = { kind: 'domain', id: domain } as const;
      await inTx((tx) => audit.record(tx, by, { action: 'domain.purge', target, reason: input.reason }));
      let ended = 0;
      for (let after = '0'; ; ) {
        const ids: AccountId[] = await db('accounts')
          .modify(ofDomain(domain))
          .whereNot('accounts.state', 'deleted')
          .where('accounts.id', '>', after)
          .orderBy('accounts.id')
          .limit(domainBulkLimits.accountsAtOnce)
          .pluck('accounts.id');
        await inTx(async (tx) => {
          for (const id of ids) if (await accounts.markGone(tx, id)) ended += 1;
        });
        after = ids.at(-1) ?? after;
        if (ids.length < domainBulkLimits.accountsAtOnce) return ok({ accounts: ended });
      }
    },
  };
}
