import type { Knex } from 'knex';

/** What the staff set while the server runs, and the rules of the server with numbers that stay. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('settings', (t) => {
    t.text('name').primary().comment('of a variable of the configuration');
    t.text('value').notNullable().comment('as the environment would write it');
    t.timestamp('changed_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.schema.createTable('rules', (t) => {
    t.specificType('id', 'integer generated always as identity').primary();
    t.text('text').notNullable().unique();
  });
}
