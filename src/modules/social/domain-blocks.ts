import { socialLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Emit } from '../../db/outbox.ts';
import { ofDomain } from '../../db/visibility.ts';
import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Account } from '../accounts/index.ts';
import { normaliseDomain } from '../instances/index.ts';
import type { socialEvents } from './events.ts';

interface DomainBlockDeps {
  readonly db: Db;
  readonly emit: Emit<typeof socialEvents>;
}

/** Followers that one step removes; the next step is an event of its own. */
const FOLLOWERS_PER_STEP = 100;

/** True when `blocker` wants nothing of the domain of `other`. */
export async function blocksDomainOf(
  from: Db,
  blockerId: AccountId,
  other: Pick<Account, 'domain'>,
): Promise<boolean> {
  if (other.domain === null) return false;
  const row = await from('account_domain_blocks')
    .where({ account_id: blockerId })
    .whereRaw('domain = any (domain_suffixes(?))', [other.domain])
    .first('domain');
  return row !== undefined;
}

/** Domains that single accounts want nothing of, and the follows that this ends. */
export function domainBlocks({ db, emit }: DomainBlockDeps) {
  return {
    /**
     * Nothing of the domain and its subdomains is shown to the account any more, and nobody there may
     * follow it: those who do are turned away, step by step. Blocking twice changes nothing.
     */
    async blockDomain(
      tx: Tx,
      accountId: AccountId,
      domain: string,
    ): Promise<Result<object, 'domain-invalid' | 'too-many-domains'>> {
      const name = normaliseDomain(domain);
      if (name === null) return fail('domain-invalid', `"${domain}" is not the name of a server.`);
      const row = await tx('account_domain_blocks')
        .where({ account_id: accountId })
        .count('* as count')
        .first();
      if (Number(row?.count) >= socialLimits.maxDomainBlocks) {
        return fail('too-many-domains', `At most ${socialLimits.maxDomainBlocks} domains can be blocked.`);
      }
      const added = await tx('account_domain_blocks')
        .insert({ account_id: accountId, domain: name })
        .onConflict(['account_id', 'domain'])
        .ignore()
        .returning('domain');
      if (added.length > 0) await emit(tx, 'domain.blocked-by-account', { accountId, domain: name });
      return ok();
    },

    /** Takes a block back. False when there was none. */
    async unblockDomain(tx: Tx, accountId: AccountId, domain: string): Promise<boolean> {
      const name = normaliseDomain(domain);
      if (name === null) return false;
      return (
        (await tx('account_domain_blocks').where({ account_id: accountId, domain: name }).delete()) === 1
      );
    },

    /** The domains an account has blocked, by name, after `after` where that is given. */
    blockedDomains(accountId: AccountId, after: string | null, limit: number): Promise<string[]> {
      const query = db('account_domain_blocks').where({ account_id: accountId });
      if (after !== null) query.where('domain', '>', after);
      return query.orderBy('domain').limit(limit).pluck('domain');
    },

    blocksDomainOf: (blockerId: AccountId, other: Pick<Account, 'domain'>) =>
      blocksDomainOf(db, blockerId, other),

    /** Reaction to a block: turns a number of followers away, and asks for the next step while there are more. */
    async onDomainBlocked(tx: Tx, event: { accountId: AccountId; domain: string }): Promise<void> {
      const { accountId, domain } = event;
      const still = await tx('account_domain_blocks')
        .where({ account_id: accountId, domain })
        .first('domain');
      if (!still) return;
      const followers = tx('follows')
        .join('accounts', 'accounts.id', 'follows.follower_id')
        .where({ 'follows.target_id': accountId })
        .whereNot('follows.state', 'undone')
        .modify(ofDomain(domain))
        .limit(FOLLOWERS_PER_STEP)
        .select('follows.id');
      const gone: { follower_id: AccountId; uri: string }[] = await tx('follows')
        .whereIn('id', followers)
        .delete()
        .returning(['follower_id', 'uri']);
      for (const { follower_id: followerId, uri } of gone) {
        await emit(tx, 'follow.rejected', { followerId, targetId: accountId, uri });
      }
      if (gone.length === FOLLOWERS_PER_STEP) await emit(tx, 'domain.blocked-by-account', event);
    },
  };
}
