import type { Knex } from 'knex';

/** Starter packs: people whom somebody recommends together, for everybody to follow at once. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('packs', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('title').notNullable();
    t.text('description').notNullable();
    t.text('uri').notNullable().unique().comment('id of the collection');
    t.text('url').notNullable().comment('its page');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('fetched_at').comment('of another server: when it was read last');
    t.timestamp('taken_down_at').comment('by the staff');
    t.index(['account_id', 'id']);
  });

  await knex.schema.createTable('pack_members', (t) => {
    t.bigint('id').primary();
    t.bigint('pack_id').notNullable().references('packs.id').onDelete('cascade');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.timestamp('left_at').comment('of their own will: they are not put in again');
    t.unique(['pack_id', 'account_id']);
    t.index(['account_id', 'id']);
  });

  await knex.schema.alterTable('notifications', (t) => {
    t.bigint('pack_id').references('packs.id').onDelete('cascade');
  });
  await knex.raw('create index notifications_pack on notifications (pack_id) where pack_id is not null');
}
