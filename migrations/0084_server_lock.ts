import type { Knex } from 'knex';

/** Maintenance: while there is a row, people and other servers change nothing, and workers begin nothing. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('server_lock', (t) => {
    t.boolean('one').primary().defaultTo(true);
    t.timestamp('since').notNullable().defaultTo(knex.fn.now());
    t.text('note').notNullable().defaultTo('').comment('for the people who are turned away');
    t.check('one');
  });
  await knex.raw(`
    create function vireo_lock_changed() returns trigger language plpgsql as $$ begin
      perform pg_notify('vireo_lock', '');
      return null;
    end $$`);
  await knex.raw(`
    create trigger server_lock_changed after insert or update or delete on server_lock
      for each statement execute function vireo_lock_changed()`);
}
