import type { Knex } from 'knex';

/** Lists that people bring from another server; worked off in the background. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('imports', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('kind').notNullable().comment('following | blocks | mutes | domain_blocks | lists');
    t.jsonb('rows').notNullable().comment('what is to be done; empty once all of it was');
    t.integer('total').notNullable();
    t.integer('done').notNullable().defaultTo(0).comment('rows that were tried');
    t.integer('failed').notNullable().defaultTo(0);
    t.jsonb('failures').notNullable().defaultTo('[]').comment('the first of them, each with its reason');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('finished_at');
    t.index(['account_id', 'id']);
  });
}
