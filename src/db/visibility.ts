import type { Knex } from 'knex';
import type { AccountId } from '../lib/ids.ts';

/** Whether accounts of domains without a policy are shown: not where only listed domains may talk. */
export type UnlistedDomains = 'shown' | 'hidden';

/** Whether raid mode is on. It names no row of the query around it, so PostgreSQL asks once. */
export const UNDER_RAID = `coalesce((select raid_mode.until > now() from raid_mode), false)`;

/** In raid mode, servers that became known within a week before it count as silenced unless something is said of them. */
const IN_A_RAID = `case when ${UNDER_RAID} and exists (
    select from instances where instances.host = accounts.host
       and instances.first_seen_at > (select raid_mode.since - interval '7 days' from raid_mode))
  then 'silence' end`;

/** A domain and those above it, of the handles and of the server of `accounts`: mostly the same one, which is taken apart once. */
const SUFFIXES = `domain_suffixes(accounts.domain)
  || case when accounts.host is distinct from accounts.domain then domain_suffixes(accounts.host) end`;

/** Severity of the most specific policy for some domains, or null. */
const severityOf = (domains: string): string => `(
  select domain_policies.severity from domain_policies
   where domain_policies.domain = any (${domains})
     and (domain_policies.expires_at is null or domain_policies.expires_at > now())
   order by length(domain_policies.domain) desc limit 1)`;

/**
 * Severity of the most specific policy for the server of `accounts`, or for the domain of their handles, or null. Two or three look-ups in an
 * index for each row that is looked at, so that a change counts at once and nothing has to be kept in step.
 */
export const SEVERITY = `coalesce(${severityOf(SUFFIXES)}, ${IN_A_RAID})`;

/** Whether lists for everybody leave out accounts of a domain, all but for those who follow them. */
const IS_KEPT_FROM_LISTS = `coalesce(${SEVERITY}, '') in ('silence', 'no-feed')`;

/** Narrows a query over `accounts` to those that lists for everybody show, whatever the viewer follows. */
export function notKeptFromLists(query: Knex.QueryBuilder): void {
  query.whereRaw(`(accounts.domain = '' or not ${IS_KEPT_FROM_LISTS})`);
}

const isOpen = (unlisted: UnlistedDomains): string =>
  unlisted === 'shown' ? `is distinct from 'suspend'` : `= 'allow'`;

/** Narrows a query over `accounts` to those of this server and of domains that are not suspended. */
export function ofOpenDomains(unlisted: UnlistedDomains) {
  return (query: Knex.QueryBuilder): void => {
    query.whereRaw(`(accounts.domain = '' or ${SEVERITY} ${isOpen(unlisted)})`);
  };
}

/** Whether the server that a column names is not suspended. */
export const isOpenHost = (column: string, unlisted: UnlistedDomains): string =>
  `(${severityOf(`domain_suffixes(${column})`)} ${isOpen(unlisted)})`;

/** Narrows a query over `accounts` to those of a domain and its subdomains. */
export function ofDomain(domain: string) {
  return (query: Knex.QueryBuilder): void => {
    query.whereRaw(
      `accounts.domain <> '' and (domain_suffixes(accounts.domain) @> array[?]::text[]
                                  or domain_suffixes(accounts.host) @> array[?]::text[])`,
      [domain, domain],
    );
  };
}

/** Narrows a query over `accounts` to those below `domain` that are suspended with it. */
export function ofSuspendedDomain(domain: string, unlisted: UnlistedDomains) {
  const isSuspended = unlisted === 'shown' ? `= 'suspend'` : `is distinct from 'allow'`;
  return (query: Knex.QueryBuilder): void => {
    query.modify(ofDomain(domain)).whereRaw(`${SEVERITY} ${isSuspended}`);
  };
}

/** Somebody who looks: one account, or a column of the query, where many look at once. */
export type ViewerRef = AccountId | Knex.Raw;

/** Narrows a query over `accounts` to those whose domain the viewer has not blocked for herself. */
function notBlockedBy(viewerId: ViewerRef) {
  return (query: Knex.QueryBuilder): void => {
    query.whereRaw(
      `not exists (select 1 from account_domain_blocks
                    where account_domain_blocks.account_id = ?
                      and account_domain_blocks.domain = any (domain_suffixes(accounts.domain)))`,
      [viewerId],
    );
  };
}

/**
 * Narrows a query over `accounts` to those that the viewer (null: anybody) may meet: active ones of no suspended domain,
 * and for somebody who is signed in, no block between the two and none of a domain that she has blocked.
 */
export function accountVisibleTo(viewerId: ViewerRef | null, unlisted: UnlistedDomains) {
  return (query: Knex.QueryBuilder): void => {
    query.where('accounts.state', 'active').modify(ofOpenDomains(unlisted));
    if (viewerId === null) return;
    query.modify(noBlockBetween('accounts.id', viewerId)).modify(notBlockedBy(viewerId));
  };
}

/** Narrows a query over `accounts` to those that a list shows to the viewer: people and bots whom she may meet. */
export function accountListedTo(viewerId: AccountId | null, unlisted: UnlistedDomains) {
  return (query: Knex.QueryBuilder): void => {
    query
      .whereNull('accounts.owner_id')
      .whereRaw(`not (accounts.domain = '' and accounts.actor_type = 'Application')`)
      .modify(accountVisibleTo(viewerId, unlisted));
  };
}

/**
 * THE visibility predicate: narrows a query over `videos` to those the viewer may see (null: anybody).
 * Published, by an active author of no suspended domain nor one the viewer has blocked, no block between the two,
 * and either for everybody, or the viewer's own, or addressed to the viewer by name, or for followers and the viewer
 * is an accepted one. Every read of videos
 * passes through here (security.md P1).
 */
export function visibleTo(viewerId: ViewerRef | null, unlisted: UnlistedDomains = 'shown') {
  return (query: Knex.QueryBuilder): void => {
    query.where('videos.state', 'published').modify(postVisibleTo('videos', viewerId, unlisted));
  };
}

/**
 * The same for a query over `comments` joined with `videos`: a comment is seen by whoever may see both it and
 * the video it stands under. What the staff removed is seen by nobody; one that the author of the video hid is seen by that
 * person and by whoever wrote it; one that is held for a moderator, by the latter alone.
 */
export function commentVisibleTo(viewerId: ViewerRef | null, unlisted: UnlistedDomains = 'shown') {
  return (query: Knex.QueryBuilder): void => {
    query
      .modify(visibleTo(viewerId, unlisted))
      .modify(postVisibleTo('comments', viewerId, unlisted))
      .whereNull('comments.removed_at')
      .where((shown) => {
        shown.whereNull('comments.hidden_root_id');
        if (viewerId === null) return;
        shown
          .orWhere('comments.account_id', viewerId)
          .orWhere((below) => below.where('videos.account_id', viewerId).whereNull('comments.held_at'));
      });
  };
}

/** Rules that hold for both kinds of posts, which name their author and audience by the same columns. */
function postVisibleTo(table: 'videos' | 'comments', viewerId: ViewerRef | null, unlisted: UnlistedDomains) {
  const mentionColumn = table === 'videos' ? 'video_id' : 'comment_id';
  return (query: Knex.QueryBuilder): void => {
    query.modify(byShownAuthor(table, viewerId, unlisted)).where((allowed) => {
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
          follow.modify(followedBy(viewerId, table)).where(`${table}.visibility`, 'followers'),
        );
    });
    if (viewerId !== null) query.modify(noBlockBetween(`${table}.account_id`, viewerId));
  };
}

/**
 * The same for a query over `shares` joined with `videos`: that somebody passed a video on is seen by whoever may see
 * both the video and whoever did (security.md P7).
 */
export function shareVisibleTo(viewerId: ViewerRef | null, unlisted: UnlistedDomains = 'shown') {
  return (query: Knex.QueryBuilder): void => {
    query.modify(visibleTo(viewerId, unlisted)).modify(byShownAuthor('shares', viewerId, unlisted));
    if (viewerId !== null) query.modify(noBlockBetween('shares.account_id', viewerId));
  };
}

/**
 * The same for a query over `playlists`: of an active owner of no suspended domain, no block between the two, and for everybody, for
 * followers of whom the viewer is one, or the viewer's own. One that the staff took down is seen by its owner alone.
 */
export function playlistVisibleTo(viewerId: AccountId | null, unlisted: UnlistedDomains) {
  return (query: Knex.QueryBuilder): void => {
    const others = (allowed: Knex.QueryBuilder) => {
      allowed.whereIn('playlists.visibility', ['public', 'unlisted']);
      if (viewerId === null) return;
      allowed.orWhereExists((follow) =>
        follow.modify(followedBy(viewerId, 'playlists')).where('playlists.visibility', 'followers'),
      );
    };
    query.modify(byShownAuthor('playlists', viewerId, unlisted)).where((allowed) => {
      allowed.where((other) => other.where({ 'playlists.taken_down_at': null }).where(others));
      if (viewerId !== null) allowed.orWhere('playlists.account_id', viewerId);
    });
    if (viewerId !== null) query.modify(noBlockBetween('playlists.account_id', viewerId));
  };
}

/**
 * The same for a query over `playlist_items` joined with `playlists` and `videos`: a video of the list is seen by whoever may see it, and not
 * where its author and the owner of the list have nothing to do with each other any more.
 */
export function playlistItemVisibleTo(viewerId: AccountId | null, unlisted: UnlistedDomains) {
  return (query: Knex.QueryBuilder): void => {
    query.modify(visibleTo(viewerId, unlisted)).whereRaw(
      `not exists (select 1 from account_blocks
                    where (account_blocks.account_id, account_blocks.target_id)
                       in ((videos.account_id, playlists.account_id), (playlists.account_id, videos.account_id)))`,
    );
  };
}

/** Narrows a query over posts to those of active authors of no suspended domain, nor one the viewer has blocked. */
export function byShownAuthor(
  table: 'videos' | 'comments' | 'shares' | 'earlier_shares' | 'playlists',
  viewerId: ViewerRef | null,
  unlisted: UnlistedDomains,
) {
  return (query: Knex.QueryBuilder): void => {
    query.whereExists((author) => {
      author
        .select('accounts.id')
        .from('accounts')
        .whereRaw('accounts.id = ??', [`${table}.account_id`])
        .where('accounts.state', 'active')
        .modify(ofOpenDomains(unlisted));
      if (viewerId !== null) author.modify(notBlockedBy(viewerId));
    });
  };
}

/** Leaves out accounts that the viewer blocks, and those who block the viewer. */
function noBlockBetween(accountColumn: string, viewerId: ViewerRef) {
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

/** Narrows a query over `accounts` to those whom the staff shows to people who do not know them. */
export function notLimited(query: Knex.QueryBuilder): void {
  query.where({ 'accounts.silenced': false, 'accounts.undiscoverable': false });
}

/**
 * Narrows a query over `videos` for a public list: what the staff keeps out of discovery is left out, and authors that are silenced or kept
 * from feeds, by themselves or with their domain, except for those who follow them.
 */
export function notSilencedFor(viewerId: ViewerRef | null) {
  return (query: Knex.QueryBuilder): void => {
    query.where('videos.undiscoverable', false).where((heard) => {
      // A value and no `exists`: beside the `or`, PostgreSQL would look at all accounts there are to save a look at each row.
      heard.whereRaw(
        `(select not accounts.silenced and not accounts.undiscoverable
                  and (accounts.domain = '' or not ${IS_KEPT_FROM_LISTS})
            from accounts where accounts.id = videos.account_id)`,
      );
      if (viewerId !== null) heard.orWhereExists((follow) => follow.modify(followedBy(viewerId)));
    });
  };
}

/** The accepted follow of the author of a post by the viewer. */
function followedBy(viewerId: ViewerRef, table: 'videos' | 'comments' | 'playlists' = 'videos') {
  return (query: Knex.QueryBuilder): void => {
    query
      .select('follows.id')
      .from('follows')
      .whereRaw('follows.target_id = ??', [`${table}.account_id`])
      .where({ 'follows.follower_id': viewerId, 'follows.state': 'accepted' });
  };
}
