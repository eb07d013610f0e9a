import type { Knex } from 'knex';
import type { AccountId, VideoId } from '../lib/ids.ts';
import type { Db } from './database.ts';

/** Stand for who asks and for videos that are asked for, in `madeOnce`. */
export const SOMEBODY = 'somebody' as AccountId;
export const SOME_VIDEOS: VideoId[] = [];

/**
 * A read whose text is made once, for those that are asked with each request: to put the text of a statement together takes as long as it takes to
 * ask it. `query` is built with stand-ins where values belong, which nothing else in it may equal; the read is asked with the
 * values in the order of `standIns`.
 */
export function madeOnce<Row>(
  db: Db,
  standIns: readonly unknown[],
  query: Knex.QueryBuilder,
): (values: readonly unknown[]) => Promise<Row[]> {
  const { sql, bindings } = query.toSQL();
  const places = bindings.map((binding) => standIns.indexOf(binding));
  if (standIns.some((_, place) => !places.includes(place)))
    throw new Error('A stand-in is nowhere in its statement.');
  return async (values) => {
    const given = bindings.map((binding, at) => {
      const place = places[at] ?? -1;
      return place === -1 ? binding : values[place];
    });
    return (await db.raw<{ rows: Row[] }>(sql, given as Knex.Value[])).rows;
  };
}
