import type { Knex } from 'knex';

/** Sounds that people keep for later. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('saved_sounds', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('sound_id').notNullable().references('sounds.id').onDelete('cascade').index();
    t.unique(['account_id', 'sound_id']);
    t.index(['account_id', 'id']);
  });
}
