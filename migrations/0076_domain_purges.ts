import type { Knex } from 'knex';

/** How far it has come to take all that is here of a domain away; one row for each, of the last time. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('domain_purges', (t) => {
    t.text('domain').primary();
    t.integer('total').notNullable().comment('accounts that were here when it was asked for');
    t.integer('ended').notNullable().defaultTo(0);
    t.bigint('after_id').notNullable().defaultTo(0).comment('accounts up to this one have been looked at');
    t.timestamp('started_at').notNullable();
    t.timestamp('finished_at').comment('null: it is under way');
  });
}
