import { filterLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import type { AccountId, FilterId, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { filterEvents } from './events.ts';
import type { Filter, FilterAction, FilterContext, FilteredStatus, FilterKeyword } from './model.ts';

export { filterEvents } from './events.ts';
export {
  type Filter,
  type FilterContext,
  type FilteredStatus,
  type FilteredText,
  type FilterKeyword,
  filterActions,
  filterContexts,
  matcherOf,
} from './model.ts';

export interface FilterChange {
  readonly title?: string | undefined;
  readonly contexts?: readonly FilterContext[] | undefined;
  readonly action?: FilterAction | undefined;
  /** Null: for ever. */
  readonly expiresAt?: Date | null | undefined;
}

/** A word to add, or with an id to change or remove. */
export interface KeywordChange {
  readonly id?: string | undefined;
  readonly keyword?: string | undefined;
  readonly wholeWord?: boolean | undefined;
  readonly remove?: boolean | undefined;
}

export type Filters = ReturnType<typeof createFilters>;
type Refusal = 'not-found' | 'too-many-filters';

/**
 * What people do not want to read. Every read and write names their owner: nobody else's are there (security.md A10).
 */
export function createFilters(base: { readonly db: Db; readonly ids: IdSource }) {
  const { db, ids } = base;
  const emit = emitter(filterEvents, ids);
  const changed = (tx: Tx, accountId: AccountId) => emit(tx, 'filters.changed', { accountId });

  /** With its words and posts, in one query. */
  const filters = async (
    from: Db | Tx,
    ownerId: AccountId,
    id: FilterId | null,
    currentOnly: boolean,
  ): Promise<Filter[]> => {
    const query = from('filters')
      .where({ account_id: ownerId })
      .orderBy('id')
      .select<Filter[]>(
        ...['id', 'title', 'contexts', 'action', 'expires_at as expiresAt'],
        from.raw(
          `(select coalesce(json_agg(json_build_object(
              'id', id::text, 'keyword', keyword, 'wholeWord', whole_word) order by id), '[]')
              from filter_keywords where filter_id = filters.id) as keywords`,
        ),
        from.raw(
          `(select coalesce(json_agg(json_build_object(
              'id', id::text, 'statusId', status_id::text) order by id), '[]')
              from filter_statuses where filter_id = filters.id) as statuses`,
        ),
      );
    if (id !== null) query.where({ id });
    if (currentOnly)
      query.where((lasting) => lasting.whereNull('expires_at').orWhereRaw('expires_at > now()'));
    return query;
  };

  /** The row of a filter of this owner, locked; then nobody else adds to it. */
  const own = async (tx: Tx, ownerId: AccountId, id: FilterId): Promise<boolean> =>
    (await tx('filters').where({ id, account_id: ownerId }).forUpdate().first('id')) !== undefined;

  /** Locks the owner, so that limits hold whatever is sent at once. */
  const counted = async (tx: Tx, ownerId: AccountId) => {
    await tx('users').where({ account_id: ownerId }).forUpdate().first('account_id');
    const { rows } = await tx.raw<{ rows: { filters: string; keywords: string; statuses: string }[] }>(
      `select (select count(*) from filters where account_id = :ownerId) as filters,
              (select count(*) from filters join filter_keywords on filter_id = filters.id
                where account_id = :ownerId) as keywords,
              (select count(*) from filters join filter_statuses on filter_id = filters.id
                where account_id = :ownerId) as statuses`,
      { ownerId },
    );
    const [row] = rows;
    return {
      filters: Number(row?.filters),
      keywords: Number(row?.keywords),
      statuses: Number(row?.statuses),
    };
  };

  const tooMany = (what: string, most: number) =>
    fail('too-many-filters', `At most ${most} ${what} can be kept.`);

  /** Owned by whom the filter is: an id of another filter changes nothing. */
  async function changeKeywords(
    tx: Tx,
    filterId: FilterId,
    changes: readonly KeywordChange[],
  ): Promise<void> {
    for (const { id, keyword, wholeWord, remove } of changes) {
      const row = { keyword, whole_word: wholeWord };
      const facts = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
      if (id === undefined) {
        if (keyword !== undefined && !remove) {
          await tx('filter_keywords').insert({
            ...{ id: ids.next(), filter_id: filterId, keyword, whole_word: wholeWord ?? false },
          });
        }
      } else if (remove) await tx('filter_keywords').where({ id, filter_id: filterId }).delete();
      else if (Object.keys(facts).length > 0)
        await tx('filter_keywords').where({ id, filter_id: filterId }).update(facts);
    }
  }

  return {
    all: (ownerId: AccountId) => filters(db, ownerId, null, false),
    /** Those that have not ended. */
    current: (ownerId: AccountId) => filters(db, ownerId, null, true),
    one: async (ownerId: AccountId, id: FilterId) => (await filters(db, ownerId, id, false))[0] ?? null,

    async create(
      tx: Tx,
      ownerId: AccountId,
      facts: {
        title: string;
        contexts: readonly FilterContext[];
        action: FilterAction;
        expiresAt: Date | null;
      },
      keywords: readonly KeywordChange[],
    ): Promise<Result<{ filter: Filter }, Refusal>> {
      const { filters: count, keywords: words } = await counted(tx, ownerId);
      if (count >= filterLimits.maxFilters) return tooMany('filters', filterLimits.maxFilters);
      if (words + keywords.length > filterLimits.maxKeywords)
        return tooMany('words', filterLimits.maxKeywords);
      const id = ids.next<'filter'>();
      await tx('filters').insert({ id, account_id: ownerId, ...rowOf(facts) });
      await changeKeywords(tx, id, keywords);
      await changed(tx, ownerId);
      const [filter] = await filters(tx, ownerId, id, false);
      return filter ? ok({ filter }) : fail('not-found');
    },

    async edit(
      tx: Tx,
      ownerId: AccountId,
      id: FilterId,
      change: FilterChange,
      keywords: readonly KeywordChange[],
    ): Promise<Result<{ filter: Filter }, Refusal>> {
      if (!(await own(tx, ownerId, id))) return fail('not-found');
      const { keywords: words } = await counted(tx, ownerId);
      const added = keywords.filter((one) => one.id === undefined && !one.remove).length;
      if (added > 0 && words + added > filterLimits.maxKeywords)
        return tooMany('words', filterLimits.maxKeywords);
      const facts = rowOf(change);
      if (Object.keys(facts).length > 0) await tx('filters').where({ id }).update(facts);
      await changeKeywords(tx, id, keywords);
      await changed(tx, ownerId);
      const [filter] = await filters(tx, ownerId, id, false);
      return filter ? ok({ filter }) : fail('not-found');
    },

    async remove(tx: Tx, ownerId: AccountId, id: FilterId): Promise<boolean> {
      const gone = await tx('filters').where({ id, account_id: ownerId }).delete();
      if (gone === 1) await changed(tx, ownerId);
      return gone === 1;
    },

    /** The filter that a word belongs to, and that word; null where it is not the owner's. */
    async keyword(
      ownerId: AccountId,
      id: string,
    ): Promise<{ readonly filter: Filter; readonly keyword: FilterKeyword } | null> {
      const row = await db('filter_keywords')
        .join('filters', 'filters.id', 'filter_keywords.filter_id')
        .where({ 'filter_keywords.id': id, 'filters.account_id': ownerId })
        .first('filters.id');
      const [filter] = row ? await filters(db, ownerId, row.id, false) : [];
      const keyword = filter?.keywords.find((one) => one.id === id);
      return filter && keyword ? { filter, keyword } : null;
    },

    /** The filter that hides one post, and that entry; null where it is not the owner's. */
    async status(
      ownerId: AccountId,
      id: string,
    ): Promise<{ readonly filterId: FilterId; readonly status: FilteredStatus } | null> {
      const row = await db('filter_statuses')
        .join('filters', 'filters.id', 'filter_statuses.filter_id')
        .where({ 'filter_statuses.id': id, 'filters.account_id': ownerId })
        .first('filters.id as filterId', 'filter_statuses.id as id', 'filter_statuses.status_id as statusId');
      return row ? { filterId: row.filterId, status: { id: row.id, statusId: row.statusId } } : null;
    },

    /** Adds a post; one that is there stays. Whether the owner may see it is for the caller to find out. */
    async addStatus(
      tx: Tx,
      ownerId: AccountId,
      id: FilterId,
      statusId: string,
    ): Promise<Result<{ status: FilteredStatus }, Refusal>> {
      if (!(await own(tx, ownerId, id))) return fail('not-found');
      const { statuses } = await counted(tx, ownerId);
      if (statuses >= filterLimits.maxStatuses) return tooMany('posts', filterLimits.maxStatuses);
      const [row] = await tx('filter_statuses')
        .insert({ id: ids.next(), filter_id: id, status_id: statusId })
        .onConflict(['filter_id', 'status_id'])
        .merge(['status_id'])
        .returning('id');
      await changed(tx, ownerId);
      return ok({ status: { id: row.id, statusId } });
    },

    async removeStatus(tx: Tx, ownerId: AccountId, filterId: FilterId, id: string): Promise<void> {
      if (!(await own(tx, ownerId, filterId))) return;
      await tx('filter_statuses').where({ id, filter_id: filterId }).delete();
      await changed(tx, ownerId);
    },
  };
}

function rowOf({ title, contexts, action, expiresAt }: FilterChange): object {
  const row = { title, contexts: contexts && [...contexts], action, expires_at: expiresAt };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}
