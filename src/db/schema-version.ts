import type { Knex } from 'knex';
import type pg from 'pg';

/** The schema is newer than this program, and cannot be used by it. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';
}

/** The number that the name of a migration begins with. */
export function numberOf(migration: string): number {
  return Number(migration.slice(0, 4));
}

/**
 * Throws where a newer program has changed the schema in a way that ours cannot live with. Each migration notes the
 * oldest program that can run after it, as the number of the last migration that this program knows. Those that only
 * add let every older one go on: so the version before may serve beside the new one, and may be started again.
 */
export async function refuseTooNew(client: pg.Client, ours: readonly string[]): Promise<void> {
  const own = numberOf(ours.at(-1) ?? '0000');
  for (const { name, oldest_code } of await unknownMigrations(client, ours)) {
    if (oldest_code !== null && oldest_code <= own) continue;
    throw new SchemaTooNewError(
      `The database was changed by a newer version of Vireo (migration ${name}), and this version cannot work with that. Start the newer version again; to go back, restore a backup that was made before the upgrade (docs/upgrading.md).`,
    );
  }
}

async function unknownMigrations(
  client: pg.Client,
  ours: readonly string[],
): Promise<{ name: string; oldest_code: number | null }[]> {
  const { rows: tables } = await client.query<{ migrations: string | null; marks: string | null }>(
    `select to_regclass('migrations') as migrations, to_regclass('schema_compat') as marks`,
  );
  const [{ migrations = null, marks = null } = {}] = tables;
  if (migrations === null) return [];
  const { rows } = await client.query<{ name: string; oldest_code: number | null }>(
    marks === null
      ? 'select name, null as oldest_code from migrations where name <> all($1) order by id'
      : `select name, oldest_code from migrations left join schema_compat using (name)
          where name <> all($1) order by id`,
    [ours],
  );
  return rows;
}

/** In the transaction of the migration. The table is not one of a migration: the first that runs needs it already. */
export async function noteOldestCode(knex: Knex, name: string, oldestCode: number): Promise<void> {
  await knex.raw(
    'create table if not exists schema_compat (name text primary key, oldest_code integer not null)',
  );
  await knex.raw(
    `insert into schema_compat (name, oldest_code) values (?, ?)
     on conflict (name) do update set oldest_code = excluded.oldest_code`,
    [name, oldestCode],
  );
}
