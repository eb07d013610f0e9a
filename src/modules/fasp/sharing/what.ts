import type { Knex } from 'knex';
import type { Db } from '../../../db/database.ts';
import {
  accountListedTo,
  notKeptFromLists,
  notLimited,
  type UnlistedDomains,
} from '../../../db/visibility.ts';
import { foundTo } from '../../search/index.ts';

/** What can be shared: public videos, and profiles. */
export const categories = ['content', 'account'] as const;
export type Category = (typeof categories)[number];

/** Something that may be shared, by its address in the fediverse. */
export interface Shareable {
  readonly id: string;
  readonly uri: string;
}

export interface WhatDeps {
  readonly db: Db;
  readonly unlistedDomains: UnlistedDomains;
}

/**
 * All that may be told to others who are not in the fediverse themselves: what search finds for anybody (public, never unlisted, of an author
 * who is `indexable`, kept out by neither the staff nor a domain policy), and people who are `discoverable`. The one place that says so.
 * Source: FASP data sharing v0.1; FEP-5feb.
 */
export function shareable(
  { db, unlistedDomains }: WhatDeps,
  category: Category,
): Knex.QueryBuilder<Record<string, unknown>, Shareable[]> {
  if (category === 'content') {
    return db('videos').modify(foundTo(null, unlistedDomains)).select('videos.id as id', 'videos.uri as uri');
  }
  return db('accounts')
    .where('accounts.discoverable', true)
    .modify(accountListedTo(null, unlistedDomains))
    .modify(notLimited)
    .modify(notKeptFromLists)
    .whereNull('accounts.moved_to_id')
    .select('accounts.id as id', 'accounts.actor_uri as uri');
}

const TABLES: Readonly<Record<Category, string>> = { content: 'videos', account: 'accounts' };

/** The column that names what is shared. */
export const idOf = (category: Category): string => `${TABLES[category]}.id`;

const URIS: Readonly<Record<Category, string>> = { content: 'videos.uri', account: 'accounts.actor_uri' };

/** Those of these addresses at which something is that may be shared now. */
export async function sharedAt(
  deps: WhatDeps,
  category: Category,
  uris: readonly string[],
): Promise<ReadonlySet<string>> {
  if (uris.length === 0) return new Set();
  const found: Shareable[] = await shareable(deps, category).whereRaw('?? = any(?::text[])', [
    URIS[category],
    [...uris],
  ]);
  return new Set(found.map(({ uri }) => uri));
}

/** Those of these that may be shared now. */
export async function shareableOf(
  deps: WhatDeps,
  category: Category,
  ids: readonly string[],
): Promise<Map<string, Shareable>> {
  if (ids.length === 0) return new Map();
  const found: Shareable[] = await shareable(deps, category).whereRaw('?? = any(?::bigint[])', [
    idOf(category),
    [...ids],
  ]);
  return new Map(found.map((one) => [one.id, one]));
}
