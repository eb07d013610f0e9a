import type { Context } from '../../../src/context.ts';

/** What every table held at one moment, as a text of each that is another one after any write that was committed. */
export type RowDigest = Readonly<Record<string, string>>;

/**
 * Tables that may change while nobody changes anything, with the reason. There is none: limits are counted in Redis, a
 * session notes only now and then that it was used, and no worker runs beside the server of these tests.
 */
const NOT_COUNTED: readonly string[] = [];

/**
 * Makes the function that takes a digest. Each version of a row has a place and the transaction that wrote it, so that an
 * update is seen even where it wrote what was there (PostgreSQL, 5.6 System Columns); one question for all tables.
 */
export async function createRowDigest({ db }: Pick<Context, 'db'>): Promise<() => Promise<RowDigest>> {
  const tables: string[] = await db('pg_tables')
    .where({ schemaname: 'public' })
    .whereNotIn('tablename', [...NOT_COUNTED])
    .orderBy('tablename')
    .pluck('tablename');
  const parts = tables.map(
    (table) =>
      `select '${table}' as name, count(*) || ':' || coalesce(sum(hashtext(ctid::text || '/' || xmin::text)), 0) as rows from "${table}"`,
  );
  const sql = parts.join(' union all ');
  return async () => {
    const { rows } = await db.raw<{ rows: { name: string; rows: string }[] }>(sql);
    return Object.fromEntries(rows.map((one) => [one.name, one.rows]));
  };
}

/** The names of the tables in which something was written between two digests. */
export function changedTables(before: RowDigest, after: RowDigest): string[] {
  return Object.keys(after).filter((name) => before[name] !== after[name]);
}
