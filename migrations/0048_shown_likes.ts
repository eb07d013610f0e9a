import type { Knex } from 'knex';

/** What somebody likes is for them alone, unless they show it on their profile. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('accounts', (t) => {
    t.boolean('shows_likes').notNullable().defaultTo(false);
  });
}
