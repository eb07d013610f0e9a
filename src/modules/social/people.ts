import type { Knex } from 'knex';
import { socialLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { accountListedTo, notKeptFromLists, notLimited, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId } from '../../lib/ids.ts';
import { type Suggestion, type SuggestionsAsked, suggestionsFor } from './suggestions.ts';

/** Which of a list that is newest first; ids are those of what puts an account into the list. */
export interface PeoplePage {
  readonly maxId: string | null;
  readonly minId: string | null;
  readonly sinceId?: string | null;
  readonly limit: number;
}

/** An account of a list. `id` is what pages are made by. */
export interface Listed {
  readonly id: string;
  readonly accountId: AccountId;
}

interface PeopleDeps {
  readonly db: Db;
  readonly unlistedDomains: UnlistedDomains;
}

/** Accounts that at most so many of are named as followers whom the viewer knows. */
const FAMILIAR = 10;

/** Lists of accounts, as the viewer may see them. */
export function people({ db, unlistedDomains }: PeopleDeps) {
  /** The accounts named by a column of `table`, by the ids of its rows. */
  async function listed(
    table: string,
    column: string,
    page: PeoplePage,
    narrow: (query: Knex.QueryBuilder) => void,
  ): Promise<Listed[]> {
    const { maxId, minId, sinceId = null, limit } = page;
    const query = db(table)
      .join('accounts', 'accounts.id', `${table}.${column}`)
      .modify(narrow)
      .orderBy(`${table}.id`, minId === null ? 'desc' : 'asc')
      .limit(limit)
      .select<Listed[]>(`${table}.id as id`, 'accounts.id as accountId');
    if (maxId !== null) query.where(`${table}.id`, '<', maxId);
    if (minId !== null) query.where(`${table}.id`, '>', minId);
    if (sinceId !== null) query.where(`${table}.id`, '>', sinceId);
    const rows = await query;
    return minId === null ? rows : rows.reverse();
  }

  type Viewer = AccountId | null;
  const accepted =
    (by: 'follower_id' | 'target_id', id: AccountId, viewerId: Viewer) => (query: Knex.QueryBuilder) => {
      query
        .where({ [`follows.${by}`]: id, 'follows.state': 'accepted' })
        .modify(accountListedTo(viewerId, unlistedDomains));
    };
  /** People that somebody has blocked or muted: whom else, is no matter here. */
  const chosen = (table: string, accountId: AccountId) => (query: Knex.QueryBuilder) => {
    query.where(`${table}.account_id`, accountId).where('accounts.state', 'active');
  };

  return {
    /** Who follows an account, newest first. Whether the viewer may ask is for the caller to find out. */
    followersOf: (id: AccountId, viewerId: Viewer, page: PeoplePage) =>
      listed('follows', 'follower_id', page, accepted('target_id', id, viewerId)),

    /** Whom an account follows, newest first. */
    followedBy: (id: AccountId, viewerId: Viewer, page: PeoplePage) =>
      listed('follows', 'target_id', page, accepted('follower_id', id, viewerId)),

    /** Who asks to follow an account, for that account. */
    requestsTo: (id: AccountId, page: PeoplePage) =>
      listed('follows', 'follower_id', page, (query) => {
        query
          .where({ 'follows.target_id': id, 'follows.state': 'pending' })
          .modify(accountListedTo(id, unlistedDomains));
      }),

    async requestCount(id: AccountId): Promise<number> {
      const row = await db('follows').where({ target_id: id, state: 'pending' }).count('* as count').first();
      return Number(row?.count ?? 0);
    },

    /** Whom an account blocks, for that account. */
    blockedBy: (id: AccountId, page: PeoplePage) =>
      listed('account_blocks', 'target_id', page, chosen('account_blocks', id)),

    /** Whom an account has muted, for that account. */
    mutedBy: (id: AccountId, page: PeoplePage) =>
      listed('account_mutes', 'target_id', page, (query) => {
        query
          .modify(chosen('account_mutes', id))
          .whereRaw('(account_mutes.expires_at is null or account_mutes.expires_at > now())');
      }),

    /** Until when some of them are muted, where it is known. */
    async muteEnds(id: AccountId, targetIds: readonly AccountId[]): Promise<Map<string, Date>> {
      const rows: { target_id: AccountId; expires_at: Date }[] = await db('account_mutes')
        .where({ account_id: id })
        .whereRaw('target_id = any(?)', [[...targetIds]])
        .whereNotNull('expires_at')
        .select('target_id', 'expires_at');
      return new Map(rows.map((row) => [row.target_id, row.expires_at]));
    },

    /** Those of these accounts that a list shows to the viewer. */
    listedAmong: (viewerId: Viewer, ids: readonly AccountId[]): Promise<AccountId[]> =>
      db('accounts')
        .whereRaw('accounts.id = any(?)', [[...ids]])
        .modify(accountListedTo(viewerId, unlistedDomains))
        .pluck('accounts.id'),

    /** Which accounts that the viewer follows follow each of these: some of them. Those who hide that are left out. */
    async familiarFollowers(
      viewerId: AccountId,
      targetIds: readonly AccountId[],
    ): Promise<Map<AccountId, AccountId[]>> {
      const rows: { targetId: AccountId; accountId: AccountId }[] = await db
        .with('wanted', db.raw('select id from unnest(?::bigint[]) as wanted (id)', [[...targetIds]]))
        .from('wanted')
        .crossJoin(
          db.raw('lateral ?', [
            db('follows as mine')
              .join('follows as theirs', 'theirs.follower_id', 'mine.target_id')
              .join('accounts', 'accounts.id', 'mine.target_id')
              .where({ 'mine.follower_id': viewerId, 'mine.state': 'accepted', 'theirs.state': 'accepted' })
              .where({ 'accounts.hide_collections': false })
              .whereRaw('theirs.target_id = wanted.id')
              .modify(accountListedTo(viewerId, unlistedDomains))
              .orderBy('theirs.id', 'desc')
              .limit(FAMILIAR)
              .select('accounts.id as account_id')
              .as('known'),
          ]),
        )
        .select('wanted.id as targetId', 'known.account_id as accountId');
      const found = Map.groupBy(rows, (row) => row.targetId);
      return new Map(targetIds.map((id) => [id, (found.get(id) ?? []).map(({ accountId }) => accountId)]));
    },

    /** Whom the viewer may want to follow, and why. */
    suggestionsFor: (viewerId: AccountId, asked: SuggestionsAsked): Promise<Suggestion[]> =>
      suggestionsFor({ db, unlistedDomains }, viewerId, asked),

    /** Does not suggest an account any more; of very many, the oldest accounts come back. */
    async dismissSuggestion(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<void> {
      const pair = { account_id: accountId, target_id: targetId };
      await tx('suggestion_dismissals').insert(pair).onConflict(['account_id', 'target_id']).ignore();
      const kept = tx('suggestion_dismissals')
        .where({ account_id: accountId })
        .orderBy('target_id', 'desc')
        .limit(socialLimits.maxSuggestionDismissals)
        .select('target_id');
      await tx('suggestion_dismissals')
        .where({ account_id: accountId })
        .whereNotIn('target_id', kept)
        .delete();
    },

    /**
     * Discoverable accounts: the newest, or those who published last, by the newest posts for everybody. Silenced
     * domains are left out as in every public list, and who has gone elsewhere.
     */
    async directory(
      viewerId: AccountId | null,
      options: {
        readonly order: 'active' | 'new';
        readonly local: boolean;
        readonly offset: number;
        readonly limit: number;
      },
    ): Promise<AccountId[]> {
      const shown = (query: Knex.QueryBuilder) => {
        query
          .where('accounts.discoverable', true)
          .whereNull('accounts.moved_to_id')
          .modify(notLimited)
          .modify(notKeptFromLists)
          .modify(accountListedTo(viewerId, unlistedDomains));
        if (options.local) query.where('accounts.domain', '');
        query.limit(options.limit).offset(options.offset);
      };
      if (options.order === 'new')
        return db('accounts').modify(shown).orderBy('accounts.id', 'desc').pluck('accounts.id');
      const newest = db('videos')
        .where({ state: 'published', visibility: 'public' })
        .orderBy('id', 'desc')
        .limit(socialLimits.directoryPosts)
        .select('id', 'account_id');
      return db
        .with('newest', newest)
        .from('newest')
        .join('accounts', 'accounts.id', 'newest.account_id')
        .modify(shown)
        .groupBy('accounts.id')
        .orderByRaw('max(newest.id) desc')
        .pluck('accounts.id');
    },
  };
}
