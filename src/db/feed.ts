import type { Knex } from 'knex';
import type { ViewerRef } from './visibility.ts';

/**
 * What people have chosen not to be shown in lists, though they may see it: who opens it by itself does. Beside
 * `visibleTo`, never in its place.
 */

/** Leaves out videos of others with a hashtag that the viewer has muted. Null: nobody mutes anything. */
function withoutTagsMutedBy(viewerId: ViewerRef | null) {
  return (query: Knex.QueryBuilder): void => {
    if (viewerId === null) return;
    query.whereNotExists((mute) =>
      mute
        .select('tag_mutes.id')
        .from('tag_mutes')
        .join('video_tags', 'video_tags.tag', 'tag_mutes.tag')
        .where('tag_mutes.account_id', viewerId)
        .whereRaw('video_tags.video_id = videos.id and videos.account_id <> tag_mutes.account_id'),
    );
  };
}

/**
 * Leaves out posts of accounts that the viewer has muted, for as long as that lasts, and of videos those with hashtags that she has muted.
 * Null: nobody is muted. Where `from` is notifications,
 * those whom she wants to hear of are left in: one may mute somebody and still be told of what they do to oneself.
 */
export function notMutedBy(
  viewerId: ViewerRef | null,
  accountColumn = 'videos.account_id',
  from: 'posts' | 'notifications' = 'posts',
) {
  return (query: Knex.QueryBuilder): void => {
    if (viewerId === null) return;
    if (accountColumn === 'videos.account_id') query.modify(withoutTagsMutedBy(viewerId));
    query.whereNotExists((mute) =>
      mute
        .select('account_mutes.id')
        .from('account_mutes')
        .where('account_mutes.account_id', viewerId)
        .whereRaw('account_mutes.target_id = ??', [accountColumn])
        .where((lasting) =>
          lasting.whereNull('account_mutes.expires_at').orWhereRaw('account_mutes.expires_at > now()'),
        )
        .modify((mutes) => {
          if (from === 'notifications') mutes.where('account_mutes.notifications', true);
        }),
    );
  };
}

/**
 * Narrows a query over `videos` for the home timeline of the viewer: without muted authors, authors whom she keeps in an
 * exclusive list, and languages that she does not want of an author. A video in no language is in all. With another
 * column, the same of whoever that names.
 */
export function wantedAtHome(viewerId: ViewerRef, accountColumn = 'videos.account_id') {
  return (query: Knex.QueryBuilder): void => {
    query.modify(fromWantedAtHome(viewerId, accountColumn)).modify(inWantedLanguage(viewerId, accountColumn));
  };
}

/** Of that, what is of an account and not of a post: neither muted nor in an exclusive list. */
export function fromWantedAtHome(viewerId: ViewerRef, accountColumn: string) {
  return (query: Knex.QueryBuilder): void => {
    query
      .modify(notMutedBy(viewerId, accountColumn))
      .whereNotExists((listed) =>
        listed
          .select('list_accounts.id')
          .from('list_accounts')
          .join('lists', 'lists.id', 'list_accounts.list_id')
          .whereRaw('list_accounts.account_id = ??', [accountColumn])
          .where({ 'lists.account_id': viewerId, 'lists.exclusive': true }),
      );
  };
}

/**
 * Narrows a query over `shares`, under that name or another, beside `videos` to those of accounts that the viewer follows
 * with what they pass on, and wants at home.
 */
export function passedOnAtHome(viewerId: ViewerRef, shares: string) {
  return (query: Knex.QueryBuilder): void => {
    query.modify(withoutTagsMutedBy(viewerId)).modify(wantedAtHome(viewerId, `${shares}.account_id`));
    query.whereExists((follow) =>
      follow
        .select('follows.id')
        .from('follows')
        .where({ 'follows.follower_id': viewerId, 'follows.state': 'accepted', 'follows.reblogs': true })
        .whereRaw('follows.target_id = ??', [`${shares}.account_id`]),
    );
  };
}

/** Leaves out videos in languages that the viewer does not want of somebody whom she follows: their author, usually. */
export function inWantedLanguage(viewerId: ViewerRef, accountColumn = 'videos.account_id') {
  return (query: Knex.QueryBuilder): void => {
    query.whereNotExists((follow) =>
      follow
        .select('follows.id')
        .from('follows')
        .where('follows.follower_id', viewerId)
        .whereRaw('follows.target_id = ??', [accountColumn])
        .whereRaw('videos.language is not null and not videos.language = any (follows.languages)'),
    );
  };
}

/** Leaves out videos that the viewer was shown already, as far as her history knows. */
export function notSeenBy(viewerId: ViewerRef | null, videoColumn = 'videos.id') {
  return (query: Knex.QueryBuilder): void => {
    if (viewerId === null) return;
    query.whereNotExists((seen) =>
      seen
        .select('watch_history.id')
        .from('watch_history')
        .where('watch_history.account_id', viewerId)
        .whereRaw('watch_history.video_id = ??', [videoColumn]),
    );
  };
}

/** Leaves out videos that the viewer said she is not interested in. */
export function notUnwantedBy(viewerId: ViewerRef | null, videoColumn = 'videos.id') {
  return (query: Knex.QueryBuilder): void => {
    if (viewerId === null) return;
    query.whereNotExists((unwanted) =>
      unwanted
        .select('not_interested.id')
        .from('not_interested')
        .where('not_interested.account_id', viewerId)
        .whereRaw('not_interested.video_id = ??', [videoColumn]),
    );
  };
}
