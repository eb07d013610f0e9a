import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { SequenceState, TableShape } from './dump.ts';

/** What is put into the database. */
export interface Load {
  readonly tables: readonly (TableShape & { readonly rows: number })[];
  readonly sequences: readonly SequenceState[];
  /** The rows of a table, as `Snapshot.copy` gave them. */
  rowsOf(table: TableShape): AsyncIterable<Buffer>;
  onTable?(name: string): void;
}

/**
 * Fills the tables of a freshly migrated database, in one transaction: all of it or nothing. References and triggers
 * are set aside meanwhile: rows come table by table, and what the triggers count is among them. Every reference is
 * checked again at the end. Throws where a row does not fit, or where a table has another number of rows than it should.
 */
export async function loadTables(databaseUrl: string, load: Load): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'vireo-restore' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await client.query('set local statement_timeout = 0');
    const tables = load.tables.map(({ name }) => pg.escapeIdentifier(name));
    const references = await dropReferences(client);
    for (const table of tables) await client.query(`alter table ${table} disable trigger user`);
    // Some migrations put rows in.
    if (tables.length > 0) await client.query(`truncate ${tables.join(', ')}`);
    for (const table of load.tables) {
      await loadTable(client, table, load.rowsOf(table));
      load.onTable?.(table.name);
    }
    for (const table of tables) await client.query(`alter table ${table} enable trigger user`);
    for (const add of references) await client.query(add);
    for (const sequence of load.sequences) await setSequence(client, sequence);
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

async function loadTable(
  client: pg.Client,
  { name, columns, rows }: Load['tables'][number],
  source: AsyncIterable<Buffer>,
): Promise<void> {
  const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  const into = client.query(copyFrom(`copy ${pg.escapeIdentifier(name)} (${list}) from stdin`));
  await pipeline(Readable.from(source), into);
  if (into.rowCount === rows) return;
  throw new Error(`The table ${name} should have ${rows} rows, and ${into.rowCount} were read.`);
}

/** Gives the statements that put them back. */
async function dropReferences(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
       from pg_constraint
      where contype = 'f' and conparentid = 0 and connamespace = current_schema()::regnamespace order by oid`,
  );
  for (const { table, name } of rows) await client.query(`alter table ${table} drop constraint ${name}`);
  return rows.map(
    ({ table, name, definition }) => `alter table ${table} add constraint ${name} ${definition}`,
  );
}

async function setSequence(client: pg.Client, { name, lastValue }: SequenceState): Promise<void> {
  const sequence = pg.escapeIdentifier(name);
  if (lastValue === null) await client.query('select setval($1::regclass, 1, false)', [sequence]);
  else await client.query('select setval($1::regclass, $2::bigint, true)', [sequence, lastValue]);
}

/** Whether nothing is in the database yet: no table of anybody. */
export async function isEmptyDatabase(databaseUrl: string): Promise<boolean> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query(
      `select 1 from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') limit 1`,
    );
    return rows.length === 0;
  });
}

/** Other processes of ours that use the database. */
export async function countUsers(databaseUrl: string): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and application_name = 'vireo' and pid <> pg_backend_pid()`,
    );
    return Number(rows[0]?.count);
  });
}

/** Removes everything that is in the schema, and makes it anew, empty. */
export async function emptySchema(databaseUrl: string, schema: string): Promise<void> {
  await dropSchema(databaseUrl, schema);
  await withClient(databaseUrl, (client) => client.query(`create schema ${pg.escapeIdentifier(schema)}`));
}

export async function dropSchema(databaseUrl: string, schema: string): Promise<void> {
  await withClient(databaseUrl, (client) =>
    client.query(`drop schema if exists ${pg.escapeIdentifier(schema)} cascade`),
  );
}

/** The same database, with another schema for everything that names none. */
export function inSchema(databaseUrl: string, schema: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('options', `-c search_path=${schema}`);
  return url.href;
}

async function withClient<T>(databaseUrl: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'vireo-restore' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
