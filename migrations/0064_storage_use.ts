import type { Knex } from 'knex';

/** What storage holds by kind, as it was measured last, and what a search found that does not belong together. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('storage_use', (t) => {
    t.text('kind').primary();
    t.bigint('objects').notNullable();
    t.bigint('bytes').notNullable();
  });
  await knex.schema.createTable('storage_scan', (t) => {
    t.boolean('is_only').primary().defaultTo(true).checkIn(['true'], 'storage_scan_one_row');
    t.timestamp('measured_at').comment('of storage_use');
    t.integer('measured_in_ms');
    t.timestamp('started_at').comment('of the last search for what does not belong together');
    t.timestamp('ended_at').comment('null while it runs');
    t.bigint('objects').notNullable().defaultTo(0).comment('that it looked at');
    t.bigint('orphans').notNullable().defaultTo(0);
    t.bigint('orphan_bytes').notNullable().defaultTo(0);
    t.bigint('missing').notNullable().defaultTo(0);
    t.bigint('mended').notNullable().defaultTo(0);
    t.text('error').comment('why it was cut off');
  });
  await knex.schema.createTable('storage_findings', (t) => {
    t.specificType('id', 'bigint generated always as identity').primary();
    t.text('key').notNullable();
    t.text('problem').notNullable().comment('orphan: no row names it | missing: no store has it');
    t.bigint('bytes').comment('of an orphan');
    t.text('mended').comment('removed | remaking | forgotten; null: nothing was done');
  });
}
