import type { Knex } from 'knex';
import type { Tx } from '../../src/db/database.ts';
import type { AccountId } from '../../src/lib/ids.ts';

/** Who gets an activity. */
export type Audience =
  /** Servers of the account's followers. */
  | { readonly kind: 'followers'; readonly of: AccountId }
  /** One account, at its own inbox. */
  | { readonly kind: 'account'; readonly id: AccountId }
  /** Followers, and every server that was told of the object before. */
  | { readonly kind: 'informed'; readonly of: AccountId; readonly objectUri: string };

/**
 * Inbox addresses of an audience, each once: the shared inbox where a server has one. Accounts of this
 * server never get anything over HTTP.
 */
export function inboxesOf(tx: Tx, audience: Audience): Knex.QueryBuilder {
  switch (audience.kind) {
    case 'account':
      return tx('accounts')
        .where({ id: audience.id, state: 'active' })
        .whereNot({ domain: '' })
        .select('inbox_uri');
    case 'followers':
      return followerInboxes(tx, audience.of);
    case 'informed':
      return followerInboxes(tx, audience.of).union((query) =>
        query
          .distinct('deliveries.inbox_uri')
          .from('deliveries')
          .join('activities', 'activities.id', 'deliveries.activity_id')
          .where({ 'activities.object_uri': audience.objectUri }),
      );
  }
}

function followerInboxes(tx: Tx, accountId: AccountId): Knex.QueryBuilder {
  return tx('follows')
    .join('accounts', 'accounts.id', 'follows.follower_id')
    .where({ 'follows.target_id': accountId, 'follows.state': 'accepted', 'accounts.state': 'active' })
    .whereNot('accounts.domain', '')
    .distinct(tx.raw('coalesce(accounts.shared_inbox_uri, accounts.inbox_uri) as inbox_uri'));
}
