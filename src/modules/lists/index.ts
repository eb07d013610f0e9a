import { listLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { accountListedTo, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, IdSource, ListId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Listed, PeoplePage } from '../social/index.ts';

/** Whose answers a list shows: apps keep it; timelines here hold videos only, which answer nobody. */
export const repliesPolicies = ['followed', 'list', 'none'] as const;
export type RepliesPolicy = (typeof repliesPolicies)[number];

/** Accounts that somebody follows, under a name; for that person alone. */
export interface List {
  readonly id: ListId;
  readonly title: string;
  readonly repliesPolicy: RepliesPolicy;
  /** Who is in it is left out of the home timeline. */
  readonly exclusive: boolean;
}

export interface ListFacts {
  readonly title: string;
  readonly repliesPolicy: RepliesPolicy;
  readonly exclusive: boolean;
}

export type Lists = ReturnType<typeof createLists>;

/** Lists of accounts. Every read and write names their owner: nobody else's are there (security.md A10). */
export function createLists(deps: {
  readonly db: Db;
  readonly ids: IdSource;
  readonly unlistedDomains: UnlistedDomains;
}) {
  const { db } = deps;
  const columns = { title: 'title', repliesPolicy: 'replies_policy', exclusive: 'exclusive', id: 'id' };

  return {
    /** All of an account's, oldest first. */
    all: (ownerId: AccountId): Promise<List[]> =>
      db('lists').where({ account_id: ownerId }).orderBy('id').select(columns),

    async one(ownerId: AccountId, id: ListId): Promise<List | null> {
      return (await db('lists').where({ id, account_id: ownerId }).first(columns)) ?? null;
    },

    /** Those of an account in which somebody is. */
    with: (ownerId: AccountId, accountId: AccountId): Promise<List[]> =>
      db('lists')
        .where({ account_id: ownerId })
        .whereIn('id', db('list_accounts').where({ account_id: accountId }).select('list_id'))
        .orderBy('id')
        .select(columns),

    async create(
      tx: Tx,
      ownerId: AccountId,
      facts: ListFacts,
    ): Promise<Result<{ list: List }, 'too-many-lists'>> {
      // One at a time, so that no two see the last free place.
      await tx('users').where({ account_id: ownerId }).forUpdate().first('account_id');
      const row = await tx('lists').where({ account_id: ownerId }).count('* as count').first();
      if (Number(row?.count) >= listLimits.maxLists) {
        return fail('too-many-lists', `At most ${listLimits.maxLists} lists can be kept.`);
      }
      const id = deps.ids.next<'list'>();
      await tx('lists').insert({ id, account_id: ownerId, ...rowOf(facts) });
      return ok({ list: { id, ...facts } });
    },

    /** Null where it is not there, or not the owner's. */
    async edit(tx: Tx, ownerId: AccountId, id: ListId, facts: ListFacts): Promise<List | null> {
      const changed = await tx('lists').where({ id, account_id: ownerId }).update(rowOf(facts));
      return changed === 1 ? { id, ...facts } : null;
    },

    async remove(tx: Tx, ownerId: AccountId, id: ListId): Promise<boolean> {
      return (await tx('lists').where({ id, account_id: ownerId }).delete()) === 1;
    },

    /** Puts accounts into a list that the owner follows or asks to, or the owner; all of them, or none. */
    async add(
      tx: Tx,
      ownerId: AccountId,
      id: ListId,
      accountIds: readonly AccountId[],
    ): Promise<Result<object, 'not-found' | 'not-followed' | 'already-listed'>> {
      const list = await tx('lists').where({ id, account_id: ownerId }).forUpdate().first('id');
      if (!list) return fail('not-found');
      const follows: { id: string; target_id: AccountId }[] = await tx('follows')
        .where({ follower_id: ownerId })
        .whereIn('target_id', [...accountIds])
        .whereNot({ state: 'undone' })
        .forShare()
        .select('id', 'target_id');
      const followIds = new Map(follows.map((follow) => [follow.target_id, follow.id]));
      const wanted = [...new Set(accountIds)];
      if (wanted.some((one) => one !== ownerId && !followIds.has(one))) {
        return fail('not-followed', 'Only accounts that you follow can be put into a list.');
      }
      const rows = wanted.map((account_id) => ({
        ...{ id: deps.ids.next(), list_id: id, account_id },
        follow_id: followIds.get(account_id) ?? null,
      }));
      if (rows.length === 0) return ok();
      const added = await tx('list_accounts')
        .insert(rows)
        .onConflict(['list_id', 'account_id'])
        .ignore()
        .returning('id');
      if (added.length === 0) return fail('already-listed', 'They are in this list already.');
      return ok();
    },

    /** Takes accounts out of a list. False where the list is not there, or not the owner's. */
    async take(tx: Tx, ownerId: AccountId, id: ListId, accountIds: readonly AccountId[]): Promise<boolean> {
      const list = await tx('lists').where({ id, account_id: ownerId }).forUpdate().first('id');
      if (!list) return false;
      await tx('list_accounts')
        .where({ list_id: id })
        .whereIn('account_id', [...accountIds])
        .delete();
      return true;
    },

    /** Who is in a list of this owner, newest first. */
    async members(ownerId: AccountId, id: ListId, page: PeoplePage): Promise<Listed[]> {
      const { maxId, minId, sinceId = null, limit } = page;
      const query = db('list_accounts')
        .join('lists', 'lists.id', 'list_accounts.list_id')
        .join('accounts', 'accounts.id', 'list_accounts.account_id')
        .where({ 'list_accounts.list_id': id, 'lists.account_id': ownerId })
        .modify(accountListedTo(ownerId, deps.unlistedDomains))
        .orderBy('list_accounts.id', minId === null ? 'desc' : 'asc')
        .limit(limit)
        .select<Listed[]>('list_accounts.id as id', 'accounts.id as accountId');
      if (maxId !== null) query.where('list_accounts.id', '<', maxId);
      if (minId !== null) query.where('list_accounts.id', '>', minId);
      if (sinceId !== null) query.where('list_accounts.id', '>', sinceId);
      const rows = await query;
      return minId === null ? rows : rows.reverse();
    },
  };
}

function rowOf({ title, repliesPolicy, exclusive }: ListFacts) {
  return { title, replies_policy: repliesPolicy, exclusive };
}
