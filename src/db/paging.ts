import type { Knex } from 'knex';
import type { Page } from '../lib/paging.ts';

/** Narrows a query to a page by the ids in a column, nearest first where it goes upwards; see `merged`. */
export function within({ maxId, minId, sinceId = null, limit }: Page, column: string) {
  return (query: Knex.QueryBuilder): void => {
    query.orderBy(column, minId === null ? 'desc' : 'asc').limit(limit);
    if (maxId !== null) query.where(column, '<', maxId);
    if (minId !== null) query.where(column, '>', minId);
    if (sinceId !== null) query.where(column, '>', sinceId);
  };
}
