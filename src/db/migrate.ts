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
    const { folder = MIGRATIONS_DIR } = options;
    const ours = await migrationNames(folder);
    await refuseTooNew(lock, ours);
    const names = options.only ? ours.filter((name) => options.only?.includes(name)) : ours;
    const db = openDatabase(databaseUrl, 2);
    try {
      return await migrateAll(db, migrationSource(names, folder));
    } finally {
      await db.destroy();
    }
  } finally {
    await lock.end();
  }
}

/** `migrate` for a server that starts. */
export async function migrateOrRefuse(
  databaseUrl: string,
): Promise<Result<{ ran: string[] }, 'schema-too-new'>> {
  try {
    return ok({ ran: await migrate(databaseUrl) });
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

function migrationSource(names: readonly string[], folder: URL): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => [...names],
    getMigrationName: (name) => name,
    getMigration: async (name) => {
      const loaded = (await import(new URL(`${name}.ts`, folder).href)) as Migration;
      return {
        up: async (knex) => {
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
