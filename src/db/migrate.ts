import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import pg from 'pg';
import { databaseLimits } from '../../config/backup-limits.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { openDatabase } from './database.ts';
import { noteOldestCode, refuseTooNew, SchemaTooNewError } from './schema-version.ts';

const MIGRATIONS_DIR = new URL('../../migrations/', import.meta.url);

/** Any number, the same for every process: two servers that start at once must not migrate at once. */
const MIGRATION_LOCK = 7_461_337;

export interface MigrateOptions {
  /** Only these of our migrations, by name: those that a backup was made after. */
  readonly only?: readonly string[];
  /** Where the migrations lie; another folder is for tests. */
  readonly folder?: URL;
  /** Hears the name of each that is begun. */
  readonly tell?: (name: string) => void;
}

/**
 * Brings the schema up to date and returns the names of the migrations it ran. Forward only, each in a transaction of
 * its own: what is stopped half-way goes on where it was. Throws `SchemaTooNewError` where the schema is one that this
 * program cannot work with (docs/upgrading.md).
 * Runs under a session advisory lock, which PostgreSQL frees by itself when the holder dies; knex's own
 * lock is a table row that a killed process leaves behind, so the holder of ours clears it first.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const lock = new pg.Client({ connectionString: databaseUrl, application_name: 'vireo-migrate' });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { folder = MIGRATIONS_DIR, tell = () => undefined } = options;
    const ours = await migrationNames(folder);
    await refuseTooNew(lock, ours);
    const names = options.only ? ours.filter((name) => options.only?.includes(name)) : ours;
    const db = openDatabase(databaseUrl, 2);
    try {
      return await migrateAll(db, migrationSource(names, folder, tell));
    } finally {
      await db.destroy();
    }
  } finally {
    await lock.end();
  }
}

/** `migrate` for a server that starts, and for whoever wants it done before. */
export async function migrateOrRefuse(
  databaseUrl: string,
  options: Pick<MigrateOptions, 'tell'> = {},
): Promise<Result<{ ran: string[] }, 'schema-too-new'>> {
  try {
    return ok({ ran: await migrate(databaseUrl, options) });
  } catch (error) {
    if (!(error instanceof SchemaTooNewError)) throw error;
    return fail('schema-too-new', error.message);
  }
}

/** The migrations that this program knows, in order. */
export async function migrationNames(folder = MIGRATIONS_DIR): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => /^\d{4}_.+\.ts$/.test(name));
  return files.map((file) => file.replace(/\.ts$/, '')).sort();
}

/** Those of them that have not run on this database. */
export async function pendingMigrations(db: Knex): Promise<string[]> {
  const names = await migrationNames();
  if (!(await db.schema.hasTable('migrations'))) return names;
  const done = new Set<string>(await db('migrations').pluck('name'));
  return names.filter((name) => !done.has(name));
}

/** A migration, and whether it has run: `newer` is one that this program does not know. */
export interface SchemaMigration {
  readonly name: string;
  readonly state: 'done' | 'pending' | 'newer';
  readonly ranAt: Date | null;
}

export interface SchemaState {
  readonly migrations: readonly SchemaMigration[];
  /** Why this program cannot work with this schema; null where it can. */
  readonly tooNew: string | null;
  /** Whether some process migrates now. */
  readonly isMigrating: boolean;
}

/** How the schema stands. Waits for nobody, and changes nothing. */
export async function schemaState(databaseUrl: string, folder = MIGRATIONS_DIR): Promise<SchemaState> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'vireo-schema' });
  await client.connect();
  try {
    const ours = await migrationNames(folder);
    const ran = await ranMigrations(client);
    const known = ours.map((name): SchemaMigration => {
      const ranAt = ran.get(name) ?? null;
      return { name, state: ranAt ? 'done' : 'pending', ranAt };
    });
    const newer = [...ran]
      .filter(([name]) => !ours.includes(name))
      .map(([name, ranAt]): SchemaMigration => ({ name, state: 'newer', ranAt }));
    const { rows: holders } = await client.query(
      `select 1 from pg_locks where locktype = 'advisory' and granted and classid = 0 and objid = $1
          and database = (select oid from pg_database where datname = current_database())`,
      [MIGRATION_LOCK],
    );
    const tooNew = await refuseTooNew(client, ours).then(
      () => null,
      (error) => {
        if (error instanceof SchemaTooNewError) return error.message;
        throw error;
      },
    );
    return { migrations: [...known, ...newer], tooNew, isMigrating: holders.length > 0 };
  } finally {
    await client.end();
  }
}

async function ranMigrations(client: pg.Client): Promise<Map<string, Date>> {
  const { rows: tables } = await client.query<{ at: string | null }>(
    `select to_regclass('migrations') as at`,
  );
  if (tables[0]?.at == null) return new Map();
  const { rows } = await client.query<{ name: string; migration_time: Date }>(
    'select name, migration_time from migrations order by id',
  );
  return new Map(rows.map(({ name, migration_time }) => [name, migration_time]));
}

/** The names of those that have not run. */
export const pendingOf = (migrations: readonly SchemaMigration[]): string[] =>
  migrations.flatMap(({ name, state }) => (state === 'pending' ? [name] : []));

/** A lock was not to be had in time, or somebody who had it waited for one of ours (PostgreSQL, appendix A). */
const GAVE_WAY: ReadonlySet<unknown> = new Set(['55P03', '40P01']);

/** A migration that waits for a lock is given up and tried again, so that what servers do meanwhile goes on. */
async function migrateAll(db: Knex, source: Knex.MigrationSource<string>): Promise<string[]> {
  const config = {
    migrationSource: source,
    tableName: 'migrations',
    // Those that a newer program ran are looked at by `refuseTooNew`.
    disableMigrationsListValidation: true,
  };
  const done: string[] = [];
  for (let tries = 1; ; tries += 1) {
    if (await db.schema.hasTable('migrations_lock')) await db.migrate.forceFreeMigrationsLock(config);
    const before = (await db.schema.hasTable('migrations')) ? await db('migrations').pluck('name') : [];
    try {
      const [, names] = (await db.migrate.latest(config)) as [number, string[]];
      return [...done, ...names];
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (!GAVE_WAY.has(code) || tries === databaseLimits.migrationTries) throw error;
      const after: string[] = await db('migrations').orderBy('id').pluck('name');
      done.push(...after.filter((name) => !before.includes(name) && !done.includes(name)));
      await pause(databaseLimits.migrationPauseMs);
    }
  }
}

/** A migration file. There is no way down: a mistake is mended by the next migration. */
interface Migration {
  up(knex: Knex): Promise<void>;
  /**
   * The number of the migration that a program must know at least to work on the schema after this one. Absent: this
   * one only adds, and every older program goes on. Present where something goes away: the program of that number is
   * the first that did without it.
   */
  readonly oldestCode?: number;
}

function migrationSource(
  names: readonly string[],
  folder: URL,
  tell: (name: string) => void,
): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => [...names],
    getMigrationName: (name) => name,
    getMigration: async (name) => {
      const loaded = (await import(new URL(`${name}.ts`, folder).href)) as Migration;
      return {
        up: async (knex) => {
          tell(name);
          const { migrationLockMs, migrationStatementMs } = databaseLimits;
          await knex.raw(`set local lock_timeout = ${migrationLockMs}`);
          await knex.raw(`set local statement_timeout = ${migrationStatementMs}`);
          await loaded.up(knex);
          await noteOldestCode(knex, name, loaded.oldestCode ?? 0);
        },
        down: async () => {
          throw new Error('Migrations are forward only.');
        },
      };
    },
  };
}
