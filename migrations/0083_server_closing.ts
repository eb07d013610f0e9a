import type { Knex } from 'knex';

/** That the server closes for good: while there is a row, nobody joins, and a job ends every account. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('server_closing', (t) => {
    t.boolean('one').primary().defaultTo(true);
    t.timestamp('since').notNullable().defaultTo(knex.fn.now());
    t.check('one');
  });
}
