import type { Knex } from 'knex';
import type { Tx } from '../../src/db/database.ts';
import type { AccountId } from '../../src/lib/ids.ts';

/** Which servers: PeerTube reads other objects than everybody else (peertube.md 1). Unknown ones are others. */
type Peers = 'peertube' | 'others';

/** Who gets an activity. Without `peers`: on whatever server. */
export type Audience = AudienceOf & {
  readonly peers?: Peers;
  /** Leaves out inboxes that were told of this object before. */
  readonly notToldOf?: string;
};

type AudienceOf =
  /** Servers of the account's followers. */
  | { readonly kind: 'followers'; readonly of: AccountId }
  /** One account, at its own inbox: PeerTube reads answers to a Follow nowhere else (peertube.md 1). */
  | { readonly kind: 'account'; readonly id: AccountId }
  /** An inbox that belongs to no account that is known here: of a relay. */
  | { readonly kind: 'inbox'; readonly uri: string }
  /** Servers of these accounts. */
  | { readonly kind: 'servers'; readonly of: readonly AccountId[] }
  /** Every server that was told of the object before. */
  | { readonly kind: 'told'; readonly objectUri: string }
  /** Every server that was told of anything by this account. */
  | { readonly kind: 'told-by'; readonly of: AccountId };

/**
 * Inbox addresses of all audiences together, each once: the shared inbox where a server has one. Accounts of
 * this server never get anything over HTTP.
 */
export function inboxesOf(tx: Tx, audiences: readonly Audience[]): Knex.QueryBuilder {
  const [first, ...others] = audiences.map((audience) => notTold(tx, audience));
  if (!first) throw new Error('An activity without any audience.');
  return first.union(others);
}

/** Whether anybody at all is among them. */
export async function isAnybody(tx: Tx, audiences: readonly Audience[]): Promise<boolean> {
  return (await inboxesOf(tx, audiences).limit(1)).length > 0;
}

function notTold(tx: Tx, audience: Audience): Knex.QueryBuilder {
  const all = oneAudience(tx, audience);
  const { notToldOf: objectUri } = audience;
  if (objectUri === undefined) return all;
  const told = oneAudience(tx, { kind: 'told', objectUri });
  return tx.queryBuilder().select('inbox_uri').from(all.as('audience')).whereNotIn('inbox_uri', told);
}

function oneAudience(tx: Tx, audience: Audience): Knex.QueryBuilder {
  const shared = tx.raw('coalesce(accounts.shared_inbox_uri, accounts.inbox_uri) as inbox_uri');
  const { peers } = audience;
  const elsewhere = (query: Knex.QueryBuilder) =>
    query
      .where('accounts.state', 'active')
      .whereNot('accounts.domain', '')
      .modify(onlyOn(tx, 'accounts.host', peers));
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
        .modify(onlyOn(tx, 'deliveries.host', peers))
        .distinct('deliveries.inbox_uri');
    case 'told-by':
      return tx('deliveries')
        .join('activities', 'activities.id', 'deliveries.activity_id')
        .where({ 'activities.account_id': audience.of })
        .modify(onlyOn(tx, 'deliveries.host', peers))
        .distinct('deliveries.inbox_uri');
  }
}

/** Narrows a query to hosts that say of themselves that they run PeerTube, or to all others. */
function onlyOn(tx: Tx, hostColumn: string, peers: Peers | undefined) {
  return (query: Knex.QueryBuilder): void => {
    if (peers === undefined) return;
    const known = tx('instances')
      .select('instances.host')
      .where('instances.software', 'peertube')
      .whereRaw('instances.host = ??', [hostColumn]);
    if (peers === 'peertube') query.whereExists(known);
    else query.whereNotExists(known);
  };
}
