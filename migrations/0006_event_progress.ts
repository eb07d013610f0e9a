import type { Knex } from 'knex';

/** Which subscribers of an event are done with it, while another of them keeps failing. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('events', (t) => {
    t.specificType('handled', 'smallint[]').notNullable().defaultTo('{}');
  });
}
