import type { Knex } from 'knex';

/** Starter packs can be reported as what they are. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('reports', (t) => {
    t.specificType('pack_ids', 'bigint[]').notNullable().defaultTo('{}').comment('of the reported account');
  });
}
