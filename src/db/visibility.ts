import type { Knex } from 'knex';
import type { AccountId } from '../lib/ids.ts';

/**
 * THE visibility predicate: narrows a query over `videos` to those the viewer may see (null: anybody).
 * Published, by an active author, no block between the two, and either for everybody, or the viewer's own, or
 * addressed to the viewer by name, or for followers and the viewer is an accepted one. Every read of videos
 * passes through here (security.md P1).
 */
export function visibleTo(viewerId: AccountId | null) {
  return (query: Knex.QueryBuilder): void => {
    query.where('videos.state', 'published').modify(postVisibleTo('videos', viewerId));
  };
}

/**
 * The same for a query over `comments` joined with `videos`: a comment is seen by whoever may see both it and
 * the video it stands under.
 */
export function commentVisibleTo(viewerId: AccountId | null) {
  return (query: Knex.QueryBuilder): void => {
    query.modify(visibleTo(viewerId)).modify(postVisibleTo('comments', viewerId));
  };
}

/** Rules that hold for both kinds of posts, which name their author and audience by the same columns. */
function postVisibleTo(table: 'videos' | 'comments', viewerId: AccountId | null) {
  const mentionColumn = table === 'videos' ? 'video_id' : 'comment_id';
  return (query: Knex.QueryBuilder): void => {
    query
      .whereExists((author) =>
        author
          .select('accounts.id')
          .from('accounts')
          .whereRaw('accounts.id = ??', [`${table}.account_id`])
          .where('accounts.state', 'active'),
      )
      .where((allowed) => {
        allowed.whereIn(`${table}.visibility`, ['public', 'unlisted']);
        if (viewerId === null) return;
        allowed
          .orWhere(`${table}.account_id`, viewerId)
          .orWhereExists((mention) =>
            mention
              .select('mentions.account_id')
              .from('mentions')
              .whereRaw('?? = ??', [`mentions.${mentionColumn}`, `${table}.id`])
              .where('mentions.account_id', viewerId),
          )
          .orWhereExists((follow) =>
            follow
              .select('follows.id')
              .from('follows')
              .whereRaw('follows.target_id = ??', [`${table}.account_id`])
              .where({ 'follows.follower_id': viewerId, 'follows.state': 'accepted' })
              .where(`${table}.visibility`, 'followers'),
          );
      });
    if (viewerId !== null) query.modify(notBlocked(`${table}.account_id`, viewerId));
  };
}

/** Leaves out accounts that the viewer blocks, and those who block the viewer. */
export function notBlocked(accountColumn: string, viewerId: AccountId) {
  return (query: Knex.QueryBuilder): void => {
    query.whereNotExists((block) =>
      block
        .select('account_blocks.id')
        .from('account_blocks')
        .where((either) =>
          either
            .where((mine) =>
              mine
                .where('account_blocks.account_id', viewerId)
                .whereRaw('account_blocks.target_id = ??', [accountColumn]),
            )
            .orWhere((theirs) =>
              theirs
                .where('account_blocks.target_id', viewerId)
                .whereRaw('account_blocks.account_id = ??', [accountColumn]),
            ),
        ),
    );
  };
}
