import type { Knex } from 'knex';
import { socialLimits } from '../../../config/limits.ts';
import type { Db } from '../../db/database.ts';
import { accountListedTo, notKeptFromLists, notLimited, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId } from '../../lib/ids.ts';

/**
 * Why somebody is suggested: whom one follows follow them, they post about what one likes, an auxiliary service recommends them, or many here
 * follow them of late.
 */
export const suggestionSources = [
  ...(['friends_of_friends', 'shared_interests', 'recommended', 'most_followed'] as const),
] as const;
export type SuggestionSource = (typeof suggestionSources)[number];

/** Somebody to follow, and why. */
export interface Suggestion {
  readonly accountId: AccountId;
  readonly sources: readonly SuggestionSource[];
  /** Some of those whom the viewer follows and who follow them; none of those who hide whom they follow. */
  readonly followedBy: readonly AccountId[];
  /** Some of the hashtags that the viewer likes and they posted about. */
  readonly tags: readonly string[];
}

/** How much each says for somebody, where it says all it can. */
const WEIGHTS: Readonly<Record<SuggestionSource, number>> = {
  shared_interests: 0.5,
  friends_of_friends: 0.4,
  recommended: 0.2,
  most_followed: 0.1,
};

interface Found {
  readonly accountId: AccountId;
  readonly count: number;
  readonly followedBy?: readonly AccountId[];
  readonly tags?: readonly string[];
}

/** What suggestions are made of. */
export interface SuggestionsAsked {
  /** What the viewer likes. */
  readonly tags: readonly string[];
  /** Whom auxiliary services recommend, the best first. */
  readonly recommended: readonly AccountId[];
  readonly limit: number;
}

interface SuggestionDeps {
  readonly db: Db;
  readonly unlistedDomains: UnlistedDomains;
}

/**
 * Whom the viewer may want to follow: discoverable accounts, without those whom she follows, has muted, or does not want to be told of. Four
 * questions at once, whatever there is: what each costs is bound by limits, and does not grow with anybody's number of follows.
 */
export async function suggestionsFor(
  deps: SuggestionDeps,
  viewerId: AccountId,
  { tags, recommended, limit }: SuggestionsAsked,
): Promise<Suggestion[]> {
  const [friends, interests, named, followed] = await Promise.all([
    friendsOfFriends(deps, viewerId, limit),
    tags.length === 0 ? [] : sharedInterests(deps, viewerId, tags, limit),
    recommended.length === 0 ? [] : suggestibleAmong(deps, viewerId, recommended),
    mostFollowed(deps, viewerId, limit),
  ]);
  const lists = {
    ...{ friends_of_friends: friends, shared_interests: interests },
    ...{ recommended: named, most_followed: followed },
  };
  return ranked(lists).slice(0, limit);
}

/** Those of several lists, each once. What is found in a list counts as much as it is near to the most of that list. */
export function ranked(lists: Readonly<Record<SuggestionSource, readonly Found[]>>): Suggestion[] {
  const all = new Map<AccountId, Suggestion & { readonly score: number }>();
  for (const source of suggestionSources) {
    const most = Math.max(1, ...lists[source].map(({ count }) => count));
    for (const { accountId, count, followedBy = [], tags = [] } of lists[source]) {
      const before = all.get(accountId) ?? { accountId, sources: [], followedBy, tags, score: 0 };
      all.set(accountId, {
        accountId,
        sources: [...before.sources, source],
        followedBy: before.followedBy.length > 0 ? before.followedBy : followedBy,
        tags: before.tags.length > 0 ? before.tags : tags,
        score: before.score + WEIGHTS[source] * (count / most),
      });
    }
  }
  const newerFirst = (a: AccountId, b: AccountId) => (BigInt(a) > BigInt(b) ? -1 : 1);
  return [...all.values()]
    .sort((a, b) => b.score - a.score || newerFirst(a.accountId, b.accountId))
    .map(({ score: _score, ...suggestion }) => suggestion);
}

/** Narrows a query over `accounts` to those who may be suggested to the viewer. */
function suggestible({ db, unlistedDomains }: SuggestionDeps, viewerId: AccountId) {
  const without = (table: string, column: string) =>
    db(table)
      .where({ [column]: viewerId })
      .whereRaw('target_id = accounts.id')
      .select(db.raw('1'));
  return (query: Knex.QueryBuilder): void => {
    query
      .where('accounts.discoverable', true)
      .modify(notLimited)
      .modify(notKeptFromLists)
      .whereNull('accounts.moved_to_id')
      .whereNot('accounts.id', viewerId)
      .whereNotExists(without('follows', 'follower_id'))
      .whereNotExists(without('account_mutes', 'account_id'))
      .whereNotExists(without('suggestion_dismissals', 'account_id'))
      .modify(accountListedTo(viewerId, unlistedDomains));
  };
}

const NAMED = 3;

function friendsOfFriends(deps: SuggestionDeps, viewerId: AccountId, limit: number): Promise<Found[]> {
  const { db } = deps;
  const mine = db('follows')
    .where({ follower_id: viewerId, state: 'accepted' })
    .orderBy('id', 'desc')
    .limit(socialLimits.suggestedFrom)
    .select('target_id');
  const theirs = db('follows')
    .where({ state: 'accepted' })
    .whereRaw('follower_id = mine.target_id')
    .orderBy('id', 'desc')
    .limit(socialLimits.suggestedFromEach)
    .select('target_id');
  return db
    .with('mine', mine)
    .from('mine')
    .join('accounts as friends', 'friends.id', 'mine.target_id')
    .crossJoin(db.raw('lateral ?', [theirs.as('theirs')]))
    .join('accounts', 'accounts.id', 'theirs.target_id')
    .modify(suggestible(deps, viewerId))
    .groupBy('accounts.id')
    .orderByRaw('count(*) desc, accounts.id desc')
    .limit(limit)
    .select(
      'accounts.id as accountId',
      db.raw('count(*)::int as count'),
      db.raw(
        `coalesce((array_agg(friends.id order by friends.id)
                     filter (where not friends.hide_collections and friends.state = 'active'))[1:?], '{}') as "followedBy"`,
        [NAMED],
      ),
    );
}

/** Authors of the newest public videos about each of these hashtags. */
function sharedInterests(
  deps: SuggestionDeps,
  viewerId: AccountId,
  tags: readonly string[],
  limit: number,
): Promise<Found[]> {
  const { db } = deps;
  const newest = db('video_tags')
    .whereRaw('video_tags.tag = wanted.tag')
    .orderBy('video_id', 'desc')
    .limit(socialLimits.suggestedFromEachTag)
    .select('video_id');
  return db
    .with(
      'wanted',
      db.raw('select tag from unnest(?::text[]) as wanted (tag)', [
        [...new Set(tags)].slice(0, socialLimits.suggestedTags),
      ]),
    )
    .from('wanted')
    .crossJoin(db.raw('lateral ?', [newest.as('tagged')]))
    .join('videos', 'videos.id', 'tagged.video_id')
    .join('accounts', 'accounts.id', 'videos.account_id')
    .where({ 'videos.state': 'published', 'videos.visibility': 'public', 'videos.undiscoverable': false })
    .modify(suggestible(deps, viewerId))
    .groupBy('accounts.id')
    .orderByRaw('count(distinct wanted.tag) desc, count(distinct videos.id) desc, accounts.id desc')
    .limit(limit)
    .select(
      'accounts.id as accountId',
      db.raw('count(distinct wanted.tag)::int as count'),
      db.raw('(array_agg(distinct wanted.tag))[1:?] as tags', [NAMED]),
    );
}

/** Those of these who may be suggested; the best counts most. */
async function suggestibleAmong(
  deps: SuggestionDeps,
  viewerId: AccountId,
  ids: readonly AccountId[],
): Promise<Found[]> {
  const shown = new Set<AccountId>(
    await deps
      .db('accounts')
      .whereRaw('accounts.id = any(?::bigint[])', [[...ids]])
      .modify(suggestible(deps, viewerId))
      .pluck('accounts.id'),
  );
  return ids
    .filter((id) => shown.has(id))
    .map((accountId, place, all) => ({ accountId, count: all.length - place }));
}

/** Whom most people followed among the newest follows that this server knows. */
function mostFollowed(deps: SuggestionDeps, viewerId: AccountId, limit: number): Promise<Found[]> {
  const { db } = deps;
  const newest = db('follows')
    .where({ state: 'accepted' })
    .orderBy('id', 'desc')
    .limit(socialLimits.suggestedFromNewest)
    .select('target_id');
  const counted = db
    .with('newest', newest)
    .from('newest')
    .groupBy('target_id')
    .havingRaw('count(*) > 1')
    .select('target_id', db.raw('count(*)::int as count'));
  return db
    .from(counted.as('counted'))
    .join('accounts', 'accounts.id', 'counted.target_id')
    .modify(suggestible(deps, viewerId))
    .orderByRaw('counted.count desc, accounts.id desc')
    .limit(limit)
    .select('accounts.id as accountId', 'counted.count as count');
}
