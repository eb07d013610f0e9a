import type { Knex } from 'knex';

/** Calls that auxiliary services were asked to make, or made, so that the staff can see whether both sides reach each other. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('fasp_callbacks', (t) => {
    t.bigint('id').primary();
    t.bigint('provider_id').notNullable().references('fasp_providers.id').onDelete('cascade');
    t.timestamp('asked_at').comment('null: it called without being asked');
    t.text('failure').comment('why it could not be asked');
    t.timestamp('called_at').comment('null: it has not called yet');
    t.text('ip').comment('of the provider, as it called');
    t.text('body').comment('what it sent, cut');
    t.index(['provider_id', 'id']);
  });
}
