import type { Knex } from 'knex';

/** What became of backups and their rehearsals, and which objects were copied to where. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('backup_runs', (t) => {
    t.specificType('id', 'bigint generated always as identity').primary();
    t.text('kind').notNullable().comment('create | rehearse');
    t.text('name').comment('of the backup; null where none came of it');
    t.timestamp('started_at').notNullable();
    t.timestamp('finished_at').comment('null: it is under way, or its process was killed');
    t.text('fault').comment('null: it went well');
    t.bigint('bytes').notNullable().defaultTo(0);
    t.index(['kind', 'started_at']);
  });

  // Not in backups: it is about the places that they lie in.
  await knex.schema.createTable('backup_objects', (t) => {
    t.text('place').notNullable().comment('a hash of the address and the folder');
    t.text('key').notNullable();
    t.bigint('bytes').notNullable();
    t.text('sha256').notNullable();
    t.timestamp('modified_at').notNullable().comment('of the object, as its store told it');
    t.text('seen_in').notNullable().comment('the last backup that it belongs to');
    t.primary(['place', 'key']);
    t.index(['place', 'seen_in']);
  });
}
