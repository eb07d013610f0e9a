import type { Knex } from 'knex';
import { searchLimits } from '../../../config/search-limits.ts';
import type { Db } from '../../db/database.ts';
import { accountListedTo, notKeptFromLists, notLimited, type UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { SearchIndex } from './search-index.ts';

export interface PeopleSearch {
  readonly q: string;
  readonly limit: number;
  readonly offset: number;
  /** Only those whom the viewer follows. */
  readonly followedOnly?: boolean;
  /** Where nobody is called so, those who are called nearly so. */
  readonly orAlike?: boolean;
}

interface Deps {
  readonly db: Db;
  readonly index: SearchIndex;
  readonly unlistedDomains: UnlistedDomains;
}

/** What begins with a text, in a pattern of SQL: what it holds that means something there means itself (security.md W6). */
function beginning(text: string): string {
  return `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
}

/**
 * Narrows a search over `accounts` to those whom somebody finds by a part of their name: those who want to be found (FEP-5feb) and whom the
 * staff shows to people who do not know them; besides those whom she follows, herself, and whom she calls by the whole handle.
 */
function findable(viewerId: AccountId | null, handle: string) {
  return (query: Knex.QueryBuilder): void => {
    query.where((found) => {
      found.where((open) =>
        open
          .where((named) =>
            named.where('accounts.discoverable', true).orWhere('accounts.username_key', handle),
          )
          .modify(notLimited)
          .modify(notKeptFromLists),
      );
      if (viewerId === null) return;
      found
        .orWhere('accounts.id', viewerId)
        .orWhereExists((follow) =>
          follow
            .select('follows.id')
            .from('follows')
            .whereRaw('follows.target_id = accounts.id')
            .where({ 'follows.follower_id': viewerId, 'follows.state': 'accepted' }),
        );
    });
  };
}

/**
 * Accounts whose name or handle begins with a text: those whom the viewer follows first, then those of this server.
 */
export async function peopleLike(
  deps: Deps,
  viewerId: AccountId | null,
  search: PeopleSearch,
): Promise<AccountId[]> {
  const [name = '', host] = search.q.replace(/^@/, '').split('@');
  if (name === '' || search.q.includes('\u0000')) return [];
  const most = search.offset + search.limit;
  const begun = await begunSo(deps, viewerId, { ...search, name, host, most });
  if (begun.length > 0 || host || !search.orAlike) return begun.slice(search.offset);
  const ids = await deps.index.alikeAccounts(name, searchLimits.alikeAccounts);
  return (await shownAmong(deps, viewerId, { ...search, name, ids })).slice(search.offset, most);
}

/** Those of these accounts whom the viewer may find, in their order. */
export const findableAmong = (
  deps: Deps,
  viewerId: AccountId,
  ids: readonly AccountId[],
): Promise<AccountId[]> =>
  shownAmong(deps, viewerId, { ...{ q: '', name: '', ids }, ...{ limit: ids.length, offset: 0 } });

/** What somebody is found by. */
const HANDLE = 'accounts.username_key';
const NAME = 'lower(accounts.display_name)';

type Wanted = PeopleSearch & { readonly name: string };

function narrowed(deps: Deps, viewerId: AccountId | null, { name, followedOnly }: Wanted) {
  return (query: Knex.QueryBuilder): void => {
    query
      .modify(accountListedTo(viewerId, deps.unlistedDomains))
      .modify(findable(viewerId, name.toLowerCase()));
    if (!followedOnly) return;
    query.whereExists((follow) =>
      follow
        .select('follows.id')
        .from('follows')
        .where({ 'follows.follower_id': viewerId, 'follows.state': 'accepted' })
        .whereRaw('follows.target_id = accounts.id'),
    );
  };
}

/**
 * Who begins so is found in few places, and in each no further than it takes: among those who want to be found, whom an index has apart
 * from all others; among those whom the viewer follows; and whoever is called exactly so. Of all accounts that begin so most may not be
 * shown, and there would be no end to going through them.
 */
function begunSo(
  deps: Deps,
  viewerId: AccountId | null,
  wanted: Wanted & { readonly host: string | undefined; readonly most: number },
): Promise<AccountId[]> {
  const { db } = deps;
  const { name, host, most, followedOnly } = wanted;
  const handle = name.toLowerCase();
  const place = (order: string, where: (query: Knex.QueryBuilder) => void) => {
    const found = db('accounts')
      .modify(where)
      .modify(narrowed(deps, viewerId, wanted));
    if (host) found.whereLike('accounts.domain', beginning(host));
    return found
      .orderByRaw(`${order} using ~<~`)
      .limit(most)
      .select('accounts.id', 'accounts.domain', 'accounts.username_key');
  };
  // In the order of the index, which knows no language. Before a second `@` the name is whole.
  const open = (column: string) =>
    place(column, (query) =>
      query.where('accounts.discoverable', true).whereRaw(`${column} like ?`, [beginning(name)]),
    );
  const named = place(HANDLE, (query) => query.where('accounts.username_key', handle));
  const known = place(HANDLE, (query) =>
    query
      .where((begun) =>
        begun.whereRaw(`${HANDLE} like ?`, [beginning(name)]).orWhereRaw(`${NAME} like ?`, [beginning(name)]),
      )
      .whereRaw(
        `accounts.id in (select target_id from follows where follower_id = ? and follows.state = 'accepted' union all select ?::bigint)`,
        [viewerId, viewerId],
      ),
  );
  const places = [
    ...(followedOnly || host !== undefined ? [] : [open(HANDLE), open(NAME)]),
    ...(followedOnly ? [] : [named]),
    ...(viewerId === null ? [] : [known]),
  ];
  const [first, ...others] = places.map((one, at) => db.select('*').from(one.as(`place_${at}`)));
  if (!first) return Promise.resolve([]);
  return db
    .from(first.union(others).as('found'))
    .leftJoin('follows', (on) =>
      on
        .on('follows.target_id', 'found.id')
        .andOnVal('follows.follower_id', viewerId)
        .andOnVal('follows.state', 'accepted'),
    )
    .orderByRaw(`follows.id is null, found.domain <> '', found.username_key, found.id`)
    .limit(wanted.most)
    .pluck('found.id');
}

/** Those of these accounts that may be shown, in their order. */
async function shownAmong(
  deps: Deps,
  viewerId: AccountId | null,
  wanted: Wanted & { readonly ids: readonly AccountId[] },
): Promise<AccountId[]> {
  if (wanted.ids.length === 0) return [];
  const shown = new Set<AccountId>(
    await deps
      .db('accounts')
      .whereRaw('accounts.id = any(?::bigint[])', [[...wanted.ids]])
      .modify(narrowed(deps, viewerId, wanted))
      .pluck('accounts.id'),
  );
  return wanted.ids.filter((id) => shown.has(id));
}
