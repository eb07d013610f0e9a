import type { Knex } from 'knex';

/** Raid mode: one switch that ends by itself. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('raid_mode', (t) => {
    t.boolean('one').primary().defaultTo(true);
    t.timestamp('since');
    t.timestamp('until').comment('null: it is off');
    t.text('reason').notNullable().defaultTo('');
    t.check('one');
  });
  await knex('raid_mode').insert({ one: true });
}
