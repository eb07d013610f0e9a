import type { Knex } from 'knex';

/** What auxiliary services are asked from time to time. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('fasp_capabilities', (t) => {
    t.timestamp('ask_at').comment('when it is asked next; null: at once');
    t.integer('ask_failures').notNullable().defaultTo(0).comment('in a row');
    t.text('ask_failure').comment('why it could not be asked last');
  });
}
