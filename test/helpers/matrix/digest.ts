import pg from 'pg';
import type { Context } from '../../../src/context.ts';

/** How many rows of every table were written since the digests were begun: another number after any write that was committed. */
export type RowDigest = Readonly<Record<string, number>>;

/**
 * Tables that may change while nobody changes anything, with the reason. There is none: limits are counted in Redis, a
 * session notes only now and then that it was used, and no worker runs beside the server of these tests.
 */
const NOT_COUNTED: readonly string[] = [];

/** A write is noted in the transaction that makes it, so that it is seen once that is committed, and never where it is not. */
const NOTES = `
  create schema digest;
  create unlogged table digest.written (name text not null);
  create function digest.note() returns trigger language plpgsql as $$
    begin insert into digest.written values (tg_table_name); return null; end $$;
`;

/**
 * Begins to note what is written, and gives the function that takes a digest. Reading every table instead takes ten times
 * as long, twice for each route; the update of a row is seen even where it writes what was there.
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
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const of = (name: string) => `on public."${name}"`;
  const triggers = tables.map(
    (name) =>
      `create trigger digest after insert or update or delete ${of(name)} for each row execute function digest.note();
       create trigger digest_all after truncate ${of(name)} for each statement execute function digest.note();`,
  );
  await client.query([NOTES, ...triggers].join('\n'));
  const written: Record<string, number> = Object.fromEntries(tables.map((name) => [name, 0]));
  return {
    async take() {
      // Taken away as they are counted: what is committed later is there for the next digest, whenever it was begun.
      const { rows } = await client.query<{ name: string; count: number }>(
        `with gone as (delete from digest.written returning name)
         select name, count(*)::int as count from gone group by name`,
      );
      for (const { name, count } of rows) written[name] = (written[name] ?? 0) + count;
      return { ...written };
    },
    close: () => client.end(),
  };
}

/** The names of the tables in which something was written between two digests. */
export function changedTables(before: RowDigest, after: RowDigest): string[] {
  return Object.keys(after).filter((name) => before[name] !== after[name]);
}
