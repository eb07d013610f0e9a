import type { Knex } from 'knex';

/**
 * What is kept for authorities, outside of everything that is served. It outlives what it was copied from: nothing here refers to
 * an account, a post or a report.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('legal_holds', (t) => {
    t.bigint('id').primary();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.text('target_kind').notNullable().comment('account | video | report');
    t.bigint('target_id').notNullable();
    t.text('label').notNullable().comment('by what the staff knows it again');
    t.text('reason').notNullable();
    t.text('reference').notNullable().defaultTo('').comment('number of the case, as the authority calls it');
    t.timestamp('released_at');
  });
  await knex.raw(
    'create unique index legal_holds_in_force on legal_holds (target_kind, target_id) where released_at is null',
  );
  await knex.raw(
    'create index legal_holds_released on legal_holds (released_at) where released_at is not null',
  );

  await knex.schema.createTable('legal_hold_items', (t) => {
    t.bigint('id').primary();
    t.bigint('hold_id').notNullable().references('legal_holds.id').onDelete('cascade');
    t.text('path').notNullable().comment('its name in the export');
    t.text('content').comment('of a record: JSON; null for a file');
    t.text('source_key').comment('of a file: the object it is copied from');
    t.text('key').comment('of a file: the object that is the copy');
    t.text('state').notNullable().comment('waiting | kept | missing');
    t.text('sha256').comment('in hex, of what is kept');
    t.bigint('bytes');
    t.timestamp('kept_at');
    t.unique(['hold_id', 'path']);
  });
  await knex.raw(
    `create index legal_hold_items_waiting on legal_hold_items (source_key text_pattern_ops) where state = 'waiting'`,
  );
}
