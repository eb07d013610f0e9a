import type { Readable } from 'node:stream';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** One table as it is dumped: columns that the database works out itself are left out. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
}

/** A sequence, and the value it gave last; null: it gave none yet. */
export interface SequenceState {
  readonly name: string;
  readonly lastValue: string | null;
}

/** The database as it was at one moment, whatever is written meanwhile. */
export interface Snapshot {
  /** The migrations that it has been through, in order. */
  readonly migrations: readonly string[];
  readonly tables: readonly TableShape[];
  readonly sequences: readonly SequenceState[];
  /** The rows of a table in the text format of COPY; calls back with their number once all were read. */
  copy(table: TableShape, onRows: (rows: number) => void): AsyncIterable<Buffer>;
}

/** Made anew by the migrations, or about this machine alone. */
const NOT_DUMPED = ['migrations', 'migrations_lock', 'schema_compat', 'backup_objects', 'backup_asks'];

/** Does the work unless another process is at work of that number: then null. */
export async function withLock<T>(
  databaseUrl: string,
  lock: number,
  work: () => Promise<T>,
): Promise<T | null> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as locked', [lock]);
    return rows[0]?.locked === true ? work() : null;
  });
}

/** Opens a snapshot (one transaction, repeatable read) and closes it when `use` is done. */
export async function withSnapshot<T>(
  databaseUrl: string,
  use: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  return withClient(databaseUrl, async (client) => {
    await client.query('begin transaction isolation level repeatable read, read only');
    await client.query('set local statement_timeout = 0');
    await client.query('set local idle_in_transaction_session_timeout = 0');
    return use({
      migrations: await namesOf(client, 'select name from migrations order by id'),
      tables: await tablesOf(client),
      sequences: await sequencesOf(client),
      copy: (table, onRows) => rowsOf(client, table, onRows),
    });
  });
}

async function withClient<T>(databaseUrl: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'vireo-backup' });
  // Whatever is under way fails with it too.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function namesOf(client: pg.Client, query: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(query);
  return rows.map(({ name }) => name);
}

async function tablesOf(client: pg.Client): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(
    `select relname as name,
            coalesce(array_agg(attname::text order by attnum) filter (where attgenerated = ''), '{}') as columns
       from pg_class
       join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
      where relkind in ('r', 'p') and not relispartition
        and relnamespace = current_schema()::regnamespace and relname <> all($1)
      group by relname order by relname`,
    [NOT_DUMPED],
  );
  return rows;
}

async function sequencesOf(client: pg.Client): Promise<SequenceState[]> {
  const { rows } = await client.query<SequenceState>(
    `select sequencename as name, last_value::text as "lastValue" from pg_sequences
      where schemaname = current_schema() and sequencename not like all($1) order by sequencename`,
    [NOT_DUMPED.map((name) => `${name}\\_%`)],
  );
  return rows;
}

async function* rowsOf(
  client: pg.Client,
  { name, columns }: TableShape,
  onRows: (rows: number) => void,
): AsyncGenerator<Buffer> {
  const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  // A partitioned table has its rows in its parts: a query reads them all.
  const stream = client.query(copyTo(`copy (select ${list} from ${pg.escapeIdentifier(name)}) to stdout`));
  yield* stream satisfies Readable as AsyncIterable<Buffer>;
  onRows(stream.rowCount);
}
