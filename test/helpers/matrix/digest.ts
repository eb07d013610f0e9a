import pg from 'pg';
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
export async function createRowDigest({ db, databaseUrl }: Pick<Context, 'db' | 'databaseUrl'>): Promise<{
  take: () => Promise<RowDigest>;
  close: () => Promise<void>;
}> {
  const tables: string[] = await db('pg_tables')
    .where({ schemaname: 'public' })
    .whereNotIn('tablename', [...NOT_COUNTED])
    .orderBy('tablename')
    .pluck('tablename');
  const parts = tables.map(
    (table) =>
      `select '${table}' as name, count(*) || ':' || coalesce(sum(hashtext(ctid::text || '/' || xmin::text)), 0) as rows from "${table}"`,
  );
  // On a connection of its own it is planned once: that takes longer than to answer it.
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('set plan_cache_mode = force_generic_plan');
  const question = { name: 'digest', text: parts.join(' union all ') };
  return {
    async take() {
      const { rows } = await client.query<{ name: string; rows: string }>(question);
      return Object.fromEntries(rows.map((one) => [one.name, one.rows]));
    },
    close: () => client.end(),
  };
}

/** The names of the tables in which something was written between two digests. */
export function changedTables(before: RowDigest, after: RowDigest): string[] {
  return Object.keys(after).filter((name) => before[name] !== after[name]);
}
