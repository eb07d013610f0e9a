import type { Knex } from 'knex';

/** How feeds are ranked: by decision of the staff, and by the wishes of each person. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('ranking_changes', (t) => {
    t.bigint('id').primary().comment('the newest counts; all others say who changed what, and when');
    t.jsonb('settings').notNullable().comment('what differs from the defaults');
    t.bigint('account_id').references('accounts.id').onDelete('set null').comment('null: the command line');
    t.text('reason').notNullable().defaultTo('');
    t.timestamp('changed_at').notNullable();
    t.index('account_id');
  });
  await knex.schema.alterTable('feed_settings', (t) => {
    t.boolean('personal').notNullable().defaultTo(true).comment('false: nothing that was learnt is used');
    t.jsonb('sliders').notNullable().defaultTo('{}').comment('factor of each source and head, by its name');
    t.specificType('interests', 'text[]').notNullable().defaultTo('{}').comment('hashtags, folded');
    t.specificType('languages', 'text[]').notNullable().defaultTo('{}');
    t.timestamp('reset_at').comment('nothing from before is learnt from');
    t.timestamp('changed_at').notNullable().defaultTo(knex.fn.now()).index();
  });
}
