import type { Knex } from 'knex';
import type { AccountId } from '../lib/ids.ts';

/**
 * THE visibility predicate: narrows a query over `videos` to those the viewer may see (null: anybody).
 * Published, by an active author, and either for everybody, or the viewer's own, or for followers and the
 * viewer is an accepted one. Every read of videos passes through here (security.md P1).
 */
export function visibleTo(viewerId: AccountId | null) {
  return (query: Knex.QueryBuilder): void => {
    query
      .where('videos.state', 'published')
      .whereExists((author) =>
        author
          .select('accounts.id')
          .from('accounts')
          .whereRaw('accounts.id = videos.account_id')
          .where('accounts.state', 'active'),
      )
      .where((allowed) => {
        allowed.whereIn('videos.visibility', ['public', 'unlisted']);
        if (viewerId === null) return;
        allowed
          .orWhere('videos.account_id', viewerId)
          .orWhereExists((follow) =>
            follow
              .select('follows.id')
              .from('follows')
              .whereRaw('follows.target_id = videos.account_id')
              .where({ 'follows.follower_id': viewerId, 'follows.state': 'accepted' })
              .where('videos.visibility', 'followers'),
          );
      });
  };
}
