import type { Knex } from 'knex';
import type { Tx } from '../../src/db/database.ts';
import type { AccountId } from '../../src/lib/ids.ts';

/** Who gets an activity. */
export type Audience =
  /** Servers of the account's followers. */
  | { readonly kind: 'followers'; readonly of: AccountId }
  /** One account, at its own inbox: PeerTube reads answers to a Follow nowhere else (peertube.md 1). */
  | { readonly kind: 'account'; readonly id: AccountId }
  /** An inbox that belongs to no account that is known here: of a relay. */
  | { readonly kind: 'inbox'; readonly uri: string }
  /** Servers of these accounts. */
  | { readonly kind: 'servers'; readonly of: readonly AccountId[] }
  /** Every server that was told of the object before. */
  | { readonly kind: 'told'; readonly objectUri: string };

/**
 * Inbox addresses of all audiences together, each once: the shared inbox where a server has one. Accounts of
 * this server never get anything over HTTP.
 */
export function inboxesOf(tx: Tx, audiences: readonly Audience[]): Knex.QueryBuilder {
  const [first, ...others] = audiences.map((audience) => oneAudience(tx, audience));
  if (!first) throw new Error('An activity without any audience.');
  return first.union(others);
}

function oneAudience(tx: Tx, audience: Audience): Knex.QueryBuilder {
  const shared = tx.raw('coalesce(accounts.shared_inbox_uri, accounts.inbox_uri) as inbox_uri');
  const elsewhere = (query: Knex.QueryBuilder) =>
    query.where('accounts.state', 'active').whereNot('accounts.domain', '');
  switch (audience.kind) {
    case 'account':
      return tx('accounts').where({ id: audience.id }).modify(elsewhere).select('inbox_uri');
    case 'inbox':
      return tx.queryBuilder().select(tx.raw('?::text as inbox_uri', [audience.uri]));
    case 'servers':
      return tx('accounts')
        .whereIn('id', [...audience.of])
        .modify(elsewhere)
        .distinct(shared);
    case 'followers':
      return tx('follows')
        .join('accounts', 'accounts.id', 'follows.follower_id')
        .where({ 'follows.target_id': audience.of, 'follows.state': 'accepted' })
        .modify(elsewhere)
        .distinct(shared);
    case 'told':
      return tx('deliveries')
        .join('activities', 'activities.id', 'deliveries.activity_id')
        .where({ 'activities.object_uri': audience.objectUri })
        .distinct('deliveries.inbox_uri');
  }
}
