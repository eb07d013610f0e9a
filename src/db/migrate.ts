import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';
import pg from 'pg';
import { type Db, openDatabase } from './database.ts';

const MIGRATIONS_DIR = new URL('../../migrations/', import.meta.url);

/** Any number, the same for every process: two servers that start at once must not migrate at once. */
const MIGRATION_LOCK = 7_461_337;

/**
 * Brings the schema up to date and returns the names of the migrations it ran. Forward only.
 * Runs under a session advisory lock, which PostgreSQL frees by itself when the holder dies; knex's own
 * lock is a table row that a killed process leaves behind, so the holder of ours clears it first.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: databaseUrl, application_name: 'vireo-migrate' });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const db = openDatabase(databaseUrl, 2);
    try {
      const config = { migrationSource: await migrationSource(), tableName: 'migrations' };
      if (await db.schema.hasTable('migrations_lock')) await db.migrate.forceFreeMigrationsLock(config);
      const [, names] = (await db.migrate.latest(config)) as [number, string[]];
      return names;
    } finally {
      await db.destroy();
    }
  } finally {
    await lock.end();
  }
}

/** Migrations that this program knows and that have not run on this database. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const { getMigrations, getMigrationName } = await migrationSource();
  const names = (await getMigrations([])).map(getMigrationName);
  if (!(await db.schema.hasTable('migrations'))) return names;
  const done: { name: string }[] = await db('migrations').select('name');
  const known = new Set(done.map(({ name }) => name));
  return names.filter((name) => !known.has(name));
}

/** A migration file. There is no way down: a mistake is mended by the next migration. */
interface Migration {
  up(knex: Knex): Promise<void>;
}

async function migrationSource(): Promise<Knex.MigrationSource<string>> {
  const files = (await readdir(MIGRATIONS_DIR)).filter((name) => /^\d{4}_.+\.ts$/.test(name)).sort();
  return {
    getMigrations: async () => files,
    getMigrationName: (file) => file.replace(/\.ts$/, ''),
    getMigration: async (file) => {
      const url = new URL(file, MIGRATIONS_DIR);
      const loaded = (await import(url.href)) as Migration;
      return {
        up: async (knex) => {
          await knex.raw("set local lock_timeout = '10s'");
          // A large table takes its time, and a server whose migration is stopped would never start again.
          await knex.raw('set local statement_timeout = 0');
          await loaded.up(knex);
        },
        down: async () => {
          throw new Error('Migrations are forward only.');
        },
      };
    },
  };
}
