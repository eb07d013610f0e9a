import type { Db } from '../../db/database.ts';
import { accountListedTo, foundBy, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId } from '../../lib/ids.ts';

export interface AccountSearch {
  readonly q: string;
  readonly limit: number;
  readonly offset: number;
  /** Only those whom the viewer follows. */
  readonly followedOnly: boolean;
}

/** What begins with a text, in a pattern of SQL: what it holds that means something there means itself (security.md W6). */
function beginning(text: string): string {
  return `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
}

/**
 * Accounts whose name or handle begins with a text: those whom the viewer follows first, then those of this server.
 * Each half is an index's, and no further than it needs.
 */
export async function accountsLike(
  { db, unlistedDomains }: { readonly db: Db; readonly unlistedDomains: UnlistedDomains },
  viewerId: AccountId,
  { q, limit, offset, followedOnly }: AccountSearch,
): Promise<AccountId[]> {
  const [name = '', host] = q.replace(/^@/, '').split('@');
  if (name === '' || q.includes('\u0000')) return [];
  const most = offset + limit;
  const half = (column: string) => {
    const query = db('accounts')
      .whereRaw(`${column} like ?`, [beginning(name)])
      .modify(accountListedTo(viewerId, unlistedDomains))
      .modify(foundBy(viewerId))
      // In the order of the index, which knows no language.
      .orderByRaw(`${column} using ~<~`)
      .limit(most)
      .select('accounts.id', 'accounts.domain', 'accounts.username_key');
    if (host) query.whereLike('accounts.domain', beginning(host));
    if (followedOnly) {
      query.whereExists((follow) =>
        follow
          .select('follows.id')
          .from('follows')
          .where({ 'follows.follower_id': viewerId, 'follows.state': 'accepted' })
          .whereRaw('follows.target_id = accounts.id'),
      );
    }
    return query;
  };
  return db
    .with('by_handle', half('accounts.username_key'))
    .with('by_name', half('lower(accounts.display_name)'))
    .from(db.select('*').from('by_handle').union(db.select('*').from('by_name')).as('found'))
    .leftJoin('follows', (on) =>
      on
        .on('follows.target_id', 'found.id')
        .andOnVal('follows.follower_id', viewerId)
        .andOnVal('follows.state', 'accepted'),
    )
    .orderByRaw(`follows.id is null, found.domain <> '', found.username_key, found.id`)
    .limit(limit)
    .offset(offset)
    .pluck('found.id');
}
